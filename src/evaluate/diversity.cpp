// SPDX-License-Identifier: Apache-2.0
#include "semblance/evaluate/diversity.hpp"

#include <Eigen/Dense>
#include <cmath>
#include <numeric>

#include "detail/check.hpp"
#include "evaluate/ball_search.hpp"
#include "evaluate/balls.hpp"
#include "semblance/evaluate/scores.hpp"

namespace semblance {
namespace {

using Matrix = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;

Eigen::Map<const Matrix> map(const MatrixView<double>& view) {
  return {view.values.data(), view.rows, view.dim};
}

double distance(const double* a, const double* b, std::int64_t dim) {
  double out = 0;
  for (std::int64_t c = 0; c < dim; ++c) out += (a[c] - b[c]) * (a[c] - b[c]);
  return std::sqrt(out);
}

std::vector<double> spectrum_of(const Eigen::MatrixXd& kernel) {
  const Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd> solver(kernel, Eigen::EigenvaluesOnly);
  return {solver.eigenvalues().begin(), solver.eigenvalues().end()};
}

std::vector<double> to_centre(const MatrixView<double>& rows, const Eigen::RowVectorXd& centre) {
  std::vector<double> out;
  for (std::int64_t i = 0; i < rows.rows; ++i)
    out.push_back(distance(rows.row(i), centre.data(), rows.dim));
  return out;
}

std::vector<double> sorted(std::vector<double> values) {
  std::ranges::sort(values);
  return values;
}

/// 1 - sum |curve - level| / sum level.
double integrated(const std::vector<double>& levels, const std::vector<double>& curve) {
  double off = 0, all = 0;
  for (std::size_t i = 0; i < levels.size(); ++i)
    off += std::abs(levels[i] - curve[i]), all += levels[i];
  return 1 - off / all;
}

void require_unit_rows(const MatrixView<double>& rows, const char* what) {
  require(rows.rows >= 1, "{}: there must be at least one row", what);
  const double off = (map(rows).rowwise().norm().array() - 1).abs().maxCoeff();
  require(off <= 1e-6, "{}: every row must have length 1, one is off by {:.2g}", what, off);
}

/// similarity(i, j) of two rows under the options' kernel.
auto similarity_of(const MatrixView<double>& rows, const DcScoreOptions& options) {
  require(options.gamma > 0, "DcScoreOptions.gamma must be > 0, got {}", options.gamma);
  return [&rows, &options](std::int64_t i, std::int64_t j) {
    const double *a = rows.row(i), *b = rows.row(j);
    if (options.kernel == Kernel::kLinear) return std::inner_product(a, a + rows.dim, b, 0.0);
    const double d = distance(a, b, rows.dim);
    return std::exp(-options.gamma * d * d);
  };
}

}  // namespace

std::vector<double> kernel_spectrum(const MatrixView<double>& kernel) {
  return spectrum_of(map(kernel));
}

double effective_number(const std::vector<double>& eigenvalues, double q) {
  double all = 0, most = 0, sum = 0;
  for (const double v : eigenvalues) all += std::max(v, 0.0), most = std::max(most, v);
  if (std::isinf(q)) return all / most;
  for (const double v : eigenvalues) {
    const double p = v / all;
    if (p <= 1e-15) continue;  // rounding, not a direction
    sum += q == 1 ? -p * std::log(p) : std::pow(p, q);
  }
  return q == 1 ? std::exp(sum) : std::pow(sum, 1 / (1 - q));
}

double median_of(std::vector<double> values) { return quantile(sorted(std::move(values)), 0.5); }

Prdc score_balls(const Balls& balls, const std::vector<std::int32_t>& self_clipped,
                 std::int64_t k) {
  const auto mean = [](const std::vector<std::int32_t>& counts, auto&& of) {
    double sum = 0;
    for (const auto c : counts) sum += of(static_cast<double>(c));
    return sum / static_cast<double>(counts.size());
  };
  const auto any = [](double c) { return c > 0 ? 1.0 : 0.0; };
  const auto share = [k = static_cast<double>(k)](double c) { return c / k; };
  const auto clipped = [&](double c) { return std::min(share(c), 1.0); };
  Prdc out;
  out.precision = mean(balls.around_synthetic, any);
  out.recall = mean(balls.around_real, any);
  out.density = mean(balls.around_synthetic, share);
  out.coverage = mean(balls.held, any);
  const double real = mean(self_clipped, clipped), found = mean(balls.held, clipped);
  if (real > 0) out.clipped_density = std::min(mean(balls.clipped, clipped) / real, 1.0);
  const std::int64_t n = std::ssize(balls.held), m = std::ssize(balls.clipped);
  std::int64_t low = 0, high = m;  // the number of good rows that explains what was found
  while (high - low > 1) {
    const std::int64_t middle = (low + high) / 2;
    (expected_clipped_coverage(n, middle, k) <= found ? low : high) = middle;
  }
  const double at_low = expected_clipped_coverage(n, low, k);
  const double at_high = expected_clipped_coverage(n, high, k);
  const double part = std::clamp((found - at_low) / (at_high - at_low), 0.0, 1.0);
  out.clipped_coverage = (static_cast<double>(low) + part) / static_cast<double>(m);
  return out;
}

Prdc prdc(const MatrixView<double>& real, const MatrixView<double>& synthetic,
          const BallOptions& options) {
  const std::int64_t k = options.k;
  require(k >= 1, "BallOptions.k must be >= 1, got {}", k);
  require(real.rows > k && synthetic.rows > k,
          "prdc: real and synthetic must have more than k = {} rows, got {} and {}", k, real.rows,
          synthetic.rows);
  require(real.dim == synthetic.dim && real.dim >= 1,
          "prdc: real and synthetic must have the same dimension >= 1, got {} and {}", real.dim,
          synthetic.dim);
  return prdc_by_search(real, synthetic, options);
}

double expected_coverage(std::int64_t n, std::int64_t m, std::int64_t k) {
  double missed = 1;
  for (std::int64_t i = 0; i < k; ++i)
    missed *= static_cast<double>(n - 1 - i) / static_cast<double>(n + m - 1 - i);
  return 1 - missed;
}

double expected_clipped_coverage(std::int64_t n, std::int64_t m, std::int64_t k) {
  const auto a = static_cast<double>(k), b = static_cast<double>(n - k);
  const auto rows = static_cast<double>(m);
  double chance = std::exp(std::lgamma(b + rows) - std::lgamma(b) + std::lgamma(a + b) -
                           std::lgamma(a + b + rows));  // of no row in the ball
  double short_of = 0;
  for (double x = 0; x < a && x <= rows; ++x) {
    short_of += (a - x) * chance;
    chance *= (rows - x) * (a + x) / ((x + 1) * (b + rows - 1 - x));
  }
  return std::clamp(1 - short_of / a, 0.0, 1.0);
}

AlphaBeta alpha_beta(const MatrixView<double>& real, const MatrixView<double>& synthetic,
                     int levels, const RunOptions& run) {
  require(real.rows >= 2 && synthetic.rows >= 1,
          "alpha_beta: needs 2 real and 1 synthetic rows, got {} and {}", real.rows,
          synthetic.rows);
  require(levels >= 2, "alpha_beta: levels must be >= 2, got {}", levels);
  const Eigen::RowVectorXd real_centre = map(real).colwise().mean();
  const Eigen::RowVectorXd synthetic_centre = map(synthetic).colwise().mean();
  const auto real_out = sorted(to_centre(real, real_centre));
  const auto synthetic_out = to_centre(synthetic, real_centre);
  const auto own = nearest_others(real, 1, {.run = run});
  const auto other = nearest(real, synthetic, 1, {.run = run});
  const auto around = to_centre(synthetic, synthetic_centre);
  std::vector<double> nearest_out;
  for (const auto j : other.index) nearest_out.push_back(around[static_cast<std::size_t>(j)]);
  const auto nearest_sorted = sorted(nearest_out);
  AlphaBeta out;
  for (int k = 0; k < levels; ++k) {
    const double level = static_cast<double>(k) / (levels - 1);
    const double radius = quantile(real_out, level), reach = quantile(nearest_sorted, level);
    double precise = 0, recalled = 0;
    for (const double d : synthetic_out) precise += d <= radius ? 1 : 0;
    for (std::size_t i = 0; i < nearest_out.size(); ++i)
      recalled += other.distance[i] <= own.distance[i] && nearest_out[i] <= reach ? 1 : 0;
    out.levels.push_back(level);
    out.precision.push_back(precise / static_cast<double>(synthetic.rows));
    out.recall.push_back(recalled / static_cast<double>(real.rows));
  }
  out.alpha_precision = integrated(out.levels, out.precision);
  out.beta_recall = integrated(out.levels, out.recall);
  return out;
}

double vendi(const MatrixView<double>& rows, double q) {
  require_unit_rows(rows, "vendi");
  require(q >= 0, "vendi: q must be >= 0, got {}", q);
  const auto x = map(rows);
  const bool dual = rows.dim < rows.rows;
  const Eigen::MatrixXd kernel =
      dual ? Eigen::MatrixXd(x.transpose() * x) : Eigen::MatrixXd(x * x.transpose());
  return effective_number(spectrum_of(kernel), q);
}

double vendi_of_kernel(const MatrixView<double>& kernel, double q) {
  require(kernel.rows >= 1 && kernel.rows == kernel.dim,
          "vendi_of_kernel: the kernel must be square, got {} x {}", kernel.rows, kernel.dim);
  require(q >= 0, "vendi: q must be >= 0, got {}", q);
  return effective_number(kernel_spectrum(kernel), q);
}

DcScore dc_score(const MatrixView<double>& rows, const DcScoreOptions& options) {
  require(rows.rows >= 1, "dc_score: there must be at least one row");
  require(options.tau > 0, "DcScoreOptions.tau must be > 0, got {}", options.tau);
  return dc_score_of(rows.rows, options.tau, options.run, similarity_of(rows, options));
}

std::optional<double> calibrated_tau(const MatrixView<double>& rows,
                                     const DcScoreOptions& options) {
  return calibrated_tau_of(rows.rows, similarity_of(rows, options));
}

double internal_diversity(const MatrixView<double>& rows) {
  require_unit_rows(rows, "internal_diversity");
  return 1 - map(rows).colwise().mean().squaredNorm();
}

}  // namespace semblance
