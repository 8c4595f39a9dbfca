// SPDX-License-Identifier: Apache-2.0
#include "semblance/learners/linear.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <span>

#include "detail/check.hpp"
#include "learners/lbfgs.hpp"

namespace semblance {
namespace {

/// One input of the linear model: weight index and value.
struct Term {
  std::int32_t index;
  double value;
};

/// How one feature becomes inputs: a standardised number and an indicator of missingness, or one
/// input a kept category, one for all others and one for missing.
struct Encoding {
  std::int32_t offset = 0;
  double mean = 0, scale = 1;             // numbers
  std::vector<std::int32_t> inputs = {};  // categories: code -> input, relative to offset
  std::int32_t size = 0;

  [[nodiscard]] Term term(float value) const {
    if (std::isnan(value)) return {offset + size - 1, 1.0};
    if (inputs.empty()) return {offset, (static_cast<double>(value) - mean) / scale};
    return {offset + inputs.at(static_cast<std::size_t>(value)), 1.0};
  }
};

Encoding encode_number(const FeatureMatrix& x, std::int64_t column) {
  Encoding out;
  double n = 0, sum = 0, squares = 0;
  const auto each = [&](auto&& visit) {
    for (std::int64_t i = 0; i < x.rows; ++i) {
      const auto v = static_cast<double>(x.row(i)[static_cast<std::size_t>(column)]);
      if (!std::isnan(v)) visit(v);
    }
  };
  each([&](double v) { n += 1, sum += v; });
  out.mean = n > 0 ? sum / n : 0;
  each([&](double v) { squares += (v - out.mean) * (v - out.mean); });
  out.scale = squares > 0 ? std::sqrt(squares / n) : 1;
  out.size = 2;
  return out;
}

Encoding encode_category(const FeatureMatrix& x, std::int64_t column, std::int32_t most) {
  const auto levels = static_cast<std::size_t>(x.levels[static_cast<std::size_t>(column)]);
  std::vector<std::int64_t> counts(levels, 0);
  for (std::int64_t i = 0; i < x.rows; ++i) {
    const float v = x.row(i)[static_cast<std::size_t>(column)];
    if (!std::isnan(v)) ++counts.at(static_cast<std::size_t>(v));
  }
  std::vector<std::size_t> order(levels);
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::sort(order.begin(), order.end(),
            [&](auto a, auto b) { return counts[a] != counts[b] ? counts[a] > counts[b] : a < b; });
  const auto kept = std::min<std::int32_t>(most, static_cast<std::int32_t>(levels));
  Encoding out;
  out.inputs.assign(levels, kept);
  for (std::int32_t k = 0; k < kept; ++k) out.inputs[order[static_cast<std::size_t>(k)]] = k;
  out.size = kept + 2;
  return out;
}

}  // namespace

struct LinearLearner::Impl {
  std::vector<Encoding> encodings;
  std::vector<double> weights;  // [inputs + 1, outputs]; the last row is the intercept
  std::int32_t inputs = 0;
  std::size_t outputs = 1;
  Task task = Task::kBinary;
  double y_mean = 0, y_scale = 1;

  void learn_encodings(const FeatureMatrix& x, std::int32_t most) {
    for (std::int64_t c = 0; c < x.columns; ++c) {
      auto e = x.levels[static_cast<std::size_t>(c)] > 0 ? encode_category(x, c, most)
                                                         : encode_number(x, c);
      e.offset = inputs;
      inputs += e.size;
      encodings.push_back(std::move(e));
    }
  }

  /// All rows' terms, row-major, one a column.
  [[nodiscard]] std::vector<Term> terms(const FeatureMatrix& x) const {
    std::vector<Term> out;
    out.reserve(x.values.size());
    for (std::int64_t i = 0; i < x.rows; ++i) {
      for (std::size_t c = 0; c < encodings.size(); ++c)
        out.push_back(encodings[c].term(x.row(i)[c]));
    }
    return out;
  }

  /// The linear scores of one row.
  void score(std::span<const Term> row, const std::vector<double>& w,
             std::vector<double>& out) const {
    const auto intercept = static_cast<std::size_t>(inputs) * outputs;
    for (std::size_t k = 0; k < outputs; ++k) out[k] = w[intercept + k];
    for (const auto& t : row) {
      for (std::size_t k = 0; k < outputs; ++k)
        out[k] += t.value * w[static_cast<std::size_t>(t.index) * outputs + k];
    }
  }

  /// Scores to predictions: a probability, probabilities, or the number itself.
  void respond(std::vector<double>& scores) const {
    if (task == Task::kBinary) scores[0] = 1 / (1 + std::exp(-scores[0]));
    if (task != Task::kMulticlass) return;
    const double top = *std::max_element(scores.begin(), scores.end());
    double total = 0;
    for (double& s : scores) total += s = std::exp(s - top);
    for (double& s : scores) s /= total;
  }

  /// The target of output k: the class indicator, or the standardised number.
  [[nodiscard]] double target(double y, std::size_t k) const {
    if (task == Task::kRegression) return (y - y_mean) / y_scale;
    return task == Task::kBinary ? y : (static_cast<std::size_t>(y) == k ? 1.0 : 0.0);
  }

