// SPDX-License-Identifier: Apache-2.0
#include "gan/conditions.hpp"

#include <ATen/ATen.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "detail/check.hpp"

namespace semblance {
namespace {

/// The first position whose cumulative weight exceeds u times the total.
std::size_t pick(const std::vector<double>& cumulative, double u) {
  const auto it = std::upper_bound(cumulative.begin(), cumulative.end(), u * cumulative.back());
  return std::min(static_cast<std::size_t>(it - cumulative.begin()), cumulative.size() - 1);
}

}  // namespace

GanConditioner::GanConditioner(const FeatureCodec& codec, const Schema& schema, bool enabled)
    : total_width_(codec.width()) {
  for (std::size_t number = 0; number < codec.one_hots().size(); ++number) {
    const auto& span = codec.one_hots()[number];
    if (!enabled || schema[span.column].kind != Kind::kCategorical) continue;
    spans_.push_back({span.column, span.first, span.width, width_, number});
    width_ += span.width;
  }
}

std::int64_t GanConditioner::offset_of(std::int64_t column) const {
  for (const Span& span : spans_) {
    if (span.column == column) return span.offset;
  }
  return -1;
}

void GanConditioner::learn(const FeatureRows& vectors) {
  constexpr std::int64_t kBlock = 8192;
  rows_.assign(static_cast<std::size_t>(total_width_), {});
  std::vector<std::vector<std::int64_t>> counts;
  for (const Span& span : spans_) counts.emplace_back(static_cast<std::size_t>(span.width));
  std::vector<std::int64_t> block;
  for (std::int64_t first = 0; first < vectors.size(); first += kBlock) {
    block.resize(static_cast<std::size_t>(std::min(kBlock, vectors.size() - first)));
    std::iota(block.begin(), block.end(), first);
    const auto slots = vectors.slots(block);
    const std::size_t all = slots.size() / block.size();  // spans, also those not asked for
    for (std::size_t i = 0; i < block.size(); ++i) {
      for (std::size_t s = 0; s < spans_.size(); ++s) {
        const std::int32_t slot = slots[i * all + spans_[s].number];
        if (slot < 0) continue;
        ++counts[s][static_cast<std::size_t>(slot)];
        rows_[static_cast<std::size_t>(spans_[s].first + slot)].push_back(block[i]);
      }
    }
  }
  set_counts(std::move(counts));
}

void GanConditioner::set_counts(std::vector<std::vector<std::int64_t>> counts) {
  require<FileError>(counts.size() == spans_.size(),
                     "the model file's condition counts are of {} columns, not of {}",
                     counts.size(), spans_.size());
  for (std::size_t s = 0; s < spans_.size(); ++s) {
    const bool fits =
        std::ssize(counts[s]) == spans_[s].width &&
        std::all_of(counts[s].begin(), counts[s].end(), [](auto n) { return n >= 0; }) &&
        std::any_of(counts[s].begin(), counts[s].end(), [](auto n) { return n > 0; });
    require<FileError>(fits, "the model file's condition counts do not fit column {}",
                       spans_[s].column);
  }
  counts_ = std::move(counts);
  accumulate();
}

void GanConditioner::accumulate() {
  by_log_.clear();
  by_count_.clear();
  for (const auto& counts : counts_) {
    std::vector<double> logs, sums;
    double log_sum = 0, sum = 0;
    for (const std::int64_t count : counts) {
      logs.push_back(log_sum += std::log1p(static_cast<double>(count)));
      sums.push_back(sum += static_cast<double>(count));
    }
    by_log_.push_back(std::move(logs));
    by_count_.push_back(std::move(sums));
  }
}

GanConditions GanConditioner::draw(std::int64_t first, std::int64_t n, Seed stage,
                                   bool training) const {
  GanConditions out{at::zeros({n, width_}), at::zeros({n}, at::kInt), {}};
  if (spans_.empty()) return out;
  float* codes = out.codes.mutable_data_ptr<float>();
  std::int32_t* picks = out.pick.mutable_data_ptr<std::int32_t>();
  for (std::int64_t i = 0; i < n; ++i) {
    Stream stream(stage, static_cast<std::uint64_t>(first + i));
    const std::size_t s = stream.below(spans_.size());
    const auto slot =
        static_cast<std::int64_t>(pick(training ? by_log_[s] : by_count_[s], stream.uniform()));
    codes[i * width_ + spans_[s].offset + slot] = 1;
    picks[i] = static_cast<std::int32_t>(1 + spans_[s].offset + slot);
    out.slot.push_back(spans_[s].first + slot);
  }
  return out;
}

std::vector<std::int64_t> GanConditioner::draw_rows(const GanConditions& conditions, Seed stage,
                                                    std::uint64_t index) const {
  std::vector<std::int64_t> out;
  Stream stream(stage, index);
  for (const std::int64_t slot : conditions.slot) {
    const auto& rows = rows_[static_cast<std::size_t>(slot)];
    out.push_back(rows[stream.below(rows.size())]);
  }
  return out;
}

}  // namespace semblance
