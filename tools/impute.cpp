// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "commands.hpp"
#include "detail/check.hpp"
#include "semblance/data/csv.hpp"
#include "semblance/registry.hpp"
#include "tables.hpp"

namespace semblance::command {
namespace {

std::int64_t missing_cells(const Dataset& rows) {
  std::int64_t count = 0;
  for (const Column& column : rows.columns()) count += column.null_count();
  return count;
}

/// The rows with their columns in the order of the file they came from.
Dataset in_order_of(const Dataset& rows, const Schema& schema) {
  std::vector<std::string> names;
  for (const Field& field : schema) names.push_back(field.name);
  return rows.select(names);
}

}  // namespace

void impute(const ImputeCommand& command, Console& console) {
  check_streams(command.output, console);
  const auto generator = load_generator(command.model);
  require(generator->capabilities().imputes,
          "a '{}' model cannot impute; 'semblance models' says "
          "which can",
          generator->name());
  TableWriter table(command.output);
  const Dataset rows = read_csv(command.input, {.schema = generator->schema()});
  const std::int64_t gaps = missing_cells(rows);
  const Dataset filled = generator->impute(rows, Seed{command.seed}, console.run_options());
  table.append(in_order_of(filled, rows.schema()));
  table.commit();
  if (command.output == "-") return;
  auto manifest = provenance(*generator, command.seed, rows.rows());
  manifest["model_file"] = command.model.filename().string();
  manifest["imputed_cells"] = gaps;
  write_manifest(command.output, manifest);
  console.note(fmt::format("{} filled in {}; the table is in {}", count_of(gaps, "missing cell"),
                           count_of(rows.rows(), "row"), command.output.string()));
  nlohmann::ordered_json result = {{"command", "impute"}, {"table", command.output.string()}};
  result.update(manifest);
  console.result(result);
}

}  // namespace semblance::command
