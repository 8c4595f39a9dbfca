// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <mutex>
#include <optional>
#include <vector>

#include "semblance/core/error.hpp"
#include "semblance/core/parallel.hpp"
#include "semblance/evaluate/diversity.hpp"

namespace semblance {

/// Who is in whose ball, for n real and m synthetic rows.
struct Balls {
  std::vector<std::int32_t> around_synthetic;  ///< [m] real balls that hold the row.
  std::vector<std::int32_t> clipped;           ///< [m] real balls, cut at the median, that do.
  std::vector<std::int32_t> around_real;       ///< [n] synthetic balls that hold the row.
  std::vector<std::int32_t> held;              ///< [n] synthetic rows in the row's ball.
};

/// The radii of both samples' balls; those of the synthetic rows may be empty.
struct Radii {
  std::vector<double> real, synthetic;
  double clip = 0;  ///< The median of `real`.
};

/// Eigenvalues of a symmetric matrix; exp of the Rényi entropy of order q of their shares.
[[nodiscard]] std::vector<double> kernel_spectrum(const MatrixView<double>& kernel);
[[nodiscard]] double effective_number(const std::vector<double>& eigenvalues, double q);

/// Scores of those balls. `self_clipped`: for each real row, the cut balls of other real rows that
/// hold it.
[[nodiscard]] Prdc score_balls(const Balls& balls, const std::vector<std::int32_t>& self_clipped,
                               std::int64_t k);

/// The Vendi scores of several orders from one decomposition of a kernel matrix.
template <std::size_t N>
std::array<double, N> vendi_orders(const MatrixView<double>& kernel,
                                   const std::array<double, N>& orders) {
  const auto spectrum = kernel_spectrum(kernel);
  std::array<double, N> out{};
  for (std::size_t k = 0; k < N; ++k) out[k] = effective_number(spectrum, orders[k]);
  return out;
}

[[nodiscard]] double median_of(std::vector<double> values);

/// Looks at all pairs once, in tiles; distance(i, j) of real row i and synthetic row j. Counts are
/// whole numbers, so their sums do not depend on the order of the tiles.
template <class Distance>
Balls count_balls(const Radii& radii, std::int64_t m, const BallOptions& options,
                  Distance distance) {
  constexpr std::int64_t kTile = 128;
  const auto n = std::ssize(radii.real);
  const bool closed = options.edge == BallEdge::kClosed;
  const auto inside = [&](double d, double radius) {
    return d < radius || (closed && d == radius);
  };
  Balls out;
  out.around_synthetic.assign(static_cast<std::size_t>(m), 0);
  out.clipped = out.around_synthetic;
  out.around_real.assign(static_cast<std::size_t>(n), 0);
  out.held = out.around_real;
  std::mutex merge;
  parallel_for(worker_threads(options.run), (m + kTile - 1) / kTile, [&](std::int64_t tile) {
    if (options.run.stop.stop_requested()) throw Cancelled("prdc: stopped");
    std::vector<std::int32_t> around(static_cast<std::size_t>(n), 0), held = around;
    for (std::int64_t j = tile * kTile; j < std::min(m, (tile + 1) * kTile); ++j) {
      const auto s = static_cast<std::size_t>(j);
      const double own = radii.synthetic.empty() ? -1 : radii.synthetic[s];
      for (std::size_t i = 0; i < static_cast<std::size_t>(n); ++i) {
        const double d = distance(static_cast<std::int64_t>(i), j);
        const bool in = inside(d, radii.real[i]);
        out.around_synthetic[s] += in ? 1 : 0;
        held[i] += in ? 1 : 0;
        out.clipped[s] += in && inside(d, radii.clip) ? 1 : 0;
        around[i] += inside(d, own) ? 1 : 0;
      }
    }
    const std::scoped_lock lock(merge);
    for (std::size_t i = 0; i < static_cast<std::size_t>(n); ++i)
      out.around_real[i] += around[i], out.held[i] += held[i];
  });
  return out;
}

/// Everything of Prdc from the distances of real rows, of synthetic rows and of both, and the k-th
/// other neighbour of each row.
template <class RealReal, class SyntheticSynthetic, class RealSynthetic>
Prdc prdc_of(const Neighbours& real, const Neighbours& synthetic, const BallOptions& options,
             RealReal real_real, SyntheticSynthetic synthetic_synthetic,
             RealSynthetic real_synthetic) {
  // A radius is measured by the function that it is compared with, so that ties are ties.
  const auto radii_of = [](const Neighbours& nearest, auto&& distance) {
    std::vector<double> out;
    for (std::int64_t i = 0; i < nearest.queries; ++i)
      out.push_back(distance(i, nearest.indices(i).back()));
    return out;
  };
  Radii radii{radii_of(real, real_real), radii_of(synthetic, synthetic_synthetic), 0};
  radii.clip = median_of(radii.real);
  const Balls both = count_balls(radii, synthetic.queries, options, real_synthetic);
  const Radii own{radii.real, {}, radii.clip};
  // Of the rows that a ball was drawn through, the k-th is on its surface: closed, it holds k of
  // them.
  BallOptions closed = options;
  closed.edge = BallEdge::kClosed;
  const double never = 2 * *std::max_element(radii.real.begin(), radii.real.end()) + 1;
  const Balls among = count_balls(own, real.queries, closed, [&](std::int64_t i, std::int64_t j) {
    return i == j ? never : real_real(i, j);
  });
  return score_balls(both, among.clipped, options.k);
}

/// tr softmax(K / tau) of n rows with similarity(i, j); row by row.
template <class Similarity>
DcScore dc_score_of(std::int64_t n, double tau, const RunOptions& run, Similarity similarity) {
  constexpr std::int64_t kTile = 128;
  std::vector<double> share(static_cast<std::size_t>(n), 0);
  parallel_for(worker_threads(run), (n + kTile - 1) / kTile, [&](std::int64_t tile) {
    if (run.stop.stop_requested()) throw Cancelled("dc_score: stopped");
    std::vector<double> row(static_cast<std::size_t>(n));
    for (std::int64_t i = tile * kTile; i < std::min(n, (tile + 1) * kTile); ++i) {
      for (std::int64_t j = 0; j < n; ++j)
        row[static_cast<std::size_t>(j)] = similarity(i, j) / tau;
      const double top = *std::max_element(row.begin(), row.end());
      double sum = 0;
      for (const double v : row) sum += std::exp(v - top);
      const auto at = static_cast<std::size_t>(i);
      share[at] = std::exp(row[at] - top) / sum;
    }
  });
  DcScore out;
  for (const double s : share) out.raw += s;
  out.tau = tau;
  // n e^(1/tau) / (e^(1/tau) + n - 1), without overflow
  out.most = static_cast<double>(n) / (1 + static_cast<double>(n - 1) * std::exp(-1 / tau));
  out.normalised = out.most > 1 ? (out.raw - 1) / (out.most - 1) : 0;
  return out;
}

/// See calibrated_tau; a row's similarity with itself is the largest.
template <class Similarity>
std::optional<double> calibrated_tau_of(std::int64_t n, Similarity similarity) {
  constexpr std::int64_t kMost = 200;
  if (n < 3) return std::nullopt;
  const std::int64_t step = std::max<std::int64_t>(1, n / kMost);
  std::vector<std::vector<double>> gaps;  // of some rows to all: self-similarity - similarity
  for (std::int64_t i = 0; i < n; i += step) {
    auto& row = gaps.emplace_back();
    for (std::int64_t j = 0; j < n; ++j) row.push_back(similarity(i, i) - similarity(i, j));
  }
  const auto told = [&](double tau) {  // mean chance of a row to be told from all others
    double out = 0;
    for (const auto& row : gaps) {
      double sum = 0;
      for (const double gap : row) sum += std::exp(-std::max(gap, 0.0) / tau);
      out += 1 / sum / static_cast<double>(gaps.size());
    }
    return out;
  };
  double low = std::log(1e-8), high = std::log(1e4);
  const double target = told(std::exp(low)) / 2;
  if (told(std::exp(high)) >= target) return std::nullopt;  // all rows are alike
  for (int k = 0; k < 45; ++k) {
    const double middle = (low + high) / 2;
    (told(std::exp(middle)) > target ? low : high) = middle;
  }
  return std::exp((low + high) / 2);
}

}  // namespace semblance
