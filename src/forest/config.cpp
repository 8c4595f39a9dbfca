// SPDX-License-Identifier: Apache-2.0
#include "detail/config.hpp"
#include "forest/entry.hpp"
#include "semblance/forest/forest_flow.hpp"

namespace semblance {

template <class Visitor>
static void visit(ForestFlowConfig& c, Visitor&& v) {
  v("levels", c.levels, "Noise levels, each with trees of its own, >= 1");
  v("trees", c.trees, "Boosting rounds of a level, >= 1; a tree a value in each");
  v("depth", c.depth, "Most splits from root to leaf, 1 to 16");
  v("learning_rate", c.learning_rate, "Shrinkage of each tree, in (0, 1]");
  v("copies", c.copies, "Noisy copies of each row that a level is trained on, >= 1");
  v("most_rows", c.most_rows, "Noisy rows of a level, >= 1");
  v("condition_on_target", c.condition_on_target,
    "Learn p(row | target) and the target's frequencies, where the target is categorical");
  v("max_categories", c.max_categories, "Slots of a categorical column, >= 2");
  v("rare_count", c.rare_count, "Categories with fewer rows share a slot, >= 1");
}

void ForestFlowConfig::validate() const {
  const auto at_least = [](const char* field, auto value, auto least) {
    require(value >= least, "ForestFlowConfig.{} must be >= {}, got {}", field, least, value);
  };
  at_least("levels", levels, 1);
  at_least("trees", trees, 1);
  require(depth >= 1 && depth <= 16, "ForestFlowConfig.depth must be in [1, 16], got {}", depth);
  require(learning_rate > 0 && learning_rate <= 1,
          "ForestFlowConfig.learning_rate must be in (0, 1], got {}", learning_rate);
  at_least("copies", copies, 1);
  at_least("most_rows", most_rows, 1);
  at_least("max_categories", max_categories, 2);
  at_least("rare_count", rare_count, 1);
}

std::string ForestFlow::do_config_json() const { return config_to_json(config_).dump(); }

RegistryEntry forest_flow_entry() {
  return {"forest-flow", "Flow matching with boosted trees, for small tables",
          parameters_of<ForestFlowConfig>(),
          [](std::string_view json) -> std::unique_ptr<Generator> {
            return std::make_unique<ForestFlow>(
                config_from_json<ForestFlowConfig>(json, "ForestFlowConfig"));
          }};
}

}  // namespace semblance
