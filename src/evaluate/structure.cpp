// SPDX-License-Identifier: Apache-2.0
#include "semblance/evaluate/structure.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <vector>

#include "detail/check.hpp"
#include "evaluate/points.hpp"
#include "evaluate/ranks.hpp"
#include "semblance/evaluate/scores.hpp"

namespace semblance {
namespace {

using Solver = Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd>;

/// Spectrum and axes of the covariance, ascending; the spectrum over its sum.
struct Components {
  Eigen::VectorXd sizes, first;
  double all = 0;  ///< The sum of the spectrum.

  explicit Components(const MatrixView<double>& rows) {
    const Eigen::RowVectorXd centre = map_rows(rows).colwise().mean();
    const RowMatrix centred = map_rows(rows).rowwise() - centre;
    const Solver solver(Eigen::MatrixXd(centred.transpose() * centred));
    all = solver.eigenvalues().cwiseMax(0).sum();
    sizes = solver.eigenvalues().cwiseMax(0) / (all > 0 ? all : 1);
    first = solver.eigenvectors().rightCols(1);
  }
};

double log_determinant(const Eigen::MatrixXd& a, double ridge) {
  const Solver solver(a, Eigen::EigenvaluesOnly);
  return (solver.eigenvalues().array().max(0) + ridge).log().sum();
}

/// Correlations of the columns' normal scores.
RowMatrix copula_of(const MatrixView<double>& rows) {
  RowMatrix scores(rows.rows, rows.dim);
  std::vector<double> column(static_cast<std::size_t>(rows.rows));
  for (std::int64_t c = 0; c < rows.dim; ++c) {
    for (std::int64_t i = 0; i < rows.rows; ++i)
      column[static_cast<std::size_t>(i)] = rows.row(i)[c];
    const auto ranks = mid_ranks(column);
    for (std::int64_t i = 0; i < rows.rows; ++i)
      scores(i, c) = normal_quantile(ranks[static_cast<std::size_t>(i)] /
                                     (static_cast<double>(rows.rows) + 1));
  }
  scores.rowwise() -= scores.colwise().mean().eval();
  for (Eigen::Index c = 0; c < scores.cols(); ++c) {
    const double length = scores.col(c).norm();
    scores.col(c) *= length > 1e-12 ? 1 / length : 0;
  }
  RowMatrix out = scores.transpose() * scores;
  out.diagonal().setOnes();
  return out;
}

}  // namespace

std::optional<PcaDifference> pca_difference(const MatrixView<double>& a,
                                            const MatrixView<double>& b) {
  require(
      a.dim == b.dim && a.dim >= 2 && a.rows >= 2 && b.rows >= 2,
      "pca_difference: needs 2 rows of each sample and one dimension >= 2, got {} x {} and {} x "
      "{}",
      a.rows, a.dim, b.rows, b.dim);
  const Components p(a), q(b);
  if (p.all <= 0 || q.all <= 0) return std::nullopt;
  const auto d = static_cast<double>(a.dim);
  PcaDifference out;
  out.eigenvalues = d / (2 * (d - 1)) * (p.sizes - q.sizes).cwiseAbs().sum();
  const double cosine = std::min(std::abs(p.first.dot(q.first)), 1.0);
  out.angle = std::acos(cosine) * 2 / std::numbers::pi;
  return out;
}

double correlation_hellinger(const MatrixView<double>& a, const MatrixView<double>& b,
                             double ridge) {
  require(a.rows == a.dim && b.rows == b.dim && a.dim == b.dim && a.dim >= 1,
          "correlation_hellinger: needs two square matrices of one size, got {} x {} and {} x {}",
          a.rows, a.dim, b.rows, b.dim);
  const Eigen::MatrixXd p = map_rows(a), q = map_rows(b), middle = (p + q) / 2;
  const double affinity = std::exp((log_determinant(p, ridge) + log_determinant(q, ridge)) / 4 -
                                   log_determinant(middle, ridge) / 2);
  return std::sqrt(std::max(1 - affinity, 0.0));
}

double copula_hellinger(const MatrixView<double>& a, const MatrixView<double>& b) {
  require(
      a.dim == b.dim && a.rows >= 2 && b.rows >= 2,
      "copula_hellinger: needs 2 rows of each sample and one dimension, got {} x {} and {} x {}",
      a.rows, a.dim, b.rows, b.dim);
  return correlation_hellinger(view_of(copula_of(a)), view_of(copula_of(b)));
}

}  // namespace semblance
