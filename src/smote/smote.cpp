// SPDX-License-Identifier: Apache-2.0
#include "semblance/smote/smote.hpp"

#include "smote/entry.hpp"
#include "smote/over_sampler_of.hpp"

namespace semblance {
namespace {

/// Every row of the class is a base; its partners are its nearest rows in the class.
class SmoteMethod final : public Method {
 public:
  using Method::Method;

  [[nodiscard]] std::unique_ptr<ClassPlan> prepare(std::int32_t label,
                                                   const RunOptions& run) const override {
    auto plan = std::make_unique<ClassPlan>(label);
    join_class(*plan, run);
    return plan;
  }
};

}  // namespace

template <class Visitor>
static void visit(SmoteConfig& c, Visitor&& v) {
  v("k", c.k, "Neighbours a row may be joined with, >= 1");
  v("standardize", c.standardize, kStandardizeHelp);
  v("small_class", c.small_class, kSmallClassHelp);
}

static MethodOptions options_of(const SmoteConfig& c) {
  return {"smote", c.k, c.standardize, c.small_class};
}

static std::unique_ptr<const Method> make_method(const SmoteConfig&, const Training& training) {
  return std::make_unique<SmoteMethod>(training);
}

void SmoteConfig::validate() const { require(k >= 1, "SmoteConfig.k must be >= 1, got {}", k); }

RegistryEntry smote_entry() {
  return over_sampler_entry<SmoteConfig>(
      "New rows between a row and its nearest neighbours of the same class.", "SmoteConfig");
}

namespace {

/// Smote under the name that it has on such tables.
RegistryEntry alias(std::string name, std::string summary) {
  RegistryEntry entry = smote_entry();
  entry.name = std::move(name);
  entry.summary = std::move(summary);
  return entry;
}

}  // namespace

RegistryEntry smote_nc_entry() {
  return alias("smote-nc", "What smote is on tables with numbers and categories.");
}

RegistryEntry smote_n_entry() { return alias("smote-n", "What smote is on tables of categories."); }

template class OverSamplerOf<SmoteConfig>;

}  // namespace semblance
