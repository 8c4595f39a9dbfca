// SPDX-License-Identifier: Apache-2.0
#include "semblance/resample/kernel_partners.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>
#include <utility>

#include "detail/check.hpp"

namespace semblance {
namespace {

constexpr std::size_t kRings = 19;  ///< The last one has no outer edge: 9 bandwidths and more.
constexpr double kRingWidth = 0.5;  ///< In bandwidths: a row is kept with probability over e^-2
                                    ///< wherever many are.

/// The sorted targets nearer than each edge: [from, to) inside the outer edge of a ring.
struct Rings {
  std::array<std::int64_t, kRings> from, to;
  std::array<double, kRings> weight;  ///< Rows of the ring times the largest weight in it.

  Rings(const std::vector<double>& sorted, double centre, double bandwidth) {
    std::int64_t inside = 0;
    for (std::size_t m = 0; m < kRings; ++m) {
      const double inner = kRingWidth * static_cast<double>(m);
      const double outer = (inner + kRingWidth) * bandwidth;
      const bool last = m + 1 == kRings;
      from[m] =
          last ? 0
               : std::lower_bound(sorted.begin(), sorted.end(), centre - outer) - sorted.begin();
      to[m] = last
                  ? std::ssize(sorted)
                  : std::upper_bound(sorted.begin(), sorted.end(), centre + outer) - sorted.begin();
      weight[m] = static_cast<double>(to[m] - from[m] - inside) * std::exp(-inner * inner / 2);
      inside = to[m] - from[m];
    }
  }

  /// The k-th sorted target of ring m.
  [[nodiscard]] std::int64_t member(std::size_t m, std::int64_t k) const {
    if (m == 0) return from[0] + k;
    const std::int64_t below = from[m - 1] - from[m];
    return k < below ? from[m] + k : to[m - 1] + (k - below);
  }
  [[nodiscard]] std::int64_t size(std::size_t m) const {
    return to[m] - from[m] - (m == 0 ? 0 : to[m - 1] - from[m - 1]);
  }
};

}  // namespace

KernelPartners::KernelPartners(std::span<const double> targets, double bandwidth)
    : bandwidth_(bandwidth), targets_(targets.begin(), targets.end()), order_(targets.size()) {
  require(!targets.empty(), "KernelPartners: there must be targets, got 0");
  require(bandwidth > 0 && std::isfinite(bandwidth),
          "KernelPartners: the bandwidth must be finite and > 0, got {}", bandwidth);
  for (const double y : targets)
    require(std::isfinite(y), "KernelPartners: targets must be finite, got {}", y);
  std::iota(order_.begin(), order_.end(), 0);
  std::sort(order_.begin(), order_.end(), [&](std::int64_t a, std::int64_t b) {
    return std::pair(targets_[static_cast<std::size_t>(a)], a) <
           std::pair(targets_[static_cast<std::size_t>(b)], b);
  });
  for (const std::int64_t row : order_) sorted_.push_back(targets_[static_cast<std::size_t>(row)]);
}

std::int64_t KernelPartners::draw(std::int64_t row, Stream& stream) const {
  require(row >= 0 && row < rows(), "KernelPartners::draw: row {} of {}", row, rows());
  const double centre = targets_[static_cast<std::size_t>(row)];
  const Rings rings(sorted_, centre, bandwidth_);
  const double total = std::accumulate(rings.weight.begin(), rings.weight.end(), 0.0);
  for (;;) {
    double left = stream.uniform() * total;
    std::size_t m = 0;
    while (m + 1 < kRings && left >= rings.weight[m]) left -= rings.weight[m++];
    if (rings.size(m) == 0) continue;  // rounding went past the last ring with rows
    const auto k = stream.below(static_cast<std::uint64_t>(rings.size(m)));
    const auto place = static_cast<std::size_t>(rings.member(m, static_cast<std::int64_t>(k)));
    const double distance = (sorted_[place] - centre) / bandwidth_;
    const double inner = kRingWidth * static_cast<double>(m);
    if (stream.uniform() < std::exp((inner * inner - distance * distance) / 2))
      return order_[place];
  }
}

}  // namespace semblance
