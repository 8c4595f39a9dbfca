// SPDX-License-Identifier: Apache-2.0
#include "learners/inputs.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace semblance {
namespace {

Encoding encode_number(const FeatureMatrix& x, std::int64_t column) {
  Encoding out;
  double n = 0, sum = 0, squares = 0;
  const auto each = [&](auto&& visit) {
    for (std::int64_t i = 0; i < x.rows; ++i) {
      const auto v = static_cast<double>(x.row(i)[static_cast<std::size_t>(column)]);
      if (!std::isnan(v)) visit(v);
    }
  };
  each([&](double v) { n += 1, sum += v; });
  out.mean = n > 0 ? sum / n : 0;
  each([&](double v) { squares += (v - out.mean) * (v - out.mean); });
  out.scale = squares > 0 ? std::sqrt(squares / n) : 1;
  out.size = 2;
  return out;
}

Encoding encode_category(const FeatureMatrix& x, std::int64_t column, std::int32_t most) {
  const auto levels = static_cast<std::size_t>(x.levels[static_cast<std::size_t>(column)]);
  std::vector<std::int64_t> counts(levels, 0);
  for (std::int64_t i = 0; i < x.rows; ++i) {
    const float v = x.row(i)[static_cast<std::size_t>(column)];
    if (!std::isnan(v)) ++counts.at(static_cast<std::size_t>(v));
  }
  std::vector<std::size_t> order(levels);
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::sort(order.begin(), order.end(),
            [&](auto a, auto b) { return counts[a] != counts[b] ? counts[a] > counts[b] : a < b; });
  const auto kept = std::min<std::int32_t>(most, static_cast<std::int32_t>(levels));
  Encoding out;
  out.inputs.assign(levels, kept);
  for (std::int32_t k = 0; k < kept; ++k) out.inputs[order[static_cast<std::size_t>(k)]] = k;
  out.size = kept + 2;
  return out;
}

}  // namespace

Term Encoding::term(float value) const {
  if (std::isnan(value)) return {offset + size - 1, 1.0};
  if (inputs.empty()) return {offset, (static_cast<double>(value) - mean) / scale};
  return {offset + inputs.at(static_cast<std::size_t>(value)), 1.0};
}

Inputs::Inputs(const FeatureMatrix& x, std::int32_t most) {
  for (std::int64_t c = 0; c < x.columns; ++c) {
    auto e = x.levels[static_cast<std::size_t>(c)] > 0 ? encode_category(x, c, most)
                                                       : encode_number(x, c);
    e.offset = size_;
    size_ += e.size;
    encodings_.push_back(std::move(e));
  }
}

std::vector<Term> Inputs::terms(const FeatureMatrix& x) const {
  std::vector<Term> out;
  out.reserve(x.values.size());
  for (std::int64_t i = 0; i < x.rows; ++i) {
    for (std::size_t c = 0; c < encodings_.size(); ++c)
      out.push_back(encodings_[c].term(x.row(i)[c]));
  }
  return out;
}

TargetScale::TargetScale(std::span<const double> y) {
  const auto n = static_cast<double>(y.size());
  mean = std::accumulate(y.begin(), y.end(), 0.0) / n;
  double squares = 0;
  for (const double v : y) squares += (v - mean) * (v - mean);
  scale = squares > 0 ? std::sqrt(squares / n) : 1;
}

}  // namespace semblance
