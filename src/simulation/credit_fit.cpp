// SPDX-License-Identifier: Apache-2.0
#include <cmath>

#include "simulation/credit_model.hpp"
#include "simulation/glm.hpp"

namespace semblance {
namespace {

constexpr double kPriorRows = 1;

template <std::size_t N>
void add(Regression& to, const std::array<double, N>& features, double response) {
  to.columns = N;
  to.features.insert(to.features.end(), features.begin(), features.end());
  to.response.push_back(response);
}

template <std::size_t N>
Coefficients prior_of(const std::array<double, N>& weights, double deviation = 0) {
  return {{weights.begin(), weights.end()}, deviation};
}

template <std::size_t N>
void assign(std::array<double, N>& to, const Coefficients& from) {
  std::copy_n(from.weights.begin(), N, to.begin());
}

/// Counts of `groups` runs of categories, as shares of each run.
template <std::size_t N>
std::array<double, N> shares(const std::array<double, N>& counts,
                             const std::array<double, N>& prior, std::size_t groups) {
  std::array<double, N> out{};
  const std::size_t run = N / groups;
  for (std::size_t g = 0; g < groups; ++g) {
    double total = kPriorRows;
    for (std::size_t i = 0; i < run; ++i) total += counts[g * run + i];
    for (std::size_t i = g * run; i < (g + 1) * run; ++i) {
      out[i] = (counts[i] + kPriorRows * prior[i]) / total;
    }
  }
  return out;
}

/// What the rows say, equation by equation.
struct Evidence {
  double rows = 0, group_b = 0;
  std::array<double, 8> region{};
  std::array<double, 6> age{}, education{};
  Regression income, debts, savings, gap, declined;

  void add_row(const CreditRow& row) {
    ++rows;
    group_b += row.group;
    ++region[static_cast<std::size_t>(row.group * 4 + row.region)];
    ++age[static_cast<std::size_t>(age_band(row.age))];
    ++education[static_cast<std::size_t>(row.group * 3 + row.education)];
    add(income, income_features(row), std::log(row.income));
    add(debts, debts_features(row), static_cast<double>(row.debts));
    add(gap, gap_features(row), row.savings ? 0 : 1);
    add(declined, declined_features(row), row.declined);
    if (row.savings) add(savings, savings_features(row), std::log(*row.savings));
  }
};

}  // namespace

CreditParameters calibrate_credit(const Dataset& rows, const CreditParameters& prior) {
  Evidence seen;
  seen.savings.columns = 3;
  for (std::int64_t i = 0; i < rows.rows(); ++i) seen.add_row(credit_row(rows, i));
  CreditParameters p = prior;
  p.group_b = (seen.group_b + kPriorRows * prior.group_b) / (seen.rows + kPriorRows);
  p.region = shares(seen.region, prior.region, 2);
  p.age = shares(seen.age, prior.age, 1);
  p.education = shares(seen.education, prior.education, 2);
  const auto income = fit_linear(seen.income, prior_of(prior.income, prior.income_sd), kPriorRows);
  assign(p.income, income);
  p.income_sd = income.deviation;
  const auto savings =
      fit_linear(seen.savings, prior_of(prior.savings, prior.savings_sd), kPriorRows);
  assign(p.savings, savings);
  p.savings_sd = savings.deviation;
  assign(p.debts, fit_glm(seen.debts, Link::kLog, prior_of(prior.debts), kPriorRows));
  assign(p.gap, fit_glm(seen.gap, Link::kLogistic, prior_of(prior.gap), kPriorRows));
  const auto [w0, w1, w2, w3] = prior.declined;
  const std::array<double, 5> decision = {w0, w1, w2, w3, prior.bias};
  const auto declined = fit_glm(seen.declined, Link::kLogistic, prior_of(decision), kPriorRows);
  assign(p.declined, declined);
  p.bias = declined.weights[4];
  return p;
}

}  // namespace semblance
