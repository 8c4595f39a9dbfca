// SPDX-License-Identifier: Apache-2.0
#include <charconv>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "detail/check.hpp"
#include "semblance/data/arrow.hpp"

namespace semblance {
namespace {

/// A moved-in structure, released with its last user.
template <class Struct>
std::shared_ptr<Struct> taken(Struct* from) {
  auto owner = std::shared_ptr<Struct>(new Struct(*from), [](Struct* own) {
    if (own->release != nullptr) own->release(own);
    delete own;
  });
  from->release = nullptr;
  return owner;
}

/// One column of the struct array.
struct Child {
  const ArrowSchema& schema;
  const ArrowArray& array;
  std::int64_t first;  // offset into the buffers, the parent's included
  std::int64_t size;
  std::shared_ptr<const void> owner;
  std::string name;

  [[nodiscard]] std::string_view format() const { return schema.format; }

  /// A buffer; may be absent only where there are no rows.
  template <class T>
  [[nodiscard]] const T* buffer(std::int64_t i) const {
    const bool there = i < array.n_buffers && array.buffers != nullptr &&
                       (array.buffers[i] != nullptr || size == 0);
    require(there, "import_arrow: column '{}' lacks buffer {}", name, i);
    return static_cast<const T*>(array.buffers[i]);
  }

  [[nodiscard]] const std::uint8_t* valid() const {
    if (array.n_buffers < 1 || array.buffers == nullptr || array.null_count == 0) return nullptr;
    return static_cast<const std::uint8_t*>(array.buffers[0]);
  }

  /// The column whose values lie in `values` already.
  [[nodiscard]] Column::Foreign layout(Kind kind, const void* values) const {
    Column::Foreign out{.kind = kind};
    out.size = size;
    out.values = values;
    out.valid = valid();
    out.valid_offset = first;
    out.owner = owner;
    return out;
  }

  [[nodiscard]] Bitmap bitmap() const {
    const std::uint8_t* bits = valid();
    Bitmap out(size, true);
    for (std::int64_t i = 0; bits != nullptr && i < size; ++i) {
      const std::int64_t at = first + i;
      out.set(i, ((bits[at >> 3] >> (at & 7)) & 1) != 0);
    }
    return out;
  }

