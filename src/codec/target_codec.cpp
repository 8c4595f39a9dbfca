// SPDX-License-Identifier: Apache-2.0
#include "codec/target_codec.hpp"

#include <ATen/ATen.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <nlohmann/json.hpp>
#include <numeric>

#include "codec/counts.hpp"
#include "detail/check.hpp"
#include "semblance/core/archive.hpp"
#include "semblance/data/row_source.hpp"

namespace semblance {
namespace {

constexpr Seed kNoDraws{0};  // categories are encoded without chance

/// The column alone, as the codec takes it.
Dataset alone(const Field& field, Column values) { return {Schema({field}), {std::move(values)}}; }

bool accepted(std::size_t code, bool missing, std::span<const ResolvedTerm> given) {
  return std::all_of(given.begin(), given.end(), [&](const ResolvedTerm& term) {
    return missing ? term.missing : !term.missing && term.accepts(static_cast<double>(code));
  });
}

}  // namespace

bool TargetCodec::exists(const Schema& schema) {
  return schema.target() >= 0 && schema[schema.target()].kind == Kind::kCategorical;
}

TargetCodec::TargetCodec(Field field, std::int64_t column, FeatureCodec codec,
                         std::vector<std::int64_t> counts)
    : field_(std::move(field)),
      column_(column),
      codec_(std::move(codec)),
      counts_(std::move(counts)) {}

TargetCodec::TargetCodec(const Dataset& train, const FeatureConfig& config)
    : field_(train.schema()[train.schema().target()]),
      column_(train.schema().target()),
      codec_(alone(field_, train.column(column_)), {0}, config, kNoDraws),
      counts_(counts_of(train.column(column_), field_)) {}

TargetCodec::TargetCodec(const RowDigest& train, const FeatureConfig& config)
    : field_(train.sample.schema()[train.sample.schema().target()]),
      column_(train.sample.schema().target()),
      codec_(RowDigest{alone(field_, train.sample.column(column_)),
                       0,
                       {train.counts[static_cast<std::size_t>(column_)]}},
             {0}, config, kNoDraws),
      counts_(train.counts[static_cast<std::size_t>(column_)]) {}

at::Tensor TargetCodec::encode(const Column& values) const {
  return codec_.encode(alone(field_, values), kNoDraws).vector;
}

void TargetCodec::recount(const Dataset& rows, std::string_view call) {
  const Column& values = rows.column(column_);
  codec_.check_known(alone(field_, values), call);
  counts_ = counts_of(values, field_);
}

std::vector<double> TargetCodec::log_frequency(const Dataset& rows) const {
  const Column& column = rows.column(column_);
  const auto total =
      static_cast<double>(std::accumulate(counts_.begin(), counts_.end(), std::int64_t{0}));
  std::vector<double> out;
  for (std::int64_t i = 0; i < column.size(); ++i) {
    const auto at = column.is_valid(i)
                        ? static_cast<std::size_t>(column.codes()[static_cast<std::size_t>(i)])
                        : counts_.size() - 1;
    out.push_back(std::log(static_cast<double>(counts_[at]) / total));
  }
  return out;
}

Column TargetCodec::draw(std::int64_t first, std::int64_t rows, std::span<const ResolvedTerm> given,
                         Seed seed) const {
  std::vector<std::uint64_t> upper;  // cumulative counts of accepted values
  std::uint64_t total = 0;
  for (std::size_t c = 0; c < counts_.size(); ++c) {
    if (accepted(c, c + 1 == counts_.size(), given))
      total += static_cast<std::uint64_t>(counts_[c]);
    upper.push_back(total);
  }
  require(total > 0, "sample: no training row has the asked value of column '{}'", field_.name);
  std::vector<std::int32_t> codes;
  Bitmap valid;
  for (std::int64_t i = 0; i < rows; ++i) {
    const auto drawn = Stream(seed, static_cast<std::uint64_t>(first + i)).below(total);
    const auto code = std::upper_bound(upper.begin(), upper.end(), drawn) - upper.begin();
    const bool present = static_cast<std::size_t>(code) + 1 < counts_.size();
    valid.push_back(present);
    codes.push_back(present ? static_cast<std::int32_t>(code) : 0);
  }
  return Column::categories(std::move(codes), valid.count_zeros() == 0 ? Bitmap() : valid);
}

void TargetCodec::save(Archive& archive) const {
  Archive codec;
  codec_.save(codec);
  archive.put_part("codec", codec);
  archive.put_text("counts", nlohmann::json(counts_).dump());
}

TargetCodec TargetCodec::load(const Archive& archive, const Schema& schema) {
  require<FileError>(exists(schema), "the model file's schema lacks the target that it models");
  const Field& field = schema[schema.target()];
  const auto counts =
      nlohmann::json::parse(archive.text("counts")).get<std::vector<std::int64_t>>();
  const bool fits =
      counts.size() == static_cast<std::size_t>(field.categories.size()) + 1 &&
      std::all_of(counts.begin(), counts.end(), [](auto n) { return n >= 0 && n < (1LL << 48); });
  require<FileError>(fits, "the model file's target counts do not fit column '{}'", field.name);
  return {field, schema.target(), FeatureCodec::load(archive.part("codec"), Schema({field})),
          counts};
}

}  // namespace semblance
