// SPDX-License-Identifier: Apache-2.0
// How far two samples of points are apart: standardised rows of a table, features of images or
// signals. Rows are points of a Euclidean space, row-major and finite; a row is one point.
#pragma once

#include <cstdint>
#include <optional>

#include "semblance/core/run.hpp"
#include "semblance/core/seed.hpp"
#include "semblance/neighbours/neighbours.hpp"

namespace semblance {

/// What of a covariance matrix is compared.
enum class Covariance : std::uint8_t {
  kFull,
  kDiagonal  ///< Variances only: where there are fewer rows than dimensions.
};

/// Fréchet distance of the normal distributions with the samples' moments [1]: |m_a - m_b|^2 +
/// tr(C_a + C_b - 2 (C_a C_b)^(1/2)), covariances with divisor n - 1.
struct Frechet {
  double distance = 0;         ///< The sum of both, >= 0: "FID" where the features are Inception's.
  double mean_term = 0;        ///< |m_a - m_b|^2.
  double covariance_term = 0;  ///< The trace.
};
/// The root is taken of the eigenvalues of C_a^(1/2) C_b C_a^(1/2), cut at 0, so it is real however
/// singular a covariance is. O((n + m) d^2 + d^3).
/// \throws InvalidArgument if the dimensions differ or a sample has fewer than 2 rows.
///
/// [1] Dowson, Landau, J. Multivariate Analysis 12, 1982; Heusel et al., NeurIPS 2017.
[[nodiscard]] Frechet frechet_distance(const MatrixView<double>& a, const MatrixView<double>& b,
                                       Covariance covariance = Covariance::kFull);

/// The Fréchet distance of infinitely many rows [2]: it falls as 1/rows, so this is the intercept
/// of its line through `points` equally spaced sizes, from a tenth of the smaller sample (at least
/// 2 d) to all of it, rows of each drawn anew. May be below 0 for equal distributions. Empty where
/// the smaller sample has fewer than 4 d rows.
/// \throws InvalidArgument as `frechet_distance`, or for points < 2.
///
/// [2] Chong, Forsyth, "Effectively unbiased FID and Inception score", CVPR 2020.
[[nodiscard]] std::optional<double> frechet_infinity(const MatrixView<double>& a,
                                                     const MatrixView<double>& b, Seed seed,
                                                     int points = 15);

/// Similarity of two points x, y of d dimensions.
enum class MmdKernel : std::uint8_t {
  kGaussian,    ///< exp(-gamma |x - y|^2).
  kPolynomial,  ///< (gamma x.y + 1)^3.
  kLinear       ///< x.y.
};

struct MmdOptions {
  MmdKernel kernel = MmdKernel::kGaussian;
  /// > 0; empty: of the Gaussian 1 / median |x - y|^2 of up to 1,000 rows of `a` (the "median
  /// heuristic", from real rows only), of the polynomial 1 / d.
  std::optional<double> gamma = {};
  RunOptions run = {};  ///< `threads` and `stop` are honoured.
};

/// Squared maximum mean discrepancy [3].
struct Mmd {
  double biased = 0;    ///< Mean of k over all pairs within a, within b, less twice between; >= 0.
  double unbiased = 0;  ///< Without the pairs of a row with itself: about 0 for equal
                        ///< distributions, so it may be below 0.
  double gamma = 0;     ///< That was used.
};
/// O((n + m)^2 d) time in tiles; memory O(n + m).
/// \throws InvalidArgument if the dimensions differ, a sample has fewer than 2 rows or gamma <= 0;
///         Cancelled if the stop token was triggered.
///
/// [3] Gretton et al., "A kernel two-sample test", JMLR 13, 2012.
[[nodiscard]] Mmd mmd(const MatrixView<double>& a, const MatrixView<double>& b,
                      const MmdOptions& options = {});

/// 1 / median of the squared distances of different rows, of up to 1,000 of them (every n-th row);
/// empty where that median is 0.
[[nodiscard]] std::optional<double> median_gamma(const MatrixView<double>& rows);

/// Kernel distance [4] ("KID"): the unbiased squared MMD with the kernel (x.y/d + 1)^3, mean over
/// subsets of equally many rows of either sample.
struct KernelDistance {
  double mean = 0;            ///< May be below 0.
  double standard_error = 0;  ///< Standard deviation over the subsets / sqrt(subsets).
};
struct KernelDistanceOptions {
  std::int64_t subsets = 100;  ///< >= 2.
  std::int64_t rows = 1'000;   ///< Of a subset, >= 2; at most those of the smaller sample.
  RunOptions run = {};         ///< `threads` and `stop` are honoured.
};
/// \throws InvalidArgument as `mmd`, or for an option out of range.
///
/// [4] Binkowski et al., "Demystifying MMD GANs", ICLR 2018.
[[nodiscard]] KernelDistance kernel_distance(const MatrixView<double>& a,
                                             const MatrixView<double>& b, Seed seed,
                                             const KernelDistanceOptions& options = {});

/// Energy distance [5]: 2 E|x - y| - E|x - x'| - E|y - y'|, the means over all pairs, a row with
/// itself among them; >= 0, and no bandwidth to choose. O((n + m)^2 d) in tiles.
/// \throws InvalidArgument if the dimensions differ or a sample has no row; Cancelled.
///
/// [5] Székely, Rizzo, "Energy statistics", J. Stat. Planning Inference 143, 2013.
[[nodiscard]] double energy_distance(const MatrixView<double>& a, const MatrixView<double>& b,
                                     const RunOptions& run = {});

/// p-values of `mmd` (Gaussian kernel) and `energy_distance` for "both samples come from one
/// distribution": the share of random relabellings of the pooled rows, the given one included, with
/// a statistic at least as large. Memory: (n + m)^2 doubles.
struct PermutationTest {
  double mmd = 1;
  double energy = 1;
};
/// \throws InvalidArgument as `mmd`, or for permutations < 1; Cancelled.
[[nodiscard]] PermutationTest permutation_test(const MatrixView<double>& a,
                                               const MatrixView<double>& b, Seed seed,
                                               std::int64_t permutations = 199,
                                               const MmdOptions& options = {});

/// Wasserstein distances of the samples' projections on directions [6].
struct SlicedWasserstein {
  double w1 = 0;   ///< Mean over the directions of the Wasserstein-1 distance.
  double w2 = 0;   ///< Root of the mean of the squared Wasserstein-2 distance.
  double max = 0;  ///< The largest Wasserstein-1 distance.
};
/// \param directions  [l, d], of length 1 each.
/// \throws InvalidArgument if the dimensions differ or there is no row or direction.
///
/// [6] Rabin et al., "Wasserstein barycenter and its application to texture mixing", SSVM 2011.
[[nodiscard]] SlicedWasserstein sliced_wasserstein(const MatrixView<double>& a,
                                                   const MatrixView<double>& b,
                                                   const MatrixView<double>& directions,
                                                   const RunOptions& run = {});
/// The same over `directions` random ones, uniform on the sphere.
[[nodiscard]] SlicedWasserstein sliced_wasserstein(const MatrixView<double>& a,
                                                   const MatrixView<double>& b, Seed seed,
                                                   std::int64_t directions = 100,
                                                   const RunOptions& run = {});

}  // namespace semblance
