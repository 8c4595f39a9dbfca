// SPDX-License-Identifier: Apache-2.0
#include "semblance/data/png.hpp"

#include <png.h>

#include <algorithm>
#include <string>
#include <utility>

#include "data/file_bytes.hpp"
#include "data/mapped_file.hpp"
#include "detail/check.hpp"
#include "semblance/data/idx.hpp"

namespace semblance {
namespace {

/// libpng's simple interface; it reports errors instead of jumping.
class Image {
 public:
  Image() { image_.version = PNG_IMAGE_VERSION; }
  ~Image() { png_image_free(&image_); }
  Image(const Image&) = delete;
  Image& operator=(const Image&) = delete;
  png_image* operator->() noexcept { return &image_; }
  png_image* get() noexcept { return &image_; }

 private:
  png_image image_{};
};

/// [H, W, C] -> [C, H, W].
std::vector<std::uint8_t> planes(const std::vector<std::uint8_t>& pixels, std::size_t channels) {
  const std::size_t each = pixels.size() / channels;
  std::vector<std::uint8_t> out(pixels.size());
  for (std::size_t i = 0; i < pixels.size(); ++i)
    out[i % channels * each + i / channels] = pixels[i];
  return out;
}

/// [C, H, W] -> [H, W, C].
std::vector<std::uint8_t> interleaved(std::span<const std::uint8_t> values, std::size_t channels) {
  const std::size_t each = values.size() / channels;
  std::vector<std::uint8_t> out(values.size());
  for (std::size_t i = 0; i < out.size(); ++i) out[i] = values[i % channels * each + i / channels];
  return out;
}

/// Deflate packs at most 1032 to 1 and expansion makes at most 24 bytes of one.
bool plausible(std::uint64_t pixel_bytes, std::size_t file_bytes) {
  return pixel_bytes <= (std::uint64_t{1} << 30) && pixel_bytes / (1032 * 24) <= file_bytes;
}

std::vector<std::filesystem::path> png_files(const std::filesystem::path& folder) {
  std::vector<std::filesystem::path> files;
  std::error_code error;
  for (std::filesystem::recursive_directory_iterator it(folder, error), end; !error && it != end;
       it.increment(error)) {
    if (it->is_regular_file() && it->path().extension() == ".png") files.push_back(it->path());
  }
  require<FileError>(!error && !files.empty(), "{}: has no .png files", folder.string());
  std::sort(files.begin(), files.end());
  return files;
}

}  // namespace

Column read_png(const std::filesystem::path& file) {
  const MappedFile mapped(file);
  const auto bytes = mapped.bytes();
  Image image;
  const auto check = [&](bool ok) {
    require<FileError>(ok, "{}: the PNG file is damaged ({})", file.string(),
                       image->message[0] == '\0' ? "impossible size" : image->message);
  };
  check(png_image_begin_read_from_memory(image.get(), bytes.data(), bytes.size()) != 0);
  const bool coloured = (image->format & PNG_FORMAT_FLAG_COLOR) != 0;
  const std::size_t channels = coloured ? 3 : 1;
  image->format = coloured ? PNG_FORMAT_RGB : PNG_FORMAT_GRAY;
  const auto pixel_bytes = std::uint64_t{image->width} * image->height * channels;
  check(plausible(pixel_bytes, bytes.size()));
  std::vector<std::uint8_t> pixels(pixel_bytes);
  const png_color white{255, 255, 255};
  check(png_image_finish_read(image.get(), &white, pixels.data(), 0, nullptr) != 0);
  return Column::tensors(planes(pixels, channels),
                         {static_cast<std::int64_t>(channels), image->height, image->width});
}

void write_png(const Column& images, std::int64_t row, const std::filesystem::path& file) {
  const auto& shape = images.shape();
  require(images.kind() == Kind::kTensor && images.element() == ElementType::kUInt8 &&
              shape.size() == 3 && (shape[0] == 1 || shape[0] == 3),
          "write_png: needs a uint8 tensor column of shape [1, H, W] or [3, H, W]");
  const Column one = images.slice(row, 1);
  const auto pixels = interleaved(one.bytes(), static_cast<std::size_t>(shape[0]));
  Image image;
  image->height = static_cast<png_uint_32>(shape[1]);
  image->width = static_cast<png_uint_32>(shape[2]);
  image->format = shape[0] == 3 ? PNG_FORMAT_RGB : PNG_FORMAT_GRAY;
  std::string bytes(PNG_IMAGE_PNG_SIZE_MAX(*image.get()), '\0');
  png_alloc_size_t size = bytes.size();
  const int ok =
      png_image_write_to_memory(image.get(), bytes.data(), &size, 0, pixels.data(), 0, nullptr);
  require<FileError>(ok != 0, "{}: the PNG cannot be encoded ({})", file.string(), image->message);
  write_atomically(file, [&](std::ostream& out) {
    out.write(bytes.data(), static_cast<std::streamsize>(size));
  });
}

Dataset read_png_folder(const std::filesystem::path& folder) {
  std::vector<Column> images;
  std::vector<std::string> labels;
  for (const auto& file : png_files(folder)) {
    images.push_back(read_png(file));
    require<FileError>(images.back().shape() == images.front().shape(),
                       "{}: all images must have one shape, got [{}] after [{}]", file.string(),
                       fmt::join(images.back().shape(), ", "),
                       fmt::join(images.front().shape(), ", "));
    const auto inner = file.lexically_relative(folder);
    labels.push_back(inner.has_parent_path() ? inner.begin()->string() : std::string());
  }
  Column all = Column::concat(images);
  const bool labelled = std::any_of(labels.begin(), labels.end(),
                                    [](const std::string& label) { return !label.empty(); });
  if (labelled) return image_dataset(std::move(all), Column::texts(labels));
  Field image{.name = "image", .kind = Kind::kTensor};
  image.shape = all.shape();
  image.element = all.element();
  return {Schema(std::vector<Field>{image}), {std::move(all)}};
}

}  // namespace semblance
