// SPDX-License-Identifier: Apache-2.0
// All constraints over every registered generator.
#include <gtest/gtest.h>

#include <algorithm>

#include "constraints/tables.hpp"
#include "semblance/constraints/constrained.hpp"
#include "semblance/registry.hpp"

namespace semblance {
namespace {

/// A quick configuration: one epoch and narrow layers where a model has them.
std::string quick(const RegistryEntry& entry) {
  std::string out;
  const auto set = [&](const char* name, const char* value) {
    for (const Parameter& p : entry.parameters) {
      if (p.name == name) out += (out.empty() ? "" : ", ") + ('"' + p.name + "\": " + value);
    }
  };
  set("epochs", "1");
  set("hidden", "[8]");
  set("width", "8");
  set("steps", "2");
  set("critic_turns", "1");
  set("blocks", "1");
  set("trees", "2");
  set("levels", "2");
  set("copies", "2");
  return "{" + out + "}";
}

/// Generators that learn tables like this one and are not made of others.
bool takes_part(const RegistryEntry& entry) {
  return entry.name != "constrained" && entry.name != "auto" && entry.name != "credit-sim";
}

bool is_unique(const Constraint& c) { return std::holds_alternative<Unique>(c); }

/// Generators that do not have 200 different keys in them: those that repeat training rows, and
/// those that have hardly learned after one epoch or two trees.
bool repeats(const std::string& name) {
  const std::vector<std::string> names = {"bootstrap", "random",  "forest-flow",
                                          "tabddpm",   "tabdiff", "tabsyn"};
  return std::find(names.begin(), names.end(), name) != names.end();
}

TEST(Constrained, EveryGeneratorKeepsEveryConstraint) {
  const Dataset train = table_that_keeps_all(150);
  for (const RegistryEntry& entry : registry()) {
    if (!takes_part(entry)) continue;
    SCOPED_TRACE(entry.name);
    Constraints rules = all_constraints();
    if (repeats(entry.name)) std::erase_if(rules, is_unique);
    Constrained model(entry.name, rules, quick(entry));
    model.fit(train, Seed{1}, {.threads = 1});
    const Dataset rows = model.sample(200, Seed{2}, {.run = {.threads = 1}});
    for (const Violations& v : violations(rules, rows, train)) EXPECT_EQ(v.rows, 0) << v.constraint;
  }
}

}  // namespace
}  // namespace semblance
