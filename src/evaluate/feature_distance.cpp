// SPDX-License-Identifier: Apache-2.0
#include "semblance/evaluate/feature_distance.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <vector>

#include "detail/check.hpp"
#include "evaluate/points.hpp"
#include "evaluate/tables.hpp"
#include "semblance/core/parallel.hpp"
#include "semblance/evaluate/marginal.hpp"
#include "semblance/evaluate/scores.hpp"

namespace semblance {
namespace {

constexpr std::int64_t kTile = 64;

void require_samples(const char* what, const MatrixView<double>& a, const MatrixView<double>& b,
                     std::int64_t rows) {
  require(a.dim == b.dim && a.dim >= 1,
          "{}: the samples must have one dimension >= 1, got {} and {}", what, a.dim, b.dim);
  require(a.rows >= rows && b.rows >= rows,
          "{}: a sample must have at least {} rows, got {} and {}", what, rows, a.rows, b.rows);
}

/// The similarities (or distances) of points of one sample to all of another.
struct Similarity {
  MmdKernel kernel = MmdKernel::kGaussian;
  double gamma = 1;
  bool distance = false;  ///< |x - y| instead.

  void fill(const MapOfRows& a, Eigen::Index first, const MapOfRows& b, RowMatrix& out) const {
    if (!distance && kernel != MmdKernel::kGaussian) {
      out.noalias() = a.middleRows(first, out.rows()) * b.transpose();
      if (kernel == MmdKernel::kPolynomial) out = (out.array() * gamma + 1).cube();
      return;
    }
    for (Eigen::Index i = 0; i < out.rows(); ++i) {
      out.row(i) = (b.rowwise() - a.row(first + i)).rowwise().squaredNorm().transpose();
      if (distance)
        out.row(i) = out.row(i).array().sqrt();
      else
        out.row(i) = (-gamma * out.row(i).array()).exp();
    }
  }

  /// The sum over all pairs, tile by tile in a fixed order.
  [[nodiscard]] double sum(const MatrixView<double>& a, const MatrixView<double>& b,
                           const RunOptions& run) const {
    const std::int64_t tiles = (a.rows + kTile - 1) / kTile;
    std::vector<double> part(static_cast<std::size_t>(tiles));
    parallel_for(worker_threads(run), tiles, [&](std::int64_t tile) {
      if (run.stop.stop_requested()) throw Cancelled("comparison of samples: stopped");
      RowMatrix block(std::min(kTile, a.rows - tile * kTile), b.rows);
      fill(map_rows(a), tile * kTile, map_rows(b), block);
      part[static_cast<std::size_t>(tile)] = block.sum();
    });
    double out = 0;
    for (const double p : part) out += p;
    return out;
  }

  /// The sum over the pairs of a row with itself.
  [[nodiscard]] double trace(const MatrixView<double>& a) const {
    if (kernel == MmdKernel::kGaussian) return static_cast<double>(a.rows);
    const auto own = map_rows(a).rowwise().squaredNorm().array();
    return kernel == MmdKernel::kLinear ? own.sum() : (own * gamma + 1).cube().sum();
  }
};

Similarity similarity_of(const MatrixView<double>& a, const MmdOptions& options) {
  require(!options.gamma || *options.gamma > 0, "MmdOptions.gamma must be > 0, got {}",
          options.gamma.value_or(0));
  const bool gaussian = options.kernel == MmdKernel::kGaussian;
  const double usual = gaussian ? 1.0 : 1 / static_cast<double>(a.dim);
  if (options.gamma) return {options.kernel, *options.gamma};
  return {options.kernel, gaussian ? median_gamma(a).value_or(usual) : usual};
}

Mmd mmd_of(const MatrixView<double>& a, const MatrixView<double>& b, const Similarity& alike,
           const RunOptions& run) {
  const auto n = static_cast<double>(a.rows), m = static_cast<double>(b.rows);
  const double aa = alike.sum(a, a, run), bb = alike.sum(b, b, run), ab = alike.sum(a, b, run);
  const double between = 2 * ab / (n * m);
  return {aa / (n * n) + bb / (m * m) - between,
          (aa - alike.trace(a)) / (n * (n - 1)) + (bb - alike.trace(b)) / (m * (m - 1)) - between,
          alike.gamma};
}

struct NormalFit {
  Eigen::RowVectorXd mean;
  Eigen::MatrixXd covariance;

