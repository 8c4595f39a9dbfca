// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <functional>
#include <iterator>

#include "semblance/core/error.hpp"
#include "semblance/data/idx.hpp"
#include "semblance/data/npy.hpp"
#include "semblance/data/png.hpp"
#include "support/message.hpp"
#include "support/shared_data.hpp"

namespace semblance {
namespace {

namespace fs = std::filesystem;
using testing::ElementsAre;
using testing::ElementsAreArray;
using testing::HasSubstr;

/// An empty folder that goes away.
class Folder {
 public:
  Folder() : path_(fs::path(testing::TempDir()) / ("semblance_" + name())) {
    fs::remove_all(path_);
    fs::create_directories(path_);
  }
  ~Folder() { fs::remove_all(path_); }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  fs::path operator/(const std::string& file) const { return path_ / file; }
  [[nodiscard]] const fs::path& path() const { return path_; }

 private:
  static std::string name() {
    const auto* test = testing::UnitTest::GetInstance()->current_test_info();
    return std::string(test->test_suite_name()) + "_" + test->name();
  }
  fs::path path_;
};

std::string read_bytes(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

void write_bytes(const fs::path& file, std::string_view bytes) {
  std::ofstream(file, std::ios::binary) << bytes;
}

Column bytes_column(std::vector<std::int64_t> shape, std::int64_t rows) {
  std::vector<std::uint8_t> values;
  for (std::int64_t i = 0; i < rows * elements(shape); ++i)
    values.push_back(static_cast<std::uint8_t>(i * 37 + i / 7));
  return Column::tensors(std::move(values), std::move(shape));
}

/// Damages a good file at random, 100 times; reading must work or throw FileError.
void fuzz(const std::string& good, const fs::path& file,
          const std::function<Column(const fs::path&)>& read) {
  int refused = 0;
  for (std::uint64_t trial = 0; trial < 100; ++trial) {
    Stream random(Seed{3}, "mutations", trial);
    std::string bytes = good;
    if (random.below(4) == 0) bytes.resize(random.below(bytes.size()));
    for (auto n = random.below(4); n > 0 && !bytes.empty(); --n)
      bytes[random.below(std::min<std::size_t>(bytes.size(), 160))] =
          static_cast<char>(random.below(256));
    write_bytes(file, bytes);
    try {
      static_cast<void>(read(file));
    } catch (const FileError&) {
      ++refused;
    }
  }
  EXPECT_GT(refused, 12);
}

TEST(Idx, ReadsTheFormatByItsBytes) {
  const Folder folder;
  write_bytes(folder / "x", std::string("\0\0\x08\x02\0\0\0\x02\0\0\0\x03\1\2\3\4\5\6", 18));
  const Column x = read_idx(folder / "x");
  EXPECT_EQ(x.size(), 2);
  EXPECT_THAT(x.shape(), ElementsAre(3));
  EXPECT_THAT(x.bytes(), ElementsAre(1, 2, 3, 4, 5, 6));
  write_bytes(folder / "y", std::string("\0\0\x0C\x01\0\0\0\x02\0\0\1\0\xFF\xFF\xFF\xFE", 16));
  EXPECT_THAT(read_idx(folder / "y").integers(), ElementsAre(256, -2));
}

TEST(Idx, RoundTripsPlainAndGzipped) {
  const Folder folder;
  for (const char* name : {"a", "a.gz"}) {
    const Column images = bytes_column({1, 4, 5}, 3);
    write_idx(images, folder / name);
    EXPECT_THAT(read_idx(folder / name).bytes(), ElementsAreArray(images.bytes()));
    EXPECT_EQ(read_idx(folder / name).shape(), images.shape());
    write_idx(Column::tensors(std::vector<float>{0.5F, -2, 3, 4}, {2}), folder / name);
    EXPECT_THAT(read_idx(folder / name).floats(), ElementsAre(0.5F, -2, 3, 4));
    write_idx(Column::integers({7, 300, -1}), folder / name);
    EXPECT_THAT(read_idx(folder / name).integers(), ElementsAre(7, 300, -1));
    write_idx(Column::reals({0.1, -3}), folder / name);
    EXPECT_THAT(read_idx(folder / name).reals(), ElementsAre(0.1, -3));
  }
  EXPECT_EQ(read_bytes(folder / "a.gz").substr(0, 2), "\x1F\x8B");
}

TEST(Idx, DamageIsAFileError) {
  const Folder folder;
  const auto error = [&](std::string_view bytes) {
    write_bytes(folder / "x", bytes);
    return message_of<FileError>([&] { static_cast<void>(read_idx(folder / "x")); });
  };
  const std::string good("\0\0\x08\x01\0\0\0\x02\1\2", 10), name = (folder / "x").string();
  EXPECT_EQ(error(good.substr(0, 9)), name + ": the IDX file is cut short or damaged");
  EXPECT_EQ(error(good + "x"), name + ": the IDX file is longer than its header says");
  EXPECT_EQ(error("PNG?"), name + ": the IDX file starts with no IDX header");
  EXPECT_EQ(error(std::string("\0\0\x08\x03\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF", 16)),
            name + ": the IDX file has impossible dimensions");
  EXPECT_EQ(message_of<FileError>([] { static_cast<void>(read_idx("no/such")); }),
            "no/such: cannot be read");
  for (const char* file : {"f", "f.gz"}) {
    write_idx(bytes_column({1, 3, 3}, 4), folder / file);
    fuzz(read_bytes(folder / file), folder / file, read_idx);
  }
}

TEST(Idx, WritingRefusesWhatItCannotHold) {
  EXPECT_EQ(message_of<InvalidArgument>([] { write_idx(Column::texts({"a"}), "x"); }),
            "write_idx: needs a tensor, integer or real column, got text");
  EXPECT_EQ(
      message_of<InvalidArgument>([] { write_idx(Column::reals({1}, Bitmap(1, false)), "x"); }),
      "write_idx: the column must have no missing values, got 1");
  EXPECT_EQ(message_of<InvalidArgument>([] { write_idx(Column::integers({1LL << 40}), "x"); }),
            "write_idx: integers must fit 32 bits");
}

TEST(ImageDataset, LabelsAreCategoriesInNumericOrder) {
  const Dataset data = image_dataset(bytes_column({1, 2, 2}, 3), Column::integers({10, 2, 10}));
  EXPECT_THAT(data.schema()[1].categories.categories(), ElementsAre("2", "10"));
  EXPECT_THAT(data.column("label").codes(), ElementsAre(1, 0, 1));
  EXPECT_EQ(data.schema().target(), 1);
  EXPECT_EQ(message_of<InvalidArgument>([] {
              static_cast<void>(image_dataset(bytes_column({1}, 2), Column::integers({1})));
            }),
            "image_dataset: each of 2 images needs a label, got 1");
}

TEST(Npy, RoundTripsEveryType) {
  const Folder folder;
  const auto file = folder / "x.npy";
  write_npy(Column::reals({0.1, -5}), file);
  EXPECT_THAT(read_npy(file).reals(), ElementsAre(0.1, -5));
  EXPECT_EQ(read_bytes(file).size() % 64, 16U);  // a header of whole 64-byte blocks, as NumPy's
  write_npy(Column::integers({1LL << 60, -1}), file);
  EXPECT_THAT(read_npy(file).integers(), ElementsAre(1LL << 60, -1));
  const Column images = bytes_column({3, 2, 2}, 2);
  write_npy(images, file);
  EXPECT_THAT(read_npy(file).bytes(), ElementsAreArray(images.bytes()));
  EXPECT_EQ(read_npy(file).shape(), images.shape());
  write_npy(Column::tensors(std::vector<float>{1.5F, 2}, {2, 1}), file);
  EXPECT_THAT(read_npy(file).floats(), ElementsAre(1.5F, 2));
  EXPECT_EQ(read_npy(file).size(), 1);
}

/// A file of format 2.0 with that dictionary.
std::string npy(std::string dictionary, std::string_view data) {
  std::string out("\x93NUMPY\2\0", 8);
  out += static_cast<char>(dictionary.size());
  return out + std::string(3, '\0') + dictionary + std::string(data);
}

TEST(Npy, DamageIsAFileError) {
  const Folder folder;
  const auto file = folder / "x.npy";
  const auto error = [&](std::string_view bytes) {
    write_bytes(file, bytes);
    return message_of<FileError>([&] { static_cast<void>(read_npy(file)); });
  };
  const std::string good = "{'descr': '|u1', 'fortran_order': False, 'shape': (2,), }";
  EXPECT_EQ(error(npy(good, "ab")), "(nothing was thrown)");
  EXPECT_THAT(error(npy(good, "abc")), HasSubstr("the NPY file is not as long as its header says"));
  EXPECT_THAT(error("hello, world"), HasSubstr("does not start with NUMPY"));
  EXPECT_THAT(error(npy("{'descr': '<c8', 'fortran_order': False, 'shape': (2,), }", "ab")),
              HasSubstr("has an element type other than"));
  EXPECT_THAT(error(npy("{'descr': '<f4', 'fortran_order': True, 'shape': (2,), }", "ab")),
              HasSubstr("is not in C order"));
  EXPECT_THAT(error(npy("{'descr': '<f8', 'fortran_order': False, 'shape': (9999999999, "
                        "9999999999, 9999999999), }",
                        "ab")),
              HasSubstr("is shorter than its header says"));
  EXPECT_THAT(error(npy("{}", "")), HasSubstr("lacks descr, fortran_order or shape"));
  write_npy(bytes_column({2, 3}, 4), file);
  fuzz(read_bytes(file), file, read_npy);
}

TEST(Png, RoundTripsGreyAndColour) {
  const Folder folder;
  for (const std::int64_t channels : {1, 3}) {
    const Column images = bytes_column({channels, 5, 7}, 2);
    write_png(images, 1, folder / "x.png");
    const Column back = read_png(folder / "x.png");
    EXPECT_EQ(back.shape(), images.shape());
    EXPECT_THAT(back.bytes(), ElementsAreArray(images.slice(1, 1).bytes()));
  }
  EXPECT_EQ(message_of<InvalidArgument>([&] { write_png(bytes_column({2, 5, 7}, 1), 0, "x"); }),
            "write_png: needs a uint8 tensor column of shape [1, H, W] or [3, H, W]");
}

TEST(Png, AFolderIsADataset) {
  const Folder folder;
  const Column images = bytes_column({1, 2, 3}, 3);
  fs::create_directories(folder / "dog");
  fs::create_directories(folder / "cat");
  write_png(images, 0, folder / "dog/a.png");
  write_png(images, 1, folder / "cat/a.png");
  write_png(images, 2, folder / "dog/b.png");
  const Dataset data = read_png_folder(folder.path());
  EXPECT_THAT(data.schema()[1].categories.categories(), ElementsAre("cat", "dog"));
  EXPECT_THAT(data.column("label").codes(), ElementsAre(0, 1, 1));
  EXPECT_THAT(data.column("image").slice(0, 1).bytes(),
              ElementsAreArray(images.slice(1, 1).bytes()));
  EXPECT_EQ(read_png_folder(folder / "dog").schema().size(), 1);
  write_png(bytes_column({1, 2, 2}, 1), 0, folder / "dog/c.png");
  EXPECT_THAT(message_of<FileError>([&] { static_cast<void>(read_png_folder(folder.path())); }),
              HasSubstr("c.png: all images must have one shape, got [1, 2, 2] after [1, 2, 3]"));
  EXPECT_THAT(message_of<FileError>([] { static_cast<void>(read_png_folder("no/such")); }),
              HasSubstr("no/such: has no .png files"));
}

TEST(Png, DamageIsAFileError) {
  const Folder folder;
  const auto file = folder / "x.png";
  write_bytes(file, "not a picture");
  EXPECT_THAT(message_of<FileError>([&] { static_cast<void>(read_png(file)); }),
              HasSubstr("x.png: the PNG file is damaged ("));
  write_png(bytes_column({3, 6, 6}, 1), 0, file);
  fuzz(read_bytes(file), file, read_png);
}

TEST(TensorFilesShared, DigitsAndVibrations) {
  const auto data = shared_data();
  if (!data) GTEST_SKIP() << "the shared data sets are not there";
  const auto image = *data / "image";
  const Dataset digits = read_idx_dataset(image / "mnist-t10k-images-idx3-ubyte.gz",
                                          image / "mnist-t10k-labels-idx1-ubyte.gz");
  EXPECT_EQ(digits.rows(), 10'000);
  EXPECT_THAT(digits.schema()[0].shape, ElementsAre(1, 28, 28));
  EXPECT_EQ(digits.schema()[1].categories.size(), 10);
  EXPECT_EQ(digits.cell(0, 1), "7");  // the test set's well-known first digit
  EXPECT_EQ(digits.cell(1, 1), "2");
  const Column signal = read_npy(*data / "timeseries/cwru/or021_hp0.npy");
  EXPECT_EQ(signal.size(), 122'426);
  EXPECT_EQ(signal.kind(), Kind::kReal);
}

}  // namespace
}  // namespace semblance
