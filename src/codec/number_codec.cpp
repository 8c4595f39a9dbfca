// SPDX-License-Identifier: Apache-2.0
#include "codec/number_codec.hpp"

#include <ATen/ATen.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <nlohmann/json.hpp>
#include <numeric>

#include "detail/check.hpp"

namespace semblance::detail {
namespace {

constexpr int kComponents = 10;
constexpr std::int64_t kMixtureRows = 10'000;  // values that the mixture is fitted to
constexpr double kModeWidth = 4;               // standard deviations that map to [-1, 1]
constexpr double kModeBound = 0.99;
constexpr double kRepeats = 5;  // mean rows a value from which all values become knots

double normal_quantile(double p) {
  return at::special_ndtri(at::scalar_tensor(p, at::kDouble)).item<double>();
}

double between(double a, double b, double share) { return a + (b - a) * share; }

/// Position of the first element of each run of equal values, and the end.
std::vector<std::size_t> runs(std::span<const double> sorted) {
  std::vector<std::size_t> out;
  for (std::size_t i = 0; i < sorted.size(); ++i) {
    if (i == 0 || sorted[i] != sorted[i - 1]) out.push_back(i);
  }
  out.push_back(sorted.size());
  return out;
}

}  // namespace

QuantileMap::QuantileMap(std::span<const double> sorted, std::int64_t quantiles) {
  const auto n = static_cast<double>(sorted.size());
  const auto starts = runs(sorted);
  const auto distinct = static_cast<double>(starts.size() - 1);
  if (distinct <= static_cast<double>(quantiles) && n / distinct >= kRepeats) {
    for (std::size_t r = 0; r + 1 < starts.size(); ++r) {
      add_knot(sorted[starts[r]], static_cast<double>(starts[r]) / n,
               static_cast<double>(starts[r + 1]) / n, n);
    }
    return;
  }
  const auto wanted = std::clamp<std::int64_t>(static_cast<std::int64_t>(sorted.size()) / 30,
                                               std::min<std::int64_t>(10, quantiles), quantiles);
  const auto count = std::min(static_cast<std::size_t>(wanted), sorted.size());
  std::vector<double> reference(count);
  for (std::size_t j = 0; j < count; ++j) {
    const double place = (n - 1) * static_cast<double>(j) / static_cast<double>(count - 1);
    const auto i = std::min(static_cast<std::size_t>(place), sorted.size() - 2);
    reference[j] = between(sorted[i], sorted[i + 1], place - static_cast<double>(i));
  }
  reference.back() = sorted.back();
  const auto repeated = runs(reference);
  const auto last = static_cast<double>(count - 1);
  for (std::size_t r = 0; r + 1 < repeated.size(); ++r) {
    add_knot(reference[repeated[r]], static_cast<double>(repeated[r]) / last,
             static_cast<double>(repeated[r + 1] - 1) / last, n);
  }
}

/// Shares of 0 and 1 would be infinitely far out: they move in by half a row.
void QuantileMap::add_knot(double value, double below, double up_to, double n) {
  const auto score_of = [n](double p) {
    return normal_quantile(std::clamp(p, 0.5 / n, 1 - 0.5 / n));
  };
  values_.push_back(value);
  low_.push_back(score_of(below));
  middle_.push_back(score_of((below + up_to) / 2));
  high_.push_back(score_of(up_to));
}

double QuantileMap::score(double value) const {
  const auto next = std::lower_bound(values_.begin(), values_.end(), value);
  if (next == values_.end()) return middle_.back();
  const auto k = static_cast<std::size_t>(next - values_.begin());
  if (*next == value || k == 0) return middle_[k];
  return between(high_[k - 1], low_[k], (value - values_[k - 1]) / (values_[k] - values_[k - 1]));
}

double QuantileMap::value(double score) const {
  const auto next = std::lower_bound(high_.begin(), high_.end(), score);
  if (next == high_.end()) return values_.back();
  const auto k = static_cast<std::size_t>(next - high_.begin());
  if (score >= low_[k] || k == 0) return values_[k];
  return between(values_[k - 1], values_[k], (score - high_[k - 1]) / (low_[k] - high_[k - 1]));
}

nlohmann::json QuantileMap::to_json() const {
  return {{"values", values_}, {"low", low_}, {"middle", middle_}, {"high", high_}};
}

QuantileMap QuantileMap::from_json(const nlohmann::json& json) {
  QuantileMap out;
  json.at("values").get_to(out.values_);
  json.at("low").get_to(out.low_);
  json.at("middle").get_to(out.middle_);
  json.at("high").get_to(out.high_);
  const auto n = out.values_.size();
  require(n >= 1 && out.low_.size() == n && out.middle_.size() == n && out.high_.size() == n,
          "a quantile table has lists of different lengths");
  return out;
}

NumberCodec::NumberCodec(const Column& column, const Field& field, const FeatureConfig& config,
                         Seed seed)
    : whole_(field.kind != Kind::kReal), decimals_(field.format.decimals) {
  if (whole_) learn_grid(column);
  std::vector<double> values;
  for (std::int64_t i = 0; i < column.size(); ++i) {
    if (!column.is_valid(i)) continue;
    values.push_back(number(column, i));
    require(std::isfinite(values.back()), "column '{}' must be finite, got {} in row {}",
            field.name, values.back(), i);
  }
  if (values.empty()) return;
  const auto [low, high] = std::minmax_element(values.begin(), values.end());
  min_ = *low;
  max_ = *high;
  variety_ = min_ == max_ ? 1 : 2;
  if (variety_ == 2) learn_map(std::move(values), config, seed);
}

void NumberCodec::learn_grid(const Column& column) {
  const auto values = column.integers();
  bool any = false;
  std::uint64_t reach = 0, step = 0;
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (!column.is_valid(static_cast<std::int64_t>(i))) continue;
    origin_ = any ? std::min(origin_, values[i]) : values[i];
    any = true;
  }
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (!column.is_valid(static_cast<std::int64_t>(i))) continue;
    const auto distance =
        static_cast<std::uint64_t>(values[i]) - static_cast<std::uint64_t>(origin_);
    reach = std::max(reach, distance);
    step = std::gcd(step, distance);
  }
  step_ = std::max<std::uint64_t>(step, 1);
  steps_ = reach / step_;
}

