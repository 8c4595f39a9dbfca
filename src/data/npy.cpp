// SPDX-License-Identifier: Apache-2.0
#include "semblance/data/npy.hpp"

#include <charconv>
#include <optional>
#include <string>
#include <utility>

#include "data/file_bytes.hpp"
#include "data/mapped_file.hpp"
#include "detail/check.hpp"

namespace semblance {
namespace {

constexpr std::string_view kMagic = "\x93NUMPY";
constexpr auto kLittle = std::endian::little;

struct Header {
  std::string type;
  std::vector<std::int64_t> shape;
};

/// Reads one .npy file.
class Reader {
 public:
  explicit Reader(const std::filesystem::path& file)
      : name_(file.string()), mapped_(file), rest_(mapped_.bytes()) {}

  Column read() {
    const Header header = read_header();
    const std::size_t width = width_of(header.type);
    std::uint64_t count = 1;
    for (std::size_t i = 0; i < header.shape.size(); ++i) {
      const auto extent = static_cast<std::uint64_t>(header.shape[i]);
      check(i == 0 || extent > 0, "has an empty dimension");
      check(extent == 0 || count <= rest_.size() / extent, "is shorter than its header says");
      count *= extent;
    }
    check(count * width == rest_.size(), "is not as long as its header says");
    if (header.shape.size() == 1) return numbers(header.type);
    return tensors(header.type, {header.shape.begin() + 1, header.shape.end()});
  }

 private:
  void check(bool ok, std::string_view what) const {
    require<FileError>(ok, "{}: the NPY file {}", name_, what);
  }

  std::string_view take(std::size_t bytes) {
    check(bytes <= rest_.size(), "is cut short");
    const auto out = rest_.substr(0, bytes);
    rest_.remove_prefix(bytes);
    return out;
  }

  Header read_header() {
    check(take(kMagic.size()) == kMagic, "does not start with NUMPY");
    const auto version = take(2);
    const char major = version[0];
    check((major == 1 || major == 2) && version[1] == 0, "has a format other than 1.0 and 2.0");
    const std::size_t length = major == 1 ? load<std::uint16_t, kLittle>(take(2).data())
                                          : load<std::uint32_t, kLittle>(take(4).data());
    const std::string_view text = take(length);
    check(value_of(text, "'fortran_order'").starts_with("False"), "is not in C order");
    Header header;
    const auto type = value_of(text, "'descr'");
    const auto close = type.find('\'', 1);
    check(type.starts_with('\'') && close != std::string_view::npos, "has no element type");
    header.type = type.substr(1, close - 1);
    header.shape = shape_of(value_of(text, "'shape'"));
    return header;
  }

  /// What follows a key of the header's dictionary.
  [[nodiscard]] std::string_view value_of(std::string_view text, std::string_view key) const {
    const auto at = text.find(key);
    check(at != std::string_view::npos, "lacks descr, fortran_order or shape");
    text.remove_prefix(at + key.size());
    const auto value = text.find_first_not_of(" :");
    check(value != std::string_view::npos, "lacks descr, fortran_order or shape");
    return text.substr(value);
  }

  [[nodiscard]] std::vector<std::int64_t> shape_of(std::string_view text) const {
    const auto close = text.find(')');
    check(text.starts_with('(') && close != std::string_view::npos, "has a malformed shape");
    std::vector<std::int64_t> shape;
    const char* p = text.data() + 1;
    const char* const end = text.data() + close;
    while (p != end) {
      if (*p == ' ' || *p == ',') {
        ++p;
        continue;
      }
      std::int64_t extent = -1;
      const auto [rest, error] = std::from_chars(p, end, extent);
      check(error == std::errc{} && extent >= 0, "has a malformed shape");
      shape.push_back(extent);
      p = rest;
    }
    check(!shape.empty() && shape.size() <= 8, "must have between 1 and 8 dimensions");
    return shape;
  }

  [[nodiscard]] std::size_t width_of(std::string_view type) const {
    if (type == "|u1" || type == "<u1" || type == "u1") return 1;
    if (type == "<f4" || type == "<i4") return 4;
    check(type == "<f8" || type == "<i8",
          "has an element type other than <f4, <f8, |u1, <i4 and <i8");
    return 8;
  }

  template <class Out, class T>
  [[nodiscard]] std::vector<Out> decode() const {
    std::vector<Out> out(rest_.size() / sizeof(T));
    for (std::size_t i = 0; i < out.size(); ++i)
      out[i] = static_cast<Out>(load<T, kLittle>(rest_.data() + i * sizeof(T)));
    return out;
  }

  [[nodiscard]] Column numbers(std::string_view type) const {
    if (type == "<f4") return Column::reals(decode<double, float>());
    if (type == "<f8") return Column::reals(decode<double, double>());
    if (type == "<i4") return Column::integers(decode<std::int64_t, std::int32_t>());
    if (type == "<i8") return Column::integers(decode<std::int64_t, std::int64_t>());
    return Column::integers(decode<std::int64_t, std::uint8_t>());
  }

  [[nodiscard]] Column tensors(std::string_view type, std::vector<std::int64_t> shape) const {
    if (type == "<f4") return Column::tensors(decode<float, float>(), std::move(shape));
    if (type == "<f8") return Column::tensors(decode<float, double>(), std::move(shape));
    check(type != "<i4" && type != "<i8", "has tensors of integers, of which only uint8 is taken");
    return Column::tensors(decode<std::uint8_t, std::uint8_t>(), std::move(shape));
  }

  std::string name_;
  MappedFile mapped_;
  std::string_view rest_;
};

/// Magic, version and dictionary, padded to 64 bytes as NumPy does.
std::string header_bytes(std::string_view type, const Column& column) {
  std::string shape = fmt::format("({},", column.size());
  for (const std::int64_t extent : column.shape()) shape += fmt::format(" {},", extent);
  if (!column.shape().empty()) shape.pop_back();
  std::string text =
      fmt::format("{{'descr': '{}', 'fortran_order': False, 'shape': {}), }}", type, shape);
  constexpr std::size_t kPrefix = 10;
  text.append((64 - (kPrefix + text.size() + 1) % 64) % 64, ' ');
  text += '\n';
  std::string out = std::string(kMagic) + '\1' + '\0';
  store<std::uint16_t, kLittle>(static_cast<std::uint16_t>(text.size()), out);
  return out + text;
}

template <class T>
void append(std::string& out, std::span<const T> values) {
  out.reserve(out.size() + values.size_bytes());
  for (const T value : values) store<T, kLittle>(value, out);
}

std::string encode(const Column& column) {
  require(column.null_count() == 0, "write_npy: the column must have no missing values, got {}",
          column.null_count());
  std::string out;
  if (column.kind() == Kind::kReal) {
    append(out = header_bytes("<f8", column), column.reals());
  } else if (column.kind() == Kind::kInteger) {
    append(out = header_bytes("<i8", column), column.integers());
  } else {
    require(column.kind() == Kind::kTensor,
            "write_npy: needs a real, integer or tensor column, got {}", to_string(column.kind()));
    const bool bytes = column.element() == ElementType::kUInt8;
    out = header_bytes(bytes ? "|u1" : "<f4", column);
    if (bytes) append(out, column.bytes());
    if (!bytes) append(out, column.floats());
  }
  return out;
}

}  // namespace

Column read_npy(const std::filesystem::path& file) { return Reader(file).read(); }

void write_npy(const Column& column, const std::filesystem::path& file) {
  const std::string bytes = encode(column);
  write_atomically(file, [&](std::ostream& out) {
    out.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  });
}

}  // namespace semblance
