// SPDX-License-Identifier: Apache-2.0
// The groups of metrics that need nothing of an evaluation but what all of them share.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "semblance/evaluate/evaluate.hpp"

namespace semblance {

class Evaluator;
struct Tables;
struct Usefulness;

/// What models that were trained on synthetic and on real rows decided about the holdout's rows,
/// not 0: favourably; or why there are none.
struct Decisions {
  std::string problem = {};
  std::vector<std::uint8_t> synthetic = {}, real = {};
  /// Predicted chances of the favourable class; empty unless the target has two classes.
  std::vector<double> synthetic_chance = {}, real_chance = {};
  std::vector<Decisions> parts = {};  ///< Of models of disjoint parts of the training rows.

  using Number = std::function<std::optional<double>(const Decisions&, std::span<const double>)>;
  /// A number of each part with the weights of either half of the rows.
  [[nodiscard]] std::vector<std::array<std::optional<double>, 2>> of_parts(
      const Number& number) const;
};

/// The fairness metrics of those decisions.
inline constexpr std::array kModelFairness = {"dp_gap",
                                              "eo_gap",
                                              "bias_amplification_model",
                                              "eopp_gap",
                                              "avg_odds",
                                              "predictive_parity",
                                              "calibration_group",
                                              "gei",
                                              "theil"};

/// Every metric again for the further synthetic tables: `draws` and their deviation.
void measure_draws(Report& report, const Evaluation& evaluation, Seed seed,
                   const EvaluateOptions& options);

void measure_constraints(Evaluator& evaluator);
void measure_diversity(Evaluator& evaluator);
void measure_samples(Evaluator& evaluator);
void measure_cells(Evaluator& evaluator);
void measure_privacy(Evaluator& evaluator);
void measure_records(Evaluator& evaluator);
void measure_disclosure(Evaluator& evaluator);
void measure_attribute_gap(Evaluator& evaluator);
void measure_shadow(Evaluator& evaluator);
void measure_usefulness(Evaluator& evaluator, const Usefulness& asked);
void measure_fairness(Evaluator& evaluator, const Decisions& decisions);

/// The code of the favourable class of a categorical target: the named category, else the schema's
/// positive class, else the last in alphabetical order among those of the reference rows.
/// \throws InvalidArgument if it is no category.
[[nodiscard]] std::int32_t positive_code(const Tables& tables, const std::string& name);

}  // namespace semblance