void NumberCodec::learn_map(std::vector<double> values, const FeatureConfig& config, Seed seed) {
  if (config.numbers == NumberCoding::kQuantile) {
    std::sort(values.begin(), values.end());
    quantiles_ = QuantileMap(values, config.quantiles);
    return;
  }
  const auto n = std::min<std::size_t>(values.size(), kMixtureRows);
  if (n < values.size()) {
    Stream stream(seed, "mixture rows");
    for (std::size_t i = 0; i < n; ++i) {
      std::swap(values[i], values[i + static_cast<std::size_t>(stream.below(values.size() - i))]);
    }
    values[0] = min_;  // so that at least two values differ
    values[1] = max_;
  }
  mixture_ = fit_mixture(std::span(values).first(n), kComponents, seed);
}

double NumberCodec::number(const Column& column, std::int64_t i) const {
  if (!whole_) return column.reals()[static_cast<std::size_t>(i)];
  const std::int64_t value = column.integers()[static_cast<std::size_t>(i)];
  if (value < origin_) return 0;
  const auto distance = static_cast<std::uint64_t>(value) - static_cast<std::uint64_t>(origin_);
  return static_cast<double>(distance) / static_cast<double>(step_);
}

NumberCodec::Code NumberCodec::encode(const Column& column, std::int64_t i, Stream& stream) const {
  if (variety_ < 2) return {};
  const double x = number(column, i);
  if (!mixture_.weight.empty()) return mode_code(x, stream);
  return {static_cast<float>(quantiles_.score(x)), 0};
}

NumberCodec::Code NumberCodec::mode_code(double x, Stream& stream) const {
  const std::size_t modes = mixture_.weight.size();
  std::array<double, kComponents> share{};
  const auto offset = [&](std::size_t k) { return (x - mixture_.mean[k]) / mixture_.deviation[k]; };
  double largest = -std::numeric_limits<double>::infinity(), sum = 0;
  for (std::size_t k = 0; k < modes; ++k) {
    share[k] = std::log(mixture_.weight[k] / mixture_.deviation[k]) - offset(k) * offset(k) / 2;
    largest = std::max(largest, share[k]);
  }
  for (std::size_t k = 0; k < modes; ++k) sum += (share[k] = std::exp(share[k] - largest));
  for (std::size_t k = 0; k < modes; ++k) share[k] = share[k] / sum + 1e-6;
  double u = stream.uniform() * std::accumulate(share.begin(), share.end(), 0.0);
  std::size_t k = 0;
  while (k + 1 < modes && (u -= share[k]) >= 0) ++k;
  return {static_cast<float>(std::clamp(offset(k) / kModeWidth, -kModeBound, kModeBound)),
          static_cast<std::int32_t>(k)};
}

