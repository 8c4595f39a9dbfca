// SPDX-License-Identifier: Apache-2.0
#include "semblance/tune/auto.hpp"

#include <algorithm>
#include <cmath>

#include "detail/config.hpp"
#include "detail/part.hpp"
#include "detail/run_part.hpp"
#include "detail/terms.hpp"
#include "semblance/core/archive.hpp"
#include "semblance/core/log.hpp"
#include "semblance/data/row_source.hpp"
#include "tune/entry.hpp"
#include "tune/race.hpp"

namespace semblance {

template <class Visitor>
static void visit(AutoConfig& c, Visitor&& v) {
  v("time_budget", c.time_budget, "Seconds for the whole fit, >= 0; 0: no limit of its own");
  v("race_rows", c.race_rows, "Tables of at most that many rows are raced on, >= 0");
  v("rounds", c.rounds, "Inner splits of a race, >= 1");
  v("models", c.models, "Generators to race; empty: those that the table's shape suggests");
}

void AutoConfig::validate() const {
  require(time_budget >= 0 && std::isfinite(time_budget),
          "AutoConfig.time_budget must be >= 0, got {}", time_budget);
  require(race_rows >= 0, "AutoConfig.race_rows must be >= 0, got {}", race_rows);
  require(rounds >= 1, "AutoConfig.rounds must be >= 1, got {}", rounds);
  require(std::find(models.begin(), models.end(), "auto") == models.end(),
          "AutoConfig.models must name other generators, got 'auto'");
}

namespace {

using Clock = std::chrono::steady_clock;

/// The shorter of the two budgets, in seconds.
std::optional<double> budget_of(const AutoConfig& config, const RunOptions& run) {
  std::optional<double> out;
  if (run.budget) out = run.budget->count();
  if (config.time_budget > 0) out = std::min(out.value_or(config.time_budget), config.time_budget);
  return out;
}

tuning::Plan plan_of(const AutoConfig& config, const Dataset& train, std::optional<double> budget) {
  if (config.models.empty()) return tuning::plan(tuning::Shape(train), config.race_rows, budget);
  tuning::Plan out{{}, "the configuration names the models"};
  for (const std::string& name : config.models) out.candidates.push_back({name, "{}", name});
  return out;
}

/// Who is to learn all rows, and why.
struct Choice {
  tuning::Candidate candidate;
  std::string reason;
};

Choice choose(const AutoConfig& config, const Dataset& train, std::optional<double> budget,
              Seed seed, const RunOptions& run) {
  const tuning::Plan plan = plan_of(config, train, budget);
  if (plan.candidates.size() == 1) {
    const tuning::Candidate& only = plan.candidates[0];
    return {only, fmt::format("{} because {}.", only.title, plan.why)};
  }
  tuning::RaceOptions how{.rounds = config.rounds};
  if (budget) how.budget = *budget / 2;
  const auto result = tuning::race(plan.candidates, train, how, derive(seed, "race"), run);
  const tuning::Candidate& winner = plan.candidates[result.winner];
  return {winner, fmt::format("{} because {}, so {} models were raced on training rows: {}.",
                              winner.title, plan.why, plan.candidates.size(), result.story)};
}

}  // namespace

Auto::Auto(AutoConfig config) : config_(std::move(config)) { config_.validate(); }
Auto::~Auto() = default;

const Generator& Auto::picked() const {
  require<NotFitted>(picked_ != nullptr, "auto.picked: call fit first");
  return *picked_;
}

const std::string& Auto::reason() const {
  require<NotFitted>(picked_ != nullptr, "auto.reason: call fit first");
  return reason_;
}

void Auto::do_fit(const Dataset& train, Seed seed, const RunOptions& run) {
  fit_picked(train, seed, run,
             [&](Generator& picked, const RunOptions& fit) { picked.fit(train, seed, fit); });
}

void Auto::fit_picked(const Dataset& train, Seed seed, const RunOptions& run,
                      const std::function<void(Generator&, const RunOptions&)>& learn) {
  const auto start = Clock::now();
  const auto budget = budget_of(config_, run);
  Reporter(run, "choose", 1).step(0);
  Choice choice = choose(config_, train, budget, seed, run);
  log(LogLevel::kInfo, "auto picks " + choice.reason);
  auto picked = make_generator(choice.candidate.model, choice.candidate.config);
  RunOptions fit = part_of(run);
  fit.checkpoint = {};
  if (!picked->capabilities().cuda) fit.device = Device::kCpu;
  if (budget) {
    const std::chrono::duration<double> spent = Clock::now() - start;
    fit.budget = std::chrono::duration<double>(std::max(*budget - spent.count(), 0.1));
  }
  learn(*picked, fit);
  picked_ = std::move(picked);
  reason_ = std::move(choice.reason);
}

void Auto::do_fit_rows(const RowSource& train, const RowDigest& digest, Seed seed,
                       const RunOptions& run) {
  fit_picked(digest.sample, seed, run, [&](Generator& picked, const RunOptions& fit) {
    picked.fit(train, seed, fit, digest.sample.rows());
  });
}

void Auto::do_refit(const Dataset& rows, Seed seed, const RunOptions& run) {
  picked_->refit(rows, seed, run);
}

Dataset Auto::do_sample(RowRange rows, const std::vector<ResolvedTerm>& given, Seed seed,
                        const RunOptions& run) const {
  const SampleOptions how = {condition_of(given, picked_->schema()), rows.first, run};
  return picked_->sample(rows.count, seed, how);
}

Dataset Auto::do_impute(const Dataset& rows, Seed seed, const RunOptions& run) const {
  return picked_->impute(rows, seed, run);
}

std::vector<double> Auto::do_log_likelihood(const Dataset& rows, const RunOptions& run) const {
  return picked_->log_likelihood(rows, run);
}

void Auto::do_save(Archive& archive) const {
  nlohmann::ordered_json json = {{"model", picked_->name()},
                                 {"config", nlohmann::ordered_json::parse(picked_->config_json())},
                                 {"reason", reason_}};
  archive.put_text("picked", json.dump());
  archive.put_part("model", archive_of(*picked_));
}

void Auto::do_load(const Archive& archive, const Schema& schema) {
  const auto json = parse_json(archive.text("picked"), "picked");
  const Archive part = archive.part("model");
  require<FileError>(json.is_object() && json.contains("reason") && json["reason"].is_string(),
                     "the model file does not say what was picked");
  require<FileError>(part.has_text("generator") && part.text("generator") != "auto",
                     "the model file holds no model that could have been picked");
  auto picked = restore(part);
  require<FileError>(picked->schema() == schema, "the picked model has another schema");
  reason_ = json["reason"].get<std::string>();
  picked_ = std::move(picked);
}

Capabilities Auto::do_capabilities() const {
  Capabilities out = {.kinds = {Kind::kReal, Kind::kInteger, Kind::kCategorical, Kind::kDatetime},
                      .missing_values = true,
                      .conditioning = Conditioning::kExact,
                      .imputes = true,
                      .cuda = true,
                      .refits = true,
                      .streams = true};
  if (picked_ == nullptr) return out;
  const Capabilities own = picked_->capabilities();
  out.conditioning = own.conditioning;
  out.imputes = own.imputes;
  out.likelihood = own.likelihood;
  out.refits = own.refits;
  out.streams = own.streams;
  return out;
}

std::string Auto::do_config_json() const { return config_to_json(config_).dump(); }

RegistryEntry auto_entry() {
  return {"auto", "Picks a generator and its size for the table, and says why: the default",
          parameters_of<AutoConfig>(), [](std::string_view json) -> std::unique_ptr<Generator> {
            return std::make_unique<Auto>(config_from_json<AutoConfig>(json, "AutoConfig"));
          }};
}

}  // namespace semblance
