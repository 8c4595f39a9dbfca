// SPDX-License-Identifier: Apache-2.0
#include "copula/order.hpp"

#include <Eigen/Core>
#include <algorithm>
#include <numeric>
#include <utility>

namespace semblance::copula {
namespace {

constexpr int kPowerSteps = 100;
constexpr double kPriorRows = 10;  // of score 0, added to each group: small groups move less

using Matrix = Eigen::MatrixXd;
using Vector = Eigen::VectorXd;

/// [groups, columns]: mean score of each group, less the mean of all rows.
Matrix mean_scores(std::span<const std::int32_t> rows, const Vector& counts,
                   std::span<const std::span<const float>> scores) {
  Matrix out = Matrix::Zero(counts.size(), static_cast<Eigen::Index>(scores.size()));
  for (std::size_t j = 0; j < scores.size(); ++j) {
    auto sums = out.col(static_cast<Eigen::Index>(j));
    for (std::size_t i = 0; i < rows.size(); ++i) {
      if (rows[i] >= 0) sums[rows[i]] += static_cast<double>(scores[j][i]);
    }
    const double mean = sums.sum() / counts.sum();
    sums = (sums - mean * counts).array() / (counts.array() + kPriorRows);
  }
  return out;
}

/// The direction in which the rows of `means`, weighted, spread most.
Vector principal_axis(const Matrix& means, const Vector& weights) {
  const Vector spread = (means.array().square().matrix().transpose() * weights);
  Eigen::Index widest = 0;
  spread.maxCoeff(&widest);
  Vector axis = Vector::Unit(means.cols(), widest);
  for (int i = 0; i < kPowerSteps; ++i) {
    const Vector next = means.transpose() * weights.cwiseProduct(means * axis);
    if (!(next.norm() > 0)) break;
    axis = next.normalized();
  }
  return axis;
}

}  // namespace

Groups group_tokens(std::span<const std::int64_t> counts, std::int32_t missing,
                    std::int64_t least) {
  Groups out{std::vector<std::int32_t>(counts.size(), -1), {}};
  std::int32_t rare = -1;
  for (std::size_t t = 0; t < counts.size(); ++t) {
    if (static_cast<std::int32_t>(t) == missing) continue;
    const bool is_rare = counts[t] < least;
    if (!is_rare || rare < 0) out.counts.push_back(0);
    const auto last = static_cast<std::int32_t>(out.counts.size()) - 1;
    if (is_rare && rare < 0) rare = last;
    out.of_token[t] = is_rare ? rare : last;
    out.counts[static_cast<std::size_t>(out.of_token[t])] += static_cast<double>(counts[t]);
  }
  return out;
}

std::vector<std::int32_t> order_groups(std::span<const std::int32_t> rows,
                                       std::span<const double> counts,
                                       std::span<const std::span<const float>> scores) {
  std::vector<std::int32_t> order(counts.size());
  std::iota(order.begin(), order.end(), 0);
  if (scores.empty() || counts.size() < 3) return order;
  const Vector weights =
      Eigen::Map<const Vector>(counts.data(), static_cast<Eigen::Index>(counts.size()));
  const Matrix means = mean_scores(rows, weights, scores);
  const Vector place = means * principal_axis(means, weights);
  std::sort(order.begin(), order.end(), [&](std::int32_t a, std::int32_t b) {
    return std::pair(place[a], a) < std::pair(place[b], b);
  });
  return order;
}

}  // namespace semblance::copula
