// SPDX-License-Identifier: Apache-2.0
#include "semblance/tune/tune.hpp"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <exception>
#include <limits>
#include <numeric>

#include "detail/check.hpp"
#include "detail/json.hpp"
#include "semblance/registry.hpp"
#include "tune/score.hpp"

namespace semblance {
namespace {

using Json = nlohmann::ordered_json;

constexpr double kTeachingShare = 0.75;
constexpr std::int64_t kLeastRows = 40;   // of the table
constexpr std::int64_t kFirstRows = 200;  // that any configuration learns, if there are so many
constexpr std::int64_t kFactor = 3;       // of rows from rung to rung, and of those that drop out

const std::vector<std::string>& models_of_auto() {
  static const std::vector<std::string> names = {"copula", "any-order", "diffusion", "vae"};
  return names;
}

RegistryEntry entry_of(const std::string& name) {
  static_cast<void>(make_generator(name));  // or an error that lists the names
  for (RegistryEntry& entry : registry()) {
    if (entry.name == name) return entry;
  }
  fail("tune: there is no generator '{}'", name);
}

/// A value of the space, as JSON.
Json draw(const SearchSpace& space, Stream& stream) {
  const double u = stream.uniform();
  if (!space.choices.empty()) {
    const auto n = static_cast<double>(space.choices.size());
    return Json::parse(space.choices[static_cast<std::size_t>(u * n)]);
  }
  const double value = space.logarithmic ? space.low * std::pow(space.high / space.low, u)
                                         : space.low + u * (space.high - space.low);
  if (space.whole) return static_cast<std::int64_t>(std::llround(value));
  return std::stod(fmt::format("{:.3g}", value));  // as a person would write it
}

/// A configuration from the spaces; fields in `fixed` keep their values.
Json configuration(const RegistryEntry& entry, const Json& fixed, Stream stream) {
  Json out = Json::object();
  for (const SearchSpace& space : search_space(entry.name)) {
    const Json value = draw(space, stream);  // drawn in any case: fields do not shift others
    if (!fixed.contains(space.field)) out[space.field] = value;
  }
  out.update(fixed);
  return out;
}

class Search {
 public:
  Search(std::string_view model, const Dataset& train, Seed seed, const TuneOptions& options)
      : options_(options),
        seed_(seed),
        fixed_(parse_json<Json, InvalidArgument>(options.fixed, "TuneOptions.fixed")),
        parts_(split(train, kTeachingShare, derive(seed, "judges"))),
        rungs_(rungs(parts_.first.rows())),
        total_(planned(options.trials)),
        report_(options.run, "tune", total_) {
    require(fixed_.is_object(), "TuneOptions.fixed must be a JSON object, got {}",
            fixed_.type_name());
    const bool many = model == "auto";
    const auto names = many ? models_of_auto() : std::vector<std::string>{std::string(model)};
    for (std::int64_t i = 0; i < options.trials; ++i) add(names, i);
  }

  TuneResult run() {
    report_.step(0);
    std::vector<std::size_t> alive(drafts_.size());
    std::iota(alive.begin(), alive.end(), std::size_t{0});
    for (std::size_t r = 0; r < rungs_.size(); ++r) {
      for (const std::size_t d : alive) climb(d, rungs_[r]);
      if (r + 1 < rungs_.size()) alive = better_third(alive);
    }
    report_.step(total_);
    return result(alive);
  }

 private:
  struct Draft {
    std::string model, config;
    Trial last = {};
  };

  void add(const std::vector<std::string>& names, std::int64_t i) {
    const auto n = static_cast<std::int64_t>(names.size());
    const RegistryEntry entry = entry_of(names[static_cast<std::size_t>(i % n)]);
    const Stream stream(seed_, "configuration", static_cast<std::uint64_t>(i));
    const Json config = i < n ? fixed_ : configuration(entry, fixed_, stream);
    static_cast<void>(entry.make(config.dump()));  // a bad `fixed` shows here
    drafts_.push_back({entry.name, config.dump()});
  }

  /// Rows of each rung, ascending.
  static std::vector<std::int64_t> rungs(std::int64_t rows) {
    std::vector<std::int64_t> out = {rows};
    while (out.size() < 3 && out.back() / kFactor >= kFirstRows)
      out.push_back(out.back() / kFactor);
    std::reverse(out.begin(), out.end());
    return out;
  }

  [[nodiscard]] std::int64_t planned(std::int64_t trials) const {
    std::int64_t out = 0;
    for (std::size_t r = 0; r < rungs_.size(); ++r) {
      out += trials;
      trials = std::max<std::int64_t>(std::min<std::int64_t>(trials, 2), trials / kFactor);
    }
    return out;
  }

  [[nodiscard]] bool late() const {
    return options_.run.budget && report_.seconds() >= options_.run.budget->count();
  }

  /// Measures a draft on that many rows; what is known or out of time is not measured.
  void climb(std::size_t d, std::int64_t rows) {
    Draft& draft = drafts_[d];
    const auto known =
        std::find_if(options_.known.begin(), options_.known.end(), [&](const Trial& t) {
          return t.model == draft.model && t.config == draft.config && t.rows == rows;
        });
    if (known == options_.known.end() && late()) {
      complete_ = false;
      return;
    }
    draft.last = known != options_.known.end() ? *known : measured(draft, rows);
    trials_.push_back(draft.last);
    if (options_.on_trial) options_.on_trial(draft.last);
    report_.step(std::min(++done_, total_));
  }

