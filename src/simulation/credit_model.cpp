// SPDX-License-Identifier: Apache-2.0
#include "simulation/credit_model.hpp"

#include <cmath>
#include <limits>
#include <numbers>
#include <span>

namespace semblance {
namespace {

double a_of(const CreditRow& row) { return (static_cast<double>(row.age) - 40) / 10; }

template <std::size_t N>
double dot(const std::array<double, N>& features, const std::array<double, N>& weights) {
  double sum = 0;
  for (std::size_t i = 0; i < N; ++i) sum += features[i] * weights[i];
  return sum;
}

/// log P(answer) where logit P(yes) = eta.
double log_bernoulli(double eta, bool yes) {
  const double x = yes ? -eta : eta;
  return x > 0 ? -x - std::log1p(std::exp(-x)) : -std::log1p(std::exp(x));
}

double logistic(double eta) { return 1 / (1 + std::exp(-eta)); }

/// The density of x > 0 whose log is normal.
double log_lognormal(double x, double mean, double deviation) {
  const double z = (std::log(x) - mean) / deviation;
  return -0.5 * z * z - std::log(x * deviation) - 0.5 * std::log(2 * std::numbers::pi);
}

std::size_t pick(std::span<const double> shares, Stream& stream) {
  double u = stream.uniform();
  for (std::size_t i = 0; i + 1 < shares.size(); ++i) {
    if (u < shares[i]) return i;
    u -= shares[i];
  }
  return shares.size() - 1;
}

template <std::size_t N>
std::span<const double> of_group(const std::array<double, N>& shares, std::int32_t group) {
  return std::span(shares).subspan(static_cast<std::size_t>(group) * (N / 2), N / 2);
}

std::int64_t draw_poisson(double rate, Stream& stream) {
  double share = std::exp(-rate), u = stream.uniform();
  std::int64_t count = 0;
  while (u >= share && count < 10'000) {
    u -= share;
    share *= rate / static_cast<double>(++count);
  }
  return count;
}

double decline_logit(const CreditParameters& p, const CreditRow& row) {
  const auto [w0, w1, w2, w3] = p.declined;
  return dot(declined_features(row), {w0, w1, w2, w3, p.bias});
}

/// The rate of debts; kept below e^6, far beyond any calibration to real rows.
double debts_rate(const CreditParameters& p, const CreditRow& row) {
  return std::exp(std::min(6.0, dot(debts_features(row), p.debts)));
}

}  // namespace

int age_band(std::int64_t age) {
  for (std::size_t b = 0; b + 1 < kAgeBands.size(); ++b) {
    if (age >= kAgeBands[b] && age < kAgeBands[b + 1]) return static_cast<int>(b);
  }
  return -1;
}

std::array<double, 6> income_features(const CreditRow& row) {
  const double a = a_of(row);
  return {1,
          a,
          a * a,
          row.education == 1 ? 1.0 : 0.0,
          row.education == 2 ? 1.0 : 0.0,
          static_cast<double>(row.group)};
}

std::array<double, 3> debts_features(const CreditRow& row) {
  return {1, std::log(row.income) - 10, a_of(row)};
}

std::array<double, 3> savings_features(const CreditRow& row) { return debts_features(row); }

std::array<double, 3> gap_features(const CreditRow& row) {
  return {1, a_of(row), static_cast<double>(row.debts)};
}

std::array<double, 5> declined_features(const CreditRow& row) {
  return {1, std::log(row.income) - 10, static_cast<double>(row.debts), a_of(row),
          static_cast<double>(row.group)};
}

CreditRow draw_credit_row(const CreditParameters& p, Stream& stream) {
  CreditRow row;
  row.group = stream.uniform() < p.group_b ? 1 : 0;
  row.region = static_cast<std::int32_t>(pick(of_group(p.region, row.group), stream));
  const std::size_t band = pick(p.age, stream);
  row.age = kAgeBands[band] + static_cast<std::int64_t>(stream.below(static_cast<std::uint64_t>(
                                  kAgeBands[band + 1] - kAgeBands[band])));
  row.education = static_cast<std::int32_t>(pick(of_group(p.education, row.group), stream));
  row.income = std::exp(dot(income_features(row), p.income) + p.income_sd * stream.normal());
  row.debts = draw_poisson(debts_rate(p, row), stream);
  const double savings =
      std::exp(dot(savings_features(row), p.savings) + p.savings_sd * stream.normal());
  if (stream.uniform() >= logistic(dot(gap_features(row), p.gap))) row.savings = savings;
  row.declined = stream.uniform() < decline_probability(p, row) ? 1 : 0;
  return row;
}

double credit_log_likelihood(const CreditParameters& p, const CreditRow& row) {
  const int band = age_band(row.age);
  if (band < 0 || row.debts < 0 || !(row.income > 0) || (row.savings && !(*row.savings > 0))) {
    return -std::numeric_limits<double>::infinity();
  }
  const auto b = static_cast<std::size_t>(band);
  double sum = std::log(row.group == 1 ? p.group_b : 1 - p.group_b);
  sum += std::log(of_group(p.region, row.group)[static_cast<std::size_t>(row.region)]);
  sum += std::log(p.age[b] / static_cast<double>(kAgeBands[b + 1] - kAgeBands[b]));
  sum += std::log(of_group(p.education, row.group)[static_cast<std::size_t>(row.education)]);
  sum += log_lognormal(row.income, dot(income_features(row), p.income), p.income_sd);
  const double rate = debts_rate(p, row), debts = static_cast<double>(row.debts);
  sum += debts * std::log(rate) - rate - std::lgamma(debts + 1);
  sum += log_bernoulli(dot(gap_features(row), p.gap), !row.savings.has_value());
  if (row.savings) {
    sum += log_lognormal(*row.savings, dot(savings_features(row), p.savings), p.savings_sd);
  }
  return sum + log_bernoulli(decline_logit(p, row), row.declined == 1);
}

double decline_probability(const CreditParameters& p, const CreditRow& row) {
  return logistic(decline_logit(p, row));
}

}  // namespace semblance
