// SPDX-License-Identifier: Apache-2.0
// Tables in and out of files.
#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "commands.hpp"
#include "core/atomic_file.hpp"
#include "semblance/data/dataset.hpp"
#include "semblance/data/row_source.hpp"

namespace semblance {
class Generator;
}

namespace semblance::command {

/// Reads a CSV file with the schema and target that the user gave.
/// \throws FileError, InvalidArgument.
[[nodiscard]] Dataset read_table(const TableOptions& options);

/// The same file, to be read in chunks: its types are inferred now.
/// \throws FileError, InvalidArgument.
[[nodiscard]] std::unique_ptr<CsvSource> open_table(const TableOptions& options,
                                                    std::int64_t chunk_rows);

/// Whether a file is larger than half of the machine's memory.
[[nodiscard]] bool is_large(const std::filesystem::path& file);

/// Reads a CSV file whose columns mean what they mean in `like`; new categories are appended.
[[nodiscard]] Dataset read_table_like(const std::filesystem::path& file, const Schema& like);

/// The same table with those columns marked sensitive. \throws InvalidArgument.
[[nodiscard]] Dataset mark_sensitive(const Dataset& data, const std::vector<std::string>& names);

/// The generator that the user asked for, within the constraints of the schema file, if any.
/// \throws FileError, InvalidArgument.
[[nodiscard]] std::unique_ptr<Generator> make_model(const ModelOptions& model,
                                                    const TableOptions& table);

/// Refuses, with advice, a table with columns that the generator does not learn.
/// \throws InvalidArgument.
void check_learnable(const Schema& schema, const Generator& generator,
                     const std::filesystem::path& file);

/// What `auto` picked and why: a note, and "picked" and "reason" in the result. Nothing of others.
void tell_pick(const Generator& generator, Console& console, nlohmann::ordered_json& result);

/// Refuses an output that could not be written after a long computation: no such folder, not a
/// file, no permission.
/// \throws FileError.
void check_output(const std::filesystem::path& file);

/// Refuses to write a table and --json's object both to standard output. \throws InvalidArgument.
void check_streams(const std::filesystem::path& output, const Console& console);

/// A CSV file (or standard output, "-") that appears when it is complete, or not at all.
class TableWriter {
 public:
  explicit TableWriter(const std::filesystem::path& output);
  void append(const Dataset& rows);  ///< \throws FileError.
  void commit();                     ///< \throws FileError.

 private:
  std::optional<AtomicFile> file_;  ///< None: standard output.
  bool first_ = true;
};

/// What stands in every manifest: that the rows are synthetic, by which generator, and what is not
/// promised.
[[nodiscard]] nlohmann::ordered_json provenance(const Generator& generator, std::uint64_t seed,
                                                std::int64_t rows);
/// The same of rows that a method made without a model file.
[[nodiscard]] nlohmann::ordered_json provenance(const std::string& name,
                                                const nlohmann::ordered_json& config,
                                                std::int64_t training_rows, std::int64_t rows,
                                                std::uint64_t seed);

/// Writes `object` beside a table: OUT.csv.manifest.json. Nothing for "-", pipes and devices.
void write_manifest(const std::filesystem::path& table, const nlohmann::ordered_json& object);

/// Writes text to a file that appears when it is complete. \throws FileError.
void write_text(const std::filesystem::path& file, std::string_view text);

}  // namespace semblance::command
