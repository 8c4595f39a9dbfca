// SPDX-License-Identifier: Apache-2.0
// One numeric column as scalars (and mixture components), and back.
#pragma once

#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <span>
#include <vector>

#include "codec/mixture.hpp"
#include "semblance/codec/feature_codec.hpp"
#include "semblance/data/column.hpp"

namespace semblance::detail {

/// A monotone map between values and normal scores.
///
/// A knot is a value with the range of scores that decode to it: wide for a repeated value, a point
/// for others. Between knots both directions interpolate linearly. Where the values are few and
/// repeated often, every one is a knot and the ranges touch: only values that were seen come back.
class QuantileMap {
 public:
  QuantileMap() = default;
  /// \param sorted  Ascending, at least two different values.
  QuantileMap(std::span<const double> sorted, std::int64_t quantiles);

  [[nodiscard]] double score(double value) const;
  [[nodiscard]] double value(double score) const;

  [[nodiscard]] nlohmann::json to_json() const;
  static QuantileMap from_json(const nlohmann::json& json);

 private:
  void add_knot(double value, double below, double up_to, double n);

  std::vector<double> values_, low_, middle_, high_;
};

/// The numbers of one column.
class NumberCodec {
 public:
  struct Code {
    float scalar = 0;
    std::int32_t mode = 0;
  };

  /// \throws InvalidArgument that names the column if a present value is not finite.
  NumberCodec(const Column& column, const Field& field, const FeatureConfig& config, Seed seed);

  /// Present values that differ: 0 for an empty column, 1 for a constant one, 2 for all others.
  [[nodiscard]] int variety() const noexcept { return variety_; }
  /// Components of the mixture; 1 without one.
  [[nodiscard]] std::int32_t modes() const noexcept {
    return mixture_.weight.empty() ? 1 : static_cast<std::int32_t>(mixture_.weight.size());
  }
  /// The code of row i, present and finite; `stream` draws the mode.
  [[nodiscard]] Code encode(const Column& column, std::int64_t i, Stream& stream) const;
  /// Codes of many rows.
  struct Codes {
    const float* scalars;
    const std::vector<std::int32_t>& modes;
  };
  /// The values of a real column, or the integers of an integer or datetime column.
  [[nodiscard]] std::vector<double> reals(const Codes& codes) const;
  [[nodiscard]] std::vector<std::int64_t> integers(const Codes& codes) const;

  [[nodiscard]] nlohmann::json to_json() const;
  static NumberCodec from_json(const nlohmann::json& json, const Field& field);

 private:
  NumberCodec() = default;
  void check_range(const Field& field) const;
  void learn_grid(const Column& column);
  void learn_map(std::vector<double> values, const FeatureConfig& config, Seed seed);
  /// Integers as steps from the smallest one, so that large ones keep their last digits.
  [[nodiscard]] double number(const Column& column, std::int64_t i) const;
  [[nodiscard]] std::vector<double> decode(const Codes& codes) const;
  [[nodiscard]] double to_decimals(double value, double scale) const;
  [[nodiscard]] Code mode_code(double x, Stream& stream) const;

  bool whole_ = false;  // integer or datetime
  int decimals_ = -1;
  int variety_ = 0;
  double min_ = 0, max_ = 0;  // of number()
  std::int64_t origin_ = 0;   // whole: smallest value
  std::uint64_t step_ = 1;    // whole: greatest common step
  std::uint64_t steps_ = 0;   // whole: (largest - smallest) / step
  QuantileMap quantiles_;     // without a mixture
  Mixture mixture_;           // kModes
};

}  // namespace semblance::detail
