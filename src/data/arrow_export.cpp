// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "semblance/data/arrow.hpp"

namespace semblance {
namespace {

/// What an exported schema points to. Children are released with their parent, unless they were
/// moved out before, which leaves their `release` empty.
struct SchemaOwner {
  std::string format, name;
  std::vector<ArrowSchema> children;
  std::vector<ArrowSchema*> pointers;
  std::unique_ptr<ArrowSchema> dictionary;
};

struct ArrayOwner {
  Column column;                      // keeps the buffers alive
  std::vector<std::uint8_t> bitmap;   // where the column's has bits before its first
  std::vector<char> chars;            // of a dictionary
  std::vector<std::int64_t> offsets;  // of a dictionary
  std::vector<const void*> buffers;
  std::vector<ArrowArray> children;
  std::vector<ArrowArray*> pointers;
  std::unique_ptr<ArrowArray> dictionary;
};

template <class Struct, class Owner>
void release(Struct* exported) {
  const std::unique_ptr<Owner> owner(static_cast<Owner*>(exported->private_data));
  for (auto& child : owner->children) {
    if (child.release != nullptr) child.release(&child);
  }
  if (owner->dictionary != nullptr && owner->dictionary->release != nullptr)
    owner->dictionary->release(owner->dictionary.get());
  exported->release = nullptr;
}

ArrowSchema finished(std::unique_ptr<SchemaOwner> owner, bool nullable) {
  for (auto& child : owner->children) owner->pointers.push_back(&child);
  ArrowSchema out{};
  out.format = owner->format.c_str();
  out.name = owner->name.c_str();
  out.flags = nullable ? ARROW_FLAG_NULLABLE : 0;
  out.n_children = static_cast<std::int64_t>(owner->children.size());
  out.children = owner->pointers.data();
  out.dictionary = owner->dictionary.get();
  out.release = &release<ArrowSchema, SchemaOwner>;
  out.private_data = owner.release();
  return out;
}

ArrowArray finished(std::unique_ptr<ArrayOwner> owner, std::int64_t length, std::int64_t nulls) {
  for (auto& child : owner->children) owner->pointers.push_back(&child);
  ArrowArray out{};
  out.length = length;
  out.null_count = nulls;
  out.n_buffers = static_cast<std::int64_t>(owner->buffers.size());
  out.buffers = owner->buffers.data();
  out.n_children = static_cast<std::int64_t>(owner->children.size());
  out.children = owner->pointers.data();
  out.dictionary = owner->dictionary.get();
  out.release = &release<ArrowArray, ArrayOwner>;
  out.private_data = owner.release();
  return out;
}

std::string format_of(const Field& field) {
  switch (field.kind) {
    case Kind::kReal:
      return "g";
    case Kind::kInteger:
      return "l";
    case Kind::kCategorical:
      return "i";
    case Kind::kDatetime:
      return "tsu:UTC";
    case Kind::kText:
      return "U";
    case Kind::kTensor:
      break;
  }
  return fmt::format("+w:{}", elements(field.shape));
}

ArrowSchema plain_schema(std::string format, std::string name, bool nullable) {
  auto owner = std::make_unique<SchemaOwner>();
  owner->format = std::move(format);
  owner->name = std::move(name);
  return finished(std::move(owner), nullable);
}

ArrowSchema field_schema(const Field& field) {
  auto owner = std::make_unique<SchemaOwner>();
  owner->format = format_of(field);
  owner->name = field.name;
  if (field.kind == Kind::kTensor) {
    const bool bytes = field.element == ElementType::kUInt8;
    owner->children.push_back(plain_schema(bytes ? "C" : "f", "item", false));
  }
  if (field.kind == Kind::kCategorical)
    owner->dictionary = std::make_unique<ArrowSchema>(plain_schema("U", "", false));
  return finished(std::move(owner), field.nullable);
}

/// The validity bits from the first value on; the column's own where they start at bit 0.
const void* validity(const Column& column, ArrayOwner& owner) {
  const auto& layout = column.layout();
  if (layout.valid == nullptr) return nullptr;
  if (layout.valid_offset % 8 == 0) return layout.valid + layout.valid_offset / 8;
  Bitmap bits(column.size(), true);
  for (std::int64_t i = 0; i < column.size(); ++i) bits.set(i, column.is_valid(i));
  owner.bitmap = bits.bytes();
  return owner.bitmap.data();
}

ArrowArray dictionary_array(const Vocabulary& vocabulary) {
  auto owner = std::make_unique<ArrayOwner>();
  owner->offsets.push_back(0);
  for (const auto& category : vocabulary.categories()) {
    owner->chars.insert(owner->chars.end(), category.begin(), category.end());
    owner->offsets.push_back(static_cast<std::int64_t>(owner->chars.size()));
  }
  owner->chars.push_back('\0');  // so that there is a buffer
  owner->buffers = {nullptr, owner->offsets.data(), owner->chars.data()};
  return finished(std::move(owner), vocabulary.size(), 0);
}

ArrowArray element_array(const Column& column) {
  auto owner = std::make_unique<ArrayOwner>();
  owner->column = column;
  owner->buffers = {nullptr, column.layout().values};
  return finished(std::move(owner), column.size() * elements(column.shape()), 0);
}

ArrowArray field_array(const Field& field, const Column& column) {
  auto owner = std::make_unique<ArrayOwner>();
  owner->column = column;
  owner->buffers.push_back(validity(column, *owner));
  const auto& layout = column.layout();
  if (field.kind == Kind::kText) owner->buffers.push_back(layout.offsets);
  if (field.kind == Kind::kTensor) {
    owner->children.push_back(element_array(column));
  } else {
    owner->buffers.push_back(layout.values);
  }
  if (field.kind == Kind::kCategorical)
    owner->dictionary = std::make_unique<ArrowArray>(dictionary_array(field.categories));
  return finished(std::move(owner), column.size(), column.null_count());
}

}  // namespace

void export_arrow(const Dataset& data, ArrowSchema* schema, ArrowArray* array) {
  auto fields = std::make_unique<SchemaOwner>();
  fields->format = "+s";
  auto columns = std::make_unique<ArrayOwner>();
  columns->buffers = {nullptr};
  for (std::int64_t i = 0; i < data.schema().size(); ++i) {
    fields->children.push_back(field_schema(data.schema()[i]));
    columns->children.push_back(field_array(data.schema()[i], data.column(i)));
  }
  *schema = finished(std::move(fields), false);
  *array = finished(std::move(columns), data.rows(), 0);
}

}  // namespace semblance
