// SPDX-License-Identifier: Apache-2.0
// The distribution of values inside one quantile bin.
#pragma once

#include <span>
#include <vector>

namespace semblance {

/// A piecewise linear quantile function through `knots` at equal steps, for values that are
/// multiples of `grain` (0: any value). The end knots reach half a grain outward, so that rounding
/// gives the end values the same share as those between. A view: `knots` must outlive it.
class Bin {
 public:
  /// \param knots  At least two, ascending.
  Bin(std::span<const double> knots, double grain) : knots_(knots), grain_(grain) {}

  /// The value at share `u` in [0, 1], rounded to the grain, between the end knots.
  [[nodiscard]] double value(double u) const;
  /// The share of values up to `value`, before rounding, in [0, 1].
  [[nodiscard]] double share_below(double value) const;
  /// The probability of a value (grain > 0), or its density (grain 0); 0 outside the end knots.
  [[nodiscard]] double mass(double value) const;

  /// The part of the bin that lies in a closed range.
  struct Part {
    double share = 0;  ///< Probability of the part; 0: the range has no value of the bin.
    double low = 0;    ///< Smallest and largest value in it.
    double high = 0;
    double from = 0;  ///< Where it begins, as a share of the bin.
  };
  [[nodiscard]] Part within(double min, double max) const;

 private:
  [[nodiscard]] double edge(std::size_t i) const;
  [[nodiscard]] double rounded(double value) const;

  std::span<const double> knots_;
  double grain_;
};

}  // namespace semblance
