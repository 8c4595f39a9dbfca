// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "semblance/smote/over_sampler.hpp"

namespace semblance {

/// Every knob of Ccr.
struct CcrConfig {
  double energy = 1;        ///< What each row spends on its ball, > 0; the radius in free space.
  bool standardize = true;  ///< Distances on columns of unit variance.

  void validate() const;  ///< \throws InvalidArgument that names the first bad field.
};

/// CCR, combined cleaning and resampling [1]: new rows in a ball around their base that is the
/// smaller the more rows of other classes are near.
///
/// Balls are those of the L1 distance; a category that differs counts as the median standard
/// deviation of the other classes' numeric columns (1 without numbers). A ball with c rows of other
/// classes inside grows by r at the price (c + 1) r, until its energy is spent. A base is drawn in
/// proportion to 1 / radius, its row uniformly in the ball over the columns that vary. Categories
/// and gaps are those of the base. Provenance: (base, base, 0).
///
/// The paper also pushes the other classes' rows out of the balls; a generator makes new rows only.
///
/// [1] Koziarski and Wozniak, "CCR: a combined cleaning and resampling algorithm for imbalanced
/// data classification", AMCS 2017.
using Ccr = OverSamplerOf<CcrConfig>;

extern template class OverSamplerOf<CcrConfig>;

}  // namespace semblance
