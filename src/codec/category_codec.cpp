// SPDX-License-Identifier: Apache-2.0
#include "codec/category_codec.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "detail/check.hpp"

namespace semblance::detail {

CategoryCodec::CategoryCodec(std::span<const std::int64_t> counts, const FeatureConfig& config) {
  const auto rows = [&](std::int32_t c) { return counts[static_cast<std::size_t>(c)]; };
  const auto vocabulary = static_cast<std::int32_t>(counts.size());
  for (std::int32_t c = 0; c < vocabulary; ++c) {
    if (rows(c) >= config.rare_count) single_.push_back(c);
    if (rows(c) > 0 && rows(c) < config.rare_count) pool_.push_back(c);
  }
  const auto most = static_cast<std::size_t>(config.max_categories);
  if (single_.size() + (pool_.empty() ? 0 : 1) > most) {
    std::stable_sort(single_.begin(), single_.end(),
                     [&](auto a, auto b) { return rows(a) > rows(b); });
    pool_.insert(pool_.end(), single_.begin() + static_cast<std::ptrdiff_t>(most) - 1,
                 single_.end());
    single_.resize(most - 1);
    std::sort(single_.begin(), single_.end());
    std::sort(pool_.begin(), pool_.end());
  }
  std::int64_t sum = 0;
  for (const auto c : pool_) pool_count_.push_back(sum += rows(c));
  index(vocabulary);
}

void CategoryCodec::index(std::int32_t vocabulary) {
  slot_of_.assign(static_cast<std::size_t>(vocabulary), pool_.empty() ? -1 : slots() - 1);
  for (std::size_t s = 0; s < single_.size(); ++s)
    slot_of_.at(static_cast<std::size_t>(single_[s])) = static_cast<std::int32_t>(s);
}

std::int32_t CategoryCodec::slot(std::int32_t code) const {
  return slot_of_[static_cast<std::size_t>(code)];
}

std::int32_t CategoryCodec::drawn(Seed stage, std::uint64_t row) const {
  const auto drawn = static_cast<std::int64_t>(
      Stream(stage, row).below(static_cast<std::uint64_t>(pool_count_.back())));
  const auto it = std::upper_bound(pool_count_.begin(), pool_count_.end(), drawn);
  return pool_[static_cast<std::size_t>(it - pool_count_.begin())];
}

nlohmann::json CategoryCodec::to_json() const {
  return {{"single", single_}, {"pool", pool_}, {"pool_count", pool_count_}};
}

CategoryCodec CategoryCodec::from_json(const nlohmann::json& json, const Field& field) {
  CategoryCodec out;
  json.at("single").get_to(out.single_);
  json.at("pool").get_to(out.pool_);
  json.at("pool_count").get_to(out.pool_count_);
  const auto known = [&](std::int32_t c) { return c >= 0 && c < field.categories.size(); };
  require(std::all_of(out.single_.begin(), out.single_.end(), known) &&
              std::all_of(out.pool_.begin(), out.pool_.end(), known),
          "column '{}' has a code that its vocabulary lacks", field.name);
  require(out.pool_.size() == out.pool_count_.size() &&
              std::is_sorted(out.pool_count_.begin(), out.pool_count_.end()) &&
              (out.pool_.empty() || out.pool_count_.front() >= 1),
          "column '{}' has a bad pool of categories", field.name);
  out.index(field.categories.size());
  return out;
}

}  // namespace semblance::detail
