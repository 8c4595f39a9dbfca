// SPDX-License-Identifier: Apache-2.0
#include "semblance/balance.hpp"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "arguments.hpp"
#include "commands.hpp"
#include "detail/check.hpp"
#include "semblance/registry.hpp"
#include "tables.hpp"

namespace semblance::command {
namespace {

/// How many rows each class has.
nlohmann::ordered_json class_counts(const Dataset& rows, const std::string& target) {
  const Field& field = rows.schema()[rows.schema().index(target)];
  const Column& column = rows.column(target);
  std::vector<std::int64_t> counts(static_cast<std::size_t>(field.categories.size()));
  for (std::int64_t r = 0; r < rows.rows(); ++r) {
    if (column.is_valid(r))
      ++counts[static_cast<std::size_t>(column.codes()[static_cast<std::size_t>(r)])];
  }
  nlohmann::ordered_json out = nlohmann::ordered_json::object();
  for (std::int32_t code = 0; code < field.categories.size(); ++code)
    out[field.categories[code]] = counts[static_cast<std::size_t>(code)];
  return out;
}

void check_method(const Generator& generator) {
  require(generator.capabilities().conditioning != Conditioning::kNone,
          "--method {} cannot draw rows of a given class; 'semblance models' says which can",
          generator.name());
}

Dataset read_with_classes(const BalanceCommand& command) {
  const Dataset train = read_table(command.train);
  const Field& target = train.schema()[train.schema().index(command.train.target)];
  require(target.kind == Kind::kCategorical,
          "--target must be a categorical column, got '{}', which is {}", target.name,
          to_string(target.kind));
  return train;
}

void report(const BalanceCommand& command, const Generator& generator, const Dataset& train,
            const Dataset& balanced, Console& console) {
  auto manifest = provenance(generator, command.seed, balanced.rows() - train.rows());
  manifest["original_rows"] = train.rows();  // they come first; the rest is synthetic
  manifest["strategy"] = command.strategy;
  manifest["classes"] = class_counts(balanced, command.train.target);
  write_manifest(command.output, manifest);
  console.note(fmt::format("{} and {} are in {}", count_of(train.rows(), "original row"),
                           count_of(balanced.rows() - train.rows(), "new row"),
                           command.output.string()));
  nlohmann::ordered_json result = {{"command", "balance"}, {"table", command.output.string()}};
  result.update(manifest);
  console.result(result);
}

}  // namespace

void balance(const BalanceCommand& command, Console& console) {
  check_streams(command.output, console);
  const BalanceStrategy strategy = parse_balance_strategy(command.strategy);
  const auto generator = make_generator(command.method, text_or_file(command.config));
  check_method(*generator);
  TableWriter table(command.output);
  const Dataset train = read_with_classes(command);
  check_learnable(train, *generator, command.train.file);
  const Seed seed{command.seed};
  generator->fit(train, seed, console.run_options());
  const Dataset balanced = semblance::balance(train, *generator, seed,
                                              {.strategy = strategy, .run = console.run_options()});
  table.append(balanced);
  table.commit();
  if (command.output != "-") report(command, *generator, train, balanced, console);
}

}  // namespace semblance::command