  /// Loss of one row from its prediction.
  [[nodiscard]] double loss(const std::vector<double>& p, double y) const {
    constexpr double kTiny = 1e-300;
    if (task == Task::kRegression) return 0.5 * (p[0] - target(y, 0)) * (p[0] - target(y, 0));
    if (task == Task::kBinary) return -std::log(std::max(y > 0 ? p[0] : 1 - p[0], kTiny));
    return -std::log(std::max(p[static_cast<std::size_t>(y)], kTiny));
  }

  /// Mean loss with penalty, and its gradient.
  double objective(const std::vector<Term>& all, const Labels& labels, double l2,
                   const std::vector<double>& w, std::vector<double>& gradient) const {
    const std::size_t d = encodings.size(), n = labels.values.size();
    const std::size_t intercept = static_cast<std::size_t>(inputs) * outputs;
    std::fill(gradient.begin(), gradient.end(), 0.0);
    std::vector<double> p(outputs);
    double total = 0;
    for (std::size_t i = 0; i < n; ++i) {
      const std::span<const Term> row(all.data() + i * d, d);
      const double weight = labels.weights.empty() ? 1 : labels.weights[i];
      score(row, w, p);
      respond(p);
      total += weight * loss(p, labels.values[i]);
      for (std::size_t k = 0; k < outputs; ++k) {
        const double residual = weight * (p[k] - target(labels.values[i], k));
        gradient[intercept + k] += residual;
        for (const auto& t : row)
          gradient[static_cast<std::size_t>(t.index) * outputs + k] += residual * t.value;
      }
    }
    for (std::size_t j = 0; j < intercept; ++j) {
      total += 0.5 * l2 * w[j] * w[j];
      gradient[j] += l2 * w[j];
    }
    for (double& g : gradient) g /= static_cast<double>(n);
    return total / static_cast<double>(n);
  }

  void standardise_target(const std::vector<double>& y) {
    const auto n = static_cast<double>(y.size());
    y_mean = std::accumulate(y.begin(), y.end(), 0.0) / n;
    double squares = 0;
    for (const double v : y) squares += (v - y_mean) * (v - y_mean);
    y_scale = squares > 0 ? std::sqrt(squares / n) : 1;
  }
};

void LinearConfig::validate() const {
  require(l2 >= 0 && std::isfinite(l2), "LinearConfig.l2 must be finite and >= 0, got {}", l2);
  require(iterations >= 1, "LinearConfig.iterations must be >= 1, got {}", iterations);
  require(tolerance > 0, "LinearConfig.tolerance must be > 0, got {}", tolerance);
  require(max_levels >= 1, "LinearConfig.max_levels must be >= 1, got {}", max_levels);
}

LinearLearner::LinearLearner(LinearConfig config) : config_(config) { config_.validate(); }

LinearLearner::~LinearLearner() = default;

std::string LinearLearner::name() const {
  return fmt::format("linear model, ridge {}", config_.l2);
}

void LinearLearner::do_fit(const FeatureMatrix& x, const Labels& labels, Seed /*seed*/) {
  auto next = std::make_unique<Impl>();
  next->task = labels.task;
  next->outputs =
      labels.task == Task::kMulticlass ? static_cast<std::size_t>(labels.classes) : std::size_t{1};
  next->learn_encodings(x, config_.max_levels);
  if (labels.task == Task::kRegression) next->standardise_target(labels.values);
  next->weights.assign((static_cast<std::size_t>(next->inputs) + 1) * next->outputs, 0.0);
  const auto terms = next->terms(x);
  Lbfgs(config_.iterations, config_.tolerance)
      .minimise(
          [&](const std::vector<double>& w, std::vector<double>& gradient) {
            return next->objective(terms, labels, config_.l2, w, gradient);
          },
          next->weights);
  impl_ = std::move(next);
}

std::vector<double> LinearLearner::do_predict(const FeatureMatrix& x) const {
  const auto terms = impl_->terms(x);
  std::vector<double> out, p(impl_->outputs);
  out.reserve(static_cast<std::size_t>(x.rows) * p.size());
  for (std::size_t i = 0; i < static_cast<std::size_t>(x.rows); ++i) {
    const std::size_t d = impl_->encodings.size();
    impl_->score(std::span<const Term>(terms.data() + i * d, d), impl_->weights, p);
    impl_->respond(p);
    if (impl_->task == Task::kRegression) p[0] = impl_->y_mean + impl_->y_scale * p[0];
    out.insert(out.end(), p.begin(), p.end());
  }
  return out;
}

std::vector<double> LinearLearner::do_importance() const {
  std::vector<double> out;
  for (const auto& e : impl_->encodings) {
    double squares = 0;
    for (std::size_t j = 0; j < static_cast<std::size_t>(e.size) * impl_->outputs; ++j) {
      const double w = impl_->weights[static_cast<std::size_t>(e.offset) * impl_->outputs + j];
      squares += w * w;
    }
    out.push_back(std::sqrt(squares));
  }
  return out;
}

}  // namespace semblance
