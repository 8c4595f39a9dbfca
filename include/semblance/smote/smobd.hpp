// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "semblance/smote/over_sampler.hpp"

namespace semblance {

/// Every knob of Smobd.
struct SmobdConfig {
  std::int64_t k = 5;            ///< Neighbours a row may be joined with, >= 1.
  std::int64_t min_samples = 5;  ///< Rows that make a core, the row itself included, >= 1.
  double eps = 0;      ///< Radius of a neighbourhood, >= 0; 0: noise times the mean core distance.
  double noise = 1.8;  ///< How many means core distance and reachability of noise exceed, > 0.
  double balance = 0.5;     ///< Weight of the core distance against that of the neighbours, 0 to 1.
  bool standardize = true;  ///< Distances on columns of unit variance.
  SmallClass small_class = SmallClass::kClamp;  ///< For classes of k rows or fewer.

  void validate() const;  ///< \throws InvalidArgument that names the first bad field.
};

/// SMOBD, SMOTE by density [1]: bases are drawn by how OPTICS [2] sees them in their class, and
/// every column takes its own step to the neighbour.
///
/// core(i) is the distance to the min_samples-th nearest row of the class, undefined beyond eps;
/// reach(i) the reachability in the order of OPTICS; near(i) the rows within eps, i included. Means
/// are over defined values, and an undefined one exceeds them. A row is noise if core(i) and
/// reach(i) both exceed `noise` times their means. The weight of a row is 0 if it is noise, else
///   balance core(i) / max core + (1 - balance) near(i) / max near,
/// maxima over the rows that are not noise, 1 for an undefined core. If all weights are 0 they are
/// equal. x_j = a_j + u_j (b_j - a_j), u_j ~ U[0, 1); `u` of the provenance is that of the first
/// numeric column. Tables without numbers measure densities by the categories that differ.
///
/// [1] Cao and Wang, "Applying over-sampling technique based on data density and cost-sensitive SVM
/// to imbalanced learning", ICIII 2011. [2] Ankerst et al., "OPTICS: ordering points to identify
/// the clustering structure", SIGMOD 1999.
using Smobd = OverSamplerOf<SmobdConfig>;

extern template class OverSamplerOf<SmobdConfig>;

}  // namespace semblance
