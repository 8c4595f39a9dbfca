// SPDX-License-Identifier: Apache-2.0
#include "semblance/data/column.hpp"

#include <algorithm>
#include <bit>
#include <cstring>
#include <utility>

#include "detail/check.hpp"

namespace semblance {
namespace {

template <class T>
struct Owned {
  std::vector<T> values;
  std::vector<std::int64_t> offsets;
  Bitmap valid;
};

std::int64_t width(Kind kind, ElementType element) {
  switch (kind) {
    case Kind::kCategorical:
      return sizeof(std::int32_t);
    case Kind::kText:
      return 1;
    case Kind::kTensor:
      return element == ElementType::kUInt8 ? 1 : sizeof(float);
    case Kind::kReal:
    case Kind::kInteger:
    case Kind::kDatetime:
      break;
  }
  return 8;
}

/// Bytes of one value; not for text.
std::int64_t stride(const Column::Foreign& data) {
  return width(data.kind, data.element) * (data.kind == Kind::kTensor ? elements(data.shape) : 1);
}

/// A column that owns its buffers.
template <class T>
Column own(Column::Foreign data, Owned<T> buffers) {
  require(buffers.valid.size() == 0 || buffers.valid.size() == data.size,
          "Column: the validity bitmap must have one bit a value, got {} bits for {} values",
          buffers.valid.size(), data.size);
  auto owner = std::make_shared<Owned<T>>(std::move(buffers));
  data.values = owner->values.data();
  if (data.kind == Kind::kText) data.offsets = owner->offsets.data();
  if (owner->valid.count_zeros() > 0) data.valid = owner->valid.bytes().data();
  data.owner = std::move(owner);
  return Column::wrap(std::move(data));
}

template <class T>
Column own(Kind kind, std::vector<T> values, Bitmap valid) {
  const auto size = static_cast<std::int64_t>(values.size());
  return own<T>({.kind = kind, .size = size}, {std::move(values), {}, std::move(valid)});
}

template <class T>
Column own_tensors(std::vector<T> values, std::vector<std::int64_t> shape, ElementType element,
                   Bitmap valid) {
  require(!shape.empty(), "Column::tensors: the shape must not be empty");
  for (const std::int64_t extent : shape)
    require(extent >= 1, "Column::tensors: extents must be >= 1, got {}", extent);
  const auto count = static_cast<std::int64_t>(values.size());
  const std::int64_t each = elements(shape);
  require(count % each == 0, "Column::tensors: {} elements are no multiple of {} a value", count,
          each);
  return own<T>(
      {.kind = Kind::kTensor, .element = element, .shape = std::move(shape), .size = count / each},
      {std::move(values), {}, std::move(valid)});
}

template <class T>
std::span<const T> view(const Column::Foreign& data, bool right_kind, std::string_view wanted) {
  require(right_kind, "Column: {} were asked of a {} column", wanted, to_string(data.kind));
  const std::int64_t each = data.kind == Kind::kTensor ? elements(data.shape) : 1;
  return {static_cast<const T*>(data.values), static_cast<std::size_t>(data.size * each)};
}

Bitmap take_valid(const Column& column, std::span<const std::int64_t> rows) {
  if (column.null_count() == 0) return {};
  Bitmap out(static_cast<std::int64_t>(rows.size()), true);
  for (std::size_t i = 0; i < rows.size(); ++i) {
    if (!column.is_valid(rows[i])) out.set(static_cast<std::int64_t>(i), false);
  }
  return out;
}

/// Texts of several (column, row) pairs, one after the other.
class TextBuilder {
 public:
  void add(std::string_view text) {
    buffers_.values.insert(buffers_.values.end(), text.begin(), text.end());
    buffers_.offsets.push_back(static_cast<std::int64_t>(buffers_.values.size()));
  }
  Column finish(Bitmap valid) {
    const auto size = static_cast<std::int64_t>(buffers_.offsets.size()) - 1;
    buffers_.valid = std::move(valid);
    return own<char>({.kind = Kind::kText, .size = size}, std::move(buffers_));
  }

