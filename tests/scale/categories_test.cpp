// SPDX-License-Identifier: Apache-2.0
// Columns of very many categories, in bounded memory.
#include <gtest/gtest.h>
#include <sys/resource.h>

#include <set>
#include <string>
#include <vector>

#include "semblance/registry.hpp"

namespace semblance {
namespace {

/// `categories` categories, each as likely as another, and a number that is their position.
Dataset many_categories(std::int64_t rows, std::int32_t categories) {
  std::vector<std::string> names;
  for (std::int32_t k = 0; k < categories; ++k) names.push_back("c" + std::to_string(k));
  std::vector<std::int32_t> code;
  std::vector<double> x;
  for (std::int64_t i = 0; i < rows; ++i) {
    Stream s(Seed{3}, "many", static_cast<std::uint64_t>(i));
    code.push_back(static_cast<std::int32_t>(s.below(static_cast<std::uint64_t>(categories))));
    x.push_back(code.back() + s.normal());
  }
  Field field{.name = "code", .kind = Kind::kCategorical};
  field.categories = Vocabulary(std::move(names));
  return {Schema({field, {.name = "x"}}), {Column::categories(code), Column::reals(x)}};
}

/// Most memory that the process ever had, in bytes.
double peak_memory() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return 1024.0 * static_cast<double>(usage.ru_maxrss);
}

class ManyCategories : public testing::TestWithParam<std::pair<const char*, const char*>> {};

TEST_P(ManyCategories, ALearnedColumnOfThemNeedsNoSquare) {
  const auto [model, config] = GetParam();
  const Dataset train = many_categories(12'000, 8'000);
  const double before = peak_memory();
  const auto generator = make_generator(model, config);
  generator->fit(train, Seed{1}, {.threads = 1});
  const Dataset rows = generator->sample(500, Seed{2}, {.run = {.threads = 1}});
  std::set<std::int32_t> seen;
  for (const auto code : rows.column("code").codes()) seen.insert(code);
  EXPECT_GT(seen.size(), 30);  // of 500 rows: the rare ones are drawn, not lost
  // A one-hot table of floats would be 384 MB, a square of the categories 256 MB.
  EXPECT_LT(peak_memory() - before, 200e6);
}

INSTANTIATE_TEST_SUITE_P(
    Generators, ManyCategories,
    testing::Values(std::pair("independent", "{}"), std::pair("copula", "{}"),
                    std::pair("any-order", R"({"epochs": 1, "hidden": [16], "embedding_dim": 4})"),
                    std::pair("smote", "{}"),
                    std::pair("vae", R"({"epochs": 1, "hidden": [16], "latent_dim": 4})"),
                    std::pair("diffusion",
                              R"({"epochs": 1, "width": 16, "blocks": 1, "steps": 4})"),
                    std::pair("tvae", R"({"epochs": 1, "hidden": [16], "latent_dim": 4})"),
                    std::pair("tabddpm", R"({"epochs": 1, "width": 16, "blocks": 1, "steps": 4})"),
                    std::pair("tabdiff", R"({"epochs": 1, "width": 16, "blocks": 1, "steps": 4})"),
                    std::pair("tabsyn", R"({"epochs": 1, "width": 16, "blocks": 1, "steps": 4})"),
                    std::pair("forest-flow", R"({"levels": 2, "trees": 1, "depth": 2,
                                                 "copies": 1, "most_rows": 2000})"),
                    std::pair("gan", R"({"epochs": 1, "generator": [16], "critic": [16]})")),
    [](const auto& tested) {
      std::string name = tested.param.first;
      std::erase(name, '-');
      return name;
    });

}  // namespace
}  // namespace semblance
