// SPDX-License-Identifier: Apache-2.0
#include "semblance/evaluate/detection.hpp"

#include <algorithm>
#include <cmath>

#include "detail/check.hpp"
#include "evaluate/points.hpp"

namespace semblance {
namespace {

/// How often the nearest row is of the own sample.
double own_hits(const std::vector<double>& to_own, const std::vector<double>& to_other,
                TieRule ties) {
  const double tie = ties == TieRule::kHalf ? 0.5 : 0;
  double out = 0;
  for (std::size_t i = 0; i < to_own.size(); ++i)
    out += to_own[i] < to_other[i] ? 1 : to_own[i] == to_other[i] ? tie : 0;
  return out;
}

/// Uncorrelated columns that span those of both samples about their mean, with a leading one.
RowMatrix design_of(const MatrixView<double>& a, const MatrixView<double>& b) {
  RowMatrix rows(a.rows + b.rows, a.dim);
  rows << map_rows(a), map_rows(b);
  rows.rowwise() -= rows.colwise().mean().eval();
  for (Eigen::Index c = 0; c < rows.cols(); ++c) {
    const double deviation =
        std::sqrt(rows.col(c).squaredNorm() / static_cast<double>(rows.rows()));
    if (deviation > 0) rows.col(c) /= deviation;
  }
  const Eigen::MatrixXd moments = rows.transpose() * rows / static_cast<double>(rows.rows());
  const Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd> solver(moments);
  const auto& sizes = solver.eigenvalues();  // ascending
  const double none = 1e-9 * std::max(sizes.maxCoeff(), 1e-300);
  const Eigen::Index kept = (sizes.array() > none).count();
  RowMatrix out(rows.rows(), kept + 1);
  out.col(0).setOnes();
  const Eigen::VectorXd scale = sizes.tail(kept).cwiseSqrt().cwiseInverse();
  out.rightCols(kept) = rows * solver.eigenvectors().rightCols(kept) * scale.asDiagonal();
  return out;
}

Eigen::VectorXd chances(const RowMatrix& x, const Eigen::VectorXd& w) {
  return (1 + (-(x * w).array()).exp()).inverse();
}

/// Newton's steps, halved while they do not lower the loss; false where they do not end.
bool fit_logistic(const RowMatrix& x, const Eigen::VectorXd& y, Eigen::VectorXd& w) {
  const auto loss = [&](const Eigen::VectorXd& at) {
    const Eigen::ArrayXd eta = (x * at).array();
    return (eta.max(0) + (-eta.abs()).exp().log1p() - y.array() * eta).sum();
  };
  double now = loss(w);
  for (int round = 0; round < 50; ++round) {
    const Eigen::VectorXd p = chances(x, w);
    const Eigen::VectorXd weight = p.array() * (1 - p.array());
    Eigen::MatrixXd curvature = x.transpose() * weight.asDiagonal() * x;
    curvature.diagonal().array() += 1e-10 * static_cast<double>(x.rows());
    Eigen::VectorXd step = curvature.ldlt().solve(x.transpose() * (y - p));
    double next = loss(w + step);
    for (int half = 0; half < 20 && !(next <= now); ++half) step /= 2, next = loss(w + step);
    if (!(next <= now)) return true;
    w += step;
    if (step.cwiseAbs().maxCoeff() < 1e-9) return true;
    if (w.cwiseAbs().maxCoeff() > 50) return false;  // the samples can be separated
    now = next;
  }
  return false;
}

}  // namespace

NearestNeighbourTest nearest_neighbour_test(const MatrixView<double>& a,
                                            const MatrixView<double>& b, TieRule ties,
                                            const RunOptions& run) {
  require(a.dim == b.dim && a.rows >= 2 && b.rows >= 2,
          "nearest_neighbour_test: needs 2 rows of each sample and one dimension, got {} x {} and "
          "{} x {}",
          a.rows, a.dim, b.rows, b.dim);
  const NeighbourOptions options{.run = run};
  const auto of = [&](const MatrixView<double>& own, const MatrixView<double>& other) {
    return own_hits(nearest_others(own, 1, options).distance,
                    nearest(own, other, 1, options).distance, ties);
  };
  const double first = of(a, b), second = of(b, a);
  const auto n = static_cast<double>(a.rows), m = static_cast<double>(b.rows);
  return {(first + second) / (n + m), first / n, second / m};
}

Propensity fit_propensity(const MatrixView<double>& a, const MatrixView<double>& b) {
  require(a.dim == b.dim && a.rows >= 1 && b.rows >= 1,
          "fit_propensity: needs rows of both samples and one dimension, got {} x {} and {} x {}",
          a.rows, a.dim, b.rows, b.dim);
  const RowMatrix x = design_of(a, b);
  Eigen::VectorXd y = Eigen::VectorXd::Zero(x.rows()), w = Eigen::VectorXd::Zero(x.cols());
  y.tail(b.rows).setOnes();
  w[0] = std::log(static_cast<double>(b.rows) / static_cast<double>(a.rows));
  Propensity out;
  out.converged = fit_logistic(x, y, w);
  out.parameters = static_cast<double>(x.cols());
  const Eigen::VectorXd p = chances(x, w);
  out.first.assign(p.begin(), p.begin() + a.rows);
  out.second.assign(p.begin() + a.rows, p.end());
  return out;
}

std::vector<double> with_interactions(const MatrixView<double>& rows,
                                      std::span<const std::int64_t> of) {
  for (const auto c : of)
    require(c >= 0 && c < rows.dim, "with_interactions: a column must be 0 to {}, got {}",
            rows.dim - 1, c);
  std::vector<double> out;
  for (std::int64_t i = 0; i < rows.rows; ++i) {
    const double* row = rows.row(i);
    out.insert(out.end(), row, row + rows.dim);
    for (std::size_t j = 0; j < of.size(); ++j) {
      for (std::size_t k = j + 1; k < of.size(); ++k) out.push_back(row[of[j]] * row[of[k]]);
    }
  }
  return out;
}

Pmse pmse(std::span<const double> first, std::span<const double> second, double parameters) {
  require(!first.empty() && !second.empty(), "pmse: both samples must have rows, got {} and {}",
          first.size(), second.size());
  require(parameters >= 1, "pmse: parameters must be >= 1, got {}", parameters);
  const auto all = static_cast<double>(first.size() + second.size());
  const double c = static_cast<double>(second.size()) / all;
  Pmse out;
  for (const auto side : {first, second}) {
    for (const double p : side) out.value += (p - c) * (p - c) / all;
  }
  out.null = (parameters - 1) * c * (1 - c) / all;
  out.deviation = std::sqrt(2 * (parameters - 1)) * c * (1 - c) / all;
  if (parameters > 1) {
    out.ratio = out.value / out.null;
    out.z = (out.value - out.null) / out.deviation;
  }
  return out;
}

double log_cluster(std::span<const std::int64_t> cluster, std::int64_t first) {
  const std::int64_t rows = std::ssize(cluster);
  require(first >= 1 && first < rows, "log_cluster: `first` must be 1 to {}, got {}", rows - 1,
          first);
  std::vector<double> all, own;
  for (std::int64_t i = 0; i < rows; ++i) {
    const auto at = cluster[static_cast<std::size_t>(i)];
    require(at >= 0, "log_cluster: a cluster must be >= 0, got {}", at);
    const auto k = static_cast<std::size_t>(at);
    if (k >= all.size()) all.resize(k + 1, 0), own.resize(k + 1, 0);
    all[k] += 1;
    own[k] += i < first ? 1 : 0;
  }
  const double c = static_cast<double>(first) / static_cast<double>(rows);
  double sum = 0, clusters = 0;
  for (std::size_t k = 0; k < all.size(); ++k) {
    if (all[k] == 0) continue;
    sum += (own[k] / all[k] - c) * (own[k] / all[k] - c);
    clusters += 1;
  }
  constexpr double kEqual = 1e-12;
  return std::log(std::max(sum / clusters, kEqual));
}

}  // namespace semblance