 private:
  Owned<char> buffers_{{}, {0}, {}};
};

Column take_texts(const Column& column, std::span<const std::int64_t> rows) {
  TextBuilder out;
  for (const std::int64_t row : rows) out.add(column.text(row));
  return out.finish(take_valid(column, rows));
}

std::vector<std::int8_t> take_decimals(const std::int8_t* decimals,
                                       std::span<const std::int64_t> rows) {
  std::vector<std::int8_t> out;
  out.reserve(rows.size());
  for (const std::int64_t row : rows) out.push_back(decimals[row]);
  return out;
}

/// Those of all parts; empty if no part has any.
std::vector<std::int8_t> concat_decimals(std::span<const Column> parts) {
  std::vector<std::int8_t> out;
  if (std::none_of(parts.begin(), parts.end(),
                   [](const Column& part) { return part.layout().decimals != nullptr; }))
    return out;
  for (const auto& part : parts) {
    const std::int8_t* decimals = part.layout().decimals;
    for (std::int64_t i = 0; i < part.size(); ++i)
      out.push_back(decimals == nullptr ? std::int8_t{-1} : decimals[i]);
  }
  return out;
}

Bitmap concat_valid(std::span<const Column> parts, std::int64_t size) {
  Bitmap out(size, true);
  std::int64_t first = 0;
  for (const auto& part : parts) {
    for (std::int64_t i = 0; part.null_count() > 0 && i < part.size(); ++i) {
      if (!part.is_valid(i)) out.set(first + i, false);
    }
    first += part.size();
  }
  return out;
}

}  // namespace

Bitmap::Bitmap(std::int64_t size, bool value) {
  require(size >= 0, "Bitmap: the size must be >= 0, got {}", size);
  bits_.assign(static_cast<std::size_t>((size + 7) / 8), value ? 0xFF : 0);
  if (value && size % 8 != 0) bits_.back() = static_cast<std::uint8_t>((1U << (size % 8)) - 1);
  size_ = size;
}

void Bitmap::push_back(bool value) {
  if (size_ % 8 == 0) bits_.push_back(0);
  set(size_++, value);
}

void Bitmap::set(std::int64_t i, bool value) {
  auto& byte = bits_[static_cast<std::size_t>(i >> 3)];
  const auto bit = static_cast<std::uint8_t>(1U << (i & 7));
  byte = static_cast<std::uint8_t>(value ? byte | bit : byte & ~bit);
}

std::int64_t Bitmap::count_zeros() const noexcept {
  std::int64_t ones = 0;
  for (const std::uint8_t byte : bits_) ones += std::popcount(byte);
  return size_ - ones;
}

std::int64_t elements(std::span<const std::int64_t> shape) {
  std::int64_t product = 1;
  for (const std::int64_t extent : shape) product *= extent;
  return product;
}

Column::Column(Foreign data) : data_(std::move(data)) {
  for (std::int64_t i = 0; data_.valid != nullptr && i < data_.size; ++i)
    null_count_ += is_valid(i) ? 0 : 1;
  if (null_count_ == 0) data_.valid = nullptr;
}

Column Column::wrap(Foreign foreign) { return Column(std::move(foreign)); }

Column Column::reals(std::vector<double> values, Bitmap valid) {
  return own(Kind::kReal, std::move(values), std::move(valid));
}
Column Column::integers(std::vector<std::int64_t> values, Bitmap valid) {
  return own(Kind::kInteger, std::move(values), std::move(valid));
}
Column Column::datetimes(std::vector<std::int64_t> microseconds, Bitmap valid) {
  return own(Kind::kDatetime, std::move(microseconds), std::move(valid));
}
Column Column::categories(std::vector<std::int32_t> codes, Bitmap valid) {
  return own(Kind::kCategorical, std::move(codes), std::move(valid));
}
Column Column::texts(const std::vector<std::string>& values, Bitmap valid) {
  TextBuilder out;
  for (const auto& value : values) out.add(value);
  return out.finish(std::move(valid));
}
Column Column::texts(std::vector<char> chars, std::vector<std::int64_t> offsets, Bitmap valid) {
  require(!offsets.empty() && offsets.front() == 0 &&
              offsets.back() == static_cast<std::int64_t>(chars.size()) &&
              std::is_sorted(offsets.begin(), offsets.end()),
          "Column::texts: offsets must rise from 0 to the number of bytes");
  const auto size = static_cast<std::int64_t>(offsets.size()) - 1;
  return own<char>({.kind = Kind::kText, .size = size},
                   {std::move(chars), std::move(offsets), std::move(valid)});
}
Column Column::tensors(std::vector<float> values, std::vector<std::int64_t> shape, Bitmap valid) {
  return own_tensors(std::move(values), std::move(shape), ElementType::kFloat32, std::move(valid));
}
Column Column::tensors(std::vector<std::uint8_t> values, std::vector<std::int64_t> shape,
                       Bitmap valid) {
  return own_tensors(std::move(values), std::move(shape), ElementType::kUInt8, std::move(valid));
}

std::span<const double> Column::reals() const {
  return view<double>(data_, kind() == Kind::kReal, "reals");
}
std::span<const std::int64_t> Column::integers() const {
  return view<std::int64_t>(data_, kind() == Kind::kInteger || kind() == Kind::kDatetime,
                            "integers");
}
std::span<const std::int32_t> Column::codes() const {
  return view<std::int32_t>(data_, kind() == Kind::kCategorical, "codes");
}
std::span<const float> Column::floats() const {
  return view<float>(data_, kind() == Kind::kTensor && element() == ElementType::kFloat32,
                     "float32 tensors");
}
std::span<const std::uint8_t> Column::bytes() const {
  return view<std::uint8_t>(data_, kind() == Kind::kTensor && element() == ElementType::kUInt8,
                            "uint8 tensors");
}

std::string_view Column::text(std::int64_t i) const {
  require(kind() == Kind::kText, "Column: text was asked of a {} column", to_string(kind()));
  require(i >= 0 && i < size(), "Column: row must be in [0, {}), got {}", size(), i);
  const auto* chars = static_cast<const char*>(data_.values);
  return {chars + data_.offsets[i],
          static_cast<std::size_t>(data_.offsets[i + 1] - data_.offsets[i])};
}

double Column::number(std::int64_t i) const {
  const auto at = static_cast<std::size_t>(i);
  if (kind() == Kind::kReal) return reals()[at];
  if (kind() == Kind::kCategorical) return codes()[at];
  return static_cast<double>(integers()[at]);
}

Column Column::with_decimals(std::vector<std::int8_t> decimals) const {
  require(kind() == Kind::kReal || kind() == Kind::kInteger,
          "Column::with_decimals: needs a real or integer column, got {}", to_string(kind()));
  require(static_cast<std::int64_t>(decimals.size()) == size(),
          "Column::with_decimals: needs one count a value, got {} for {}", decimals.size(), size());
  struct Both {
    std::shared_ptr<const void> values;
    std::vector<std::int8_t> decimals;
  };
  auto owner = std::make_shared<Both>(Both{data_.owner, std::move(decimals)});
  Foreign out = data_;
  out.decimals = owner->decimals.data();
  out.owner = std::move(owner);
  return Column(std::move(out));
}

Column Column::slice(std::int64_t first, std::int64_t count) const {
  require(first >= 0 && count >= 0 && first + count <= size(),
          "Column: rows [{}, {}) are not within [0, {})", first, first + count, size());
  Foreign part = data_;
  part.size = count;
  part.valid_offset += first;
  if (part.decimals != nullptr) part.decimals += first;
  if (kind() == Kind::kText) {
    part.offsets += data_.offsets == nullptr ? 0 : first;
  } else if (part.values != nullptr) {
    part.values = static_cast<const std::uint8_t*>(part.values) + first * stride(data_);
  }
  return Column(std::move(part));
}

Column Column::take(std::span<const std::int64_t> rows) const {
  for (const std::int64_t row : rows)
    require(row >= 0 && row < size(), "Column: row must be in [0, {}), got {}", size(), row);
  if (kind() == Kind::kText) return take_texts(*this, rows);
  const auto bytes_each = static_cast<std::size_t>(stride(data_));
  Owned<std::uint8_t> out{std::vector<std::uint8_t>(rows.size() * bytes_each), {}, {}};
  const auto* from = static_cast<const std::uint8_t*>(data_.values);
  for (std::size_t i = 0; i < rows.size(); ++i) {
    std::memcpy(out.values.data() + i * bytes_each,
                from + static_cast<std::size_t>(rows[i]) * bytes_each, bytes_each);
  }
  out.valid = take_valid(*this, rows);
  Foreign layout{.kind = kind(), .element = element(), .shape = shape()};
  layout.size = static_cast<std::int64_t>(rows.size());
  const Column taken = own<std::uint8_t>(std::move(layout), std::move(out));
  return data_.decimals == nullptr ? taken
                                   : taken.with_decimals(take_decimals(data_.decimals, rows));
}

Column Column::concat(std::span<const Column> parts) {
  require(!parts.empty(), "Column::concat: needs at least one column");
  Foreign layout{.kind = parts[0].kind(), .element = parts[0].element(), .shape = parts[0].shape()};
  TextBuilder texts;
  Owned<std::uint8_t> out;
  for (const auto& part : parts) {
    require(part.kind() == layout.kind && part.element() == layout.element &&
                part.shape() == layout.shape,
            "Column::concat: kinds and shapes must be equal, got {} and {}", to_string(layout.kind),
            to_string(part.kind()));
    for (std::int64_t i = 0; layout.kind == Kind::kText && i < part.size(); ++i)
      texts.add(part.text(i));
    const auto* from = static_cast<const std::uint8_t*>(part.data_.values);
    if (layout.kind != Kind::kText && from != nullptr)
      out.values.insert(out.values.end(), from, from + part.size() * stride(layout));
    layout.size += part.size();
  }
  Bitmap valid = concat_valid(parts, layout.size);
  if (layout.kind == Kind::kText) return texts.finish(std::move(valid));
  out.valid = std::move(valid);
  const Column joined = own<std::uint8_t>(std::move(layout), std::move(out));
  auto decimals = concat_decimals(parts);
  return decimals.empty() ? joined : joined.with_decimals(std::move(decimals));
}

}  // namespace semblance