std::vector<double> NumberCodec::decode(const Codes& codes) const {
  std::vector<double> out(codes.modes.size(), min_);
  if (variety_ < 2) return out;
  if (mixture_.weight.empty()) {
    for (std::size_t i = 0; i < out.size(); ++i)
      out[i] = std::clamp(quantiles_.value(codes.scalars[i]), min_, max_);
    return out;
  }
  std::array<double, kComponents> mean{}, reach{};
  for (std::size_t k = 0; k < mixture_.mean.size(); ++k) {
    mean[k] = mixture_.mean[k];
    reach[k] = kModeWidth * mixture_.deviation[k];
  }
  for (std::size_t i = 0; i < out.size(); ++i) {
    const auto k = static_cast<std::size_t>(codes.modes[i]);
    const float low = codes.scalars[i] < 1 ? codes.scalars[i] : 1;  // NaN gives 1
    const double offset = low > -1 ? low : -1;
    out[i] = std::clamp(mean[k] + offset * reach[k], min_, max_);
  }
  return out;
}

double NumberCodec::to_decimals(double value, double scale) const {
  if (std::abs(value) * scale > 0x1.0p53) return value;  // coarser than its decimals
  return std::clamp(std::round(value * scale) / scale, min_, max_);
}

std::vector<double> NumberCodec::reals(const Codes& codes) const {
  std::vector<double> out = decode(codes);
  if (decimals_ < 0 || decimals_ > 15) return out;
  const double scale = std::pow(10.0, decimals_);
  for (double& value : out) value = to_decimals(value, scale);
  return out;
}

std::vector<std::int64_t> NumberCodec::integers(const Codes& codes) const {
  const std::vector<double> values = decode(codes);
  std::vector<std::int64_t> out(values.size());
  const auto most = static_cast<double>(steps_);
  for (std::size_t i = 0; i < out.size(); ++i) {
    const double value = std::max(values[i] + 0.5, 0.0);  // cut, not rounded, below
    const std::uint64_t steps = value >= most ? steps_ : static_cast<std::uint64_t>(value);
    out[i] = static_cast<std::int64_t>(static_cast<std::uint64_t>(origin_) + steps * step_);
  }
  return out;
}

/// What a file says must keep within the schema's range.
void NumberCodec::check_range(const Field& field) const {
  require(min_ <= max_ && step_ >= 1, "column '{}' has an empty range", field.name);
  if (variety_ == 0) return;
  constexpr auto kLargest = static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());
  require(steps_ <= (kLargest - static_cast<std::uint64_t>(origin_)) / step_,
          "column '{}' has a range beyond 64 bits", field.name);
  const auto last = static_cast<std::int64_t>(static_cast<std::uint64_t>(origin_) + steps_ * step_);
  const double low = whole_ ? static_cast<double>(origin_) : min_;
  const double high = whole_ ? static_cast<double>(last) : max_;
  require(!field.range || (low >= field.range->min && high <= field.range->max && low <= high),
          "column '{}' has values outside its range", field.name);
}

nlohmann::json NumberCodec::to_json() const {
  nlohmann::json out = {{"variety", variety_}, {"min", min_},   {"max", max_},
                        {"origin", origin_},   {"step", step_}, {"steps", steps_}};
  if (variety_ < 2) return out;
  if (mixture_.weight.empty()) {
    out["quantiles"] = quantiles_.to_json();
  } else {
    out["mixture"] = {
        {"weight", mixture_.weight}, {"mean", mixture_.mean}, {"deviation", mixture_.deviation}};
  }
  return out;
}

NumberCodec NumberCodec::from_json(const nlohmann::json& json, const Field& field) {
  NumberCodec out;
  out.whole_ = field.kind != Kind::kReal;
  out.decimals_ = field.format.decimals;
  json.at("variety").get_to(out.variety_);
  json.at("min").get_to(out.min_);
  json.at("max").get_to(out.max_);
  json.at("origin").get_to(out.origin_);
  json.at("step").get_to(out.step_);
  json.at("steps").get_to(out.steps_);
  out.check_range(field);
  if (out.variety_ < 2) return out;
  if (json.contains("quantiles")) {
    out.quantiles_ = QuantileMap::from_json(json.at("quantiles"));
    return out;
  }
  const auto& mixture = json.at("mixture");
  mixture.at("weight").get_to(out.mixture_.weight);
  mixture.at("mean").get_to(out.mixture_.mean);
  mixture.at("deviation").get_to(out.mixture_.deviation);
  const auto n = out.mixture_.weight.size();
  require(n >= 1 && n <= kComponents && out.mixture_.mean.size() == n &&
              out.mixture_.deviation.size() == n,
          "column '{}' has a mixture of {} components", field.name, n);
  return out;
}

}  // namespace semblance::detail
