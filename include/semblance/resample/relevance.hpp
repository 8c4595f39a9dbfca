// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace semblance {

/// Which extremes of a target matter.
enum class Extremes : std::uint8_t { kBoth, kHigh, kLow };

/// A value whose relevance is given.
struct ControlPoint {
  double value = 0;
  double relevance = 0;  ///< In [0, 1].
  friend bool operator==(const ControlPoint&, const ControlPoint&) = default;
};

/// How much a value of a numeric target matters, from 0 to 1: the phi of utility-based regression
/// [1].
///
/// Between control points a monotone piecewise cubic Hermite polynomial [2] with slope 0 at both
/// ends, constant outside; so relevance rises and falls only where the points do, and stays in
/// [0, 1].
///
/// [1] Ribeiro, "Utility-based regression", PhD thesis, University of Porto, 2011; Torgo, Ribeiro,
///     "Utility-based regression", PKDD 2007.
/// [2] Fritsch, Butland, "A method for constructing local monotone piecewise cubic interpolants",
///     SIAM J. Sci. Stat. Comput. 5, 1984.
class Relevance {
 public:
  /// \param points  At least one; finite values in ascending order, relevances in [0, 1].
  /// \throws InvalidArgument that names the first bad point.
  explicit Relevance(std::vector<ControlPoint> points);

  /// The relevance that the box plot of the values gives: 0 at the median, 1 from a whisker on
  /// where there are outliers beyond it; a side without outliers, or that does not matter, is 0.
  /// Quartiles are Tukey's hinges. Where a whisker ends at the median, the nearest outlier stands
  /// for it.
  ///
  /// \param values       At least one, finite, in any order.
  /// \param coefficient  Longest whisker in interquartile ranges, > 0.
  /// \throws InvalidArgument if a rule above is broken.
  [[nodiscard]] static Relevance of_box_plot(std::span<const double> values,
                                             Extremes extremes = Extremes::kBoth,
                                             double coefficient = 1.5);

  [[nodiscard]] double operator()(double value) const noexcept;

  [[nodiscard]] const std::vector<ControlPoint>& points() const noexcept { return points_; }

 private:
  std::vector<ControlPoint> points_;
  std::vector<double> slopes_;  ///< At the points.
};

/// Rows whose values lie side by side: all relevant, or all not.
struct Bump {
  std::vector<std::int64_t> rows = {};  ///< By (value, row).
  bool relevant = false;                ///< Their relevance is at least the threshold.
};

/// The sorted values, cut where the relevance crosses the threshold.
///
/// \param values     Finite.
/// \param threshold  In (0, 1].
/// \throws InvalidArgument if a rule above is broken.
[[nodiscard]] std::vector<Bump> find_bumps(std::span<const double> values,
                                           const Relevance& relevance, double threshold);

/// What becomes of the sizes of the bumps.
enum class BumpSizes : std::uint8_t {
  kBalance,  ///< All become rows / bumps.
  kExtreme   ///< They are turned round: the rare bumps become the large ones.
};

/// What is kept of a bump and added to it; one of them is as it was.
struct BumpCounts {
  std::int64_t kept = 0;
  std::int64_t added = 0;
  friend bool operator==(const BumpCounts&, const BumpCounts&) = default;
};

/// How many rows of each bump stay and how many are made.
///
/// kBalance: B = round(rows / bumps). kExtreme: a bump of n rows becomes p n with p =
/// round(B^2 / n x bumps x B / sum(B^2 / n) / n), to one decimal. At least one row of a bump stays.
/// \param sizes  Of the bumps, each >= 1.
[[nodiscard]] std::vector<BumpCounts> bump_counts(std::span<const std::int64_t> sizes,
                                                  BumpSizes wanted);

}  // namespace semblance
