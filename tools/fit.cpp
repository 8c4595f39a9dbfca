// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <chrono>
#include <nlohmann/json.hpp>

#include "arguments.hpp"
#include "commands.hpp"
#include "detail/check.hpp"
#include "semblance/registry.hpp"
#include "tables.hpp"

namespace semblance::command {

void fit(const FitCommand& command, Console& console) {
  const auto generator = make_generator(command.model.name, text_or_file(command.model.config));
  semblance::RunOptions run = console.run_options();
  run.budget = parse_budget(command.model.budget);
  check_output(command.output);
  require<FileError>(command.output != "-", "-o must be a file: a model is not text");
  const Dataset train = read_table(command.train);
  check_learnable(train, *generator, command.train.file);
  const auto start = std::chrono::steady_clock::now();
  generator->fit(train, Seed{command.seed}, run);
  const std::chrono::duration<double> spent = std::chrono::steady_clock::now() - start;
  generator->save(command.output);
  console.note(fmt::format("{} learned {} of {} in {:.1f} s; the model is in {}",
                           command.model.name, count_of(train.rows(), "row"),
                           count_of(train.schema().size(), "column"), spent.count(),
                           command.output.string()));
  console.result({{"command", "fit"},
                  {"generator", generator->name()},
                  {"rows", train.rows()},
                  {"columns", train.schema().size()},
                  {"seed", command.seed},
                  {"seconds", spent.count()},
                  {"model", command.output.string()}});
}

}  // namespace semblance::command
