// SPDX-License-Identifier: Apache-2.0
// Matrix views as Eigen's matrices.
#pragma once

#include <Eigen/Dense>

#include "semblance/neighbours/neighbours.hpp"

namespace semblance {

using RowMatrix = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
using MapOfRows = Eigen::Map<const RowMatrix>;

[[nodiscard]] inline MapOfRows map_rows(const MatrixView<double>& view) {
  return {view.values.data(), view.rows, view.dim};
}

[[nodiscard]] inline MatrixView<double> view_of(const RowMatrix& rows) {
  return {{rows.data(), static_cast<std::size_t>(rows.size())}, rows.rows(), rows.cols()};
}

}  // namespace semblance
