// SPDX-License-Identifier: Apache-2.0
#include "semblance/evaluate/evaluate.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "commands.hpp"
#include "detail/check.hpp"
#include "listing.hpp"
#include "samples.hpp"
#include "semblance/core/error.hpp"
#include "semblance/evaluate/catalogue.hpp"
#include "semblance/evaluate/gate.hpp"
#include "tables.hpp"

namespace semblance::command {
namespace {

/// As a table, or as JSON where `--json -` was given.
void print_metrics(const EvaluateCommand& command, Console& console) {
  auto list = nlohmann::ordered_json::array();
  std::vector<std::vector<std::string>> rows = {
      {"metric", "family", "group", "default", "what it is"}};
  for (const MetricInfo& info : catalogue()) {
    rows.push_back({std::string(info.id), std::string(info.family),
                    std::string(to_string(info.group)), info.standard ? "yes" : "-",
                    std::string(info.title)});
    list.push_back({{"metric", info.id},
                    {"family", info.family},
                    {"group", to_string(info.group)},
                    {"theme", theme(info.group)},
                    {"default", info.standard},
                    {"title", info.title},
                    {"better", to_string(info.direction)},
                    {"meaning", info.meaning}});
  }
  const nlohmann::ordered_json all = {{"command", "evaluate"}, {"metrics", list}};
  console.print(command.json == "-" ? all.dump(2) + "\n" : text_table(rows));
}

/// The names in a selection, checked, and what the rules need. \throws InvalidArgument.
std::vector<std::string> metrics_of(const EvaluateCommand& command,
                                    const std::vector<Gate>& gates) {
  try {
    return with_gates(command.metrics, gates);
  } catch (const InvalidArgument& e) {
    throw InvalidArgument(fmt::format("--metrics: {}", e.what()));
  }
}

/// The further judges by name; none named: the default. \throws InvalidArgument.
std::vector<Judge> judges_of(const EvaluateCommand& command) {
  if (command.judges.empty()) return EvaluateOptions().more_judges;
  const std::vector<std::pair<std::string, Judge>> known = {
      {"linear", Judge::kLinear}, {"forest", Judge::kForest}, {"mlp", Judge::kMlp}};
  std::vector<Judge> out;
  for (const auto& name : command.judges) {
    const auto it = std::ranges::find(known, name, &std::pair<std::string, Judge>::first);
    require(it != known.end(), "--judges must be of linear, forest and mlp, got '{}'", name);
    out.push_back(it->second);
  }
  return out;
}

/// Those of the file that was named, or of the schema file. \throws FileError, InvalidArgument.
Constraints constraints_of(const EvaluateCommand& command) {
  const auto& file = command.constraints.empty() ? command.train.schema : command.constraints;
  Constraints out = file.empty() ? Constraints() : read_constraints(file);
  require(command.constraints.empty() || !out.empty(), "{}: declares no constraints",
          command.constraints.string());
  return out;
}

/// Everything that is read, before anything is computed.
Evaluation read_tables(const EvaluateCommand& command) {
  Evaluation what;
  what.positive = command.positive;
  what.quasi_identifiers = command.quasi_identifiers;
  what.constraints = constraints_of(command);
  if (command.epsilon) what.claim = DpClaim{*command.epsilon, command.delta};
  what.train = mark_sensitive(read_table(command.train), command.sensitive);
  what.synthetic = read_table_like(command.synthetic.front(), what.train.schema());
  for (std::size_t i = 1; i < command.synthetic.size(); ++i)
    what.more_synthetic.push_back(read_table_like(command.synthetic[i], what.train.schema()));
  if (!command.holdout.empty())
    what.holdout = read_table_like(command.holdout, what.train.schema());
  return what;
}

/// The rules, understood before anything is read. \throws InvalidArgument.
std::vector<Gate> gates_of(const EvaluateCommand& command) {
  std::vector<Gate> out;
  for (const auto& rule : command.gates) {
    try {
      out.push_back(parse_gate(rule));
    } catch (const InvalidArgument& e) {
      throw InvalidArgument(fmt::format("--fail-if: {}", e.what()));
    }
  }
  return out;
}

void write_files(const Report& report, const EvaluateCommand& command, Console& console) {
  if (!command.html.empty()) report.write_html(command.html);
  if (command.json == "-") return console.print(report.to_json());
  if (!command.json.empty()) report.write_json(command.json);
  console.print(report.to_text(console.text_style()));
}

}  // namespace

void evaluate(const EvaluateCommand& command, Console& console) {
  if (command.list) return print_metrics(command, console);
  require(!command.train.file.empty(), "--train is required");
  require(!command.synthetic.empty(), "--synthetic is required");
  for (const auto& file : {command.html, command.json}) {
    if (!file.empty() && file != "-") check_output(file);
  }
  const auto gates = gates_of(command);
  const EvaluateOptions options{.run = console.run_options(),
                                .metrics = metrics_of(command, gates),
                                .more_judges = judges_of(command),
                                .judge_seeds = command.judge_seeds};
  auto of_samples = evaluate_samples(command, options.metrics, console);
  Report report = of_samples
                      ? std::move(*of_samples)
                      : semblance::evaluate(read_tables(command), Seed{command.seed}, options);
  if (!apply_gates(report, gates)) console.end_with(Exit::kGate);
  write_files(report, command, console);
}

}  // namespace semblance::command
