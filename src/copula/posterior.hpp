// SPDX-License-Identifier: Apache-2.0
// A multivariate normal given some of its coordinates, or intervals that they lie in.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "copula/correlation.hpp"
#include "copula/margin.hpp"
#include "semblance/core/seed.hpp"

namespace semblance::copula {

/// What is known of one normal variable.
struct Evidence {
  std::int64_t variable = 0;
  std::vector<Piece> pieces = {};  ///< At least one of positive weight.
};

/// Draws z ~ N(0, R) given that some coordinates are known and others lie in unions of intervals.
///
/// Known coordinates are conditioned on in closed form (Schur complement). One coordinate in
/// intervals is then drawn from its truncated normal, which is exact. Several are started by
/// drawing each given the earlier ones [1], then redrawn one at a time given all others (Gibbs),
/// `sweeps` times: exact in the limit. The rest is normal given those.
///
/// [1] Geweke, "Efficient simulation from the multivariate normal and Student-t distributions
/// subject to linear constraints", 1991.
class Posterior {
 public:
  /// \param r        Positive definite.
  /// \param points   Variables that are known; `boxes`: that lie in intervals. Disjoint.
  Posterior(const Matrix& r, std::vector<std::int64_t> points, std::vector<std::int64_t> boxes);

  /// \param evidence  Of every point and box, in any order.
  /// \return z of all variables.
  [[nodiscard]] Eigen::VectorXd draw(std::span<const Evidence> evidence, std::int64_t sweeps,
                                     Stream& stream) const;

  /// The natural log of the probability that the boxes hold given the points, estimated from
  /// `draws` sequential draws (GHK [1, 2]); exact, whatever the number, for one box or none.
  ///
  /// [2] Hajivassiliou, McFadden, Ruud, "Simulation of multivariate normal rectangle
  /// probabilities", Journal of Econometrics 72, 1996.
  [[nodiscard]] double log_mass(std::span<const Evidence> evidence, std::int64_t draws,
                                Stream& stream) const;

 private:
  using Vector = Eigen::VectorXd;
  /// What is known of a row: values of the points, the boxes in order.
  struct Known {
    Vector points;
    std::vector<const Evidence*> boxes;
  };
  [[nodiscard]] Known sort(std::span<const Evidence> evidence) const;
  /// Draws the boxes one after the other; the log of the product of their masses.
  double start(std::span<const Evidence* const> boxes, const Vector& mean, Vector& y,
               Stream& stream) const;
  void sweep(std::span<const Evidence* const> boxes, const Vector& mean, Vector& y,
             Stream& stream) const;

  std::vector<std::int64_t> points_, boxes_, free_;
  std::vector<std::int64_t> slot_;  // of each variable among points, then boxes
  Matrix box_weights_;              // [boxes, points]: mean of the boxes given the points
  Matrix box_root_;                 // Cholesky factor of their covariance
  Matrix box_precision_;
  Matrix free_weights_;  // [free, points + boxes]
  Matrix free_root_;
};

/// The log density of a normal of correlations `r` at `z`, less that of independent normals.
[[nodiscard]] double log_copula_density(const Matrix& r, const Eigen::VectorXd& z);

/// The points and the boxes among the evidence, ascending.
struct Pattern {
  std::vector<std::int64_t> points, boxes;
  explicit Pattern(std::span<const Evidence> evidence);
  friend auto operator<=>(const Pattern&, const Pattern&) = default;
};

}  // namespace semblance::copula
