// SPDX-License-Identifier: Apache-2.0
#include "neighbours/outline.hpp"

#include <Eigen/Eigenvalues>
#include <algorithm>

#include "semblance/core/parallel.hpp"

namespace semblance {
namespace {

constexpr std::int64_t kAxes = 6;
constexpr std::int64_t kMostColumns = 128;
constexpr std::int64_t kRowsAColumn = 32;  ///< Fewer are searched before axes are found.
constexpr std::int64_t kSample = 200;      ///< Least rows that tell the axes.
constexpr std::int64_t kBlock = 256;       ///< Rows that are projected together.

using Rows = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;

/// Rows first, first + step, ..., as the kernels see them.
template <class T>
Rows centred(const MatrixView<T>& rows, const Centring& centring, std::int64_t first,
             std::int64_t count, std::int64_t step) {
  Rows out(count, rows.dim);
  for (std::int64_t i = 0; i < count; ++i) {
    const T* row = rows.row(first + i * step);
    for (std::int64_t j = 0; j < rows.dim; ++j) {
      const double centre = centring.centre[static_cast<std::size_t>(j)];
      out(i, j) = (static_cast<double>(row[j]) - centre) * centring.scale;
    }
  }
  return out;
}

}  // namespace

template <class T>
PrincipalAxes principal_axes(const MatrixView<T>& rows, const Centring& centring) {
  PrincipalAxes out;
  if (rows.dim <= kAxes || rows.dim > kMostColumns || rows.rows < kRowsAColumn * rows.dim)
    return out;
  const std::int64_t step = std::max<std::int64_t>(1, rows.rows / std::max(kSample, 8 * rows.dim));
  Rows sample = centred(rows, centring, 0, rows.rows / step, step);
  sample.rowwise() -= Eigen::RowVectorXd(sample.colwise().mean());
  const Eigen::MatrixXd covariance = sample.transpose() * sample;
  const Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd> solver(covariance);
  if (solver.info() != Eigen::Success) return out;
  out.dim = rows.dim;
  out.count = kAxes;
  const Eigen::MatrixXd axes = solver.eigenvectors().rightCols(kAxes);
  out.directions.assign(axes.data(), axes.data() + axes.size());
  return out;
}

template <class T>
std::vector<float> outline(const MatrixView<T>& rows, const Centring& centring,
                           const PrincipalAxes& axes, int threads) {
  const std::int64_t width = axes.width();
  std::vector<float> out(static_cast<std::size_t>(rows.rows * width));
  const Eigen::Map<const Eigen::MatrixXd> directions(axes.directions.data(), axes.dim, axes.count);
  parallel_for(threads, (rows.rows + kBlock - 1) / kBlock, [&](std::int64_t b) {
    const std::int64_t first = b * kBlock, count = std::min(kBlock, rows.rows - first);
    const Rows block = centred(rows, centring, first, count, 1);
    const Rows along = block * directions;
    const Eigen::VectorXd rest =
        (block.rowwise().squaredNorm() - along.rowwise().squaredNorm()).cwiseMax(0.0).cwiseSqrt();
    Eigen::Map<Eigen::Matrix<float, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>> to(
        out.data() + first * width, count, width);
    to.leftCols(axes.count) = along.cast<float>();
    to.rightCols(1) = rest.cast<float>();
  });
  return out;
}

template PrincipalAxes principal_axes(const MatrixView<float>&, const Centring&);
template PrincipalAxes principal_axes(const MatrixView<double>&, const Centring&);
template std::vector<float> outline(const MatrixView<float>&, const Centring&, const PrincipalAxes&,
                                    int);
template std::vector<float> outline(const MatrixView<double>&, const Centring&,
                                    const PrincipalAxes&, int);

}  // namespace semblance
