// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "semblance/neighbours/neighbours.hpp"

namespace semblance {

/// Rows x as a float32 kernel wants them: x' = (x - centre) scale.
struct Centring {
  std::vector<double> centre;  ///< Medians of a sample of the references: far rows do not move it.
  double scale = 1;            ///< A power of two that brings all cells into [-1, 1].
};

/// \param least  What `scale` brings into [-1, 1] besides the cells, >= 0.
/// \throws InvalidArgument if a cell is not finite.
template <class T>
[[nodiscard]] Centring centre_rows(const MatrixView<T>& queries, const MatrixView<T>& references,
                                   double least, const RunOptions& run);

extern template Centring centre_rows(const MatrixView<float>&, const MatrixView<float>&, double,
                                     const RunOptions&);
extern template Centring centre_rows(const MatrixView<double>&, const MatrixView<double>&, double,
                                     const RunOptions&);

/// Whether both are the same memory.
template <class T>
bool same_rows(const MatrixView<T>& a, const MatrixView<T>& b) {
  return a.rows == b.rows && a.values.data() == b.values.data();
}

}  // namespace semblance
