// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "commands.hpp"
#include "detail/check.hpp"
#include "semblance/data/condition.hpp"
#include "semblance/registry.hpp"
#include "tables.hpp"

namespace semblance::command {
namespace {

constexpr std::int64_t kChunkRows = 16'384;  // bounds the memory, whatever n

Condition parse_given(const std::vector<std::string>& given, const Schema& schema) {
  std::vector<Condition::Term> terms;
  for (const std::string& text : given) terms.push_back(parse_term(text, schema));
  return Condition(std::move(terms));
}

void report(const SampleCommand& command, const Generator& generator, Console& console) {
  auto manifest = provenance(generator, command.seed, command.rows);
  manifest["model_file"] = command.model.filename().string();
  manifest["given"] = command.given;
  write_manifest(command.output, manifest);
  console.note(fmt::format("{} drawn from {} are in {}", count_of(command.rows, "row"),
                           command.model.string(), command.output.string()));
  nlohmann::ordered_json result = {{"command", "sample"}, {"table", command.output.string()}};
  result.update(manifest);
  console.result(result);
}

}  // namespace

void sample(const SampleCommand& command, Console& console) {
  check_streams(command.output, console);
  require(command.rows >= 0, "-n must be >= 0, got {}", command.rows);
  const auto generator = load_generator(command.model);
  semblance::RunOptions run = console.run_options();
  Reporter progress(run, "sample", command.rows);
  const semblance::SampleOptions how = {.given = parse_given(command.given, generator->schema()),
                                        .run = {.stop = run.stop, .threads = run.threads}};
  TableWriter table(command.output);
  if (command.rows == 0) table.append(generator->sample(0, Seed{command.seed}, how));
  std::int64_t done = 0;
  for (const Dataset& rows : generator->stream(command.rows, Seed{command.seed}, how, kChunkRows)) {
    table.append(rows);
    progress.step(done += rows.rows());
  }
  table.commit();
  if (command.output != "-") report(command, *generator, console);
}

}  // namespace semblance::command
