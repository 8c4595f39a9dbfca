// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "semblance/core/seed.hpp"
#include "semblance/evaluate/metric.hpp"
#include "semblance/evaluate/pictures.hpp"

namespace semblance {

/// What was compared, and how: enough to run it again.
struct ReportProvenance {
  std::string version = {};  ///< Of the library.
  Seed seed = Seed{0};
  std::string things = "rows";  ///< What was compared: "rows", "signals", "images".
  std::int64_t train_rows = 0, synthetic_rows = 0, holdout_rows = 0;
  std::int64_t synthetic_tables = 1;  ///< Synthetic tables; `synthetic_rows` are of the first.
  std::int64_t columns = 0;           ///< Columns that were looked at.
  std::string target = {};            ///< Empty: none.
  std::string extractor = {};         ///< What made features of images; empty: none.
  std::string judge = {};             ///< The learner behind C2ST and utility.
  double seconds = 0;                 ///< Wall time of the evaluation.
};

/// What became of one rule that the report must not meet (see gate.hpp).
struct GateOutcome {
  std::string rule = {};             ///< As it was written: "c2st > 0.8".
  bool passed = false;               ///< There is a number and the rule does not hold for it.
  std::string metric = {};           ///< Id of the metric that was looked at.
  std::optional<double> value = {};  ///< The number that was compared.
  std::string reason = {};           ///< Why there is no number; empty with one.
};

/// How a terminal table is written.
struct TextStyle {
  int width = 80;  ///< Columns, 60 to 200. From 110 on, intervals and references have their own.
  bool colour = false;  ///< ANSI colours for the verdicts.
};

/// The measured quality of a synthetic table: every number with its interval, its value on real
/// rows, its floor and what it means.
class Report {
 public:
  ReportProvenance provenance = {};
  std::vector<Metric> metrics = {};
  std::vector<std::string> warnings = {};  ///< What a reader must know before trusting the numbers.
  std::vector<GateOutcome> gates = {};     ///< What `apply_gates` found.
  Pictures pictures = {};

  /// The metric with this id. \throws InvalidArgument that names the nearest id.
  [[nodiscard]] const Metric& operator[](std::string_view id) const;
  /// Whether there is a metric with this id.
  [[nodiscard]] bool has(std::string_view id) const noexcept;

  /// A table for a terminal. \throws InvalidArgument for a width outside 60 to 200.
  [[nodiscard]] std::string to_text(const TextStyle& style = {}) const;

  /// JSON with "schema": "semblance.report/1"; numbers read back exactly.
  [[nodiscard]] std::string to_json() const;

  /// One self-contained page: no network, no script needed, light and dark, prints.
  [[nodiscard]] std::string to_html() const;
  /// Writes `to_html()`. \throws FileError.
  void write_html(const std::filesystem::path& file) const;
  /// Writes `to_json()`. \throws FileError.
  void write_json(const std::filesystem::path& file) const;
};

}  // namespace semblance
