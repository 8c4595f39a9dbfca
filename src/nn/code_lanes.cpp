// SPDX-License-Identifier: Apache-2.0
#include "nn/code_lanes.hpp"

#include <algorithm>
#include <numeric>

#include "detail/lanes.hpp"

namespace semblance {
namespace {

constexpr std::int64_t kLanes = 16;  // sums that run beside each other

}  // namespace

SEMBLANCE_LANES void draw_code_rows(const CodeTask& task, float* z, float* divergences) {
  const std::int64_t width = task.width;
  for (std::int64_t i = 0; i < task.n; ++i) {
    const float* mean = task.code + 2 * i * width;
    const float* spread = mean + width;
    const float* s = task.deviation + i * width;
    const float* e = task.noise + i * width;
    float sums[kLanes] = {};
    for (std::int64_t first = 0; first < width; first += kLanes) {
      const std::int64_t n = std::min(kLanes, width - first);
      for (std::int64_t j = 0; j < n; ++j) {
        const std::int64_t k = first + j;
        const float below = spread[k] < task.bound ? spread[k] : task.bound;
        const float log_variance = below > -task.bound ? below : -task.bound;
        z[i * width + k] = mean[k] + s[k] * e[k];
        sums[j] += mean[k] * mean[k] + (s[k] * s[k] - 1 - log_variance);
      }
    }
    divergences[i] = 0.5F * std::accumulate(sums, sums + kLanes, 0.0F);
  }
}

SEMBLANCE_LANES void code_slopes(const CodeTask& task, const float* along, const float* costs,
                                 float* slopes) {
  const std::int64_t width = task.width;
  for (std::int64_t i = 0; i < task.n; ++i) {
    const float* mean = task.code + 2 * i * width;
    const float* spread = mean + width;
    const float* s = task.deviation + i * width;
    const float* e = task.noise + i * width;
    const float* slope = along + i * width;
    float* to_mean = slopes + 2 * i * width;
    float* to_spread = to_mean + width;
    const float cost = costs[i];
    for (std::int64_t k = 0; k < width; ++k) to_mean[k] = slope[k] + cost * mean[k];
    for (std::int64_t k = 0; k < width; ++k) {
      const float moves = 0.5F * (slope[k] * e[k] * s[k] + cost * (s[k] * s[k] - 1));
      const bool inside = spread[k] >= -task.bound && spread[k] <= task.bound;
      to_spread[k] = inside ? moves : 0.0F;
    }
  }
}

}  // namespace semblance
