// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "semblance/smote/over_sampler.hpp"

namespace semblance {

/// Every knob of Simplicial.
struct SimplicialConfig {
  std::int64_t k = 5;          ///< Neighbours that a row is joined with, >= 1.
  std::int64_t dimension = 4;  ///< Of the simplices at most, >= 1: they have one row more.
  bool standardize = true;     ///< Distances on columns of unit variance.
  SmallClass small_class = SmallClass::kClamp;  ///< For classes of k rows or fewer.

  void validate() const;  ///< \throws InvalidArgument that names the first bad field.
};

/// Simplicial SMOTE [1]: new rows inside simplices of near rows, not just on their edges.
///
/// The graph joins two rows of a class if one is among the k nearest of the other; its maximal
/// cliques are found by Bron and Kerbosch [2]. A clique of more than dimension + 1 rows stands for
/// all its faces of so many. A new row is uniform in a simplex, its barycentric coordinates
/// Dirichlet(1, ..., 1); simplices are drawn uniformly, a face once for each clique that has it.
///
/// Provenance: any two of the rows, and u the coordinate of the second; `interpolate` draws simplex
/// and other coordinates given these. A pair that no simplex has makes a straight line. A cell that
/// is missing in another row than the base counts as the base's.
///
/// [1] Kachan, Savchenko and Gusev, "Simplicial SMOTE: oversampling solution to the imbalanced
/// learning problem", KDD 2025, arXiv 2503.03418. [2] Bron and Kerbosch, "Algorithm 457: finding
/// all cliques of an undirected graph", CACM 1973.
using Simplicial = OverSamplerOf<SimplicialConfig>;

extern template class OverSamplerOf<SimplicialConfig>;

}  // namespace semblance
