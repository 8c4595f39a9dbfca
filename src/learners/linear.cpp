// SPDX-License-Identifier: Apache-2.0
#include "semblance/learners/linear.hpp"

#include <algorithm>
#include <cmath>
#include <span>

#include "detail/check.hpp"
#include "learners/inputs.hpp"
#include "learners/lbfgs.hpp"

namespace semblance {

struct LinearLearner::Impl {
  Inputs inputs;
  std::vector<double> weights;  // [inputs + 1, outputs]; the last row is the intercept
  std::size_t outputs = 1;
  Task task = Task::kBinary;
  TargetScale scale;

  /// The linear scores of one row.
  void score(std::span<const Term> row, const std::vector<double>& w,
             std::vector<double>& out) const {
    const auto intercept = static_cast<std::size_t>(inputs.size()) * outputs;
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
    if (task == Task::kRegression) return scale(y);
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
    const std::size_t d = inputs.encodings().size(), n = labels.values.size();
    const std::size_t intercept = static_cast<std::size_t>(inputs.size()) * outputs;
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
  next->inputs = Inputs(x, config_.max_levels);
  if (labels.task == Task::kRegression) next->scale = TargetScale(labels.values);
  next->weights.assign((static_cast<std::size_t>(next->inputs.size()) + 1) * next->outputs, 0.0);
  const auto terms = next->inputs.terms(x);
  Lbfgs(config_.iterations, config_.tolerance)
      .minimise(
          [&](const std::vector<double>& w, std::vector<double>& gradient) {
            return next->objective(terms, labels, config_.l2, w, gradient);
          },
          next->weights);
  impl_ = std::move(next);
}

std::vector<double> LinearLearner::do_predict(const FeatureMatrix& x) const {
  const auto terms = impl_->inputs.terms(x);
  std::vector<double> out, p(impl_->outputs);
  out.reserve(static_cast<std::size_t>(x.rows) * p.size());
  for (std::size_t i = 0; i < static_cast<std::size_t>(x.rows); ++i) {
    const std::size_t d = impl_->inputs.encodings().size();
    impl_->score(std::span<const Term>(terms.data() + i * d, d), impl_->weights, p);
    impl_->respond(p);
    if (impl_->task == Task::kRegression) p[0] = impl_->scale.back(p[0]);
    out.insert(out.end(), p.begin(), p.end());
  }
  return out;
}

std::vector<double> LinearLearner::do_importance() const {
  std::vector<double> out;
  for (const auto& e : impl_->inputs.encodings()) {
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
