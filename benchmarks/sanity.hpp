// SPDX-License-Identifier: Apache-2.0
// What a metric should see and what it should not: populations whose difference is known. The
// checks of Raisa, van Breugel, van der Schaar, "Position: all current generative fidelity and
// diversity metrics are flawed", ICML 2025, and ours. Shared by sanity_bench and the tests.
#pragma once

#include <array>
#include <cmath>
#include <functional>
#include <numbers>
#include <string>
#include <vector>

#include "semblance/evaluate/evaluate.hpp"

namespace semblance::sanity {

/// Draws one row.
using Draw = std::function<std::vector<double>(Stream&)>;

/// What a metric should do with the synthetic rows of a check.
enum class Demand {
  kSee,    ///< Be worse than for rows of the real population.
  kIgnore  ///< Stay what it is.
};

/// Makes the synthetic rows of a check from training rows.
using Synthesise = std::function<Dataset(const Dataset& train, std::int64_t rows, Seed seed)>;

struct Check {
  const char* name;
  Demand demand;
  Draw real;
  Synthesise synthetic;
  double unit = 1;    ///< Of the first column of all tables.
  double sparse = 1;  ///< Synthetic rows are that many times fewer.
};

inline Dataset table(const Draw& draw, std::int64_t rows, Seed seed, double unit = 1) {
  std::vector<std::vector<double>> columns;
  for (std::int64_t i = 0; i < rows; ++i) {
    Stream stream(seed, static_cast<std::uint64_t>(i));
    const auto row = draw(stream);
    columns.resize(row.size());
    for (std::size_t c = 0; c < row.size(); ++c) columns[c].push_back(row[c] * (c == 0 ? unit : 1));
  }
  std::vector<Field> fields;
  std::vector<Column> out;
  for (std::size_t c = 0; c < columns.size(); ++c) {
    fields.push_back({.name = "x" + std::to_string(c)});
    out.push_back(Column::reals(std::move(columns[c])));
  }
  return {Schema(std::move(fields)), std::move(out)};
}

/// d independent normals.
inline Draw normal(int d, double mean = 0, double deviation = 1) {
  return [=](Stream& s) {
    std::vector<double> out;
    for (int c = 0; c < d; ++c) out.push_back(mean + deviation * s.normal());
    return out;
  };
}

/// Modes on a line, `apart` from one another, with these weights; d columns.
inline Draw modes(int d, std::vector<double> weights, double apart = 6) {
  return [=](Stream& s) {
    double u = s.uniform(), at = 0;
    for (const double w : weights) {
      if (u < w) break;
      u -= w, at += apart;
    }
    std::vector<double> out;
    for (int c = 0; c < d; ++c) out.push_back(at + s.normal());
    return out;
  };
}

/// A uniform direction in d dimensions times a radius.
inline Draw shell(int d, double low, double high) {
  return [=](Stream& s) {
    std::vector<double> out;
    double square = 0;
    for (int c = 0; c < d; ++c) out.push_back(s.normal()), square += out.back() * out.back();
    const double length = (low + (high - low) * s.uniform()) / std::sqrt(square);
    for (double& v : out) v *= length;
    return out;
  };
}

/// Now and then a row far away: of `far`, or with a Pareto tail of exponent 1.5.
inline Draw contaminated(const Draw& bulk, double share, double far) {
  return [=](Stream& s) {
    auto out = bulk(s);
    if (s.uniform() >= share) return out;
    const double times = far > 0 ? far : std::pow(1 - s.uniform(), -1 / 1.5);
    for (double& v : out) v = (v < 0 ? -1 : 1) * (1 + std::abs(v)) * times;
    return out;
  };
}

/// A torus around the third axis.
inline Draw torus(double radius, double tube) {
  return [=](Stream& s) {
    const double a = 2 * std::numbers::pi * s.uniform(), b = 2 * std::numbers::pi * s.uniform();
    const double r = radius + tube * std::cos(b);
    return std::vector<double>{r * std::cos(a), r * std::sin(a), tube * std::sin(b)};
  };
}

inline Draw changed(const Draw& draw, std::function<void(std::vector<double>&)> change) {
  return [=](Stream& s) {
    auto out = draw(s);
    change(out);
    return out;
  };
}

/// Rows of another population.
inline Synthesise fresh(const Draw& draw) {
  return [=](const Dataset&, std::int64_t rows, Seed seed) { return table(draw, rows, seed); };
}

/// Training rows, moved by noise of this deviation.
inline Synthesise copies(double noise) {
  return [=](const Dataset& train, std::int64_t rows, Seed seed) {
    std::vector<Column> out;
    for (std::int64_t c = 0; c < train.schema().size(); ++c) {
      std::vector<double> values;
      for (std::int64_t i = 0; i < rows; ++i) {
        Stream draw(derive(seed, static_cast<std::uint64_t>(c)), static_cast<std::uint64_t>(i));
        values.push_back(train.column(c).number(i % train.rows()) + noise * draw.normal());
      }
      out.push_back(Column::reals(std::move(values)));
    }
    return Dataset{train.schema(), std::move(out)};
  };
}

/// Half of the rows of the real population, each twice.
inline Synthesise twice(const Draw& draw) {
  return [=](const Dataset&, std::int64_t rows, Seed seed) {
    const Dataset half = table(draw, (rows + 1) / 2, seed);
    std::vector<std::int64_t> at;
    for (std::int64_t i = 0; i < rows; ++i) at.push_back(i / 2);
    return half.take(at);
  };
}

/// Correlated normals.
inline Draw correlated(int d, double r) {
  return [=](Stream& s) {
    const double common = s.normal();
    std::vector<double> out;
    for (int c = 0; c < d; ++c)
      out.push_back(std::sqrt(r) * common + std::sqrt(1 - r) * s.normal());
    return out;
  };
}

inline std::vector<Check> checks() {
  const Draw bulk = normal(4), wide = normal(20);
  const Draw outliers = contaminated(bulk, 0.02, 5), tails = contaminated(bulk, 0.05, 0);
  const auto shift = [](std::vector<double>& row) {
    for (double& v : row) v += 1;
  };
  const auto whole = [](std::vector<double>& row) {
    for (double& v : row) v = std::round(v);
  };
  const auto apart = [](std::vector<double>& row) { row[0] += 6; };
  const Draw cube = [](Stream& s) {
    return std::vector<double>{s.uniform(), s.uniform(), s.uniform()};
  };
  const Draw two = modes(4, {0.5, 0.5}, 4), many = modes(4, {0.2, 0.2, 0.2, 0.2, 0.2});
  const Draw one = changed(normal(4, 0, 1), [](std::vector<double>& row) {
    for (double& v : row) v = 2 + v * std::sqrt(5.0);  // the mean and variances of `two`
  });
  constexpr auto kSee = Demand::kSee, kIgnore = Demand::kIgnore;
  return {{"shifted mean", kSee, bulk, fresh(changed(bulk, shift))},
          {"shifted, real outliers", kSee, outliers, fresh(changed(outliers, shift))},
          {"shifted, Pareto tails", kSee, tails, fresh(changed(tails, shift))},
          {"too narrow", kSee, bulk, fresh(normal(4, 0, 0.5))},
          {"too wide", kSee, bulk, fresh(normal(4, 0, 2))},
          {"a mode dropped", kSee, many, fresh(modes(4, {0.25, 0.25, 0.25, 0.25}))},
          {"modes shrunk", kSee, many, fresh(modes(4, {0.6, 0.1, 0.1, 0.1, 0.1}))},
          {"a mode invented", kSee, many, fresh(modes(4, {0, 0.2, 0.2, 0.2, 0.2, 0.2}))},
          {"two modes merged", kSee, two, fresh(one)},
          {"sphere filled", kSee, shell(4, 1, 1), fresh(shell(4, 0.5, 1.5))},
          {"sphere for torus", kSee, torus(1, 0.3), fresh(shell(3, 1, 1))},
          {"one of 20 columns off", kSee, wide, fresh(changed(wide, apart))},
          {"rounded", kSee, bulk, fresh(changed(bulk, whole))},
          {"columns shuffled", kSee, correlated(4, 0.8), fresh(bulk)},
          {"rows twice", kSee, bulk, twice(bulk)},
          {"a copy", kSee, bulk, copies(0)},
          {"a copy with noise", kSee, bulk, copies(0.02)},
          {"another unit", kIgnore, bulk, fresh(bulk), 1000},
          {"fewer rows", kIgnore, cube, fresh(cube), 1, 4}};
}

/// The tables of a check; `baseline`: with synthetic rows of the real population.
inline Evaluation tables_of(const Check& check, bool baseline, std::int64_t rows, Seed seed) {
  const double unit = baseline ? 1 : check.unit;
  const Dataset train = table(check.real, rows, derive(seed, "train"), unit);
  const Seed own = derive(seed, "synthetic");
  const auto fewer = static_cast<std::int64_t>(static_cast<double>(rows) / check.sparse);
  Dataset synthetic = baseline          ? table(check.real, rows, own)
                      : check.unit != 1 ? table(check.real, rows, own, unit)
                                        : check.synthetic(train, fewer, own);
  return {.train = train,
          .synthetic = std::move(synthetic),
          .holdout = table(check.real, rows, derive(seed, "holdout"), unit)};
}

/// What a metric did.
enum class Verdict { kNone, kUnmoved, kWorse, kBetter, kMoved };

/// Whether it passes.
inline bool passes(Demand demand, Verdict verdict) {
  if (demand == Demand::kIgnore) return verdict == Verdict::kUnmoved;
  return verdict == Verdict::kWorse || verdict == Verdict::kMoved;
}

/// Values of a metric for rows of the real population, and for the check's.
struct Values {
  std::vector<double> baseline, check;
};

/// Moved: the means are farther apart than three standard deviations of the baseline.
inline Verdict judge(const Metric& metric, const Values& values) {
  if (values.baseline.size() < 3 || values.check.empty()) return Verdict::kNone;
  const auto mean = [](const std::vector<double>& v) {
    double sum = 0;
    for (const double x : v) sum += x;
    return sum / static_cast<double>(v.size());
  };
  const double usual = mean(values.baseline), found = mean(values.check);
  double squares = 0;
  for (const double v : values.baseline) squares += (v - usual) * (v - usual);
  const double noise = std::sqrt(squares / static_cast<double>(values.baseline.size() - 1));
  if (std::abs(found - usual) <= 3 * noise + 1e-9) return Verdict::kUnmoved;
  if (metric.direction == Direction::kLower)
    return found > usual ? Verdict::kWorse : Verdict::kBetter;
  if (metric.direction == Direction::kHigher)
    return found < usual ? Verdict::kWorse : Verdict::kBetter;
  if (!metric.ideal) return Verdict::kMoved;
  return std::abs(found - *metric.ideal) > std::abs(usual - *metric.ideal) ? Verdict::kWorse
                                                                           : Verdict::kMoved;
}

/// What every metric of these options does with one check, from that many draws of either kind.
struct Outcome {
  Metric metric;
  Verdict verdict;
};
inline std::vector<Outcome> run(const Check& check, const EvaluateOptions& options,
                                std::int64_t rows, std::uint64_t draws) {
  std::vector<Metric> metrics;
  std::vector<Values> values;
  for (std::uint64_t k = 0; k < 2 * draws; ++k) {
    const bool baseline = k < draws;
    // "Ignore" compares the same rows; "see" other ones.
    const Seed seed = derive(Seed{1}, check.unit != 1 ? k % draws : k);
    const Report report = evaluate(tables_of(check, baseline, rows, seed), seed, options);
    if (metrics.empty()) metrics = report.metrics, values.resize(metrics.size());
    for (std::size_t i = 0; i < metrics.size(); ++i) {
      const auto& value = report[metrics[i].id].value;
      if (value) (baseline ? values[i].baseline : values[i].check).push_back(*value);
    }
  }
  std::vector<Outcome> out;
  for (std::size_t i = 0; i < metrics.size(); ++i)
    out.push_back({metrics[i], judge(metrics[i], values[i])});
  return out;
}

}  // namespace semblance::sanity
