// SPDX-License-Identifier: Apache-2.0
#include "copula/correlation.hpp"

#include <Eigen/Eigenvalues>
#include <algorithm>
#include <cmath>

#include "copula/normal.hpp"

namespace semblance::copula {
namespace {

constexpr std::size_t kTerms = 128;  // of Mehler's series
constexpr double kLeastStep = 1e-4;  // levels of a smaller share count as continuous
constexpr double kMostRho = 0.999;

/// density(z) h_k(z) for k = 0 ... kTerms + 1, by the three-term recurrence; 0 at infinity.
std::vector<double> weighted_hermite(double z) {
  std::vector<double> out(kTerms + 2);
  if (std::isinf(z)) return out;
  out[0] = normal::density(z);
  out[1] = z * out[0];
  for (std::size_t k = 1; k + 1 < out.size(); ++k) {
    const auto n = static_cast<double>(k);
    out[k + 1] = (z * out[k] - std::sqrt(n) * out[k - 1]) / std::sqrt(n + 1);
  }
  return out;
}

/// Integrals of density(z) h_k(z) over [a, b], k = 0 ... kTerms + 1.
std::vector<double> integrals(double a, double b) {
  const auto at_a = weighted_hermite(a), at_b = weighted_hermite(b);
  std::vector<double> out(at_a.size());
  out[0] = normal::mass(a, b);
  for (std::size_t k = 1; k < out.size(); ++k)
    out[k] = (at_a[k - 1] - at_b[k - 1]) / std::sqrt(static_cast<double>(k));
  return out;
}

double series(const Steps& a, const Steps& b, double rho) {
  double sum = 0;
  for (std::size_t k = kTerms; k > 0; --k) sum = (sum + a.hermite[k] * b.hermite[k]) * rho;
  return sum;
}

}  // namespace

Steps::Steps(std::span<const double> counts) : score(counts.size()), hermite(kTerms + 1) {
  hermite[1] = 1;  // of z itself; every wide step then replaces z by its score
  double total = 0, before = 0;
  for (const double count : counts) total += count;
  for (std::size_t v = 0; v < counts.size(); ++v) {
    const double share = counts[v] / total;
    const double low = normal::quantile(before / total);
    before += counts[v];
    const double high =
        v + 1 == counts.size() ? normal::quantile(1) : normal::quantile(before / total);
    if (!(share > 0)) continue;
    score[v] = (normal::density(low) - normal::density(high)) / share;
    if (share < kLeastStep) continue;
    const auto of = integrals(low, high);
    for (std::size_t k = 1; k <= kTerms; ++k) {
      const auto n = static_cast<double>(k);
      hermite[k] += score[v] * of[k] - std::sqrt(n + 1) * of[k + 1] - std::sqrt(n) * of[k - 1];
    }
  }
}

double correlation(const Steps& a, const Steps& b, double covariance) {
  double low = -kMostRho, high = kMostRho;
  if (!(series(a, b, high) - series(a, b, low) > 1e-9)) return 0;  // a constant column
  if (covariance >= series(a, b, high)) return high;
  if (covariance <= series(a, b, low)) return low;
  for (int i = 0; i < 50; ++i) {
    const double middle = (low + high) / 2;
    (series(a, b, middle) < covariance ? low : high) = middle;
  }
  return (low + high) / 2;
}

Matrix positive_definite(const Matrix& r, double ridge) {
  const Eigen::SelfAdjointEigenSolver<Matrix> eigen(r);
  Matrix out = r;
  if (eigen.eigenvalues().minCoeff() < 0) {
    const Eigen::VectorXd raised = eigen.eigenvalues().cwiseMax(0.0);
    out = eigen.eigenvectors() * raised.asDiagonal() * eigen.eigenvectors().transpose();
    const Eigen::VectorXd scale = out.diagonal().cwiseMax(1e-12).cwiseSqrt().cwiseInverse();
    out = scale.asDiagonal() * out * scale.asDiagonal();
  }
  out = ((1 - ridge) / 2 * (out + out.transpose())).eval();  // the product rounds unevenly
  out.diagonal().setOnes();
  return out;
}

}  // namespace semblance::copula
