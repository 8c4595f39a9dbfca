// SPDX-License-Identifier: Apache-2.0
#include "tables.hpp"

#include <unistd.h>

#include <algorithm>
#include <iostream>
#include <nlohmann/json.hpp>

#include "arguments.hpp"
#include "detail/check.hpp"
#include "semblance/constraints/constrained.hpp"
#include "semblance/core/version.hpp"
#include "semblance/data/csv.hpp"
#include "semblance/generator.hpp"
#include "semblance/registry.hpp"
#include "semblance/tune/auto.hpp"

namespace semblance::command {
namespace {

namespace fs = std::filesystem;

constexpr const char* kPrivacy =
    "no formal privacy guarantee: rows may resemble training rows; evaluate against a holdout "
    "before sharing";

/// Whether the output is written in place: standard output, or what is there and no regular file.
bool is_stream(const fs::path& output) {
  std::error_code ignored;
  return output == "-" || (fs::exists(output, ignored) && !fs::is_regular_file(output, ignored));
}

}  // namespace

Dataset read_table(const TableOptions& options) {
  CsvOptions csv = {.target = options.target};
  if (!options.schema.empty()) csv.schema = read_schema(options.schema);
  return read_csv(options.file, csv);
}

std::unique_ptr<CsvSource> open_table(const TableOptions& options, std::int64_t chunk_rows) {
  CsvOptions csv = {.target = options.target};
  if (!options.schema.empty()) csv.schema = read_schema(options.schema);
  return std::make_unique<CsvSource>(options.file, csv, chunk_rows);
}

bool is_large(const fs::path& file) {
  std::error_code error;
  const auto bytes = static_cast<double>(fs::file_size(file, error));
  const double memory =
      static_cast<double>(sysconf(_SC_PHYS_PAGES)) * static_cast<double>(sysconf(_SC_PAGESIZE));
  return !error && memory > 0 && bytes > memory / 2;
}

Dataset read_table_like(const fs::path& file, const Schema& like) {
  std::vector<Field> fields = like.fields();
  for (Field& field : fields) field.categories = {};  // any: new ones are for the caller to judge
  return conform(read_csv(file, {.schema = Schema(std::move(fields))}), like, Unseen::kAppend);
}

Dataset mark_sensitive(const Dataset& data, const std::vector<std::string>& names) {
  std::vector<Field> fields = data.schema().fields();
  for (const auto& name : names)
    fields[static_cast<std::size_t>(data.schema().index(name))].sensitive = true;
  return {Schema(std::move(fields)), data.columns()};
}

std::unique_ptr<Generator> make_model(const ModelOptions& model, const TableOptions& table) {
  using Json = nlohmann::ordered_json;
  const std::string config = text_or_file(model.config);
  auto generator = make_generator(model.name, config);
  const Constraints rules = table.schema.empty() ? Constraints() : read_constraints(table.schema);
  if (rules.empty() || model.name == "constrained") return generator;
  const Json within = {{"model", model.name},
                       {"config", Json::parse(config)},
                       {"constraints", Json::parse(to_json(rules))}};
  return make_generator("constrained", within.dump());
}

void check_learnable(const Schema& schema, const Generator& generator, const fs::path& file) {
  const auto kinds = generator.capabilities().kinds;
  for (const Field& field : schema) {
    if (field.kind != Kind::kText ||
        std::find(kinds.begin(), kinds.end(), field.kind) != kinds.end())
      continue;
    fail(
        "{}: column '{}' is free text or an identifier (nearly every value is different), which "
        "{} does not learn; take it out of the file, or declare it categorical in a --schema file",
        file.string(), field.name, generator.name());
  }
}

void tell_pick(const Generator& generator, Console& console, nlohmann::ordered_json& result) {
  const auto* within = dynamic_cast<const Constrained*>(&generator);
  const auto* choice = dynamic_cast<const Auto*>(within != nullptr ? &within->inner() : &generator);
  if (choice == nullptr) return;
  console.note("auto picked " + choice->reason());
  result["picked"] = choice->picked().name();
  result["reason"] = choice->reason();
}

void check_output(const fs::path& file) {
  if (is_stream(file) && !fs::is_directory(file)) return;
  const fs::path folder = file.has_parent_path() ? file.parent_path() : fs::path(".");
  require<FileError>(fs::is_directory(folder), "{}: cannot be written; there is no folder '{}'",
                     file.string(), folder.string());
  require<FileError>(!fs::is_directory(file), "{}: cannot be written; it is a folder",
                     file.string());
  require<FileError>(access(folder.c_str(), W_OK) == 0,
                     "{}: cannot be written; no permission in folder '{}'", file.string(),
                     folder.string());
}

void check_streams(const fs::path& output, const Console& console) {
  require(!console.json() || output != "-", "--json needs -o: both would write to standard output");
}

TableWriter::TableWriter(const fs::path& output) {
  if (output == "-") return;
  check_output(output);
  file_.emplace(output);
}

void TableWriter::append(const Dataset& rows) {
  write_csv(rows, file_ ? file_->stream() : std::cout, std::exchange(first_, false));
  require<FileError>(file_ || std::cout, "standard output: cannot be written");
  require<FileError>(!file_ || file_->stream(), "the table cannot be written; is there space?");
}

void TableWriter::commit() {
  if (file_) return file_->commit();
  std::cout.flush();
  require<FileError>(std::cout.good(), "standard output: cannot be written");
}

nlohmann::ordered_json provenance(const std::string& name, const nlohmann::ordered_json& config,
                                  std::int64_t training_rows, std::int64_t rows,
                                  std::uint64_t seed) {
  return {{"synthetic", true},
          {"generator", name},
          {"config", config},
          {"training_rows", training_rows},
          {"rows", rows},
          {"seed", seed},
          {"semblance_version", kVersion},
          {"model_format", kModelFormat},
          {"privacy", kPrivacy}};
}

nlohmann::ordered_json provenance(const Generator& generator, std::uint64_t seed,
                                  std::int64_t rows) {
  return provenance(generator.name(), nlohmann::ordered_json::parse(generator.config_json()),
                    generator.training_rows(), rows, seed);
}

void write_manifest(const fs::path& table, const nlohmann::ordered_json& object) {
  if (!is_stream(table)) write_text(table.string() + ".manifest.json", object.dump(2) + "\n");
}

void write_text(const fs::path& file, std::string_view text) {
  check_output(file);
  AtomicFile out(file);
  out.stream() << text;
  out.commit();
}

}  // namespace semblance::command