  explicit NormalFit(const MatrixView<double>& rows) : mean(map_rows(rows).colwise().mean()) {
    const RowMatrix centred = map_rows(rows).rowwise() - mean;
    covariance = centred.transpose() * centred / static_cast<double>(rows.rows - 1);
  }
};

Eigen::MatrixXd root(const Eigen::MatrixXd& symmetric) {
  const Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd> solver(symmetric);
  const Eigen::VectorXd sizes = solver.eigenvalues().cwiseMax(0).cwiseSqrt();
  return solver.eigenvectors() * sizes.asDiagonal() * solver.eigenvectors().transpose();
}

double trace_of_root(const Eigen::MatrixXd& a, const Eigen::MatrixXd& b) {
  const Eigen::MatrixXd half = root(a);
  const Eigen::MatrixXd product = half * b * half;
  const Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd> solver(product, Eigen::EigenvaluesOnly);
  return solver.eigenvalues().cwiseMax(0).cwiseSqrt().sum();
}

/// `count` rows, drawn without replacement.
RowMatrix some_rows(const MatrixView<double>& rows, std::int64_t count, Seed seed) {
  RowMatrix out(count, rows.dim);
  const auto drawn = draw_rows(rows.rows, count, seed);
  for (std::int64_t i = 0; i < count; ++i)
    out.row(i) = map_rows(rows).row(drawn[static_cast<std::size_t>(i)]);
  return out;
}

RowMatrix pooled(const MatrixView<double>& a, const MatrixView<double>& b) {
  RowMatrix out(a.rows + b.rows, a.dim);
  out << map_rows(a), map_rows(b);
  return out;
}

/// One column a labelling of the pooled rows: 1/n for the first sample, -1/m for the second; the
/// first column is the given one.
RowMatrix labellings(std::int64_t n, std::int64_t m, std::int64_t first, std::int64_t count,
                     Seed seed) {
  RowMatrix out(n + m, count);
  for (std::int64_t p = 0; p < count; ++p) {
    std::vector<double> weight(static_cast<std::size_t>(n), 1 / static_cast<double>(n));
    weight.resize(static_cast<std::size_t>(n + m), -1 / static_cast<double>(m));
    if (first + p > 0) Stream(seed, static_cast<std::uint64_t>(first + p)).shuffle(weight);
    for (std::int64_t i = 0; i < n + m; ++i) out(i, p) = weight[static_cast<std::size_t>(i)];
  }
  return out;
}

/// w' K w of each labelling w.
std::vector<double> forms_of(const RowMatrix& pairs, std::int64_t n, std::int64_t permutations,
                             Seed seed, const RunOptions& run) {
  constexpr std::int64_t kAtOnce = 32;
  const std::int64_t all = permutations + 1, blocks = (all + kAtOnce - 1) / kAtOnce;
  std::vector<double> out(static_cast<std::size_t>(all));
  parallel_for(worker_threads(run), blocks, [&](std::int64_t block) {
    if (run.stop.stop_requested()) throw Cancelled("permutation_test: stopped");
    const std::int64_t first = block * kAtOnce, count = std::min(kAtOnce, all - first);
    const RowMatrix w = labellings(n, pairs.rows() - n, first, count, seed);
    const RowMatrix product = pairs * w;
    for (std::int64_t p = 0; p < count; ++p)
      out[static_cast<std::size_t>(first + p)] = w.col(p).dot(product.col(p));
  });
  return out;
}

/// Share of the forms that are as large as the first, rounding aside; `sign` -1: as small.
double share_as_large(const std::vector<double>& forms, double sign) {
  const double given = sign * forms.front(), slack = 1e-12 * std::abs(given);
  double hits = 0;
  for (const double f : forms) hits += sign * f >= given - slack ? 1 : 0;
  return hits / static_cast<double>(forms.size());
}

}  // namespace

Frechet frechet_distance(const MatrixView<double>& a, const MatrixView<double>& b,
                         Covariance covariance) {
  require_samples("frechet_distance", a, b, 2);
  const NormalFit p(a), q(b);
  Frechet out;
  out.mean_term = (p.mean - q.mean).squaredNorm();
  const double shared =
      covariance == Covariance::kFull
          ? trace_of_root(p.covariance, q.covariance)
          : (p.covariance.diagonal().array() * q.covariance.diagonal().array()).sqrt().sum();
  out.covariance_term = std::max(p.covariance.trace() + q.covariance.trace() - 2 * shared, 0.0);
  out.distance = out.mean_term + out.covariance_term;
  return out;
}

std::optional<double> frechet_infinity(const MatrixView<double>& a, const MatrixView<double>& b,
                                       Seed seed, int points) {
  require_samples("frechet_infinity", a, b, 2);
  require(points >= 2, "frechet_infinity: points must be >= 2, got {}", points);
  const std::int64_t most = std::min(a.rows, b.rows);
  if (most < 4 * a.dim || most < 4) return std::nullopt;
  const std::int64_t least = std::max({most / 10, 2 * a.dim, std::int64_t{2}});
  double x = 0, y = 0, xx = 0, xy = 0;
  for (int k = 0; k < points; ++k) {
    const std::int64_t rows = least + (most - least) * k / (points - 1);
    const Seed stage = derive(seed, static_cast<std::uint64_t>(k));
    const RowMatrix p = some_rows(a, rows, derive(stage, "a"));
    const RowMatrix q = some_rows(b, rows, derive(stage, "b"));
    const double inverse = 1 / static_cast<double>(rows);
    const double d = frechet_distance(view_of(p), view_of(q)).distance;
    x += inverse, y += d, xx += inverse * inverse, xy += inverse * d;
  }
  const double n = points, slope = (n * xy - x * y) / (n * xx - x * x);
  return (y - slope * x) / n;
}

std::optional<double> median_gamma(const MatrixView<double>& rows) {
  constexpr std::int64_t kMost = 1'000;
  const std::int64_t step = std::max<std::int64_t>(1, (rows.rows + kMost - 1) / kMost);
  std::vector<double> squares;
  for (std::int64_t i = 0; i < rows.rows; i += step) {
    for (std::int64_t j = i + step; j < rows.rows; j += step)
      squares.push_back((map_rows(rows).row(i) - map_rows(rows).row(j)).squaredNorm());
  }
  if (squares.empty()) return std::nullopt;
  const auto middle = squares.begin() + std::ssize(squares) / 2;
  std::nth_element(squares.begin(), middle, squares.end());
  if (*middle <= 0) return std::nullopt;
  return 1 / *middle;
}

Mmd mmd(const MatrixView<double>& a, const MatrixView<double>& b, const MmdOptions& options) {
  require_samples("mmd", a, b, 2);
  return mmd_of(a, b, similarity_of(a, options), options.run);
}

KernelDistance kernel_distance(const MatrixView<double>& a, const MatrixView<double>& b, Seed seed,
                               const KernelDistanceOptions& options) {
  require_samples("kernel_distance", a, b, 2);
  require(options.subsets >= 2, "KernelDistanceOptions.subsets must be >= 2, got {}",
          options.subsets);
  require(options.rows >= 2, "KernelDistanceOptions.rows must be >= 2, got {}", options.rows);
  const std::int64_t rows = std::min({options.rows, a.rows, b.rows});
  const Similarity alike{MmdKernel::kPolynomial, 1 / static_cast<double>(a.dim)};
  std::vector<double> values(static_cast<std::size_t>(options.subsets));
  parallel_for(worker_threads(options.run), options.subsets, [&](std::int64_t s) {
    if (options.run.stop.stop_requested()) throw Cancelled("kernel_distance: stopped");
    const Seed stage = derive(seed, static_cast<std::uint64_t>(s));
    const RowMatrix p = some_rows(a, rows, derive(stage, "a"));
    const RowMatrix q = some_rows(b, rows, derive(stage, "b"));
    values[static_cast<std::size_t>(s)] =
        mmd_of(view_of(p), view_of(q), alike, {.threads = 1}).unbiased;
  });
  const auto n = static_cast<double>(options.subsets);
  KernelDistance out;
  for (const double v : values) out.mean += v / n;
  for (const double v : values) out.standard_error += (v - out.mean) * (v - out.mean);
  out.standard_error = std::sqrt(out.standard_error / (n - 1) / n);
  return out;
}

double energy_distance(const MatrixView<double>& a, const MatrixView<double>& b,
                       const RunOptions& run) {
  require_samples("energy_distance", a, b, 1);
  const Similarity far{MmdKernel::kGaussian, 1, true};
  const auto n = static_cast<double>(a.rows), m = static_cast<double>(b.rows);
  return std::max(2 * far.sum(a, b, run) / (n * m) - far.sum(a, a, run) / (n * n) -
                      far.sum(b, b, run) / (m * m),
                  0.0);
}

PermutationTest permutation_test(const MatrixView<double>& a, const MatrixView<double>& b,
                                 Seed seed, std::int64_t permutations, const MmdOptions& options) {
  require_samples("permutation_test", a, b, 2);
  require(permutations >= 1, "permutation_test: permutations must be >= 1, got {}", permutations);
  const RowMatrix rows = pooled(a, b);
  RowMatrix pairs(rows.rows(), rows.rows());
  const auto forms = [&](const Similarity& alike) {
    alike.fill(map_rows(view_of(rows)), 0, map_rows(view_of(rows)), pairs);
    return forms_of(pairs, a.rows, permutations, seed, options.run);
  };
  MmdOptions gaussian = options;
  gaussian.kernel = MmdKernel::kGaussian;
  PermutationTest out;
  out.mmd = share_as_large(forms(similarity_of(a, gaussian)), 1);
  out.energy = share_as_large(forms({MmdKernel::kGaussian, 1, true}), -1);
  return out;
}

SlicedWasserstein sliced_wasserstein(const MatrixView<double>& a, const MatrixView<double>& b,
                                     const MatrixView<double>& directions, const RunOptions& run) {
  require_samples("sliced_wasserstein", a, b, 1);
  require(directions.dim == a.dim && directions.rows >= 1,
          "sliced_wasserstein: needs directions of dimension {}, got {} of {}", a.dim,
          directions.rows, directions.dim);
  std::vector<double> w1(static_cast<std::size_t>(directions.rows)), w2 = w1;
  parallel_for(worker_threads(run), directions.rows, [&](std::int64_t l) {
    if (run.stop.stop_requested()) throw Cancelled("sliced_wasserstein: stopped");
    const auto onto = map_rows(directions).row(l).transpose();
    const Eigen::VectorXd p = map_rows(a) * onto, q = map_rows(b) * onto;
    const std::span<const double> x{p.data(), static_cast<std::size_t>(p.size())};
    const std::span<const double> y{q.data(), static_cast<std::size_t>(q.size())};
    w1[static_cast<std::size_t>(l)] = *wasserstein1(x, y);
    w2[static_cast<std::size_t>(l)] = *wasserstein2_squared(x, y);
  });
  const auto n = static_cast<double>(directions.rows);
  SlicedWasserstein out;
  for (const double d : w1) out.w1 += d / n, out.max = std::max(out.max, d);
  for (const double d : w2) out.w2 += d / n;
  out.w2 = std::sqrt(out.w2);
  return out;
}

SlicedWasserstein sliced_wasserstein(const MatrixView<double>& a, const MatrixView<double>& b,
                                     Seed seed, std::int64_t directions, const RunOptions& run) {
  require_samples("sliced_wasserstein", a, b, 1);
  require(directions >= 1, "sliced_wasserstein: directions must be >= 1, got {}", directions);
  RowMatrix random(directions, a.dim);
  for (std::int64_t l = 0; l < directions; ++l) {
    Stream draw(seed, static_cast<std::uint64_t>(l));
    for (std::int64_t c = 0; c < a.dim; ++c) random(l, c) = draw.normal();
    random.row(l).normalize();
  }
  return sliced_wasserstein(a, b, view_of(random), run);
}

}  // namespace semblance
