// SPDX-License-Identifier: Apache-2.0
#include "semblance/evaluate/records.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <numeric>

#include "detail/check.hpp"
#include "evaluate/mixed_table.hpp"
#include "semblance/data/dataset.hpp"

namespace semblance {
namespace {

/// Share of i with a[i] < b[i].
double share_nearer(const std::vector<double>& a, const std::vector<double>& b, Ties ties) {
  require(a.size() == b.size() && !a.empty(),
          "record distances of one sample must be equally many and not none, got {} and {}",
          a.size(), b.size());
  double hits = 0;
  for (std::size_t i = 0; i < a.size(); ++i)
    hits += a[i] < b[i] ? 1 : a[i] == b[i] && ties == Ties::kHalf ? 0.5 : 0;
  return hits / static_cast<double>(a.size());
}

void require_same_columns(const char* call, const MixedView& a, const MixedView& b) {
  require(a.numbers.dim == b.numbers.dim && a.codes.dim == b.codes.dim &&
              a.numbers.dim + a.codes.dim >= 1,
          "{}: both samples must have the same columns, >= 1, got {} + {} and {} + {}", call,
          a.numbers.dim, a.codes.dim, b.numbers.dim, b.codes.dim);
}

/// Two tables with the same codes for the same categories.
struct SameCodes {
  MixedTable a, b;
  SameCodes(const Dataset& first, const Dataset& second)
      : a(first), b(conform(second, first.schema(), Unseen::kAppend)) {}
};

// Hitting rate: rows in the order of their categories, then of one number.

class HitSearch {
 public:
  HitSearch(const MixedView& real, const MixedView& synthetic, double tolerance)
      : real_(real), synthetic_(synthetic), reach_(reaches(real, tolerance)) {
    order_.resize(static_cast<std::size_t>(synthetic.rows));
    std::iota(order_.begin(), order_.end(), std::int64_t{0});
    std::ranges::sort(order_, [&](std::int64_t i, std::int64_t j) {
      const auto side = compare_codes(synthetic_, i, synthetic_, j);
      return side != 0 ? side < 0 : key(synthetic_, i) < key(synthetic_, j);
    });
  }

  [[nodiscard]] bool hit(std::int64_t row) const {
    const double from = reach_.empty() ? 0 : key(real_, row) - reach_[0];
    const double to = reach_.empty() ? 0 : key(real_, row) + reach_[0];
    const auto below = [&](std::int64_t i, double value) {
      const auto side = compare_codes(synthetic_, i, real_, row);
      return side != 0 ? side < 0 : key(synthetic_, i) < value;
    };
    // The window is a hair wider than the test, which decides.
    auto at = std::lower_bound(order_.begin(), order_.end(), from - 1e-9 * std::abs(from), below);
    for (; at != order_.end(); ++at) {
      if (compare_codes(synthetic_, *at, real_, row) != 0) return false;
      if (key(synthetic_, *at) > to + 1e-9 * std::abs(to)) return false;
      if (within(row, *at)) return true;
    }
    return false;
  }

 private:
  static constexpr double kMissing = std::numeric_limits<double>::max();

  static std::vector<double> reaches(const MixedView& real, double tolerance) {
    std::vector<double> out;
    for (std::int64_t j = 0; j < real.numbers.dim; ++j) {
      double low = HUGE_VAL, high = -HUGE_VAL;
      for (std::int64_t i = 0; i < real.rows; ++i) {
        const double v = real.numbers.row(i)[j];
        if (!std::isnan(v)) low = std::min(low, v), high = std::max(high, v);
      }
      out.push_back(low < high ? tolerance * (high - low) : 0);
    }
    return out;
  }
  static int compare_codes(const MixedView& a, std::int64_t i, const MixedView& b, std::int64_t j) {
    if (a.codes.dim == 0) return 0;
    const std::int32_t *x = a.codes.row(i), *y = b.codes.row(j);
    const auto order =
        std::lexicographical_compare_three_way(x, x + a.codes.dim, y, y + b.codes.dim);
    return order < 0 ? -1 : order > 0 ? 1 : 0;
  }
  /// What rows of equal categories are sorted by: the first number, missing ones last.
  static double key(const MixedView& rows, std::int64_t i) {
    if (rows.numbers.dim == 0) return 0;
    const double v = rows.numbers.row(i)[0];
    return std::isnan(v) ? kMissing : v;
  }
  [[nodiscard]] bool within(std::int64_t row, std::int64_t other) const {
    for (std::size_t j = 0; j < reach_.size(); ++j) {
      const double a = real_.numbers.row(row)[j], b = synthetic_.numbers.row(other)[j];
      if (std::isnan(a) || std::isnan(b)) {
        if (std::isnan(a) != std::isnan(b)) return false;
      } else if (std::abs(a - b) > reach_[j]) {
        return false;
      }
    }
    return true;
  }

