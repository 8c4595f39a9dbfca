// SPDX-License-Identifier: Apache-2.0
// Do synthetic rows lie where real ones do, and do they cover all of it? Rows are points of a
// Euclidean space, row-major; scale the columns first. All passes run in tiles: memory is that of
// the rows.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "semblance/core/run.hpp"
#include "semblance/neighbours/neighbours.hpp"

namespace semblance {

/// Whether a row on the surface of a ball is in it.
enum class BallEdge : std::uint8_t { kOpen, kClosed };

struct BallOptions {
  std::int64_t k = 5;               ///< A ball reaches to the k-th other row of its own sample.
  BallEdge edge = BallEdge::kOpen;  ///< kOpen as the authors' code, kClosed as torch-fidelity.
  RunOptions run = {};              ///< `threads` and `stop` are honoured.
};

/// Balls around rows, and who is in them.
struct Prdc {
  double precision = 0;  ///< Share of synthetic rows in any real ball [1].
  double recall = 0;     ///< Share of real rows in any synthetic ball [1].
  double density = 0;    ///< Real balls a synthetic row is in, mean, over k; about 1 [2].
  double coverage = 0;   ///< Share of real balls with a synthetic row; see expected_coverage [2].
  /// As density, but balls no wider than the median one and at most 1 a row, over what real rows
  /// get among themselves, cut at 1 [3]: outliers' balls do not rule it, and bad rows pull it down
  /// in proportion.
  double clipped_density = 0;
  /// Synthetic rows in a real ball, at most k, over k; then the share of good rows for which that
  /// is the expected value (see expected_clipped_coverage), cut at 1 [3].
  double clipped_coverage = 0;
};

/// \param real       [n, d] finite, n > k.
/// \param synthetic  [m, d] finite, m > k.
/// \throws InvalidArgument if a rule above is broken; Cancelled if the stop token was triggered.
///
/// [1] Kynkäänniemi et al., "Improved precision and recall metric", NeurIPS 2019.
/// [2] Naeem et al., "Reliable fidelity and diversity metrics for generative models", ICML 2020.
/// [3] Salvy et al., "Enhanced generative model evaluation with clipped density and coverage",
///     arXiv 2507.01761, 2025.
[[nodiscard]] Prdc prdc(const MatrixView<double>& real, const MatrixView<double>& synthetic,
                        const BallOptions& options = {});

/// Coverage of n real rows by m rows of the same population, 1 - prod_{i<k} (n-1-i)/(n+m-1-i);
/// about 1 - 2^-k for equal sizes.
[[nodiscard]] double expected_coverage(std::int64_t n, std::int64_t m, std::int64_t k);

/// E min(K, k)/k for the number K of m rows of the same population in a real ball: beta-binomial
/// with parameters k and n - k.
[[nodiscard]] double expected_clipped_coverage(std::int64_t n, std::int64_t m, std::int64_t k);

/// Alpha-precision and beta-recall [4] with the mean as centre: P(alpha) is the share of synthetic
/// rows within the ball around the real centre that holds the share alpha of the real rows; R(beta)
/// the share of real rows whose nearest synthetic row is no farther than their nearest real one and
/// lies within the share beta of those nearest rows around the synthetic centre.
///
/// [4] Alaa et al., "How faithful is your synthetic data?", ICML 2022.
struct AlphaBeta {
  std::vector<double> levels;     ///< 0 to 1, equally spaced.
  std::vector<double> precision;  ///< P at each level.
  std::vector<double> recall;     ///< R at each level.
  double alpha_precision = 0;     ///< 1 - sum |P - level| / sum level, <= 1.
  double beta_recall = 0;         ///< The same of R; a fresh sample gets about 0.5, a copy 1.
};
/// \throws InvalidArgument for fewer than 2 real or 1 synthetic rows, or levels < 2.
[[nodiscard]] AlphaBeta alpha_beta(const MatrixView<double>& real,
                                   const MatrixView<double>& synthetic, int levels = 30,
                                   const RunOptions& run = {});

/// Vendi score [5]: exp of the Rényi entropy of order q of the eigenvalues of K/n, the effective
/// number of different rows, 1 to n. K is the linear kernel of rows of length 1. q = 1 is
/// Shannon's, 2 is RKE, infinity counts the largest. O(n^2 d) or O(n d^2), whichever is less, plus
/// the cube of the smaller.
/// \throws InvalidArgument for no rows, a row whose length is not 1 (to 1e-6), or q < 0.
///
/// [5] Friedman, Dieng, "The Vendi score", TMLR 2023; orders: Pasarkar, Dieng, AISTATS 2024.
[[nodiscard]] double vendi(const MatrixView<double>& rows, double q = 1);

/// The same of a symmetric kernel matrix [n, n] with ones on the diagonal; eigenvalues below 0 (a
/// kernel that is none) count 0.
[[nodiscard]] double vendi_of_kernel(const MatrixView<double>& kernel, double q = 1);

/// DCScore [6]: the trace of the row-wise softmax of K / tau, the effective number of rows that are
/// told from all others.
struct DcScore {
  double raw = 0;   ///< 1 (all rows equal) to `most`.
  double most = 0;  ///< n e^(1/tau) / (e^(1/tau) + n - 1): n rows without similarity. Near e for
                    ///< tau = 1 and many rows, so that raw says nothing there.
  double normalised = 0;  ///< (raw - 1) / (most - 1); above 1 where similarities are negative.
  double tau = 0;
};

/// Similarity of two rows.
enum class Kernel : std::uint8_t {
  kLinear,   ///< Inner product; of rows of length 1, the cosine.
  kGaussian  ///< exp(-gamma |x - y|^2).
};

struct DcScoreOptions {
  Kernel kernel = Kernel::kLinear;
  double gamma = 1;     ///< kGaussian, > 0.
  double tau = 1;       ///< Temperature, > 0; see calibrated_tau.
  RunOptions run = {};  ///< `threads` and `stop` are honoured.
};

/// O(n^2 d), streaming. `most` takes self-similarity as 1: rows of length 1, or the Gaussian
/// kernel.
/// \throws InvalidArgument for no rows or an option out of range.
///
/// [6] Zhu et al., "Measuring diversity in synthetic datasets", ICML 2025.
[[nodiscard]] DcScore dc_score(const MatrixView<double>& rows, const DcScoreOptions& options = {});

/// The temperature at which these (real) rows score half of what they score near tau = 0, where
/// only equal rows are taken for one another: raw / n = 1/2 for rows without duplicates, and at
/// which the score is at its most sensitive. By bisection, of up to 200 rows against all. Empty for
/// fewer than 3 rows or where all rows are alike.
/// \param options  Kernel and gamma count.
[[nodiscard]] std::optional<double> calibrated_tau(const MatrixView<double>& rows,
                                                   const DcScoreOptions& options = {});

/// 1 - mean similarity of all pairs of rows of length 1 (a row with itself among them), the linear
/// kernel's internal diversity: 1 - |mean row|^2. O(n d).
/// \throws InvalidArgument for no rows, or a row whose length is not 1 (to 1e-6).
[[nodiscard]] double internal_diversity(const MatrixView<double>& rows);

}  // namespace semblance
