// SPDX-License-Identifier: Apache-2.0
#include "semblance/codec/feature_codec.hpp"

#include <ATen/ATen.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <optional>

#include "codec/category_codec.hpp"
#include "codec/counts.hpp"
#include "codec/number_codec.hpp"
#include "codec/slot_draw.hpp"
#include "codec/tensor_codec.hpp"
#include "core/noise.hpp"
#include "detail/check.hpp"
#include "semblance/core/archive.hpp"
#include "semblance/data/row_source.hpp"

namespace semblance {
namespace {

/// What one column is made of, and where it stands in the vector.
struct Part {
  std::int64_t column = 0;
  Field field;
  std::optional<detail::CategoryCodec> categories;
  std::optional<detail::NumberCodec> numbers;
  std::optional<detail::TensorCodec> tensor;
  bool gaps = false;         // the training rows have missing values
  bool present = false;      // and others
  std::int64_t scalar = -1;  // position of the scalar, or -1
  std::int64_t first = -1;   // position of the one-hot span, or -1
  std::int64_t slots = 0;    // all, "missing" last

  /// Slots of present values.
  [[nodiscard]] std::int64_t values() const {
    if (!present) return 0;
    if (categories) return categories->slots();
    return numbers ? numbers->modes() : 1;
  }
  [[nodiscard]] std::int64_t gate() const { return gaps && first >= 0 ? first + slots - 1 : -1; }
};

/// What rows decode to: the encoded rows by column, and random words for each span.
struct Drawn {
  const float* values;         // [width, rows]
  const std::uint32_t* words;  // [spans, rows]
  std::int64_t rows;
  Seed seed;
  std::int64_t first_row;
};

/// The slot that each row of a column takes; `span` counts the spans that have gone by.
std::vector<std::int32_t> slots_of(const Part& part, const Drawn& drawn, std::int64_t& span) {
  std::vector<std::int32_t> out(static_cast<std::size_t>(drawn.rows));
  if (part.first < 0) return out;
  draw_slots(drawn.values + part.first * drawn.rows, drawn.rows, part.slots, drawn.rows,
             drawn.words + span++ * drawn.rows, out.data());
  return out;
}

/// Which rows have a value; empty: all. Slots of the others become 0.
Bitmap valid_of(const Part& part, std::vector<std::int32_t>& slots) {
  const auto values = static_cast<std::int32_t>(part.values());
  if (part.present && !part.gaps) return {};
  Bitmap out(std::ssize(slots), true);
  for (std::size_t i = 0; i < slots.size(); ++i) {
    if (part.present && slots[i] < values) continue;
    out.set(static_cast<std::int64_t>(i), false);
    slots[i] = 0;
  }
  return out.count_zeros() == 0 ? Bitmap() : out;
}

Column categories_of(const Part& part, const Drawn& drawn, std::vector<std::int32_t> slots,
                     Bitmap valid) {
  const Seed pool = derive(drawn.seed, static_cast<std::uint64_t>(part.column));
  for (std::size_t i = 0; part.present && i < slots.size(); ++i) {
    slots[i] = part.categories->code(
        slots[i], pool,
        static_cast<std::uint64_t>(drawn.first_row) + static_cast<std::uint64_t>(i));
  }
  return Column::categories(std::move(slots), std::move(valid));
}

Column numbers_of(const Part& part, const Drawn& drawn, const std::vector<std::int32_t>& slots,
                  Bitmap valid) {
  const std::vector<float> none(part.scalar < 0 ? slots.size() : 0);
  const float* scalars = part.scalar < 0 ? none.data() : drawn.values + part.scalar * drawn.rows;
  const detail::NumberCodec::Codes codes{scalars, slots};
  if (part.field.kind == Kind::kReal)
    return Column::reals(part.numbers->reals(codes), std::move(valid));
  std::vector<std::int64_t> integers = part.numbers->integers(codes);
  return part.field.kind == Kind::kDatetime
             ? Column::datetimes(std::move(integers), std::move(valid))
             : Column::integers(std::move(integers), std::move(valid));
}

nlohmann::json part_to_json(const Part& part) {
  nlohmann::json out = {{"column", part.column}, {"gaps", part.gaps}, {"present", part.present}};
  if (part.categories) out["categories"] = part.categories->to_json();
  if (part.numbers) out["numbers"] = part.numbers->to_json();
  if (part.tensor) out["tensor"] = part.tensor->to_json();
  return out;
}

Part part_from_json(const nlohmann::json& json, const Schema& schema) {
  Part part;
  json.at("column").get_to(part.column);
  json.at("gaps").get_to(part.gaps);
  json.at("present").get_to(part.present);
  require(part.column >= 0 && part.column < schema.size(), "the schema has no column {}",
          part.column);
  part.field = schema[part.column];
  if (part.field.kind == Kind::kCategorical) {
    part.categories = detail::CategoryCodec::from_json(json.at("categories"), part.field);
  } else if (part.field.kind == Kind::kTensor) {
    part.tensor = detail::TensorCodec::from_json(json.at("tensor"), part.field);
  } else {
    part.numbers = detail::NumberCodec::from_json(json.at("numbers"), part.field);
  }
  require(!part.present || part.values() >= 1, "column '{}' has no slot", part.field.name);
  return part;
}

}  // namespace

struct FeatureCodec::Impl {
  std::vector<Part> parts;
  bool bounded = false;
  std::int64_t width = 0;
  std::vector<ScalarFeature> scalars;
  std::vector<OneHotFeature> one_hots;
  std::vector<TensorFeature> tensors;

