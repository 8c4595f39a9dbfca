// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <span>
#include <vector>

#include "semblance/codec/feature_codec.hpp"
#include "semblance/data/column.hpp"

namespace semblance::detail {

/// The categories of one column as slots; the last slot may stand for several rare ones.
class CategoryCodec {
 public:
  /// \param counts  Rows of each category.
  CategoryCodec(std::span<const std::int64_t> counts, const FeatureConfig& config);

  [[nodiscard]] std::int32_t slots() const noexcept {
    return static_cast<std::int32_t>(single_.size()) + (pool_.empty() ? 0 : 1);
  }
  /// The slot of a code, or -1 if the training rows lack it and no rare ones share a slot.
  [[nodiscard]] std::int32_t slot(std::int32_t code) const;
  /// A code of a slot; the stream of that stage and row draws among those that share it.
  [[nodiscard]] std::int32_t code(std::int32_t slot, Seed stage, std::uint64_t row) const {
    const auto s = static_cast<std::size_t>(slot);
    return s < single_.size() ? single_[s] : drawn(stage, row);
  }

  [[nodiscard]] nlohmann::json to_json() const;
  static CategoryCodec from_json(const nlohmann::json& json, const Field& field);

 private:
  CategoryCodec() = default;
  void index(std::int32_t vocabulary);
  [[nodiscard]] std::int32_t drawn(Seed stage, std::uint64_t row) const;  // of the pool

  std::vector<std::int32_t> single_;      // code of each slot but the shared one, ascending
  std::vector<std::int32_t> pool_;        // codes that share the last slot, ascending
  std::vector<std::int64_t> pool_count_;  // cumulative training rows of them
  std::vector<std::int32_t> slot_of_;     // by code
};

}  // namespace semblance::detail
