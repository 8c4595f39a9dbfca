// SPDX-License-Identifier: Apache-2.0
#include "semblance/codec/feature_codec.hpp"

#include <ATen/ATen.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <optional>

#include "codec/category_codec.hpp"
#include "codec/counts.hpp"
#include "codec/number_codec.hpp"
#include "codec/tensor_codec.hpp"
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

/// The slot to take: drawn where several have weight, so that one-hot codes cost no luck.
std::int64_t draw_slot(const float* weight, std::int64_t slots, Stream& stream) {
  double sum = 0;
  for (std::int64_t s = 0; s < slots; ++s) sum += weight[s];
  double u = stream.uniform() * sum;
  std::int64_t last = 0;
  for (std::int64_t s = 0; s < slots; ++s) {
    if (!(weight[s] > 0)) continue;
    last = s;
    if ((u -= weight[s]) < 0) break;
  }
  return last;
}

/// The cells of one decoded column.
struct Cells {
  Bitmap valid;
  std::vector<double> reals;
  std::vector<std::int64_t> integers;
  std::vector<std::int32_t> codes;
};

void add_cell(const Part& part, const float* row, Stream& stream, Cells& out) {
  const std::int64_t slot = part.first >= 0 ? draw_slot(row + part.first, part.slots, stream) : 0;
  const bool present = part.present && slot < part.values();
  out.valid.push_back(present);
  if (part.categories) {
    out.codes.push_back(present ? part.categories->code(static_cast<std::int32_t>(slot), stream)
                                : 0);
  } else if (part.numbers) {
    const detail::NumberCodec::Code code{part.scalar >= 0 ? row[part.scalar] : 0,
                                         static_cast<std::int32_t>(slot)};
    if (part.field.kind == Kind::kReal) {
      out.reals.push_back(present ? part.numbers->real(code) : 0);
    } else {
      out.integers.push_back(present ? part.numbers->integer(code) : 0);
    }
  }
}

Column column_of(const Part& part, Cells cells) {
  Bitmap valid = cells.valid.count_zeros() == 0 ? Bitmap() : std::move(cells.valid);
  switch (part.field.kind) {
    case Kind::kCategorical:
      return Column::categories(std::move(cells.codes), std::move(valid));
    case Kind::kReal:
      return Column::reals(std::move(cells.reals), std::move(valid));
    case Kind::kDatetime:
      return Column::datetimes(std::move(cells.integers), std::move(valid));
    default:
      return Column::integers(std::move(cells.integers), std::move(valid));
  }
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
  const at::Tensor vector = features.vector.contiguous();
  const float* row = vector.const_data_ptr<float>();
  std::vector<Cells> cells(impl_->parts.size());
  for (std::int64_t i = 0; i < vector.size(0); ++i, row += impl_->width) {
    Stream stream(seed, static_cast<std::uint64_t>(first_row + i));
    for (std::size_t p = 0; p < cells.size(); ++p) add_cell(impl_->parts[p], row, stream, cells[p]);
  }
  std::vector<Column> out;
  std::size_t tensor = 0;
  for (std::size_t p = 0; p < cells.size(); ++p) {
    const Part& part = impl_->parts[p];
    if (part.tensor) {
      Bitmap valid = cells[p].valid.count_zeros() == 0 ? Bitmap() : std::move(cells[p].valid);
      out.push_back(part.tensor->decode(features.tensors[tensor++], std::move(valid)));
    } else {
      out.push_back(column_of(part, std::move(cells[p])));
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