  /// \param counts  Of the column, as RowDigest has them.
  void add(const Dataset& train, std::int64_t c, std::span<const std::int64_t> counts,
           const FeatureConfig& config, Seed seed);
  void lay_out();
  void encode_cell(const Part& part, const Column& column, std::int64_t i, Stream& stream,
                   float* row) const;
};

void FeatureCodec::Impl::add(const Dataset& train, std::int64_t c,
                             std::span<const std::int64_t> counts, const FeatureConfig& config,
                             Seed seed) {
  const Field& field = train.schema()[c];
  const Column& column = train.column(c);
  require(field.kind != Kind::kText, "FeatureCodec: column '{}' is text, which has no code",
          field.name);
  Part part;
  part.column = c;
  part.field = field;
  part.gaps = counts.back() > 0;
  part.present = column.null_count() < column.size();
  if (field.kind == Kind::kCategorical) {
    const auto present = counts.first(counts.size() - 1);
    part.present = std::any_of(present.begin(), present.end(), [](auto n) { return n > 0; });
    part.categories.emplace(present, config);
  } else if (field.kind == Kind::kTensor) {
    part.tensor.emplace(column, field, config.tensors);
  } else {
    part.numbers.emplace(column, field, config, derive(seed, static_cast<std::uint64_t>(c)));
  }
  parts.push_back(std::move(part));
}

/// Scalars first, then one-hot spans. A span of one slot says nothing and is left out.
void FeatureCodec::Impl::lay_out() {
  for (Part& part : parts) {
    part.slots = part.values() + (part.gaps ? 1 : 0);
    if (part.numbers && part.numbers->variety() == 2) part.scalar = width++;
  }
  for (Part& part : parts) {
    if (part.slots < 2) continue;
    part.first = width;
    width += part.slots;
    one_hots.push_back({part.column, part.first, part.slots, part.gate()});
  }
  for (const Part& part : parts) {
    if (part.scalar >= 0) scalars.push_back({part.column, part.gate()});
    if (part.tensor) tensors.push_back({part.column, part.field.shape, part.gate()});
  }
}

void FeatureCodec::Impl::encode_cell(const Part& part, const Column& column, std::int64_t i,
                                     Stream& stream, float* row) const {
  if (!column.is_valid(i)) {
    if (part.gate() >= 0) row[part.gate()] = 1;
    return;
  }
  if (!part.present) return;
  std::int64_t slot = 0;
  if (part.categories) {
    slot = part.categories->slot(column.codes()[static_cast<std::size_t>(i)]);
  } else if (part.numbers) {
    const bool finite = part.field.kind != Kind::kReal ||
                        std::isfinite(column.reals()[static_cast<std::size_t>(i)]);
    require(finite, "column '{}' must be finite, got {} in row {}", part.field.name,
            finite ? 0.0 : column.reals()[static_cast<std::size_t>(i)], i);
    const auto code = part.numbers->encode(column, i, stream);
    if (part.scalar >= 0) row[part.scalar] = code.scalar;
    slot = code.mode;
  }
  if (part.first >= 0 && slot >= 0) row[part.first + slot] = 1;
}

void FeatureConfig::validate() const {
  require(max_categories >= 2, "FeatureConfig.max_categories must be >= 2, got {}", max_categories);
  require(rare_count >= 1, "FeatureConfig.rare_count must be >= 1, got {}", rare_count);
  require(quantiles >= 2, "FeatureConfig.quantiles must be >= 2, got {}", quantiles);
}

FeatureCodec::FeatureCodec(const Dataset& train, std::vector<std::int64_t> columns,
                           const FeatureConfig& config, Seed seed)
    : impl_(std::make_unique<Impl>()) {
  config.validate();
  impl_->bounded = config.numbers == NumberCoding::kModes;
  for (const auto c : columns)
    impl_->add(train, c, counts_of(train.column(c), train.schema()[c]), config, seed);
  impl_->lay_out();
}

FeatureCodec::FeatureCodec(const RowDigest& train, std::vector<std::int64_t> columns,
                           const FeatureConfig& config, Seed seed)
    : impl_(std::make_unique<Impl>()) {
  config.validate();
  impl_->bounded = config.numbers == NumberCoding::kModes;
  for (const auto c : columns)
    impl_->add(train.sample, c, train.counts[static_cast<std::size_t>(c)], config, seed);
  impl_->lay_out();
}

FeatureCodec::FeatureCodec(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
FeatureCodec::~FeatureCodec() = default;
FeatureCodec::FeatureCodec(FeatureCodec&&) noexcept = default;
FeatureCodec& FeatureCodec::operator=(FeatureCodec&&) noexcept = default;

std::int64_t FeatureCodec::width() const noexcept { return impl_->width; }
const std::vector<ScalarFeature>& FeatureCodec::scalars() const noexcept { return impl_->scalars; }
const std::vector<OneHotFeature>& FeatureCodec::one_hots() const noexcept {
  return impl_->one_hots;
}
const std::vector<TensorFeature>& FeatureCodec::tensors() const noexcept { return impl_->tensors; }
bool FeatureCodec::bounded() const noexcept { return impl_->bounded; }

Features FeatureCodec::encode(const Dataset& rows, Seed seed, std::int64_t first_row) const {
  Features out{at::zeros({rows.rows(), impl_->width}, at::kFloat), {}};
  float* row = out.vector.mutable_data_ptr<float>();
  for (std::int64_t i = 0; i < rows.rows(); ++i, row += impl_->width) {
    Stream stream(seed, static_cast<std::uint64_t>(first_row + i));
    for (const Part& part : impl_->parts) {
      impl_->encode_cell(part, rows.column(part.column), i, stream, row);
    }
  }
  for (const Part& part : impl_->parts) {
    if (part.tensor) out.tensors.push_back(part.tensor->encode(rows.column(part.column)));
  }
  return out;
}

void FeatureCodec::check_known(const Dataset& rows, std::string_view call) const {
  const auto is_known = [](const Part& part, const Column& column, std::int64_t i) {
    if (!column.is_valid(i)) return part.gaps;
    if (!part.present || !part.categories) return part.present;
    return part.categories->slot(column.codes()[static_cast<std::size_t>(i)]) >= 0;
  };
  for (const Part& part : impl_->parts) {
    const Column& column = rows.column(part.column);
    for (std::int64_t i = 0; i < rows.rows(); ++i) {
      if (is_known(part, column, i)) continue;
      fail("{}: column '{}', row {}: '{}' is not in the first rows", call, part.field.name, i,
           part.tensor ? "" : rows.cell(i, part.column));
    }
  }
}

std::vector<Column> FeatureCodec::decode(const Features& features, Seed seed,
                                         std::int64_t first_row) const {
  const at::Tensor columns = features.vector.t().contiguous();
  const std::int64_t rows = features.vector.size(0);
  std::vector<std::uint32_t> words(impl_->one_hots.size() * static_cast<std::size_t>(rows));
  stream_columns(seed, first_row, rows, std::ssize(impl_->one_hots), words.data());
  const Drawn drawn{columns.const_data_ptr<float>(), words.data(), rows, seed, first_row};
  std::vector<Column> out;
  std::int64_t span = 0;
  std::size_t tensor = 0;
  for (const Part& part : impl_->parts) {
    std::vector<std::int32_t> slots = slots_of(part, drawn, span);
    Bitmap valid = valid_of(part, slots);
    if (part.tensor) {
      out.push_back(part.tensor->decode(features.tensors[tensor++], std::move(valid)));
    } else if (part.categories) {
      out.push_back(categories_of(part, drawn, std::move(slots), std::move(valid)));
    } else {
      out.push_back(numbers_of(part, drawn, slots, std::move(valid)));
    }
  }
  return out;
}

void FeatureCodec::save(Archive& archive) const {
  nlohmann::json out = {{"bounded", impl_->bounded}, {"columns", nlohmann::json::array()}};
  for (const Part& part : impl_->parts) out["columns"].push_back(part_to_json(part));
  std::string text = out.dump();
  archive.put_text("features_hash", std::to_string(detail::hash(text)));
  archive.put_text("features", std::move(text));
}

FeatureCodec FeatureCodec::load(const Archive& archive, const Schema& schema) {
  auto impl = std::make_unique<Impl>();
  try {
    const std::string& text = archive.text("features");
    const auto json = nlohmann::json::parse(text);
    require(archive.text("features_hash") == std::to_string(detail::hash(text)),
            "their check sum differs");  // a flipped flag could pass every other check
    json.at("bounded").get_to(impl->bounded);
    for (const auto& entry : json.at("columns"))
      impl->parts.push_back(part_from_json(entry, schema));
  } catch (const FileError&) {
    throw;
  } catch (const std::exception& e) {
    fail<FileError>("the model file's feature codes are damaged ({})", e.what());
  }
  impl->lay_out();
  return FeatureCodec(std::move(impl));
}

}  // namespace semblance