  [[nodiscard]] Trial measured(const Draft& draft, std::int64_t rows) {
    Trial out{.model = draft.model, .config = draft.config, .rows = rows};
    const double start = report_.seconds();
    RunOptions part =
        tuning::part_of(options_.run, {"tune", std::min(done_, total_), total_, 0, start});
    if (options_.run.budget)
      part.budget =
          std::chrono::duration<double>(std::max(options_.run.budget->count() - start, 0.1));
    try {
      const auto score = tuning::measure({draft.model, draft.config}, teachers(rows), parts_.second,
                                         options_.aim, derive(seed_, "fit"), part);
      out.loss = score.loss();
      out.nearer = score.nearer();
      out.copies = score.copies();
      out.shape_error = score.shape_error;
      out.pair_error = score.pair_error;
      out.utility = score.utility;
    } catch (const Cancelled&) {
      throw;
    } catch (const Error& e) {
      out.failure = e.what();
    }
    out.seconds = report_.seconds() - start;
    return out;
  }

  [[nodiscard]] Dataset teachers(std::int64_t rows) const {
    const Dataset& all = parts_.first;
    if (rows == all.rows()) return all;
    const double share = static_cast<double>(rows) / static_cast<double>(all.rows());
    return split(all, share, derive(seed_, "teachers")).first;
  }

  [[nodiscard]] double rank(std::size_t d) const {
    const Trial& t = drafts_[d].last;
    if (t.rows == 0 || !t.failure.empty()) return std::numeric_limits<double>::infinity();
    return t.copies ? 1e3 + t.nearer : t.loss;
  }

  /// The default and the better third, in their order.
  [[nodiscard]] std::vector<std::size_t> better_third(std::vector<std::size_t> alive) const {
    const std::size_t keep =
        std::max<std::size_t>(std::min<std::size_t>(alive.size(), 2), alive.size() / kFactor);
    std::sort(alive.begin(), alive.end(), [this](std::size_t a, std::size_t b) {
      if ((a == 0) != (b == 0)) return a == 0;
      return rank(a) != rank(b) ? rank(a) < rank(b) : a < b;
    });
    alive.resize(keep);
    std::sort(alive.begin(), alive.end());
    return alive;
  }

  /// The best on most rows.
  [[nodiscard]] TuneResult result(const std::vector<std::size_t>& alive) const {
    const auto before = [this](std::size_t a, std::size_t b) {
      const std::int64_t x = drafts_[a].last.rows, y = drafts_[b].last.rows;
      return x != y ? x > y : rank(a) < rank(b);
    };
    const std::size_t best = *std::min_element(alive.begin(), alive.end(), before);
    const Draft& winner = drafts_[best];
    require(std::isfinite(rank(best)), "tune: every configuration of {} failed: {}", winner.model,
            winner.last.rows == 0 ? "the budget ended first" : winner.last.failure);
    return {winner.model,         winner.config, winner.last.loss,
            drafts_[0].last.loss, complete_,     trials_};
  }

  const TuneOptions& options_;
  Seed seed_;
  Json fixed_;
  std::pair<Dataset, Dataset> parts_;  // those that teach, those that judge
  std::vector<std::int64_t> rungs_;
  std::int64_t done_ = 0, total_;
  Reporter report_;
  std::vector<Draft> drafts_;
  std::vector<Trial> trials_;
  bool complete_ = true;
};

template <class T>
void put(Json& out, const char* key, const std::optional<T>& value) {
  if (value) out[key] = *value;
}

template <class T>
void take(const Json& json, const char* key, std::optional<T>& value) {
  if (json.contains(key)) value = json.at(key).get<T>();
}

}  // namespace

TuneResult tune(std::string_view model, const Dataset& train, Seed seed,
                const TuneOptions& options) {
  require(options.trials >= 1, "TuneOptions.trials must be >= 1, got {}", options.trials);
  require(train.rows() >= kLeastRows, "tune: {} rows are too few to judge by; {} are needed",
          train.rows(), kLeastRows);
  require(options.aim != Aim::kUtility || train.schema().target() >= 0,
          "tune: the objective 'utility' needs a target column");
  return Search(model, train, seed, options).run();
}

std::string to_json(const std::vector<Trial>& trials) {
  Json out = Json::array();
  for (const Trial& t : trials) {
    Json one = {{"model", t.model},    {"config", Json::parse(t.config)},
                {"rows", t.rows},      {"loss", t.loss},
                {"nearer", t.nearer},  {"copies", t.copies},
                {"seconds", t.seconds}};
    if (!t.failure.empty()) one["failure"] = t.failure;
    put(one, "shape_error", t.shape_error);
    put(one, "pair_error", t.pair_error);
    put(one, "utility", t.utility);
    out.push_back(std::move(one));
  }
  return out.dump(2) + "\n";
}

std::vector<Trial> parse_trials(std::string_view text) {
  const auto json = parse_json<Json>(text, "trials");
  std::vector<Trial> out;
  try {
    for (const Json& one : json) {
      Trial t{.model = one.at("model").get<std::string>(), .config = one.at("config").dump()};
      t.rows = one.at("rows").get<std::int64_t>();
      t.loss = one.at("loss").get<double>();
      t.nearer = one.at("nearer").get<double>();
      t.copies = one.at("copies").get<bool>();
      t.seconds = one.at("seconds").get<double>();
      t.failure = one.value("failure", "");
      take(one, "shape_error", t.shape_error);
      take(one, "pair_error", t.pair_error);
      take(one, "utility", t.utility);
      out.push_back(std::move(t));
    }
  } catch (const nlohmann::json::exception& e) {
    fail<FileError>("trials: not what tune writes ({})", e.what());
  }
  return out;
}

}  // namespace semblance
