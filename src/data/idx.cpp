// SPDX-License-Identifier: Apache-2.0
#include "semblance/data/idx.hpp"

#include <zlib.h>

#include <algorithm>
#include <limits>
#include <memory>
#include <set>
#include <string>
#include <utility>

#include "data/file_bytes.hpp"
#include "detail/check.hpp"

namespace semblance {
namespace {

enum Type : std::uint8_t {
  kUint8 = 0x08,
  kInt8 = 0x09,
  kInt16 = 0x0B,
  kInt32 = 0x0C,
  kFloat32 = 0x0D,
  kFloat64 = 0x0E
};

/// A file that zlib reads, gzipped or not.
class Input {
 public:
  explicit Input(const std::filesystem::path& file)
      : name_(file.string()), handle_(gzopen(file.c_str(), "rb"), &gzclose) {
    require<FileError>(handle_ != nullptr && !std::filesystem::is_directory(file),
                       "{}: cannot be read", name_);
  }

  /// The next `count` bytes; read in blocks, so that a damaged size costs no memory.
  std::vector<std::uint8_t> take(std::uint64_t count) {
    constexpr std::uint64_t kBlock = 1 << 16;
    std::vector<std::uint8_t> out;
    while (out.size() < count) {
      const auto before = out.size();
      const auto wanted = static_cast<unsigned>(std::min(kBlock, count - before));
      out.resize(before + wanted);
      const int got = gzread(handle_.get(), out.data() + before, wanted);
      if (got != static_cast<int>(wanted)) damaged("is cut short or damaged");
    }
    return out;
  }

  /// Checks that nothing is left.
  void finish() {
    std::uint8_t byte = 0;
    const int got = gzread(handle_.get(), &byte, 1);
    if (got > 0) damaged("is longer than its header says");
    if (got < 0) damaged("is cut short or damaged");
  }

  [[noreturn]] void damaged(std::string_view how) const {
    fail<FileError>("{}: the IDX file {}", name_, how);
  }

 private:
  std::string name_;
  std::unique_ptr<gzFile_s, int (*)(gzFile)> handle_;
};

std::uint64_t width(std::uint8_t type) {
  switch (type) {
    case kUint8:
    case kInt8:
      return 1;
    case kInt16:
      return 2;
    case kInt32:
    case kFloat32:
      return 4;
    case kFloat64:
      return 8;
    default:
      return 0;
  }
}

struct Header {
  std::uint8_t type = 0;
  std::vector<std::int64_t> shape;
};

Header read_header(Input& in) {
  const auto magic = in.take(4);
  if (magic[0] != 0 || magic[1] != 0 || width(magic[2]) == 0 || magic[3] == 0 || magic[3] > 8)
    in.damaged("starts with no IDX header");
  Header header{.type = magic[2], .shape = {}};
  const auto sizes = in.take(4ULL * magic[3]);
  for (std::size_t i = 0; i < magic[3]; ++i)
    header.shape.push_back(load<std::uint32_t, std::endian::big>(sizes.data() + 4 * i));
  return header;
}

/// Bytes of all elements; refuses shapes that no file can have.
std::uint64_t data_bytes(const Input& in, const Header& header) {
  std::uint64_t bytes = width(header.type);
  for (std::size_t i = 0; i < header.shape.size(); ++i) {
    const auto extent = static_cast<std::uint64_t>(header.shape[i]);
    if (i > 0 && extent == 0) in.damaged("has an empty dimension");
    if (extent != 0 && bytes > (std::uint64_t{1} << 48) / extent)
      in.damaged("has impossible dimensions");
    bytes *= extent;
  }
  return bytes;
}

template <class Out, class T>
std::vector<Out> decode(const std::vector<std::uint8_t>& bytes) {
  std::vector<Out> out(bytes.size() / sizeof(T));
  for (std::size_t i = 0; i < out.size(); ++i)
    out[i] = static_cast<Out>(load<T, std::endian::big>(bytes.data() + i * sizeof(T)));
  return out;
}

Column numbers(std::uint8_t type, const std::vector<std::uint8_t>& bytes) {
  switch (type) {
    case kUint8:
      return Column::integers(decode<std::int64_t, std::uint8_t>(bytes));
    case kInt8:
      return Column::integers(decode<std::int64_t, std::int8_t>(bytes));
    case kInt16:
      return Column::integers(decode<std::int64_t, std::int16_t>(bytes));
    case kInt32:
      return Column::integers(decode<std::int64_t, std::int32_t>(bytes));
    case kFloat32:
      return Column::reals(decode<double, float>(bytes));
    default:
      return Column::reals(decode<double, double>(bytes));
  }
}

/// The first byte says which; at least one dimension, big-endian sizes.
std::string header_bytes(Type type, std::int64_t rows, std::vector<std::int64_t> shape) {
  if (shape.size() == 3 && shape[0] == 1) shape.erase(shape.begin());
  std::string out{'\0', '\0', static_cast<char>(type), static_cast<char>(shape.size() + 1)};
  shape.insert(shape.begin(), rows);
  for (const std::int64_t extent : shape) {
    require(extent < (std::int64_t{1} << 32), "write_idx: a dimension must be < 2^32, got {}",
            extent);
    store<std::uint32_t, std::endian::big>(static_cast<std::uint32_t>(extent), out);
  }
  return out;
}

std::string encode_tensors(const Column& column) {
  if (column.element() == ElementType::kUInt8) {
    std::string out = header_bytes(kUint8, column.size(), column.shape());
    const auto bytes = column.bytes();
    return out.append(bytes.begin(), bytes.end());
  }
  std::string out = header_bytes(kFloat32, column.size(), column.shape());
  for (const float value : column.floats()) store<float, std::endian::big>(value, out);
  return out;
}

std::string encode_integers(const Column& column) {
  const auto values = column.integers();
  const auto within = [&](std::int64_t low, std::int64_t high) {
    return std::all_of(values.begin(), values.end(),
                       [=](std::int64_t value) { return low <= value && value <= high; });
  };
  const bool small = within(0, 255);
  using Limits = std::numeric_limits<std::int32_t>;
  require(within(Limits::min(), Limits::max()), "write_idx: integers must fit 32 bits");
  std::string out = header_bytes(small ? kUint8 : kInt32, column.size(), {});
  for (const std::int64_t value : values) {
    if (small) {
      out.push_back(static_cast<char>(value));
    } else {
      store<std::int32_t, std::endian::big>(static_cast<std::int32_t>(value), out);
    }
  }
  return out;
}

std::string encode(const Column& column) {
  require(column.null_count() == 0, "write_idx: the column must have no missing values, got {}",
          column.null_count());
  if (column.kind() == Kind::kTensor) return encode_tensors(column);
  if (column.kind() == Kind::kInteger) return encode_integers(column);
  require(column.kind() == Kind::kReal, "write_idx: needs a tensor, integer or real column, got {}",
          to_string(column.kind()));
  std::string out = header_bytes(kFloat64, column.size(), {});
  for (const double value : column.reals()) store<double, std::endian::big>(value, out);
  return out;
}

/// gzip's container around one deflate stream.
std::string gzipped(const std::string& bytes) {
  z_stream stream{};
  constexpr int kGzip = 15 + 16;
  require<FileError>(deflateInit2(&stream, 6, Z_DEFLATED, kGzip, 8, Z_DEFAULT_STRATEGY) == Z_OK,
                     "write_idx: zlib cannot be started");
  std::string out;
  std::vector<Bytef> block(1 << 16);
  std::size_t taken = 0;
  int status = Z_OK;
  while (status != Z_STREAM_END) {
    const std::size_t part = std::min(bytes.size() - taken, std::size_t{1} << 30);
    stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data() + taken));
    stream.avail_in = static_cast<uInt>(part);
    stream.next_out = block.data();
    stream.avail_out = static_cast<uInt>(block.size());
    status = deflate(&stream, taken + part == bytes.size() ? Z_FINISH : Z_NO_FLUSH);
    taken += part - stream.avail_in;
    out.append(reinterpret_cast<const char*>(block.data()), block.size() - stream.avail_out);
  }
  deflateEnd(&stream);
  return out;
}

