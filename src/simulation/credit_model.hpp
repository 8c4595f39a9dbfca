// SPDX-License-Identifier: Apache-2.0
// One row of CreditSimulator: its draw, its likelihood, its calibration.
#pragma once

#include <cstdint>
#include <optional>

#include "semblance/core/seed.hpp"
#include "semblance/simulation/credit_simulator.hpp"

namespace semblance {

/// One application.
struct CreditRow {
  std::int32_t group = 0;
  std::int32_t region = 0;
  std::int64_t age = 18;
  std::int32_t education = 0;
  double income = 1;
  std::int64_t debts = 0;
  std::optional<double> savings = {};
  std::int32_t declined = 0;
};

/// The row at position i of a table of credit_schema() without gaps but in savings.
[[nodiscard]] CreditRow credit_row(const Dataset& rows, std::int64_t i);

[[nodiscard]] CreditRow draw_credit_row(const CreditParameters& p, Stream& stream);

/// Natural log; -infinity for a value that the equations cannot give.
[[nodiscard]] double credit_log_likelihood(const CreditParameters& p, const CreditRow& row);

/// P(declined = yes | the rest of the row).
[[nodiscard]] double decline_probability(const CreditParameters& p, const CreditRow& row);

/// Maximum likelihood with a prior worth one row at `prior`.
/// \param rows  Of credit_schema(), checked.
[[nodiscard]] CreditParameters calibrate_credit(const Dataset& rows, const CreditParameters& prior);

/// The features that the equations multiply with their weights, in the weights' order.
[[nodiscard]] std::array<double, 6> income_features(const CreditRow& row);
[[nodiscard]] std::array<double, 3> debts_features(const CreditRow& row);
[[nodiscard]] std::array<double, 3> savings_features(const CreditRow& row);
[[nodiscard]] std::array<double, 3> gap_features(const CreditRow& row);
[[nodiscard]] std::array<double, 5> declined_features(const CreditRow& row);  ///< The last: bias.

/// The ages of the bands of CreditParameters::age: [kAgeBands[b], kAgeBands[b + 1]).
inline constexpr std::array<std::int64_t, 7> kAgeBands = {18, 25, 35, 45, 55, 65, 81};
/// The band of an age, or -1.
[[nodiscard]] int age_band(std::int64_t age);

}  // namespace semblance
