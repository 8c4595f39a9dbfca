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
namespace {

constexpr std::int64_t kChunkRows = 65'536;

struct Size {
  std::int64_t rows = 0, columns = 0;
};

/// Rows that memory holds, for a new model or one that goes on.
Size learn_table(Generator& generator, const FitCommand& command,
                 const semblance::RunOptions& run) {
  const bool warm = !command.model.warm_start.empty();
  const Dataset train =
      warm ? read_table_like(command.train.file, generator.schema()) : read_table(command.train);
  check_learnable(train.schema(), generator, command.train.file);
  if (warm)
    generator.refit(train, Seed{command.seed}, run);
  else
    generator.fit(train, Seed{command.seed}, run);
  return {train.rows(), train.schema().size()};
}

/// The file chunk by chunk.
Size learn_chunks(Generator& generator, const FitCommand& command, std::int64_t chunk_rows,
                  const semblance::RunOptions& run) {
  require(command.model.warm_start.empty(),
          "--warm-start reads the whole table: leave out --chunk-rows, or go on with a part of it");
  const auto source = open_table(command.train, chunk_rows);
  check_learnable(source->schema(), generator, command.train.file);
  generator.fit(*source, Seed{command.seed}, run, command.sample_rows);
  return {source->rows(), source->schema().size()};
}

/// "1,000 rows", or of how many they are a sample.
std::string learned(const Generator& generator, const Size& table, bool warm) {
  if (generator.training_rows() >= table.rows || warm) return count_of(table.rows, "row");
  return fmt::format("a sample of {} (of {})", count_of(generator.training_rows(), "row"),
                     table.rows);
}

}  // namespace

void fit(const FitCommand& command, Console& console) {
  const bool warm = !command.model.warm_start.empty();
  const auto generator =
      warm ? load_generator(command.model.warm_start) : make_model(command.model, command.train);
  require(!warm || generator->capabilities().refits,
          "--warm-start: a '{}' model cannot go on learning; fit it anew", generator->name());
  require(command.chunk_rows >= 0, "--chunk-rows must be >= 0, got {}", command.chunk_rows);
  semblance::RunOptions run = console.run_options();
  run.budget = parse_budget(command.model.budget);
  check_output(command.output);
  require<FileError>(command.output != "-", "-o must be a file: a model is not text");
  std::int64_t chunk_rows = command.chunk_rows;
  if (chunk_rows == 0 && !warm && is_large(command.train.file)) {
    chunk_rows = kChunkRows;
    console.note(fmt::format("{} is large: it is read in chunks of {} rows",
                             command.train.file.string(), chunk_rows));
  }
  const auto start = std::chrono::steady_clock::now();
  const Size table = chunk_rows > 0 ? learn_chunks(*generator, command, chunk_rows, run)
                                    : learn_table(*generator, command, run);
  const std::chrono::duration<double> spent = std::chrono::steady_clock::now() - start;
  generator->save(command.output);
  console.note(fmt::format("{} learned {} of {} in {:.1f} s; the model is in {}", generator->name(),
                           learned(*generator, table, warm), count_of(table.columns, "column"),
                           spent.count(), command.output.string()));
  nlohmann::ordered_json result = {
      {"command", "fit"},         {"generator", generator->name()},
      {"rows", table.rows},       {"learned_rows", warm ? table.rows : generator->training_rows()},
      {"columns", table.columns}, {"seed", command.seed},
      {"seconds", spent.count()}, {"model", command.output.string()}};
  tell_pick(*generator, console, result);
  console.result(result);
}

}  // namespace semblance::command
