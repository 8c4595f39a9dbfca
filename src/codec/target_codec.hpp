// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "semblance/codec/feature_codec.hpp"
#include "semblance/data/condition.hpp"

namespace semblance {

/// The categorical target that a conditional model is given: its code and its frequencies.
class TargetCodec {
 public:
  /// Whether a schema has such a column.
  [[nodiscard]] static bool exists(const Schema& schema);

  TargetCodec(const Dataset& train, const FeatureConfig& config);
  TargetCodec(const RowDigest& train, const FeatureConfig& config);

  [[nodiscard]] std::int64_t column() const noexcept { return column_; }
  /// Width of the condition; 0 for a target of one value.
  [[nodiscard]] std::int64_t width() const noexcept { return codec_.width(); }
  /// [n, width]: one-hot codes of values of the target.
  [[nodiscard]] at::Tensor encode(const Column& values) const;
  /// Takes the frequencies of other rows, whose values must have a code.
  /// \throws InvalidArgument as FeatureCodec::check_known; nothing has changed then.
  void recount(const Dataset& rows, std::string_view call);
  /// Natural log of each row's frequency in the training rows; minus infinity for unseen values.
  [[nodiscard]] std::vector<double> log_frequency(const Dataset& rows) const;

  /// Values for rows [first, first + count) by the training frequencies of those that the terms
  /// accept. \throws InvalidArgument if none is accepted.
  [[nodiscard]] Column draw(std::int64_t first, std::int64_t count,
                            std::span<const ResolvedTerm> given, Seed seed) const;

  void save(Archive& archive) const;
  [[nodiscard]] static TargetCodec load(const Archive& archive, const Schema& schema);

 private:
  TargetCodec(Field field, std::int64_t column, FeatureCodec codec,
              std::vector<std::int64_t> counts);

  Field field_;
  std::int64_t column_;
  FeatureCodec codec_;                // of a table with this column only
  std::vector<std::int64_t> counts_;  // training rows by code; missing last
};

}  // namespace semblance
