// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "semblance/generator.hpp"

namespace semblance {

/// The equations of CreditSimulator, number by number. B is 1 in group B, S and H are 1 for
/// secondary and higher education, a = (age - 40) / 10, l = log(income).
struct CreditParameters {
  double group_b = 0.3;  ///< P(group = B), in (0, 1).
  /// P(region | group) of north, south, east, west: group A, then group B. Each sums to 1.
  std::array<double, 8> region = {0.35, 0.25, 0.25, 0.15, 0.15, 0.25, 0.20, 0.40};
  /// P(age in 18-24, 25-34, 35-44, 45-54, 55-64, 65-80); uniform within. Sums to 1.
  std::array<double, 6> age = {0.12, 0.24, 0.22, 0.19, 0.14, 0.09};
  /// P(education | group) of basic, secondary, higher: group A, then group B. Each sums to 1.
  std::array<double, 6> education = {0.25, 0.45, 0.30, 0.35, 0.45, 0.20};
  /// E[l] = w0 + w1 a + w2 a^2 + w3 S + w4 H + w5 B.
  std::array<double, 6> income = {10.0, 0.10, -0.05, 0.25, 0.60, -0.10};
  double income_sd = 0.45;  ///< Standard deviation of l, > 0.
  /// debts ~ Poisson(exp(w0 + w1 (l - 10) + w2 a)).
  std::array<double, 3> debts = {0.2, -0.3, -0.1};
  /// E[log(savings)] = w0 + w1 (l - 10) + w2 a.
  std::array<double, 3> savings = {8.0, 1.2, 0.3};
  double savings_sd = 1.0;  ///< Standard deviation of log(savings), > 0.
  /// logit P(savings missing) = w0 + w1 a + w2 debts: missing at random.
  std::array<double, 3> gap = {-1.6, -0.4, 0.25};
  /// logit P(declined) = w0 + w1 (l - 10) + w2 debts + w3 a + bias B.
  std::array<double, 4> declined = {-2.7, -1.0, 0.3, -0.1};
  double bias = 0.8;  ///< The planted bias: log odds that group B pays for equal merit.

  void validate() const;  ///< \throws InvalidArgument that names the first bad field.

  friend bool operator==(const CreditParameters&, const CreditParameters&) = default;
};

/// Loan applications from structural equations: mixed types, about one in eight declined, savings
/// missing at random, and a decision that is biased against one group by a known amount.
///
/// Columns, each drawn given those before it: group {A, B} (sensitive), region, age (integer, 18 to
/// 80), education, income (log-normal), debts (Poisson), savings (log-normal, missing by a logistic
/// law), declined {no, yes} (the target, by a logistic law). docs/simulation.md has the equations.
///
/// Its distribution is known, so it is the yardstick of other generators: `simulate` needs no fit,
/// `log_likelihood` is exact. `fit` calibrates every number to data of this schema by maximum
/// likelihood, equation by equation, with a prior worth one row at the numbers it was made with.
/// Rows of a fitted one keep to the ranges and decimals that the training schema states, and have
/// no gaps where its savings are not nullable.
///
/// A condition on the target is met by drawing until it holds: exact; at most 10^6 draws a row.
class CreditSimulator final : public Generator {
 public:
  /// \throws InvalidArgument as CreditParameters::validate.
  explicit CreditSimulator(const CreditParameters& parameters = {});

  /// The numbers in use: those it was made with, or after `fit` the calibrated ones.
  [[nodiscard]] const CreditParameters& parameters() const noexcept { return current_; }

  /// The columns of its rows.
  [[nodiscard]] static const Schema& credit_schema();

  /// `n` rows of credit_schema() under parameters(); needs no fit.
  /// \throws InvalidArgument for n < 0.
  [[nodiscard]] Dataset simulate(std::int64_t n, Seed seed) const;

  /// P(declined = yes) of each row given the rest of it, under parameters().
  /// \param rows  Of credit_schema(); only savings may be missing.
  [[nodiscard]] std::vector<double> decline_probability(const Dataset& rows) const;

 private:
  void do_fit(const Dataset& train, Seed seed, const RunOptions& run) override;
  Dataset do_sample(RowRange rows, const std::vector<ResolvedTerm>& given, Seed seed,
                    const RunOptions& run) const override;
  std::vector<double> do_log_likelihood(const Dataset& rows, const RunOptions& run) const override;
  void do_save(Archive& archive) const override;
  void do_load(const Archive& archive, const Schema& schema) override;
  Capabilities do_capabilities() const override;
  std::string do_name() const override;
  std::string do_config_json() const override;

  CreditParameters made_with_;
  CreditParameters current_;
};

}  // namespace semblance