/// Labels as texts, with their vocabulary.
struct Labels {
  std::vector<std::string> texts;
  std::vector<std::string> categories;
};

Labels labels_of(const Column& labels) {
  Labels out;
  if (labels.kind() == Kind::kText) {
    for (std::int64_t i = 0; i < labels.size(); ++i) out.texts.emplace_back(labels.text(i));
    const std::set<std::string> distinct(out.texts.begin(), out.texts.end());
    out.categories.assign(distinct.begin(), distinct.end());
    return out;
  }
  const auto values = labels.integers();
  for (const std::int64_t value : values) out.texts.push_back(std::to_string(value));
  const std::set<std::int64_t> distinct(values.begin(), values.end());
  for (const std::int64_t value : distinct) out.categories.push_back(std::to_string(value));
  return out;
}

}  // namespace

Column read_idx(const std::filesystem::path& file) {
  Input in(file);
  Header header = read_header(in);
  const bool flat = header.shape.size() == 1;
  if (!flat && header.type != kUint8 && header.type != kFloat32)
    in.damaged("has tensors of a type other than unsigned byte and float32");
  auto bytes = in.take(data_bytes(in, header));
  in.finish();
  if (flat) return numbers(header.type, bytes);
  std::vector<std::int64_t> shape(header.shape.begin() + 1, header.shape.end());
  if (shape.size() == 2) shape.insert(shape.begin(), 1);
  if (header.type == kUint8) return Column::tensors(std::move(bytes), std::move(shape));
  return Column::tensors(decode<float, float>(bytes), std::move(shape));
}

void write_idx(const Column& column, const std::filesystem::path& file) {
  const std::string bytes = encode(column);
  const bool gzip = file.extension() == ".gz";
  write_atomically(file, [&](std::ostream& out) {
    const std::string packed = gzip ? gzipped(bytes) : std::string();
    const std::string& chosen = gzip ? packed : bytes;
    out.write(chosen.data(), static_cast<std::streamsize>(chosen.size()));
  });
}

Dataset image_dataset(Column images, const Column& labels) {
  require(images.kind() == Kind::kTensor, "image_dataset: images must be a tensor column, got {}",
          to_string(images.kind()));
  require(labels.size() == images.size() && labels.null_count() == 0,
          "image_dataset: each of {} images needs a label, got {}", images.size(),
          labels.size() - labels.null_count());
  Labels found = labels_of(labels);
  const Vocabulary vocabulary(std::move(found.categories));
  std::vector<std::int32_t> codes;
  for (const auto& text : found.texts) codes.push_back(vocabulary.code(text));
  Field image{.name = "image", .kind = Kind::kTensor};
  image.shape = images.shape();
  image.element = images.element();
  Field label{.name = "label", .kind = Kind::kCategorical, .role = Role::kTarget};
  label.categories = vocabulary;
  return {Schema{image, label}, {std::move(images), Column::categories(std::move(codes))}};
}

Dataset read_idx_dataset(const std::filesystem::path& images, const std::filesystem::path& labels) {
  return image_dataset(read_idx(images), read_idx(labels));
}

}  // namespace semblance
