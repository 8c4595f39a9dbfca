// SPDX-License-Identifier: Apache-2.0
#include "semblance/core/archive.hpp"

#include <ATen/ATen.h>

#include <array>
#include <cstring>
#include <fstream>
#include <iterator>
#include <limits>
#include <map>

#include "core/atomic_file.hpp"
#include "detail/check.hpp"
#include "detail/json.hpp"

namespace semblance {
namespace {

using Json = nlohmann::json;

constexpr std::uint64_t kMaxHeader = 100'000'000;  // safetensors' own limit
constexpr std::uint64_t kMaxExtent = std::uint64_t{1} << 48;
constexpr std::size_t kLengthBytes = 8;

struct TypeName {
  at::ScalarType type;
  std::string_view name;
};
constexpr std::array<TypeName, 7> kTypes = {{{at::kDouble, "F64"},
                                             {at::kFloat, "F32"},
                                             {at::kBFloat16, "BF16"},
                                             {at::kLong, "I64"},
                                             {at::kInt, "I32"},
                                             {at::kByte, "U8"},
                                             {at::kBool, "BOOL"}}};

std::string_view name_of(at::ScalarType type) {
  for (const auto& t : kTypes) {
    if (t.type == type) return t.name;
  }
  fail("Archive::put_tensor: type {} cannot be stored", at::toString(type));
}

std::uint64_t read_length(std::string_view bytes) {
  std::uint64_t length = 0;
  for (std::size_t i = kLengthBytes; i-- > 0;)
    length = (length << 8) | static_cast<unsigned char>(bytes[i]);
  return length;
}

std::string length_bytes(std::uint64_t length) {
  std::string out(kLengthBytes, '\0');
  for (auto& c : out) {
    c = static_cast<char>(length & 0xFF);
    length >>= 8;
  }
  return out;
}

/// One tensor's header entry, checked against the data that is there.
at::Tensor read_tensor(const std::string& name, const Json& entry, std::string_view data,
                       const std::string& origin) {
  const auto bad = [&](std::string_view what) {
    fail<FileError>("{}: tensor '{}' {}", origin, name, what);
  };
  if (!entry.is_object() || !entry.contains("dtype") || !entry.contains("shape") ||
      !entry.contains("data_offsets")) {
    bad("lacks dtype, shape or data_offsets");
  }
  const auto& dtype = entry["dtype"];
  const TypeName* type = nullptr;
  for (const auto& t : kTypes) {
    if (dtype.is_string() && dtype.get_ref<const std::string&>() == t.name) type = &t;
  }
  if (type == nullptr) bad("has an unknown dtype");
  const auto& offsets = entry["data_offsets"];
  if (!offsets.is_array() || offsets.size() != 2 || !offsets[0].is_number_unsigned() ||
      !offsets[1].is_number_unsigned()) {
    bad("has malformed data_offsets");
  }
  const auto begin = offsets[0].get<std::uint64_t>(), end = offsets[1].get<std::uint64_t>();
  if (begin > end || end > data.size()) bad("points outside the file");
  std::vector<std::int64_t> shape;
  std::uint64_t elements = 1;
  if (!entry["shape"].is_array() || entry["shape"].size() > 16) bad("has a malformed shape");
  for (const auto& extent : entry["shape"]) {
    if (!extent.is_number_unsigned()) bad("has a malformed shape");
    const auto e = extent.get<std::uint64_t>();
    if (e > kMaxExtent) bad("has an impossible shape");
    if (elements > kMaxExtent / std::max<std::uint64_t>(e, 1)) bad("has an impossible shape");
    elements *= e;  // 0 stays 0
    shape.push_back(static_cast<std::int64_t>(e));
  }
  const std::uint64_t width = c10::elementSize(type->type);
  if (elements > (end - begin) || elements * width != end - begin)
    bad("has a shape that does not fit its data");
  at::Tensor out = at::empty(shape, type->type);
  if (end > begin) std::memcpy(out.data_ptr(), data.data() + begin, end - begin);
  if (type->type == at::kBool)
    out = out.view(at::kByte).ne(0);  // any other bit pattern is undefined as bool
  return out;
}

}  // namespace

struct Archive::Impl {
  std::map<std::string, std::string> texts;
  std::map<std::string, at::Tensor> tensors;
};

Archive::Archive() : impl_(std::make_unique<Impl>()) {}
Archive::~Archive() = default;
Archive::Archive(Archive&&) noexcept = default;
Archive& Archive::operator=(Archive&&) noexcept = default;
Archive::Archive(const Archive& other) : impl_(std::make_unique<Impl>(*other.impl_)) {}
Archive& Archive::operator=(const Archive& other) {
  *impl_ = *other.impl_;
  return *this;
}

void Archive::put_text(const std::string& name, std::string text) {
  impl_->texts[name] = std::move(text);
}

void Archive::put_tensor(const std::string& name, const at::Tensor& tensor) {
  require(name != "__metadata__", "Archive::put_tensor: the name __metadata__ is reserved");
  static_cast<void>(name_of(tensor.scalar_type()));
  impl_->tensors[name] = tensor.detach().to(at::kCPU).contiguous().clone();
}

bool Archive::has_text(const std::string& name) const { return impl_->texts.contains(name); }
bool Archive::has_tensor(const std::string& name) const { return impl_->tensors.contains(name); }

const std::string& Archive::text(const std::string& name) const {
  const auto it = impl_->texts.find(name);
  require<FileError>(it != impl_->texts.end(), "the model file has no entry '{}'", name);
  return it->second;
}

at::Tensor Archive::tensor(const std::string& name) const {
  const auto it = impl_->tensors.find(name);
  require<FileError>(it != impl_->tensors.end(), "the model file has no tensor '{}'", name);
  return it->second;
}

std::vector<std::string> Archive::tensor_names() const {
  std::vector<std::string> names;
  for (const auto& [name, tensor] : impl_->tensors) names.push_back(name);
  return names;
}

void Archive::put_part(const std::string& prefix, const Archive& part) {
  for (const auto& [name, text] : part.impl_->texts) impl_->texts[prefix + "." + name] = text;
  for (const auto& [name, tensor] : part.impl_->tensors)
    impl_->tensors[prefix + "." + name] = tensor;
}

Archive Archive::part(const std::string& prefix) const {
  Archive out;
  const std::string start = prefix + ".";
  for (const auto& [name, text] : impl_->texts) {
    if (name.starts_with(start)) out.impl_->texts[name.substr(start.size())] = text;
  }
  for (const auto& [name, tensor] : impl_->tensors) {
    if (name.starts_with(start)) out.impl_->tensors[name.substr(start.size())] = tensor;
  }
  return out;
}

void Archive::write(const std::filesystem::path& file) const {
  Json header = Json::object();
  header["__metadata__"] = impl_->texts;
  std::uint64_t at_byte = 0;
  for (const auto& [name, tensor] : impl_->tensors) {
    const std::uint64_t end = at_byte + tensor.nbytes();
    header[name] = {
        {"dtype", name_of(tensor.scalar_type())},
        {"shape", std::vector<std::int64_t>(tensor.sizes().begin(), tensor.sizes().end())},
        {"data_offsets", {at_byte, end}}};
    at_byte = end;
  }
  std::string text = header.dump(-1, ' ', false, Json::error_handler_t::replace);
  text.append((kLengthBytes - text.size() % kLengthBytes) % kLengthBytes, ' ');
  AtomicFile out(file);
  out.stream() << length_bytes(text.size()) << text;
  for (const auto& [name, tensor] : impl_->tensors) {
    out.stream().write(static_cast<const char*>(tensor.const_data_ptr()),
                       static_cast<std::streamsize>(tensor.nbytes()));
  }
  out.commit();
}

Archive Archive::read(const std::filesystem::path& file) {
  std::ifstream in(file, std::ios::binary);
  require<FileError>(in.good() && !std::filesystem::is_directory(file), "{}: cannot be read",
                     file.string());
  const std::string bytes{std::istreambuf_iterator<char>(in), {}};
  return parse(bytes, file.string());
}

Archive Archive::parse(std::string_view bytes, const std::string& origin) {
  require<FileError>(bytes.size() >= kLengthBytes, "{}: not a model file (only {} bytes)", origin,
                     bytes.size());
  const std::uint64_t length = read_length(bytes);
  require<FileError>(length <= kMaxHeader && length <= bytes.size() - kLengthBytes,
                     "{}: not a model file, or cut short (its header would have {} bytes)", origin,
                     length);
  const Json header = parse_json(bytes.substr(kLengthBytes, length), origin);
  require<FileError>(header.is_object(), "{}: the header is not a JSON object", origin);
  const std::string_view data = bytes.substr(kLengthBytes + length);
  Archive out;
  std::uint64_t taken = 0;  // by tensors, which must not share bytes
  for (const auto& [name, entry] : header.items()) {
    if (name != "__metadata__") {
      const at::Tensor& tensor = out.impl_->tensors[name] = read_tensor(name, entry, data, origin);
      taken += tensor.nbytes();
      require<FileError>(taken <= data.size(), "{}: tensors overlap", origin);
      continue;
    }
    require<FileError>(entry.is_object(), "{}: __metadata__ is not a JSON object", origin);
    for (const auto& [key, value] : entry.items()) {
      require<FileError>(value.is_string(), "{}: __metadata__ entry '{}' is not a string", origin,
                         key);
      out.impl_->texts[key] = value.get<std::string>();
    }
  }
  return out;
}

}  // namespace semblance
