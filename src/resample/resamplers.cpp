// SPDX-License-Identifier: Apache-2.0
#include "semblance/resample/resamplers.hpp"

#include <algorithm>

#include "detail/check.hpp"
#include "detail/json.hpp"
#include "detail/names.hpp"
#include "resample/entries.hpp"
#include "semblance/resample/compose.hpp"

namespace semblance {
namespace {

const ResamplerEntry* find(const std::vector<ResamplerEntry>& entries, std::string_view name) {
  const auto it =
      std::find_if(entries.begin(), entries.end(), [&](const auto& e) { return e.name == name; });
  return it == entries.end() ? nullptr : &*it;
}

/// A generator's method for one kind of table only, under a name of its own.
class ForKinds final : public Resampler {
 public:
  ForKinds(std::unique_ptr<Resampler> method, std::string name, bool numbers)
      : method_(std::move(method)), name_(std::move(name)), numbers_(numbers) {}

 private:
  Resampled do_resample(const Dataset& data, Seed seed,
                        const ResampleOptions& options) const override {
    std::int64_t numeric = 0, categorical = 0;
    for (std::int64_t c = 0; c < data.schema().size(); ++c) {
      if (c == data.schema().target()) continue;
      ++(data.schema()[c].kind == Kind::kCategorical ? categorical : numeric);
    }
    require(numbers_ ? numeric > 0 && categorical > 0 : numeric == 0,
            "{}: data must have {} besides the target, got {} numeric and {} categorical; method "
            "'{}' takes any",
            name_, numbers_ ? "numeric and categorical columns" : "categorical columns only",
            numeric, categorical, method_->name());
    return method_->resample(data, seed, options);
  }
  std::string do_name() const override { return name_; }

  std::unique_ptr<Resampler> method_;
  std::string name_;
  bool numbers_;
};

std::vector<ResamplerEntry> over_samplers() {
  std::vector<ResamplerEntry> out;
  for (const RegistryEntry& entry : registry()) {
    if (entry.make("{}")->capabilities().conditioning == Conditioning::kNone) continue;
    out.push_back({entry.name, ResamplerGroup::kOverSampling, entry.summary, entry.parameters,
                   [make = entry.make](std::string_view json) {
                     return over_sampling([make, text = std::string(json)] { return make(text); });
                   }});
  }
  return out;
}

/// smote-nc and smote-n are smote, which chooses its metric by the table: as methods they take the
/// tables that they are named for.
void bind_kinds(std::vector<ResamplerEntry>& entries) {
  for (ResamplerEntry& entry : entries) {
    if (entry.name != "smote-nc" && entry.name != "smote-n") continue;
    entry.make = [make = entry.make, name = entry.name](std::string_view json) {
      return std::make_unique<ForKinds>(make(json), name, name == "smote-nc");
    };
  }
}

std::unique_ptr<Selector> as_selector(std::unique_ptr<Resampler> method) {
  auto* selector = dynamic_cast<Selector*>(method.get());
  require(selector != nullptr,
          "make_resampler: the second of two methods must remove rows only, '{}' does not",
          method->name());
  (void)method.release();
  return std::unique_ptr<Selector>(selector);
}

/// The names of "A+B+C".
std::vector<std::string> parts_of(std::string_view name) {
  std::vector<std::string> parts;
  for (std::size_t from = 0; from <= name.size();) {
    const auto to = std::min(name.find('+', from), name.size());
    parts.emplace_back(name.substr(from, to - from));
    from = to + 1;
  }
  return parts;
}

/// One method after the other, their configurations under their names.
std::unique_ptr<Resampler> chain(const std::vector<std::string>& parts, std::string_view config,
                                 const std::string& name) {
  const auto json = parse_json<nlohmann::json, InvalidArgument>(config, name);
  require(json.is_object(), "{}: the configuration must be a JSON object, got {}", name,
          json.type_name());
  std::vector<std::string> known = parts;
  known.emplace_back("cleaned");
  for (const auto& [key, value] : json.items()) {
    require(std::find(known.begin(), known.end(), key) != known.end(), "{} has no field '{}'; {}",
            name, key, did_you_mean(key, known));
  }
  const auto cleaned = json.value("cleaned", nlohmann::json("all"));
  require(cleaned.is_string(), "{}.cleaned: must be a strategy in quotes, got {}", name,
          cleaned.dump());
  const auto make = [&](const std::string& part) {
    return make_resampler(part, json.contains(part) ? json[part].dump() : "{}");
  };
  std::unique_ptr<Resampler> out = make(parts[0]);
  for (std::size_t i = 1; i < parts.size(); ++i) {
    out = compose(std::move(out), as_selector(make(parts[i])),
                  parse_balance_strategy(cleaned.get<std::string>()),
                  i + 1 == parts.size() ? name : std::string());
  }
  return out;
}

/// smote and a cleaner of all classes, as "smote-enn".
ResamplerEntry smote_and(const std::string& cleaner, const char* summary) {
  const std::string name = "smote-" + cleaner;
  return {name,
          ResamplerGroup::kCombination,
          summary,
          {{"smote", "{}", "Parameters of smote"},
           {cleaner, "{}", "Parameters of " + cleaner},
           {"cleaned", "\"all\"", "Strategy of " + cleaner + ": which classes lose rows"}},
          [cleaner, name](std::string_view json) { return chain({"smote", cleaner}, json, name); }};
}

}  // namespace

std::string_view to_string(ResamplerGroup group) {
  constexpr std::string_view names[] = {"over-sampling", "under-sampling", "cleaning",
                                        "combination", "regression"};
  return names[static_cast<std::size_t>(group)];
}

std::vector<ResamplerEntry> resamplers() {
  std::vector<ResamplerEntry> all = over_samplers();
  bind_kinds(all);
  for (ResamplerEntry& entry : std::vector<ResamplerEntry>{
           random_under_entry(), near_miss_entry(1), near_miss_entry(2), near_miss_entry(3),
           hardness_entry(), cluster_centroids_entry(), tomek_entry(), enn_entry(), renn_entry(),
           all_knn_entry(), ncr_entry(), condensed_entry(), one_sided_entry(), partitioning_entry(),
           smote_and("enn", "smote, then edited nearest neighbours of all classes."),
           smote_and("tomek", "smote, then both ends of all Tomek links."),
           smote_and("ipf", "smote, then the iterative partitioning filter of all classes."),
           smoter_entry(), smogn_entry()}) {
    if (find(all, entry.name) == nullptr) all.push_back(std::move(entry));
  }
  return all;
}

std::unique_ptr<Resampler> make_resampler(std::string_view name, std::string_view config_json) {
  if (name.find('+') != std::string_view::npos) {
    return chain(parts_of(name), config_json, std::string(name));
  }
  const auto all = resamplers();
  const ResamplerEntry* entry = find(all, name);
  if (entry == nullptr) {
    std::vector<std::string> names;
    for (const auto& e : all) names.push_back(e.name);
    fail("make_resampler: there is no method '{}'; {}", name, did_you_mean(name, names));
  }
  return entry->make(config_json);
}

}  // namespace semblance
