// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "semblance/resample/relevance.hpp"
#include "semblance/resample/resampler.hpp"

namespace semblance {

/// Every knob of SmoteR.
struct SmoteRConfig {
  std::int64_t k = 5;                     ///< Neighbours a row may be joined with, >= 1.
  double threshold = 0.5;                 ///< Rows of this relevance or more are rare; in (0, 1].
  Extremes extremes = Extremes::kBoth;    ///< For the relevance by the box plot.
  double coefficient = 1.5;               ///< Longest whisker in interquartile ranges, > 0.
  std::vector<ControlPoint> points = {};  ///< The relevance; empty: by the box plot.
  BumpSizes sizes = BumpSizes::kBalance;  ///< What the bumps' sizes become.
  bool undersample = true;                ///< Bumps that are too large lose rows; else they stay.
  bool standardize = true;                ///< Distances on columns of unit variance.

  void validate() const;  ///< \throws InvalidArgument that names the first bad field.
};

/// SMOTE for regression [1]: more rows with rare values of a numeric target, fewer with usual ones.
///
/// The target's relevance cuts its sorted values into bumps, relevant or not (see Relevance). Bumps
/// grow or shrink to the sizes of bump_counts. A new row lies between a row and one of its k
/// nearest neighbours in the bump, target left out: numbers a + u (b - a), one u ~ U[0, 1) a row; a
/// category, and whether a number is missing where one parent misses it, from either parent. Its
/// target is the parents' average, each weighted by the new row's distance to the other; for
/// numeric features that is a + u (b - a) too. In these two distances numbers count as differences
/// in ranges of their column, categories and gaps as 0 or 1. A bump of one row is copied.
///
/// Every row of a bump is the base of as many new rows, the rest go to rows drawn without
/// replacement. Rows without a target stay as they are and take no part. Provenance: base,
/// neighbour, u. ResampleOptions::strategy is for classes and must be left at its default.
///
/// [1] Torgo, Ribeiro, Pfahringer, Branco, "SMOTE for regression", EPIA 2013.
class SmoteR final : public Resampler {
 public:
  /// \throws InvalidArgument as SmoteRConfig::validate.
  explicit SmoteR(SmoteRConfig config = {});

  [[nodiscard]] const SmoteRConfig& config() const noexcept { return config_; }

 private:
  Resampled do_resample(const Dataset& data, Seed seed,
                        const ResampleOptions& options) const override;
  std::string do_name() const override { return "smoter"; }

  SmoteRConfig config_;
};

/// Every knob of Smogn.
struct SmognConfig {
  SmoteRConfig smoter = {};    ///< What it shares with SmoteR.
  double perturbation = 0.02;  ///< Largest noise, in standard deviations; > 0.

  void validate() const;  ///< \throws InvalidArgument that names the first bad field.
};

/// SMOGN [1]: SmoteR where the drawn neighbour is near, Gaussian noise where it is far.
///
/// A neighbour is near if it is closer than half the median of the base's distances to all rows of
/// its bump, itself included. Otherwise each number of the base, its target too, gains
/// N(0, (p s)^2): s is the column's standard deviation in the bump (n - 1), p the smaller of that
/// half median and `perturbation`; a category is drawn as often as the bump has it; a missing
/// number stays missing. Numbers keep the unit or decimals of their column and the range of their
/// field, where it states one. The provenance of such a row names the base as neighbour, u = 0.
/// Distances to all rows of a bump cost the square of its size in time, not in memory.
///
/// [1] Branco, Torgo, Ribeiro, "SMOGN: a pre-processing approach for imbalanced regression", PMLR
///     74, 2017.
class Smogn final : public Resampler {
 public:
  /// \throws InvalidArgument as SmognConfig::validate.
  explicit Smogn(SmognConfig config = {});

  [[nodiscard]] const SmognConfig& config() const noexcept { return config_; }

 private:
  Resampled do_resample(const Dataset& data, Seed seed,
                        const ResampleOptions& options) const override;
  std::string do_name() const override { return "smogn"; }

  SmognConfig config_;
};

}  // namespace semblance
