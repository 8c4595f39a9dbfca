// SPDX-License-Identifier: Apache-2.0
#include "semblance/registry.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "conformance/toy_generator.hpp"

namespace semblance {
namespace {

using testing::HasSubstr;
using testing::ThrowsMessage;

RegistryEntry toy(const std::string& name) {
  return {.name = name, .summary = "A toy", .parameters = {}, .make = [](std::string_view) {
            return std::make_unique<IndependentColumns>();
          }};
}

std::filesystem::path saved_toy() {
  const Field x{.name = "x", .kind = Kind::kInteger};
  IndependentColumns model;
  model.fit({Schema({x}), {Column::integers({1, 2, 3})}}, Seed{1});
  const auto file = std::filesystem::path(testing::TempDir()) / "registry_toy.semb";
  model.save(file);
  return file;
}

TEST(Registry, EveryEntryIsWhatItSays) {
  for (const RegistryEntry& entry : registry()) {
    SCOPED_TRACE(entry.name);
    const auto generator = entry.make("{}");
    // A preset makes a generator of its family, whose name and configuration make an equal one.
    const auto again = make_generator(generator->name(), generator->config_json());
    EXPECT_EQ(again->config_json(), generator->config_json());
    EXPECT_FALSE(entry.summary.empty());
    EXPECT_FALSE(generator->is_fitted());
    EXPECT_FALSE(generator->capabilities().kinds.empty());
  }
}

TEST(Registry, ParametersAreTheFieldsOfTheConfiguration) {
  for (const RegistryEntry& entry : registry()) {
    SCOPED_TRACE(entry.name);
    const auto config = nlohmann::json::parse(entry.make("{}")->config_json());
    EXPECT_EQ(entry.parameters.size(), config.size());
    for (const Parameter& p : entry.parameters) {
      EXPECT_EQ(config.at(p.name), nlohmann::json::parse(p.default_json)) << p.name;
      EXPECT_FALSE(p.help.empty()) << p.name;
    }
  }
}

TEST(Registry, UnknownNamesGetASuggestion) {
  EXPECT_THAT([] { static_cast<void>(make_generator("any-ordr")); },
              ThrowsMessage<InvalidArgument>(
                  "make_generator: there is no generator 'any-ordr'; did you mean 'any-order'?"));
  EXPECT_THAT([] { static_cast<void>(make_generator("")); },
              ThrowsMessage<InvalidArgument>(HasSubstr("there are: 'auto', 'any-order'")));
}

TEST(Registry, TakesGeneratorsOfYourOwnAfterOurs) {
  register_generator(toy("toy-last"));
  EXPECT_EQ(registry().back().name, "toy-last");
  EXPECT_EQ(make_generator("toy-last")->name(), "independent-columns");
  EXPECT_THAT([] { register_generator(toy("toy-last")); },
              ThrowsMessage<InvalidArgument>("register_generator: the name 'toy-last' is taken"));
  EXPECT_THAT([] { register_generator(toy("any-order")); },
              ThrowsMessage<InvalidArgument>(HasSubstr("'any-order' is taken")));
}

TEST(Registry, LoadsFilesOfRegisteredGeneratorsOnly) {
  const auto file = saved_toy();
  EXPECT_THAT([&] { static_cast<void>(load_generator(file)); },
              ThrowsMessage<FileError>(HasSubstr("there is no generator 'independent-columns'")));
  register_generator(toy("independent-columns"));
  const auto model = load_generator(file);
  EXPECT_TRUE(model->is_fitted());
  EXPECT_EQ(model->training_rows(), 3);
  EXPECT_THAT([] { static_cast<void>(load_generator("none.semb")); },
              ThrowsMessage<FileError>(HasSubstr("none.semb: cannot be read")));
}

}  // namespace
}  // namespace semblance
