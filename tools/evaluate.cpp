// SPDX-License-Identifier: Apache-2.0
#include "semblance/evaluate/evaluate.hpp"

#include <nlohmann/json.hpp>

#include "commands.hpp"
#include "tables.hpp"

namespace semblance::command {
namespace {

/// Everything that is read, before anything is computed.
Evaluation read_tables(const EvaluateCommand& command) {
  Evaluation what;
  what.train = read_table(command.train);
  what.synthetic = read_table_like(command.synthetic, what.train.schema());
  if (!command.holdout.empty())
    what.holdout = read_table_like(command.holdout, what.train.schema());
  return what;
}

}  // namespace

void evaluate(const EvaluateCommand& command, Console& console) {
  for (const auto& file : {command.html, command.json}) {
    if (!file.empty() && file != "-") check_output(file);
  }
  const Report report =
      semblance::evaluate(read_tables(command), Seed{command.seed}, {.run = console.run_options()});
  if (!command.html.empty()) report.write_html(command.html);
  if (command.json == "-") return console.print(report.to_json() + "\n");
  if (!command.json.empty()) report.write_json(command.json);
  console.print(report.to_text(console.text_style()));
}

}  // namespace semblance::command
