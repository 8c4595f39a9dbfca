// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "arguments.hpp"
#include "commands.hpp"
#include "detail/check.hpp"
#include "semblance/evaluate/evaluate.hpp"
#include "semblance/registry.hpp"
#include "tables.hpp"

namespace semblance::command {
namespace {

namespace fs = std::filesystem;

constexpr double kTrainShare = 0.8;  // of the rows, where there is no holdout file

/// What `run` writes into its folder.
struct Outputs {
  explicit Outputs(const fs::path& folder)
      : model(folder / "model.semb"),
        table(folder / "synthetic.csv"),
        html(folder / "report.html"),
        json(folder / "report.json") {}

  /// A folder holds the outputs of one run, never of two.
  void remove_old() const {
    std::error_code ignored;
    for (const auto& file : {model, table, html, json}) fs::remove(file, ignored);
    fs::remove(table.string() + ".manifest.json", ignored);
  }

  fs::path model, table, html, json;
};

Outputs prepare_folder(const fs::path& folder) {
  std::error_code error;
  fs::create_directories(folder, error);
  require<FileError>(!error && fs::is_directory(folder), "{}: the folder cannot be created",
                     folder.string());
  const Outputs outputs(folder);
  check_output(outputs.model);
  return outputs;
}

/// The training and the holdout rows.
std::pair<Dataset, Dataset> read_tables(const RunCommand& command) {
  const Dataset rows = mark_sensitive(read_table(command.train), command.sensitive);
  if (command.holdout.empty()) return split(rows, kTrainShare, Seed{command.seed});
  return {rows, read_table_like(command.holdout, rows.schema())};
}

void write_synthetic(const Generator& generator, const Dataset& rows, const RunCommand& command,
                     const Outputs& outputs) {
  TableWriter table(outputs.table);
  table.append(rows);
  table.commit();
  auto manifest = provenance(generator, command.seed, rows.rows());
  manifest["model_file"] = outputs.model.filename().string();
  write_manifest(outputs.table, manifest);
}

void print_report(const Report& report, const Generator& generator, const RunCommand& command,
                  const Outputs& outputs, Console& console) {
  if (!console.json()) console.print(report.to_text(console.text_style()));
  console.note(fmt::format("Synthetic rows, model and report are in {}", command.folder.string()));
  nlohmann::ordered_json result = {{"command", "run"},
                                   {"generator", generator.name()},
                                   {"seed", command.seed},
                                   {"model", outputs.model.string()},
                                   {"synthetic", outputs.table.string()},
                                   {"html", outputs.html.string()}};
  tell_pick(generator, console, result);
  result["report"] = nlohmann::ordered_json::parse(report.to_json());
  console.result(result);
}

}  // namespace

void run(const RunCommand& command, Console& console) {
  const auto generator = make_model(command.model, command.train);
  semblance::RunOptions options = console.run_options();
  semblance::RunOptions fit_options = options;
  fit_options.budget = parse_budget(command.model.budget);
  auto [train, holdout] = read_tables(command);
  check_learnable(train.schema(), *generator, command.train.file);
  const Outputs outputs = prepare_folder(command.folder);
  const Seed seed{command.seed};

  generator->fit(train, seed, fit_options);
  outputs.remove_old();
  generator->save(outputs.model);
  const Dataset synthetic = generator->sample(train.rows(), seed, {.run = options});
  write_synthetic(*generator, synthetic, command, outputs);
  Evaluation what{.train = train, .synthetic = synthetic, .holdout = holdout};
  if (!command.train.schema.empty()) what.constraints = read_constraints(command.train.schema);
  const Report report = semblance::evaluate(what, seed, {.run = options});
  report.write_html(outputs.html);
  report.write_json(outputs.json);
  print_report(report, *generator, command, outputs, console);
}

}  // namespace semblance::command
