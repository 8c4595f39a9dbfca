// SPDX-License-Identifier: Apache-2.0
#include "diffusion/frame.hpp"

#include <ATen/ATen.h>

#include <cmath>
#include <functional>
#include <numbers>

#include "detail/check.hpp"

namespace semblance {
namespace {

constexpr double kMostNoise = 1000;  ///< sigma where a path ends in noise alone

/// n levels at t = 1, 1 - 1/n, ..., 1/n, then 0.
std::vector<double> levels(std::int64_t n, const std::function<double(double)>& sigma) {
  require(n >= 1, "noise levels: n must be >= 1, got {}", n);
  std::vector<double> out;
  for (std::int64_t i = n; i >= 1; --i) {
    out.push_back(sigma(static_cast<double>(i) / static_cast<double>(n)));
  }
  out.push_back(0);
  return out;
}

}  // namespace

at::Tensor clean(Prediction what, const at::Tensor& x, const at::Tensor& answer, PathPoint at) {
  switch (what) {
    case Prediction::kSample:
      return answer;
    case Prediction::kNoise:
      return (x - answer * at.s) / at.a;
    case Prediction::kVelocity:
      return x * at.a - answer * at.s;
    case Prediction::kFlow:
      return x - answer * at.s;
  }
  return {};
}

std::vector<double> karras_levels(std::int64_t n, double min, double max, double rho) {
  require(n >= 1, "noise levels: n must be >= 1, got {}", n);
  const double first = std::pow(max, 1 / rho), last = std::pow(min, 1 / rho);
  std::vector<double> out;
  for (std::int64_t i = 0; i < n; ++i) {
    const double share = n == 1 ? 0 : static_cast<double>(i) / static_cast<double>(n - 1);
    out.push_back(std::pow(first + share * (last - first), rho));
  }
  out.push_back(0);
  return out;
}

std::vector<double> flow_levels(std::int64_t n, double max) {
  const double end = max / (1 + max);  // s where sigma = s / (1 - s) = max
  return levels(n, [end](double t) { return t * end / (1 - t * end); });
}

std::vector<double> vp_levels(std::int64_t n) {
  return levels(n, [](double t) { return std::sqrt(std::expm1(0.5 * 19.9 * t * t + 0.1 * t)); });
}

std::vector<double> cosine_levels(std::int64_t n) {
  const auto angle = [](double t) { return (t + 0.008) / 1.008 * std::numbers::pi / 2; };
  return levels(n, [&](double t) {
    const double ratio = std::cos(angle(t)) / std::cos(angle(0));
    return std::min(kMostNoise, std::sqrt(std::max(0.0, 1 / (ratio * ratio) - 1)));
  });
}

}  // namespace semblance
