// SPDX-License-Identifier: Apache-2.0
#include "semblance/evaluate/evaluate.hpp"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "commands.hpp"
#include "semblance/core/error.hpp"
#include "semblance/evaluate/gate.hpp"
#include "tables.hpp"

namespace semblance::command {
namespace {

/// The same table with those columns marked sensitive. \throws InvalidArgument.
Dataset mark_sensitive(const Dataset& data, const std::vector<std::string>& names) {
  std::vector<Field> fields = data.schema().fields();
  for (const auto& name : names)
    fields[static_cast<std::size_t>(data.schema().index(name))].sensitive = true;
  return {Schema(std::move(fields)), data.columns()};
}

/// Everything that is read, before anything is computed.
Evaluation read_tables(const EvaluateCommand& command) {
  Evaluation what;
  what.positive = command.positive;
  what.train = mark_sensitive(read_table(command.train), command.sensitive);
  what.synthetic = read_table_like(command.synthetic, what.train.schema());
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
  for (const auto& file : {command.html, command.json}) {
    if (!file.empty() && file != "-") check_output(file);
  }
  const auto gates = gates_of(command);
  Report report =
      semblance::evaluate(read_tables(command), Seed{command.seed}, {.run = console.run_options()});
  if (!apply_gates(report, gates)) console.end_with(Exit::kGate);
  write_files(report, command, console);
}

}  // namespace semblance::command