  /// Values of another type, converted.
  template <class Out, class T>
  [[nodiscard]] std::vector<Out> converted() const {
    const T* values = buffer<T>(1);
    std::vector<Out> out(static_cast<std::size_t>(size));
    for (std::int64_t i = 0; i < size; ++i)
      out[static_cast<std::size_t>(i)] = static_cast<Out>(values[first + i]);
    return out;
  }
};

[[noreturn]] void no_counterpart(const Child& child) {
  fail("import_arrow: column '{}' has the format '{}', which has no counterpart", child.name,
       child.format());
}

std::vector<std::int64_t> bits_of(const Child& child) {
  const auto* bits = child.buffer<std::uint8_t>(1);
  std::vector<std::int64_t> out;
  for (std::int64_t i = child.first; i < child.first + child.size; ++i)
    out.push_back((bits[i >> 3] >> (i & 7)) & 1);
  return out;
}

/// Whole numbers of any width; empty format letters are none of ours.
std::vector<std::int64_t> whole_numbers(const Child& child) {
  const char letter = child.format().size() == 1 ? child.format()[0] : '\0';
  switch (letter) {
    case 'c':
      return child.converted<std::int64_t, std::int8_t>();
    case 'C':
      return child.converted<std::int64_t, std::uint8_t>();
    case 's':
      return child.converted<std::int64_t, std::int16_t>();
    case 'S':
      return child.converted<std::int64_t, std::uint16_t>();
    case 'i':
      return child.converted<std::int64_t, std::int32_t>();
    case 'I':
      return child.converted<std::int64_t, std::uint32_t>();
    case 'l':
      return child.converted<std::int64_t, std::int64_t>();
    case 'b':
      return bits_of(child);
    default:
      no_counterpart(child);
  }
}

/// Texts of "u" (32-bit offsets) or "U" (64-bit).
template <class Offset>
std::vector<std::string> texts_of(const Child& child) {
  std::vector<std::string> out;
  if (child.size == 0) return out;
  const auto* offsets = child.buffer<Offset>(1) + child.first;
  const auto* chars =
      child.array.n_buffers > 2 ? static_cast<const char*>(child.array.buffers[2]) : nullptr;
  for (std::int64_t i = 0; i < child.size; ++i) {
    const auto length = static_cast<std::size_t>(offsets[i + 1] - offsets[i]);
    out.emplace_back(length == 0 ? std::string() : std::string(chars + offsets[i], length));
  }
  return out;
}

std::vector<std::string> any_texts(const Child& child) {
  if (child.format() == "u") return texts_of<std::int32_t>(child);
  if (child.format() == "U") return texts_of<std::int64_t>(child);
  no_counterpart(child);
}

Column text_column(const Child& child) {
  if (child.format() == "u" || child.size == 0)
    return Column::texts(any_texts(child), child.bitmap());
  auto layout =
      child.layout(Kind::kText, child.array.n_buffers > 2 ? child.array.buffers[2] : nullptr);
  layout.offsets = child.buffer<std::int64_t>(1) + child.first;
  return Column::wrap(std::move(layout));
}

/// Units of a time as a factor to microseconds; negative: a divisor.
std::int64_t unit_of(const Child& child) {
  const auto starts = [&](std::string_view what) { return child.format().starts_with(what); };
  if (starts("tsu:")) return 1;
  if (starts("tsm:")) return 1'000;
  if (starts("tss:")) return 1'000'000;
  if (starts("tsn:")) return -1'000;
  if (child.format() == "tdD") return 86'400'000'000;
  if (child.format() == "tdm") return 1'000;
  no_counterpart(child);
}

Column datetime_column(const Child& child) {
  const std::int64_t unit = unit_of(child);
  if (unit == 1)
    return Column::wrap(child.layout(Kind::kDatetime, child.buffer<std::int64_t>(1) + child.first));
  auto values = child.format() == "tdD" ? child.converted<std::int64_t, std::int32_t>()
                                        : child.converted<std::int64_t, std::int64_t>();
  const Bitmap valid = child.bitmap();
  for (std::int64_t i = 0; i < child.size; ++i) {
    auto& value = values[static_cast<std::size_t>(i)];
    if (!valid[i]) {
      value = 0;
    } else if (unit < 0) {
      value = value / -unit - (value % -unit < 0 ? 1 : 0);
    } else {
      require(value <= INT64_MAX / unit && value >= INT64_MIN / unit,
              "import_arrow: column '{}', row {}: the time does not fit microseconds", child.name,
              i);
      value *= unit;
    }
  }
  return Column::datetimes(std::move(values), valid);
}

std::pair<Field, Column> tensor_column(const Child& child, Field field) {
  std::int64_t each = 0;
  const std::string_view digits = child.format().substr(3);
  std::from_chars(digits.data(), digits.data() + digits.size(), each);
  require(each >= 1 && child.array.n_children == 1 && child.schema.n_children == 1,
          "import_arrow: column '{}' has the format '{}', which is malformed", child.name,
          child.format());
  const ArrowArray& items = *child.array.children[0];
  const std::string_view type = child.schema.children[0]->format;
  require((type == "f" || type == "C") && items.null_count == 0,
          "import_arrow: column '{}' must have items 'f' or 'C' without nulls, got '{}'",
          child.name, type);
  const std::int64_t width = type == "C" ? 1 : 4;
  const Child inner{*child.schema.children[0], items,       items.offset + child.first * each,
                    child.size * each,         child.owner, child.name};
  require(items.length >= (child.first + child.size) * each,
          "import_arrow: column '{}' lacks items", child.name);
  auto layout = child.layout(Kind::kTensor, nullptr);
  if (inner.size > 0) layout.values = inner.buffer<std::uint8_t>(1) + inner.first * width;
  layout.element = type == "C" ? ElementType::kUInt8 : ElementType::kFloat32;
  layout.shape = {each};
  field.kind = Kind::kTensor;
  field.shape = layout.shape;
  field.element = layout.element;
  return {field, Column::wrap(std::move(layout))};
}

std::pair<Field, Column> categorical_column(const Child& child, Field field) {
  const ArrowArray& dictionary = *child.array.dictionary;
  const Child words{*child.schema.dictionary, dictionary,  dictionary.offset,
                    dictionary.length,        child.owner, child.name};
  field.kind = Kind::kCategorical;
  try {
    field.categories = Vocabulary(any_texts(words));
  } catch (const InvalidArgument& e) {
    fail("import_arrow: column '{}': {}", child.name, e.what());
  }
  if (child.format() == "i") {
    const auto* codes = child.buffer<std::int32_t>(1) + child.first;
    return {field, Column::wrap(child.layout(Kind::kCategorical, codes))};
  }
  std::vector<std::int32_t> codes;
  for (const std::int64_t code : whole_numbers(child))
    codes.push_back(static_cast<std::int32_t>(code));
  return {field, Column::categories(std::move(codes), child.bitmap())};
}

std::pair<Field, Column> column_of(const Child& child) {
  Field field{.name = child.name};
  field.nullable = (child.schema.flags & ARROW_FLAG_NULLABLE) != 0;
  const auto format = child.format();
  if (child.schema.dictionary != nullptr) {
    require(child.array.dictionary != nullptr, "import_arrow: column '{}' lacks its dictionary",
            child.name);
    return categorical_column(child, std::move(field));
  }
  if (format.starts_with("+w:")) return tensor_column(child, std::move(field));
  if (format == "g")
    return {field, Column::wrap(child.layout(Kind::kReal, child.buffer<double>(1) + child.first))};
  if (format == "f")
    return {field, Column::reals(child.converted<double, float>(), child.bitmap())};
  if (format == "u" || format == "U") {
    field.kind = Kind::kText;
    return {field, text_column(child)};
  }
  if (format.starts_with("t")) {
    field.kind = Kind::kDatetime;
    return {field, datetime_column(child)};
  }
  field.kind = Kind::kInteger;
  if (format == "l")
    return {field, Column::wrap(
                       child.layout(Kind::kInteger, child.buffer<std::int64_t>(1) + child.first))};
  return {field, Column::integers(whole_numbers(child), child.bitmap())};
}

}  // namespace

Dataset import_arrow(ArrowSchema* schema, ArrowArray* array) {
  require(schema != nullptr && array != nullptr && schema->release != nullptr &&
              array->release != nullptr,
          "import_arrow: needs a schema and an array that are not released");
  const auto types = taken(schema);
  const std::shared_ptr<ArrowArray> data = taken(array);
  require(std::string_view(types->format) == "+s" && types->n_children == data->n_children,
          "import_arrow: needs a struct array ('+s'), got '{}'", types->format);
  require(data->null_count == 0 || data->n_buffers < 1 || data->buffers[0] == nullptr,
          "import_arrow: the struct array itself must have no nulls");
  std::vector<Field> fields;
  std::vector<Column> columns;
  for (std::int64_t i = 0; i < data->n_children; ++i) {
    const ArrowSchema& type = *types->children[i];
    const ArrowArray& values = *data->children[i];
    const std::string name = type.name == nullptr ? "" : type.name;
    require(values.length >= data->offset + data->length,
            "import_arrow: column '{}' is shorter than the struct array", name);
    auto [field, column] =
        column_of({type, values, values.offset + data->offset, data->length, data, name});
    field.nullable = field.nullable || column.null_count() > 0;
    fields.push_back(std::move(field));
    columns.push_back(std::move(column));
  }
  return {Schema(std::move(fields)), std::move(columns)};
}

}  // namespace semblance
