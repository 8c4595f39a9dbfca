// SPDX-License-Identifier: Apache-2.0
// What the report's pictures show, as plain numbers.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "semblance/evaluate/scores.hpp"

namespace semblance {

/// The distribution of one column in bars: equal-width bins of the real range for numbers,
/// categories (most frequent first) otherwise. Categories with fewer than 5 training rows are
/// pooled, so that the report names no rare value.
struct ColumnPicture {
  std::string name = {};
  bool number = false;
  std::vector<std::string> labels = {};            ///< One a bar; for numbers the bin's lower edge.
  std::vector<double> real = {};                   ///< Share of the present values, [bars].
  std::vector<double> synthetic = {};              ///< [bars]
  std::vector<double> holdout = {};                ///< [bars], or empty.
  std::string low = {}, high = {};                 ///< Ends of the axis of a number.
  double real_missing = 0, synthetic_missing = 0;  ///< Shares of missing cells.
  double error = 0;           ///< KS (numbers) or TVD (categories), in percent.
  double expected_error = 0;  ///< The holdout's, in percent; 0 without one.
};

/// A symmetric matrix over the evaluated columns, [n, n] row-major; NaN: undefined.
struct MatrixPicture {
  std::vector<double> values = {};
};

/// A curve of points.
struct CurvePicture {
  std::string name = {};
  std::vector<double> x = {}, y = {};
};

/// Curves in one plot.
struct PlotPicture {
  std::string title = {}, about = {};  ///< "Autocorrelation"; of which channel.
  std::string x = {}, y = {};          ///< The axes.
  std::vector<CurvePicture> curves = {};
};

/// A number with an interval, for bars.
struct BarPicture {
  std::string name = {};
  double value = 0;
  Interval interval = {};
};

/// A number of the synthetic rows beside the same of real rows.
struct DumbbellPicture {
  std::string name = {};
  BarPicture synthetic = {}, real = {};
};

/// Everything the HTML report draws.
struct Pictures {
  std::vector<std::string> columns = {};          ///< Names behind the matrices.
  std::vector<ColumnPicture> distributions = {};  ///< Worst first.
  MatrixPicture real_association = {};            ///< |Pearson|, correlation ratio or Cramér's V.
  MatrixPicture synthetic_association = {};
  MatrixPicture pair_error = {};             ///< TVD of the joint table in shared bins, percent.
  std::vector<PlotPicture> plots = {};       ///< Of signals: autocorrelation, spectrum.
  std::vector<CurvePicture> roc = {};        ///< Of the classifier two-sample tests.
  std::vector<BarPicture> giveaways = {};    ///< What that classifier looked at, shares.
  std::vector<BarPicture> utility = {};      ///< TSTR, TRTR and floor.
  std::vector<DumbbellPicture> judges = {};  ///< TSTR and TRTR of every judge.
  std::string utility_score = {};            ///< "AUC", "macro-F1", "R2".
  std::vector<CurvePicture> distances = {};  ///< ECDFs of the distance to the nearest record.
};

}  // namespace semblance
