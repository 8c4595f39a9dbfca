// SPDX-License-Identifier: Apache-2.0
#include "semblance/evaluate/audit.hpp"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "arguments.hpp"
#include "commands.hpp"
#include "detail/check.hpp"
#include "listing.hpp"
#include "semblance/evaluate/shadow.hpp"
#include "semblance/registry.hpp"
#include "tables.hpp"

namespace semblance::command {
namespace {

using Json = nlohmann::ordered_json;
constexpr std::size_t kNamedRows = 5;  // of the most exposed, in the table

ShadowOptions options_of(const AuditCommand& command, Console& console) {
  ShadowOptions out{
      .shadows = command.shadows,
      .targets = command.targets,
      .rows = command.rows,
      .released = command.released,
      .which = command.random_targets ? ShadowTargets::kRandom : ShadowTargets::kIsolated,
      .delta = command.delta,
      .run = console.run_options()};
  out.run.budget = parse_budget(command.model.budget);
  out.validate();
  return out;
}

std::optional<DpClaim> claim_of(const AuditCommand& command) {
  if (!command.epsilon) return std::nullopt;
  const DpClaim out{*command.epsilon, command.delta};
  out.validate();
  return out;
}

std::string with_interval(double value, const Interval& interval) {
  return fmt::format("{:.3f}  [{:.3f}, {:.3f}]", value, interval.lo, interval.hi);
}

std::string verdict(const ShadowAttack& found, const std::optional<DpClaim>& claim) {
  if (!claim) return "";
  return fmt::format("{:.4g}, which is {}", claim->epsilon,
                     found.found.epsilon > claim->epsilon ? "refuted" : "not refuted");
}

std::string exposed_rows(const ShadowAttack& found) {
  std::string out;
  for (std::size_t i = 0; i < std::min(kNamedRows, found.targets.size()); ++i)
    out += fmt::format("{}{} ({:.2f})", i == 0 ? "" : ", ", found.targets[i].row + 1,
                       found.targets[i].auc);
  return out;
}

std::string text_of(const ShadowAttack& found, const AuditCommand& command,
                    const std::optional<DpClaim>& claim) {
  const auto& m = found.found;
  const auto& low = m.at[1];
  std::vector<std::vector<std::string>> rows = {
      {"Membership found, AUC (0.5 is guessing)", with_interval(m.auc.value, m.auc.interval())},
      {fmt::format("found at {:.0f} % false alarms", 100 * low.bound),
       with_interval(low.rate, low.interval)}};
  for (const auto& kind : found.features)
    rows.push_back({"  by " + kind.name + " alone", fmt::format("{:.3f}", kind.auc)});
  rows.push_back({fmt::format("Epsilon shown (95 %, delta {})", command.delta),
                  fmt::format(">= {:.3f}", m.epsilon)});
  if (claim) rows.push_back({"Epsilon claimed", verdict(found, claim)});
  rows.push_back({"Most exposed rows of the table (AUC)", exposed_rows(found)});
  rows.push_back({"Time of one fit and release", fmt::format("{:.3f} s", found.seconds_a_shadow)});
  return fmt::format(
             "Shadow-model attack on {}: {} fits of {} to {} rows, {} released, {} {} rows\n\n",
             command.model.name, found.shadows, found.rows, found.rows + std::ssize(found.targets),
             found.released, found.targets.size(), command.random_targets ? "random" : "isolated") +
         text_table(rows);
}

Json json_of(const ShadowAttack& found, const AuditCommand& command,
             const std::optional<DpClaim>& claim) {
  const auto& m = found.found;
  const Interval interval = m.auc.interval();
  Json out = {{"command", "audit"},       {"generator", command.model.name},
              {"seed", command.seed},     {"shadows", found.shadows},
              {"rows", found.rows},       {"released", found.released},
              {"auc", m.auc.value},       {"auc_interval", {interval.lo, interval.hi}},
              {"advantage", m.advantage}, {"epsilon_lower_bound", m.epsilon},
              {"delta", command.delta},   {"seconds_a_shadow", found.seconds_a_shadow}};
  if (claim) {
    out["epsilon_claimed"] = claim->epsilon;
    out["refuted"] = m.epsilon > claim->epsilon;
  }
  for (const auto& at : m.at) {
    const Json rate = {{"false_positives", at.bound},
                       {"true_positives", at.rate},
                       {"interval", {at.interval.lo, at.interval.hi}}};
    out["rates"].push_back(rate);
  }
  for (const auto& kind : found.features) out["features"][kind.name] = kind.auc;
  for (const auto& target : found.targets)
    out["targets"].push_back({{"row", target.row + 1}, {"auc", target.auc}});
  return out;
}

}  // namespace

void audit(const AuditCommand& command, Console& console) {
  const std::string config = text_or_file(command.model.config);
  const auto probe = make_generator(command.model.name, config);  // a wrong name fails at once
  const ShadowOptions options = options_of(command, console);
  const auto claim = claim_of(command);
  const Dataset train = read_table(command.train);
  check_learnable(train.schema(), *probe, command.train.file);
  const auto found = mia_shadow(
      train, [&] { return make_generator(command.model.name, config); }, Seed{command.seed},
      options);
  if (claim && found.found.epsilon > claim->epsilon) console.end_with(Exit::kGate);
  if (!console.json()) console.print(text_of(found, command, claim));
  console.result(json_of(found, command, claim));
}

}  // namespace semblance::command
