// SPDX-License-Identifier: Apache-2.0
// A table that is never in memory as a whole.
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <malloc.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <string>

#include "semblance/data/row_source.hpp"
#include "semblance/registry.hpp"

namespace semblance {
namespace {

constexpr std::int64_t kRows = 120'000;

/// Four numbers, of which two depend on the category; removed at the end.
class LargeFile {
 public:
  LargeFile()
      : path(std::filesystem::temp_directory_path() /
             fmt::format("semblance-large-{}.csv", getpid())) {
    std::ofstream out(path);
    out << "a,b,c,d,group\n";
    for (std::int64_t i = 0; i < kRows; ++i) {
      Stream s(Seed{5}, static_cast<std::uint64_t>(i));
      const auto g = static_cast<int>(s.below(4));
      out << fmt::format("{:.4f},{:.4f},{:.4f},{:.4f},g{}\n", s.normal(), s.normal() + 3 * g,
                         s.normal() - 3 * g, s.uniform(), g);
    }
  }
  ~LargeFile() { std::filesystem::remove(path); }
  LargeFile(const LargeFile&) = delete;
  LargeFile& operator=(const LargeFile&) = delete;
  const std::filesystem::path path;
};

double heap_bytes() {
  const auto info = mallinfo2();
  return static_cast<double>(info.uordblks + info.hblkhd);
}

/// The most that the heap held above what it held before, looked at on every callback of `fit`.
template <class Fit>
double heap_growth(Fit fit) {
  const double before = heap_bytes();
  double most = 0;
  fit(RunOptions{.on_progress =
                     [&](const Progress&) {
                       most = std::max(most, heap_bytes() - before);
                       return Flow::kContinue;
                     },
                 .threads = 1});
  return most;
}

double mean(const Column& column) {
  double sum = 0;
  for (const double x : column.reals()) sum += x;
  return sum / static_cast<double>(column.size());
}

class Streamed : public testing::TestWithParam<std::pair<const char*, const char*>> {};

TEST_P(Streamed, ATableIsLearnedInMemoryThatDoesNotGrowWithIt) {
  const auto [name, config] = GetParam();
  const LargeFile file;
  const double whole = heap_growth([&](const RunOptions& run) {
    const Dataset train = read_csv(file.path);
    make_generator(name, config)->fit(train, Seed{1}, run);
  });
  const auto model = make_generator(name, config);
  const double streamed = heap_growth([&](const RunOptions& run) {
    const CsvSource train(file.path, {}, 2'000);
    model->fit(train, Seed{1}, run, 4'000);
  });
  EXPECT_GT(whole, 5e6);     // 41 bytes a row are 4.9 MB
  EXPECT_LT(streamed, 3e6);  // 2,000 + 4,000 rows, the order of a pass (1 MB), the network
  EXPECT_EQ(model->training_rows(), kRows);
  const Dataset rows = model->sample(2'000, Seed{2}, {.run = {.threads = 1}});
  // Four groups alike: b is 4.5 on average, c its opposite.
  EXPECT_NEAR(mean(rows.column("b")), 4.5, 1.5);
  EXPECT_NEAR(mean(rows.column("c")), -4.5, 1.5);
}

INSTANTIATE_TEST_SUITE_P(
    Generators, Streamed,
    testing::Values(
        std::pair("any-order",
                  R"({"epochs": 1, "batch_size": 1000, "hidden": [16], "embedding_dim": 4})"),
        std::pair("vae", R"({"epochs": 1, "batch_size": 1000, "hidden": [16], "latent_dim": 4})"),
        std::pair("diffusion",
                  R"({"epochs": 1, "batch_size": 1000, "width": 16, "blocks": 1, "steps": 4})")),
    [](const auto& tested) {
      std::string name = tested.param.first;
      std::erase(name, '-');
      return name;
    });

}  // namespace
}  // namespace semblance
