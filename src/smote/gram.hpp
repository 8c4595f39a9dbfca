// SPDX-License-Identifier: Apache-2.0
// Least-squares polynomials over equally spaced places.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace semblance {

/// The polynomial of least squares through values at the places 0, 1, ..., n - 1, as a sum of the
/// Gram polynomials, which are orthogonal over them: no normal equations, stable at any degree.
class GramFit {
 public:
  /// \param values  n >= 1 of them.
  /// \param degree  >= 0; at most n - 1 is used.
  GramFit(std::span<const double> values, std::int64_t degree);

  /// Its value at a place, whole or not.
  [[nodiscard]] double operator()(double place) const;

 private:
  /// Calls visit(k, q_k) for the Gram polynomials at a place.
  template <class Visit>
  void basis(double place, const Visit& visit) const;

  double n_;
  double origin_;                     ///< A value that the sum adds to: equal values fit exactly.
  std::vector<double> coefficients_;  ///< Of q_0, q_1, ...
};

}  // namespace semblance
