// SPDX-License-Identifier: Apache-2.0
// SmoteR and SMOGN by name.
#include "semblance/resample/regression.hpp"

#include "resample/entries.hpp"
#include "resample/selector_of.hpp"

namespace semblance {
namespace {

constexpr const char* kExtremes[] = {"both", "high", "low"};
constexpr const char* kSizes[] = {"balance", "extreme"};

}  // namespace

template <class Json>
static void to_json(Json& json, Extremes value) {
  write_name(json, value, kExtremes);
}
template <class Json>
static void from_json(const Json& json, Extremes& value) {
  read_name(json, value, kExtremes);
}
template <class Json>
static void to_json(Json& json, BumpSizes value) {
  write_name(json, value, kSizes);
}
template <class Json>
static void from_json(const Json& json, BumpSizes& value) {
  read_name(json, value, kSizes);
}
template <class Json>
static void to_json(Json& json, const ControlPoint& point) {
  json = std::vector<double>{point.value, point.relevance};
}
template <class Json>
static void from_json(const Json& json, ControlPoint& point) {
  json.at(0).get_to(point.value);
  json.at(1).get_to(point.relevance);
}

template <class Visitor>
static void visit(SmoteRConfig& c, Visitor&& v) {
  v("k", c.k, "Neighbours a row may be joined with, >= 1");
  v("threshold", c.threshold, "Rows of this relevance or more are rare, in (0, 1]");
  v("extremes", c.extremes, "Which ends of the box plot are relevant: both, high or low");
  v("coefficient", c.coefficient, "Longest whisker in interquartile ranges, > 0");
  v("points", c.points, "The relevance as [[value, relevance], ...]; empty: by the box plot");
  v("sizes", c.sizes, "What the bumps' sizes become: balance or extreme");
  v("undersample", c.undersample, "Bumps that are too large lose rows");
  v("standardize", c.standardize, "Distances on columns of unit variance");
}

template <class Visitor>
static void visit(SmognConfig& c, Visitor&& v) {
  visit(c.smoter, v);
  v("perturbation", c.perturbation, "Largest noise, in standard deviations, > 0");
}

static std::string name_of(const SmoteRConfig&) { return "smoter"; }
static std::string name_of(const SmognConfig&) { return "smogn"; }

ResamplerEntry smoter_entry() {
  return entry_of<SmoteR, SmoteRConfig>(
      ResamplerGroup::kRegression,
      "SMOTE for regression: more rows with rare values of a numeric target, fewer usual ones.",
      "SmoteRConfig");
}

ResamplerEntry smogn_entry() {
  return entry_of<Smogn, SmognConfig>(ResamplerGroup::kRegression,
                                      "smoter, with Gaussian noise where the neighbours are far.",
                                      "SmognConfig");
}

}  // namespace semblance
