// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

#include "neighbours/centring.hpp"

namespace semblance {

/// Orthonormal directions in which rows spread most.
struct PrincipalAxes {
  std::int64_t dim = 0, count = 0;  ///< No axes: boxes in the columns serve as well.
  std::vector<double> directions;   ///< [count, dim]

  /// Coordinates of an outline.
  [[nodiscard]] std::int64_t width() const noexcept { return count == 0 ? 0 : count + 1; }
};

/// The first principal axes of a sample of the centred rows; none where columns are few, so many
/// that finding axes costs more than it saves, or rows are few.
template <class T>
[[nodiscard]] PrincipalAxes principal_axes(const MatrixView<T>& rows, const Centring& centring);

/// [rows, axes.width()]: the rows along the axes, and the length of what is left of them.
///
/// Two rows are never nearer to each other than their outlines, so boxes around outlines bound
/// distances as boxes around rows do. They leave out more with fewer columns where rows cluster or
/// columns go together: two clusters that lie apart differ a little in each of many columns, but
/// much along one axis.
template <class T>
[[nodiscard]] std::vector<float> outline(const MatrixView<T>& rows, const Centring& centring,
                                         const PrincipalAxes& axes, int threads);

extern template PrincipalAxes principal_axes(const MatrixView<float>&, const Centring&);
extern template PrincipalAxes principal_axes(const MatrixView<double>&, const Centring&);
extern template std::vector<float> outline(const MatrixView<float>&, const Centring&,
                                           const PrincipalAxes&, int);
extern template std::vector<float> outline(const MatrixView<double>&, const Centring&,
                                           const PrincipalAxes&, int);

}  // namespace semblance
