// SPDX-License-Identifier: Apache-2.0
#include "codec/bin.hpp"

#include <algorithm>
#include <cmath>

namespace semblance {
namespace {

constexpr double kSlack = 1e-9;       // of a grain: decimals have no exact multiples
constexpr double kLeastWidth = 1e-6;  // of a bin: what ties without a grain count as

}  // namespace

double Bin::edge(std::size_t i) const {
  if (i == 0) return knots_.front() - 0.5 * grain_;
  return i + 1 == knots_.size() ? knots_.back() + 0.5 * grain_ : knots_[i];
}

double Bin::rounded(double value) const {
  if (grain_ == 0) return value;
  const double inverse = std::round(1 / grain_);  // exact for decimals
  const double out = grain_ < 1 ? std::nearbyint(value * inverse) / inverse
                                : std::nearbyint(value / grain_) * grain_;
  return std::isfinite(out) ? out : value;
}

double Bin::value(double u) const {
  const double place = u * static_cast<double>(knots_.size() - 1);
  const auto k = std::min(static_cast<std::size_t>(place), knots_.size() - 2);
  const double between = std::lerp(edge(k), edge(k + 1), place - static_cast<double>(k));
  return std::clamp(rounded(between), knots_.front(), knots_.back());
}

double Bin::share_below(double value) const {
  if (value < edge(0)) return 0;
  if (value >= edge(knots_.size() - 1)) return 1;
  std::size_t k = 0;
  while (k + 2 < knots_.size() && edge(k + 1) <= value) ++k;
  const double inside = (value - edge(k)) / (edge(k + 1) - edge(k));
  return (static_cast<double>(k) + std::clamp(inside, 0.0, 1.0)) /
         static_cast<double>(knots_.size() - 1);
}

double Bin::mass(double value) const {
  if (value < knots_.front() || value > knots_.back()) return 0;
  if (grain_ > 0) return share_below(value + 0.5 * grain_) - share_below(value - 0.5 * grain_);
  const auto next = std::upper_bound(knots_.begin() + 1, knots_.end() - 1, value);
  const double width =
      std::max(*next - *(next - 1), kLeastWidth * (knots_.back() - knots_.front()));
  return 1 / (static_cast<double>(knots_.size() - 1) * width);
}

Bin::Part Bin::within(double min, double max) const {
  Part out;
  out.low = std::max(min, knots_.front());
  out.high = std::min(max, knots_.back());
  if (grain_ > 0) {  // to the nearest multiples inside
    out.low = rounded(std::ceil(out.low / grain_ - kSlack) * grain_);
    out.high = rounded(std::floor(out.high / grain_ + kSlack) * grain_);
  }
  if (!(out.low <= out.high)) return {};
  out.from = share_below(out.low - 0.5 * grain_);
  out.share = std::max(share_below(out.high + 0.5 * grain_) - out.from, kLeastWidth);
  return out;
}

}  // namespace semblance
