// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "semblance/smote/over_sampler.hpp"

namespace semblance {

/// How far Borderline-2 goes towards a row of another class.
enum class BorderlineStep : std::uint8_t {
  kPaper,    ///< u ~ U(0, 1/2), as the paper has it.
  kImblearn  ///< u v with u ~ U(0, 1) and v ~ U(0, 1/2), as imbalanced-learn has it.
};

/// Every knob of BorderlineSmote.
struct BorderlineConfig {
  std::int64_t kind = 1;    ///< 1: neighbours in the class; 2: in the whole table.
  std::int64_t k = 5;       ///< Neighbours a row may be joined with, >= 1.
  std::int64_t m = 10;      ///< Neighbours in the whole table that tell danger, >= 1.
  bool standardize = true;  ///< Distances on columns of unit variance.
  SmallClass small_class = SmallClass::kClamp;   ///< For classes of k rows or fewer.
  BorderlineStep step = BorderlineStep::kPaper;  ///< Kind 2 only.

  void validate() const;  ///< \throws InvalidArgument that names the first bad field.
};

/// Borderline-SMOTE [1]: bases are the rows of the class in danger, those of whose m nearest rows
/// at least half, but not all, are of other classes. Kind 1 goes on as SMOTE; kind 2 also joins
/// bases with rows of other classes, on the half of the line that is nearer to the base.
///
/// A class without rows in danger takes all its rows as bases, and a warning is logged.
///
/// [1] Han, Wang, Mao, "Borderline-SMOTE: a new over-sampling method in imbalanced data sets
///     learning", ICIC 2005.
using BorderlineSmote = OverSamplerOf<BorderlineConfig>;

extern template class OverSamplerOf<BorderlineConfig>;

}  // namespace semblance
