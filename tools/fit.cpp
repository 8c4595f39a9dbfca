// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <chrono>
#include <nlohmann/json.hpp>

#include "arguments.hpp"
#include "commands.hpp"
#include "detail/check.hpp"
#include "semblance/autoregressive/any_order_model.hpp"
#include "semblance/registry.hpp"
#include "tables.hpp"

namespace semblance::command {
namespace {

void go_on(Generator& generator, const Dataset& train, const FitCommand& command,
           const semblance::RunOptions& run) {
  auto* model = dynamic_cast<AnyOrderModel*>(&generator);
  require(model != nullptr, "--warm-start: a '{}' model cannot go on learning; any-order can",
          generator.name());
  model->refit(train, Seed{command.seed}, run);
}

}  // namespace

void fit(const FitCommand& command, Console& console) {
  const bool warm = !command.model.warm_start.empty();
  const auto generator =
      warm ? load_generator(command.model.warm_start) : make_model(command.model, command.train);
  semblance::RunOptions run = console.run_options();
  run.budget = parse_budget(command.model.budget);
  check_output(command.output);
  require<FileError>(command.output != "-", "-o must be a file: a model is not text");
  const Dataset train =
      warm ? read_table_like(command.train.file, generator->schema()) : read_table(command.train);
  check_learnable(train, *generator, command.train.file);
  const auto start = std::chrono::steady_clock::now();
  if (warm)
    go_on(*generator, train, command, run);
  else
    generator->fit(train, Seed{command.seed}, run);
  const std::chrono::duration<double> spent = std::chrono::steady_clock::now() - start;
  generator->save(command.output);
  console.note(fmt::format("{} learned {} of {} in {:.1f} s; the model is in {}", generator->name(),
                           count_of(train.rows(), "row"), count_of(train.schema().size(), "column"),
                           spent.count(), command.output.string()));
  nlohmann::ordered_json result = {{"command", "fit"},
                                   {"generator", generator->name()},
                                   {"rows", train.rows()},
                                   {"columns", train.schema().size()},
                                   {"seed", command.seed},
                                   {"seconds", spent.count()},
                                   {"model", command.output.string()}};
  tell_pick(*generator, console, result);
  console.result(result);
}

}  // namespace semblance::command
