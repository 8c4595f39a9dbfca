// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "semblance/smote/over_sampler.hpp"

namespace semblance {

/// Which rows set the width of the noise.
enum class RoseBandwidth : std::uint8_t {
  kPaper,    ///< Those of the class, with their sample standard deviation (ddof 1).
  kImblearn  ///< n of the whole table, the class's population standard deviation (ddof 0).
};

/// Every knob of Rose.
struct RoseConfig {
  double shrinkage = 1;                             ///< Factor of the noise, >= 0; 0: copies.
  RoseBandwidth bandwidth = RoseBandwidth::kPaper;  ///< Which rows set the width.

  void validate() const;  ///< \throws InvalidArgument that names the first bad field.
};

/// ROSE [1]: a smoothed bootstrap. A row of the class, drawn uniformly, plus independent Gaussian
/// noise in every numeric column of standard deviation
///
///   shrinkage (4 / ((d + 2) n))^(1 / (d + 4)) s_j
///
/// for d numeric columns of standard deviation s_j. Categories and gaps are those of the row.
///
/// [1] Menardi, Torelli, "Training and assessing classification rules with imbalanced data", DMKD
///     28, 2014.
using Rose = OverSamplerOf<RoseConfig>;

extern template class OverSamplerOf<RoseConfig>;

}  // namespace semblance
