// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "semblance/smote/over_sampler.hpp"

namespace semblance {

/// What polynom-fit-SMOTE puts new rows on.
enum class PolynomKind : std::uint8_t {
  kStar,  ///< Lines from each row to the mean of the class.
  kBus,   ///< Lines from each row to the next one of the class, in the order of the table.
  kMesh,  ///< Lines between all pairs of rows of the class.
  kPoly   ///< A polynomial for each column.
};

/// Every knob of PolynomFit.
struct PolynomFitConfig {
  PolynomKind kind = PolynomKind::kStar;
  std::int64_t degree = 2;  ///< Of the polynomials of kPoly, 1 to 20.
  bool standardize = true;  ///< kPoly orders rows by their mean over columns of unit variance.

  void validate() const;  ///< \throws InvalidArgument that names the first bad field.
};

/// polynom-fit-SMOTE [1]: new rows on lines or curves through the class, without neighbours.
///
/// Star, bus and mesh: `generate` and `balance` give each line its share of rows, equal but for the
/// remainder, which is drawn; the c rows of a line lie at 1/(c+1), ..., c/(c+1) of it. So n rows
/// that are a multiple of the lines do not depend on the seed. `sample` draws lines and places.
/// Poly: rows are ordered by the mean of their numbers; x_j = p_j(t_j), p_j the least-squares
/// polynomial of column j over the places 0, ..., m - 1 of that order and t_j ~ U[0, m - 1) of its
/// own.
///
/// Categories and gaps are those of the base. Provenance: star (base, base, u) with u the way to
/// the mean; bus and mesh (base, neighbour, u); poly (base, base, 0), whose base gives no numbers.
///
/// [1] Gazzah and Essoukri Ben Amara, "New oversampling approaches based on polynomial fitting for
/// imbalanced data sets", DAS 2008.
using PolynomFit = OverSamplerOf<PolynomFitConfig>;

extern template class OverSamplerOf<PolynomFitConfig>;

}  // namespace semblance
