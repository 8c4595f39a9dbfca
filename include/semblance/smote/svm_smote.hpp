// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "semblance/smote/over_sampler.hpp"

namespace semblance {

/// Every knob of SvmSmote.
struct SvmSmoteConfig {
  std::int64_t k = 5;       ///< Neighbours a row may be joined with, >= 1.
  std::int64_t m = 10;      ///< Neighbours in the whole table that tell danger, >= 1.
  double out_step = 0.5;    ///< Farthest step away from a neighbour, >= 0.
  double c = 1;             ///< Price of a violation of the machine, > 0.
  double gamma = 0;         ///< Of its Gaussian kernel, >= 0; 0: 1 / (d Var), over all entries.
  bool standardize = true;  ///< Distances on columns of unit variance.
  SmallClass small_class = SmallClass::kClamp;  ///< For classes of k rows or fewer.

  void validate() const;  ///< \throws InvalidArgument that names the first bad field.
};

/// SVM-SMOTE [1]: bases are the support vectors of the class, under a machine that tells the
/// classes apart by their numbers (KernelSvm).
///
/// Support vectors are noise, in danger or safe as in BorderlineSmote; noise is dropped. Those in
/// danger are joined with a neighbour a la SMOTE; safe ones step away from it, u ~ -out_step U[0,
/// 1), and so widen the region of the class. A share f ~ Beta(10, 10) of the rows of `generate`
/// comes from those in danger; `sample` uses 1/2. Where one of the two sets is empty the other gets
/// all. A class without any such vector, and a table without numbers, take all rows as bases in
/// danger, and a warning is logged.
///
/// [1] Nguyen, Cooper, Kamei, "Borderline over-sampling for imbalanced data classification",
///     IJKESDP 3, 2011.
using SvmSmote = OverSamplerOf<SvmSmoteConfig>;

extern template class OverSamplerOf<SvmSmoteConfig>;

}  // namespace semblance
