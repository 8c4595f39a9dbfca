// SPDX-License-Identifier: Apache-2.0
#include "semblance/core/archive.hpp"

#include <ATen/ATen.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>

#include "semblance/core/error.hpp"
#include "semblance/core/seed.hpp"

namespace semblance {
namespace {

std::filesystem::path temporary(const std::string& name) {
  return std::filesystem::path(testing::TempDir()) / name;
}

std::string bytes_of(const std::filesystem::path& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

Archive example() {
  Archive archive;
  archive.put_text("config", R"({"k":5,"name":"käse"})");
  archive.put_tensor("weight", at::arange(12, at::kFloat).reshape({3, 4}));
  archive.put_tensor("flags", at::tensor({1, 0, 1}).to(at::kBool));
  archive.put_tensor("empty", at::empty({0, 2}, at::kDouble));
  archive.put_tensor("scalar", at::full({}, 3.5, at::kDouble));
  return archive;
}

TEST(Archive, ReadsBackWhatItWrote) {
  const auto file = temporary("archive_roundtrip.semb");
  example().write(file);
  const Archive back = Archive::read(file);
  EXPECT_EQ(back.text("config"), R"({"k":5,"name":"käse"})");
  for (const auto& name : example().tensor_names()) {
    EXPECT_TRUE(at::equal(back.tensor(name), example().tensor(name))) << name;
    EXPECT_EQ(back.tensor(name).scalar_type(), example().tensor(name).scalar_type()) << name;
  }
  EXPECT_FALSE(std::filesystem::exists(file.string() + ".part"));
}

TEST(Archive, PartsKeepTheirNamesApart) {
  Archive whole;
  whole.put_part("a", example());
  EXPECT_TRUE(whole.has_tensor("a.weight"));
  EXPECT_EQ(whole.part("a").tensor_names(), example().tensor_names());
  EXPECT_TRUE(whole.part("b").tensor_names().empty());
}

TEST(Archive, NamesTheMissingEntryAndTheUnreadableFile) {
  try {
    static_cast<void>(example().tensor("bias"));
    FAIL();
  } catch (const FileError& e) {
    EXPECT_STREQ(e.what(), "the model file has no tensor 'bias'");
  }
  EXPECT_THROW(static_cast<void>(Archive::read("/nowhere/model.semb")), FileError);
  EXPECT_THROW(example().write("/nowhere/model.semb"), FileError);
}

TEST(Archive, HostileHeadersAreErrors) {
  const auto file_of = [](std::string header, const std::string& data = "") {
    std::string out(8, '\0');
    for (std::size_t i = 0; i < 8; ++i)
      out[i] = static_cast<char>((header.size() >> (8 * i)) & 0xFF);
    return out + header + data;
  };
  for (const std::string& bytes :
       {std::string(), std::string("short"), std::string(8, '\xFF'), file_of("[]"), file_of("{"),
        file_of(std::string(100'000, '[')), file_of(R"({"__metadata__":{"a":1}})"),
        file_of(R"({"w":3})"), file_of(R"({"w":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}})"),
        file_of(R"({"w":{"dtype":"F32","shape":[-1],"data_offsets":[0,4]}})", "abcd"),
        file_of(R"({"w":{"dtype":"PICKLE","shape":[1],"data_offsets":[0,4]}})", "abcd"),
        file_of(R"({"w":{"dtype":"F32","shape":[4294967296,4294967296,4],"data_offsets":[0,4]}})",
                "abcd"),
        file_of(R"({"w":{"dtype":"F32","shape":[0,1e3],"data_offsets":[0,0]}})"),
        file_of(R"({"w":{"dtype":"F32","shape":[1],"data_offsets":[4,0]}})", "abcd"),
        file_of(R"({"w":{"dtype":"F32","shape":[1],"data_offsets":["0","4"]}})", "abcd")}) {
    EXPECT_THROW(static_cast<void>(Archive::parse(bytes, "hostile")), FileError)
        << bytes.substr(0, 120);
  }
}

TEST(Archive, WritesThroughADeviceAndALinkInsteadOfReplacingThem) {
  const auto file = temporary("archive_linked.semb"), link = temporary("archive_link.semb");
  example().write("/dev/null");
  EXPECT_TRUE(std::filesystem::is_character_file("/dev/null"));
  example().write(file);
  std::filesystem::remove(link);
  std::filesystem::create_symlink(file, link);
  example().write(link);
  EXPECT_TRUE(std::filesystem::is_symlink(link));
  EXPECT_EQ(Archive::read(link).tensor_names(), example().tensor_names());
}

TEST(Archive, LeavesNothingWhereItCannotWrite) {
  const auto file = temporary("no such folder") / "model.semb";
  EXPECT_THAT([&] { example().write(file); },
              testing::ThrowsMessage<FileError>(testing::HasSubstr("cannot be written")));
  EXPECT_FALSE(std::filesystem::exists(file.string() + ".part"));
}

// Every single-byte change and every cut gives the same archive, another valid one, or FileError:
// nothing else.
TEST(Archive, SurvivesDamage) {
  const auto file = temporary("archive_damage.semb");
  example().write(file);
  const std::string whole = bytes_of(file);
  Stream random(Seed{1}, "damage");
  for (int i = 0; i < 5000; ++i) {
    std::string broken = whole;
    for (std::uint64_t change = 0; change <= random.below(3); ++change) {
      broken[random.below(broken.size())] = static_cast<char>(random.below(256));
    }
    if (random.below(4) == 0) broken.resize(random.below(broken.size()));
    try {
      static_cast<void>(Archive::parse(broken, "damaged"));
    } catch (const FileError&) {
    }
  }
  for (std::size_t length = 0; length < whole.size(); ++length) {
    try {
      static_cast<void>(Archive::parse(std::string_view(whole).substr(0, length), "cut"));
    } catch (const FileError&) {
    }
  }
}

}  // namespace
}  // namespace semblance
