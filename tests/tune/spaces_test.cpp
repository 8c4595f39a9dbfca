// SPDX-License-Identifier: Apache-2.0
// Where searches look.
#include <gtest/gtest.h>

#include <cmath>
#include <nlohmann/json.hpp>
#include <set>
#include <string>

#include "semblance/core/seed.hpp"
#include "semblance/registry.hpp"
#include "semblance/tune/tune.hpp"

namespace semblance {
namespace {

/// The value at share u of a space.
nlohmann::json value_at(const SearchSpace& space, double u) {
  if (!space.choices.empty()) {
    const auto n = static_cast<double>(space.choices.size());
    return nlohmann::json::parse(space.choices[static_cast<std::size_t>(std::min(u * n, n - 1))]);
  }
  const double value = space.logarithmic ? space.low * std::pow(space.high / space.low, u)
                                         : space.low + u * (space.high - space.low);
  if (space.whole) return std::llround(value);
  return value;
}

class Spaces : public testing::TestWithParam<std::string> {};

TEST_P(Spaces, AnyConfigurationInThemIsValid) {
  const auto spaces = search_space(GetParam());
  std::set<std::string> fields;
  for (const SearchSpace& space : spaces) {
    EXPECT_TRUE(fields.insert(space.field).second) << space.field << " is there twice";
    EXPECT_TRUE(!space.choices.empty() || space.low < space.high) << space.field;
    EXPECT_TRUE(!space.logarithmic || space.low > 0) << space.field;
  }
  for (std::uint64_t k = 0; k < 40; ++k) {
    Stream stream(Seed{1}, k);
    nlohmann::json config = nlohmann::json::object();
    for (const SearchSpace& space : spaces)  // both ends first
      config[space.field] = value_at(space, k < 2 ? static_cast<double>(k) : stream.uniform());
    EXPECT_NO_THROW(static_cast<void>(make_generator(GetParam(), config.dump()))) << config;
  }
}

std::vector<std::string> names() {
  std::vector<std::string> out;
  for (const RegistryEntry& entry : registry()) out.push_back(entry.name);
  return out;
}

INSTANTIATE_TEST_SUITE_P(Generators, Spaces, testing::ValuesIn(names()), [](const auto& tested) {
  std::string name = tested.param;
  for (char& c : name) c = c == '-' ? '_' : c;
  return name;
});

TEST(SearchSpace, EveryGeneratorThatLearnsByParametersHasOne) {
  // The others have nothing to search, or parameters that say what is wanted.
  const std::set<std::string> none = {"auto", "bootstrap", "constrained", "credit-sim", "random"};
  for (const std::string& name : names())
    EXPECT_EQ(search_space(name).empty(), none.contains(name)) << name;
}

}  // namespace
}  // namespace semblance