  const MixedView &real_, &synthetic_;
  std::vector<double> reach_;
  std::vector<std::int64_t> order_;
};

// Differing cells: all cells as codes.

/// A number as it counts in comparisons: 9 significant digits.
double rounded(double v) {
  if (std::isnan(v) || v == 0 || std::isinf(v)) return v == 0 ? 0 : v;
  const double unit = std::pow(10.0, 8 - std::floor(std::log10(std::abs(v))));
  return std::isfinite(unit) && unit > 0 ? std::nearbyint(v * unit) / unit : v;
}

/// Both samples with one code a cell, equal for equal cells.
std::array<std::vector<std::int32_t>, 2> cells_as_codes(const MixedView& a, const MixedView& b) {
  const std::array views = {&a, &b};
  std::array<std::vector<std::int32_t>, 2> out;
  const std::int64_t numeric = a.numbers.dim, width = numeric + a.codes.dim;
  for (std::size_t s = 0; s < 2; ++s) {
    out.at(s).resize(static_cast<std::size_t>(views.at(s)->rows * width));
    for (std::int64_t i = 0; i < views.at(s)->rows; ++i)
      std::copy_n(a.codes.dim == 0 ? nullptr : views.at(s)->codes.row(i), a.codes.dim,
                  out.at(s).begin() + i * width + numeric);
  }
  for (std::int64_t j = 0; j < numeric; ++j) {
    std::vector<double> values;
    for (const auto* view : views)
      for (std::int64_t i = 0; i < view->rows; ++i) {
        const double v = rounded(view->numbers.row(i)[j]);
        if (!std::isnan(v)) values.push_back(v);
      }
    std::ranges::sort(values);
    values.erase(std::unique(values.begin(), values.end()), values.end());
    for (std::size_t s = 0; s < 2; ++s)
      for (std::int64_t i = 0; i < views.at(s)->rows; ++i) {
        const double v = rounded(views.at(s)->numbers.row(i)[j]);
        const auto at = std::ranges::lower_bound(values, v) - values.begin();
        out.at(s)[static_cast<std::size_t>(i * width + j)] =
            std::isnan(v) ? -1 : static_cast<std::int32_t>(at);
      }
  }
  return out;
}

/// Within each sample and between both, by a search that is given.
template <class Others, class Between>
RecordDistances distances_by(Others others, Between between) {
  RecordDistances out;
  out.real_to_real = others(true).distance;
  out.synthetic_to_synthetic = others(false).distance;
  out.real_to_synthetic = between(true).distance;
  Neighbours found = between(false);
  out.synthetic_to_real = std::move(found.distance);
  out.nearest_real = std::move(found.index);
  return out;
}

}  // namespace

RecordDistances record_distances(const MatrixView<double>& real,
                                 const MatrixView<double>& synthetic, const RunOptions& run) {
  const NeighbourOptions options{.run = run};
  return distances_by(
      [&](bool of_real) { return nearest_others(of_real ? real : synthetic, 1, options); },
      [&](bool of_real) {
        return of_real ? nearest(real, synthetic, 1, options)
                       : nearest(synthetic, real, 1, options);
      });
}

RecordDistances record_distances(const Gower& gower, const Gower::Rows& real,
                                 const Gower::Rows& synthetic, const RunOptions& run) {
  return distances_by(
      [&](bool of_real) {
        const Gower::Rows& rows = of_real ? real : synthetic;
        const auto self = own_rows(rows.rows);
        return gower.nearest(rows, rows, 1, {.excluded = self, .run = run});
      },
      [&](bool of_real) {
        const NeighbourOptions options{.run = run};
        return of_real ? gower.nearest(real, synthetic, 1, options)
                       : gower.nearest(synthetic, real, 1, options);
      });
}

AdversarialAccuracy nnaa(const RecordDistances& d, Ties ties) {
  return {share_nearer(d.real_to_real, d.real_to_synthetic, ties),
          share_nearer(d.synthetic_to_synthetic, d.synthetic_to_real, ties)};
}

double identifiability(const RecordDistances& d, Ties ties) {
  return share_nearer(d.real_to_synthetic, d.real_to_real, ties);
}

double authenticity(const RecordDistances& d, Ties ties) {
  std::vector<double> around;
  for (const auto row : d.nearest_real)
    around.push_back(d.real_to_real.at(static_cast<std::size_t>(row)));
  return share_nearer(around, d.synthetic_to_real, ties);
}

double hitting_rate(const MixedView& real, const MixedView& synthetic, double tolerance) {
  require(tolerance >= 0, "hitting_rate: tolerance must be >= 0, got {}", tolerance);
  require(real.rows >= 1 && synthetic.rows >= 1,
          "hitting_rate: both samples must have a row, got {} and {}", real.rows, synthetic.rows);
  require_same_columns("hitting_rate", real, synthetic);
  const HitSearch search(real, synthetic, tolerance);
  double hits = 0;
  for (std::int64_t i = 0; i < real.rows; ++i) hits += search.hit(i) ? 1 : 0;
  return hits / static_cast<double>(real.rows);
}

double hitting_rate(const Dataset& real, const Dataset& synthetic, double tolerance) {
  const SameCodes both(real, synthetic);
  return hitting_rate(both.a.view(), both.b.view(), tolerance);
}

std::vector<std::int64_t> differing_cells(const MixedView& queries, const MixedView& references,
                                          const RunOptions& run) {
  require_same_columns("differing_cells", queries, references);
  const auto codes = cells_as_codes(queries, references);
  const std::int64_t width = queries.numbers.dim + queries.codes.dim;
  const auto view = [width](const std::vector<std::int32_t>& cells, std::int64_t rows) {
    return MixedView{{{}, rows, 0}, {cells, rows, width}, rows};
  };
  const std::vector<double> one(static_cast<std::size_t>(width), 1.0);
  const auto found = nearest_mixed(view(codes[0], queries.rows), view(codes[1], references.rows),
                                   one, 1, {.run = run});
  std::vector<std::int64_t> out;
  for (const double d : found.distance) out.push_back(std::llround(d * d));
  return out;
}

std::vector<std::int64_t> differing_cells(const Dataset& queries, const Dataset& references,
                                          const RunOptions& run) {
  const SameCodes both(queries, references);
  return differing_cells(both.a.view(), both.b.view(), run);
}

}  // namespace semblance
