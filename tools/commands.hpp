// SPDX-License-Identifier: Apache-2.0
// What each subcommand was asked, and the functions that do it. docs/command.md describes them.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "console.hpp"

namespace semblance::command {

inline constexpr std::uint64_t kDefaultSeed = 1;
inline constexpr const char* kDefaultModel = "auto";

/// A CSV file and how to read it.
struct TableOptions {
  std::filesystem::path file = {};
  std::filesystem::path schema = {};  ///< Empty: inferred.
  std::string target = {};            ///< Empty: the schema's, if any.
};

/// A generator by name.
struct ModelOptions {
  std::string name = kDefaultModel;
  std::string config = "{}";              ///< JSON, or @FILE.
  std::string budget = {};                ///< "90", "90s", "3m", "1h"; empty: none.
  std::filesystem::path warm_start = {};  ///< A model file that goes on learning; empty: none.
};

struct FitCommand {
  TableOptions train = {};
  ModelOptions model = {};
  std::int64_t chunk_rows = 0;         ///< Rows that are read at a time; 0: all, if they fit.
  std::int64_t sample_rows = 100'000;  ///< Of a table in chunks, for quantiles, or all there is.
  std::uint64_t seed = kDefaultSeed;
  std::filesystem::path output = {};
};
void fit(const FitCommand& command, Console& console);

struct SampleCommand {
  std::filesystem::path model = {};
  std::int64_t rows = 0;
  std::vector<std::string> given = {};  ///< "column=value" each.
  std::uint64_t seed = kDefaultSeed;
  std::filesystem::path output = "-";
};
void sample(const SampleCommand& command, Console& console);

struct ImputeCommand {
  std::filesystem::path model = {};
  std::filesystem::path input = {};
  std::uint64_t seed = kDefaultSeed;
  std::filesystem::path output = "-";
};
void impute(const ImputeCommand& command, Console& console);

struct BalanceCommand {
  TableOptions train = {};
  std::string method = "smote";
  std::string config = "{}";
  std::string strategy = "auto";
  std::uint64_t seed = kDefaultSeed;
  std::filesystem::path output = {};
  std::filesystem::path provenance = {};  ///< Empty: none.
  bool list = false;                      ///< Print the methods instead.
};
void balance(const BalanceCommand& command, Console& console);

struct EvaluateCommand {
  TableOptions train = {};
  std::vector<std::filesystem::path> synthetic = {};  ///< The first is judged; tables: its like.
  std::filesystem::path holdout = {};                 ///< Empty: none.
  std::filesystem::path html = {};                    ///< Empty: none.
  std::filesystem::path json = {};  ///< Empty: none; "-": standard output, instead of the table.
  std::string positive = {};        ///< The target's favourable class; empty: the schema's.
  std::vector<std::string> sensitive = {};  ///< Columns, besides those that the schema marks.
  std::vector<std::string> quasi_identifiers = {};  ///< Empty: the sensitive columns.
  std::filesystem::path constraints = {};           ///< Empty: those of the schema file, if any.
  std::optional<double> epsilon = {};               ///< That was claimed, if any.
  double delta = 0;
  std::vector<std::string> gates = {};    ///< Rules that the report must not meet.
  std::vector<std::string> metrics = {};  ///< What to measure; empty: the default set.
  bool list = false;                      ///< Only list the metrics.
  std::vector<std::string> judges = {};   ///< Of usefulness, besides boosted trees.
  std::int64_t judge_seeds = 1;           ///< Trainings of each.
  std::filesystem::path extractor = {};   ///< Images: TorchScript; empty: the in-library one.
  std::string series_key = {};            ///< Not empty: a long table of signals.
  std::string time = {};                  ///< Its order; empty: of the rows.
  std::uint64_t seed = kDefaultSeed;
};
void evaluate(const EvaluateCommand& command, Console& console);

struct RunCommand {
  TableOptions train = {};
  std::filesystem::path holdout = {};       ///< Empty: a fifth of the rows.
  std::vector<std::string> sensitive = {};  ///< Columns, besides those that the schema marks.
  ModelOptions model = {};
  std::uint64_t seed = kDefaultSeed;
  std::filesystem::path folder = {};
};
void run(const RunCommand& command, Console& console);

struct AuditCommand {
  TableOptions train = {};
  ModelOptions model = {};
  std::int64_t shadows = 64;           ///< Generators that are fitted.
  std::int64_t targets = 20;           ///< Rows whose membership is guessed.
  bool random_targets = false;         ///< Random rows in place of the most isolated ones.
  std::int64_t rows = 0;               ///< That each learns; 0: see ShadowOptions.
  std::int64_t released = 0;           ///< That each releases; 0: as many as it learns.
  std::optional<double> epsilon = {};  ///< The claim, if any.
  double delta = 0;
  std::uint64_t seed = kDefaultSeed;
};
void audit(const AuditCommand& command, Console& console);

struct TuneCommand {
  TableOptions train = {};
  ModelOptions model = {};  ///< `config`: fields that keep a value.
  std::string objective = "balanced";
  std::int64_t trials = 20;
  std::uint64_t seed = kDefaultSeed;
  std::filesystem::path trial_file = {};  ///< What was measured; read again if it is there.
  std::filesystem::path output = "-";     ///< The configuration.
};
void tune(const TuneCommand& command, Console& console);

struct CheckCommand {
  TableOptions table = {};
  std::filesystem::path train = {};  ///< Whose combinations count; empty: the table's own.
};
void check(const CheckCommand& command, Console& console);

struct InspectCommand {
  std::filesystem::path file = {};
};
void inspect(const InspectCommand& command, Console& console);

enum class ModelsFormat { kText, kMarkdown };
struct ModelsCommand {
  std::string name = {};  ///< Empty: all of them.
  ModelsFormat format = ModelsFormat::kText;
};
void models(const ModelsCommand& command, Console& console);

}  // namespace semblance::command
