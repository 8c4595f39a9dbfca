// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "semblance/evaluate/metric.hpp"
#include "semblance/evaluate/pictures.hpp"

namespace semblance::html {

/// Where a value stands between its floor (left) and real rows (right): dot, interval, holdout
/// tick. Empty where there is nothing to compare with.
[[nodiscard]] std::string track(const Metric& metric);

/// One column's distributions: a histogram of a number, paired bars of categories.
[[nodiscard]] std::string distribution(const ColumnPicture& column);

/// How the cells of a matrix are coloured.
enum class Shade { kAssociation, kDifference, kError };
/// A square matrix over `names`; NaN cells stay empty. `most`: the value of full colour.
[[nodiscard]] std::string heatmap(const std::vector<std::string>& names,
                                  const std::vector<double>& values, Shade shade, double most);

/// Curves in one plot with a legend; the axes' names below and to the left.
struct CurveAxes {
  std::string x, y;
  double x_max = 1, y_min = 0, y_max = 1;
  bool diagonal = false;
};
[[nodiscard]] std::string curves(const std::vector<CurvePicture>& curves, const CurveAxes& axes);

/// Horizontal bars with intervals where they have one.
[[nodiscard]] std::string bars(const std::vector<BarPicture>& bars, double lowest, double highest,
                               const std::string& unit);

/// Rows with a dot and an interval for synthetic and for real, linked.
struct DumbbellAxis {
  double low = 0, high = 1;
};
[[nodiscard]] std::string dumbbells(const std::vector<DumbbellPicture>& rows,
                                    const DumbbellAxis& axis);

}  // namespace semblance::html
