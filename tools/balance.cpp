// SPDX-License-Identifier: Apache-2.0
#include "semblance/balance.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "arguments.hpp"
#include "commands.hpp"
#include "detail/check.hpp"
#include "listing.hpp"
#include "semblance/registry.hpp"
#include "semblance/resample/resamplers.hpp"
#include "tables.hpp"

namespace semblance::command {
namespace {

using Json = nlohmann::ordered_json;

void print_methods(Console& console) {
  Json list = Json::array();
  std::vector<std::vector<std::string>> rows = {{"method", "kind", "what it does"}};
  for (const ResamplerEntry& entry : resamplers()) {
    const std::string group(to_string(entry.group));
    rows.push_back({entry.name, group, entry.summary});
    list.push_back({{"name", entry.name}, {"group", group}, {"summary", entry.summary}});
    list.back()["parameters"] = Json::array();
    for (const Parameter& p : entry.parameters) {
      list.back()["parameters"].push_back(
          {{"name", p.name}, {"default", Json::parse(p.default_json)}, {"help", p.help}});
    }
  }
  if (console.json()) return console.result({{"command", "balance"}, {"methods", list}});
  console.print(text_table(rows));
}

/// How many rows each class has; nothing for a numeric target.
Json class_counts(const Dataset& rows, const std::string& target) {
  const Field& field = rows.schema()[rows.schema().index(target)];
  Json out = Json::object();
  if (field.kind != Kind::kCategorical) return out;
  const auto sizes = class_sizes(rows.column(target), field.categories);
  for (std::int32_t code = 0; code < field.categories.size(); ++code)
    out[field.categories[code]] = sizes[static_cast<std::size_t>(code)];
  return out;
}

void check_arguments(const BalanceCommand& command, const Console& console) {
  require(!command.train.file.empty(), "TRAIN is required");
  require(!command.train.target.empty(), "--target is required");
  require(!command.output.empty(), "--output is required");
  check_streams(command.output, console);
  if (!command.provenance.empty()) check_output(command.provenance);
}

/// Refuses, with advice, a table that the generator of this name does not learn.
void check_columns(const Dataset& train, const BalanceCommand& command) {
  for (const RegistryEntry& entry : registry()) {
    if (entry.name == command.method)
      check_learnable(train.schema(), *entry.make(text_or_file(command.config)),
                      command.train.file);
  }
}

/// base, neighbour and u of the new rows, as a table.
Dataset table_of(const std::vector<Provenance>& provenance) {
  std::vector<std::int64_t> base, neighbour;
  std::vector<double> u;
  for (const Provenance& p : provenance) {
    base.push_back(p.base);
    neighbour.push_back(p.neighbour);
    u.push_back(p.u);
  }
  return {Schema{{.name = "base", .kind = Kind::kInteger},
                 {.name = "neighbour", .kind = Kind::kInteger},
                 {.name = "u"}},
          {Column::integers(std::move(base)), Column::integers(std::move(neighbour)),
           Column::reals(std::move(u))}};
}

void write_provenance(const BalanceCommand& command, const Resampled& out) {
  if (command.provenance.empty()) return;
  require(out.provenance.size() == static_cast<std::size_t>(out.new_rows()),
          "--provenance: the rows of method '{}' do not come from certain rows; those of "
          "over-samplers do",
          command.method);
  TableWriter table(command.provenance);
  table.append(table_of(out.provenance));
  table.commit();
}

/// All parameters of the method: those that were given, and the defaults of the others.
Json complete_config(const BalanceCommand& command) {
  Json config = Json::object();
  for (const ResamplerEntry& entry : resamplers()) {
    if (entry.name != command.method) continue;
    for (const Parameter& p : entry.parameters) config[p.name] = Json::parse(p.default_json);
  }
  config.update(Json::parse(text_or_file(command.config)));
  return config;
}

void report(const BalanceCommand& command, const Dataset& train, const Resampled& out,
            Console& console) {
  const auto kept = static_cast<std::int64_t>(out.kept.size());
  Json manifest = provenance(command.method, complete_config(command), train.rows(), out.new_rows(),
                             command.seed);
  manifest["original_rows"] = kept;  // they come first; the rest is synthetic
  manifest["removed_rows"] = train.rows() - kept;
  manifest["strategy"] = command.strategy;
  manifest["classes"] = class_counts(out.rows, command.train.target);
  write_manifest(command.output, manifest);
  console.note(fmt::format("{} and {} are in {}", count_of(kept, "original row"),
                           count_of(out.new_rows(), "new row"), command.output.string()));
  Json result = {{"command", "balance"}, {"table", command.output.string()}};
  result.update(manifest);
  console.result(result);
}

}  // namespace

void balance(const BalanceCommand& command, Console& console) {
  if (command.list) return print_methods(console);
  check_arguments(command, console);
  const BalanceStrategy strategy = parse_balance_strategy(command.strategy);
  const auto method = make_resampler(command.method, text_or_file(command.config));
  TableWriter table(command.output);
  const Dataset train = read_table(command.train);
  check_columns(train, command);
  const Resampled out = method->resample(train, Seed{command.seed},
                                         {.strategy = strategy, .run = console.run_options()});
  write_provenance(command, out);
  table.append(out.rows);
  table.commit();
  if (command.output != "-") report(command, train, out, console);
}

}  // namespace semblance::command
