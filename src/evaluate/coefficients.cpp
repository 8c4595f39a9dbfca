// SPDX-License-Identifier: Apache-2.0
#include "evaluate/coefficients.hpp"

#include <Eigen/Cholesky>
#include <algorithm>
#include <cmath>
#include <span>

#include "semblance/evaluate/scores.hpp"

namespace semblance {
namespace {

constexpr std::int32_t kLevels = 10;  // categories a column keeps; others share one input
constexpr double kRidge = 1;
constexpr int kSteps = 50;
constexpr double kTolerance = 1e-10;  // of the squared Newton decrement, a row

/// Rows as terms, with the intercept as the last input.
struct Design {
  const std::vector<Term>& terms;
  std::size_t features;
  Eigen::Index width;  ///< Inputs and the intercept.
  std::span<const double> y;

  [[nodiscard]] std::span<const Term> row(std::size_t i) const {
    return {terms.data() + i * features, features};
  }
};

double log_likelihood(double eta, double y, bool logistic) {
  if (!logistic) return -(y - eta) * (y - eta) / 2;
  return y * eta - std::max(eta, 0.0) - std::log1p(std::exp(-std::abs(eta)));
}

/// Penalised likelihood at w, with gradient and information.
struct Information {
  double likelihood = 0;
  Eigen::VectorXd gradient;
  Eigen::MatrixXd hessian;  ///< Lower triangle.

  Information(const Design& design, const Eigen::VectorXd& w, bool logistic)
      : gradient(Eigen::VectorXd::Zero(design.width)),
        hessian(Eigen::MatrixXd::Zero(design.width, design.width)) {
    const Eigen::Index last = design.width - 1;
    for (std::size_t i = 0; i < design.y.size(); ++i) {
      const auto row = design.row(i);
      double eta = w[last];
      for (const Term& t : row) eta += t.value * w[t.index];
      const double mean = logistic ? 1 / (1 + std::exp(-eta)) : eta;
      likelihood += log_likelihood(eta, design.y[i], logistic);
      const double curve = logistic ? mean * (1 - mean) : 1, residual = design.y[i] - mean;
      for (const Term& a : row) {
        gradient[a.index] += residual * a.value;
        hessian(last, a.index) += curve * a.value;
        for (const Term& b : row) {
          if (b.index <= a.index) hessian(a.index, b.index) += curve * a.value * b.value;
        }
      }
      gradient[last] += residual;
      hessian(last, last) += curve;
    }
    likelihood -= kRidge / 2 * w.head(last).squaredNorm();
    gradient.head(last) -= kRidge * w.head(last);
    hessian.diagonal().head(last).array() += kRidge;
    hessian(last, last) += 1e-9;  // all y alike
  }
};

/// Where the penalised likelihood is largest, by Newton's method with halved steps, and the
/// covariance of the estimate.
struct Optimum {
  Eigen::VectorXd weights;
  Eigen::MatrixXd covariance;

  Optimum(const Design& design, bool logistic) : weights(Eigen::VectorXd::Zero(design.width)) {
    const auto n = static_cast<double>(design.y.size());
    Information at(design, weights, logistic);
    Eigen::LLT<Eigen::MatrixXd> factor;
    for (int step = 0; step < kSteps; ++step) {
      factor.compute(at.hessian);
      Eigen::VectorXd move = factor.solve(at.gradient);
      if (move.dot(at.gradient) < kTolerance * n) break;
      Information next(design, weights + move, logistic);
      for (int half = 0; half < 20 && next.likelihood < at.likelihood; ++half)
        next = Information(design, weights + (move /= 2), logistic);
      weights += move;
      at = std::move(next);
    }
    // Of a linear model the likelihood holds minus half the squared residuals.
    const double squares =
        -2 * at.likelihood - kRidge * weights.head(design.width - 1).squaredNorm();
    covariance = factor.solve(Eigen::MatrixXd::Identity(design.width, design.width));
    if (!logistic) covariance *= squares / n;
  }
};

}  // namespace

CoefficientModel::CoefficientModel(const RegressionRows& like, bool logistic)
    : inputs_(like.x, kLevels),
      varies_(static_cast<std::size_t>(inputs_.size()), 0),
      logistic_(logistic) {
  if (!logistic && !like.y.empty()) scale_ = TargetScale(like.y);
  std::vector<double> sum(varies_.size(), 0), squares(varies_.size(), 0);
  for (const Term& t : inputs_.terms(like.x)) {
    sum[static_cast<std::size_t>(t.index)] += t.value;
    squares[static_cast<std::size_t>(t.index)] += t.value * t.value;
  }
  const auto n = static_cast<double>(like.x.rows);
  for (std::size_t j = 0; j < sum.size(); ++j) {
    const double mean = sum[j] / n;
    varies_[j] = squares[j] / n - mean * mean > 1e-12 ? 1 : 0;
  }
}

std::vector<Coefficient> CoefficientModel::fit(const RegressionRows& rows) const {
  if (rows.y.empty() || inputs_.size() == 0) return {};
  std::vector<double> y = rows.y;
  if (!logistic_) std::ranges::transform(y, y.begin(), scale_);
  const auto terms = inputs_.terms(rows.x);
  const Optimum best({terms, inputs_.encodings().size(), inputs_.size() + 1, y}, logistic_);
  std::vector<Coefficient> out;
  for (std::size_t f = 0; f < inputs_.encodings().size(); ++f) {
    const Encoding& e = inputs_.encodings()[f];
    for (std::int32_t j = e.offset; j < e.offset + e.size; ++j) {
      if (varies_[static_cast<std::size_t>(j)] != 0)
        out.push_back({f, best.weights[j], std::sqrt(best.covariance(j, j))});
    }
  }
  return out;
}

double overlap_of(const Coefficient& a, const Coefficient& b, double level) {
  const double z = normal_quantile((1 + level) / 2);
  const double reach_a = z * a.error, reach_b = z * b.error;
  if (reach_a == 0 || reach_b == 0) return a.value == b.value ? 1 : 0;
  const double overlap = std::min(a.value + reach_a, b.value + reach_b) -
                         std::max(a.value - reach_a, b.value - reach_b);
  return std::max(0.0, overlap / (4 * reach_a) + overlap / (4 * reach_b));
}

std::optional<double> mean_overlap(const std::vector<Coefficient>& a,
                                   const std::vector<Coefficient>& b, double level) {
  if (a.empty() || a.size() != b.size()) return std::nullopt;
  double sum = 0;
  for (std::size_t i = 0; i < a.size(); ++i) sum += overlap_of(a[i], b[i], level);
  return sum / static_cast<double>(a.size());
}

}  // namespace semblance
