// SPDX-License-Identifier: Apache-2.0
#include "semblance/evaluate/depth.hpp"

#include <Eigen/Dense>
#include <cmath>

#include "detail/check.hpp"

namespace semblance {
namespace {

using Matrix = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;

Eigen::Map<const Matrix> map(const MatrixView<double>& view) {
  return {view.values.data(), view.rows, view.dim};
}

void require_same_space(const MatrixView<double>& points, const MatrixView<double>& sample) {
  require(points.dim == sample.dim, "points and sample must have the same dimension, got {} and {}",
          points.dim, sample.dim);
}

}  // namespace

std::vector<double> mahalanobis_depth(const MatrixView<double>& points,
                                      const MatrixView<double>& sample) {
  require_same_space(points, sample);
  require(sample.rows >= 2, "mahalanobis_depth: the sample must have at least 2 rows, got {}",
          sample.rows);
  const Eigen::RowVectorXd centre = map(sample).colwise().mean();
  const Matrix centred = map(sample).rowwise() - centre;
  const Eigen::MatrixXd covariance =
      centred.transpose() * centred / static_cast<double>(sample.rows - 1);
  const Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd> spectrum(covariance);
  const Eigen::VectorXd& size = spectrum.eigenvalues();
  const double none = 1e-12 * std::max(size.maxCoeff(), 0.0);
  const Matrix turned = (map(points).rowwise() - centre) * spectrum.eigenvectors();
  std::vector<double> out;
  for (Eigen::Index i = 0; i < turned.rows(); ++i) {
    double distance = 0;
    for (Eigen::Index j = 0; j < turned.cols(); ++j) {
      const double square = turned(i, j) * turned(i, j);
      if (size[j] > none) {
        distance += square / size[j];
      } else if (square > 1e-12 * (1 + size.maxCoeff())) {
        distance = HUGE_VAL;
      }
    }
    out.push_back(1 / (1 + distance));
  }
  return out;
}

std::vector<double> spatial_depth(const MatrixView<double>& points,
                                  const MatrixView<double>& sample) {
  require_same_space(points, sample);
  require(sample.rows >= 1, "spatial_depth: the sample must have at least 1 row");
  std::vector<double> out;
  Eigen::RowVectorXd pull(sample.dim), gap(sample.dim);
  for (std::int64_t i = 0; i < points.rows; ++i) {
    pull.setZero();
    for (std::int64_t j = 0; j < sample.rows; ++j) {
      gap = map(points).row(i) - map(sample).row(j);
      const double length = gap.norm();
      if (length > 0) pull += gap / length;
    }
    out.push_back(1 - pull.norm() / static_cast<double>(sample.rows));
  }
  return out;
}

std::optional<DdPlot> dd_plot(std::span<const double> x, std::span<const double> y,
                              std::span<const double> weights) {
  require(x.size() == y.size() && (weights.empty() || weights.size() == x.size()),
          "dd_plot: both depths and the weights must have the same length, got {}, {} and {}",
          x.size(), y.size(), weights.size());
  double n = 0, mean_x = 0, mean_y = 0;
  const auto weight = [&](std::size_t i) { return weights.empty() ? 1 : weights[i]; };
  for (std::size_t i = 0; i < x.size(); ++i)
    n += weight(i), mean_x += weight(i) * x[i], mean_y += weight(i) * y[i];
  if (n < 2) return std::nullopt;
  mean_x /= n, mean_y /= n;
  double xx = 0, yy = 0, xy = 0, off = 0;
  for (std::size_t i = 0; i < x.size(); ++i) {
    const double a = x[i] - mean_x, b = y[i] - mean_y, w = weight(i);
    xx += w * a * a, yy += w * b * b, xy += w * a * b;
    off += w * (y[i] - x[i]) * (y[i] - x[i]);
  }
  if (xx <= 0 || yy <= 0) return std::nullopt;
  const double slope = xy / xx;
  return DdPlot{slope, mean_y - slope * mean_x, xy * xy / (xx * yy), 1 - off / yy,
                std::sqrt(off / n)};
}

}  // namespace semblance
