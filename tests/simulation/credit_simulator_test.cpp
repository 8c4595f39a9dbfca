// SPDX-License-Identifier: Apache-2.0
// Bounds are 5.5 standard errors: a true statement fails with probability < 4e-8, and there are
// under 60 of them here, so the file's false-alarm probability is below 3e-6 for random seeds.
#include "semblance/simulation/credit_simulator.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <filesystem>
#include <map>

#include "semblance/core/error.hpp"
#include "semblance/registry.hpp"
#include "simulation/credit_model.hpp"
#include "support/message.hpp"

namespace semblance {
namespace {

constexpr double kErrors = 5.5;
constexpr std::int64_t kRows = 20'000;

std::vector<CreditRow> rows_of(const Dataset& data) {
  std::vector<CreditRow> rows;
  for (std::int64_t i = 0; i < data.rows(); ++i) rows.push_back(credit_row(data, i));
  return rows;
}

/// The mean of f over rows, and its standard error.
template <class Function>
std::pair<double, double> mean_of(const std::vector<CreditRow>& rows, const Function& f) {
  double sum = 0, squares = 0;
  for (const CreditRow& row : rows) {
    const double v = f(row);
    sum += v;
    squares += v * v;
  }
  const auto n = static_cast<double>(rows.size());
  return {sum / n, std::sqrt((squares / n - sum * sum / n / n) / n)};
}

/// The standard errors of weights: roots of the diagonal of (sum w x x')^-1, by elimination.
template <std::size_t N>
std::array<double, N> standard_errors(
    const std::vector<CreditRow>& rows,
    const std::function<std::array<double, N>(const CreditRow&)>& x,
    const std::function<double(const CreditRow&)>& weight) {
  std::array<std::array<double, 2 * N>, N> m{};
  for (const CreditRow& row : rows) {
    const auto f = x(row);
    const double w = weight(row);
    for (std::size_t i = 0; i < N; ++i) {
      for (std::size_t j = 0; j < N; ++j) m[i][j] += w * f[i] * f[j];
    }
  }
  for (std::size_t i = 0; i < N; ++i) m[i][N + i] = 1;
  for (std::size_t i = 0; i < N; ++i) {
    const double pivot = m[i][i];
    for (double& cell : m[i]) cell /= pivot;
    for (std::size_t r = 0; r < N; ++r) {
      const double factor = m[r][i];
      for (std::size_t c = 0; r != i && c < 2 * N; ++c) m[r][c] -= factor * m[i][c];
    }
  }
  std::array<double, N> out{};
  for (std::size_t i = 0; i < N; ++i) out[i] = std::sqrt(m[i][N + i]);
  return out;
}

template <std::size_t N>
void expect_recovered(const std::array<double, N>& got, const std::array<double, N>& truth,
                      const std::array<double, N>& error, const char* name) {
  for (std::size_t i = 0; i < N; ++i) {
    EXPECT_NEAR(got[i], truth[i], kErrors * error[i]) << name << "[" << i << "]";
  }
}

void expect_share(double got, double share, double rows, const std::string& what) {
  EXPECT_NEAR(got, share, kErrors * std::sqrt(share * (1 - share) / rows)) << what;
}

CreditParameters other_parameters() {
  CreditParameters p;
  p.group_b = 0.4;
  p.income = {9.8, 0.2, -0.03, 0.3, 0.5, 0.05};
  p.income_sd = 0.5;
  p.debts = {0.3, -0.2, 0.1};
  p.savings = {7.5, 1.0, 0.2};
  p.savings_sd = 0.8;
  p.gap = {-1.2, -0.2, 0.1};
  p.declined = {-2.2, -0.8, 0.2, 0.1};
  p.bias = 0.5;
  return p;
}

TEST(CreditSimulator, MarginalsAreThoseOfTheEquations) {
  const CreditParameters p;
  const auto rows = rows_of(CreditSimulator().simulate(kRows, Seed{1}));
  double b = 0;
  std::map<std::int64_t, double> region, band, education;
  for (const CreditRow& row : rows) {
    b += row.group;
    ++region[row.group * 4 + row.region];
    ++band[age_band(row.age)];
    ++education[row.group * 3 + row.education];
  }
  expect_share(b / kRows, p.group_b, kRows, "group B");
  for (int i = 0; i < 8; ++i) {
    const double group = i < 4 ? kRows - b : b;
    expect_share(region[i] / group, p.region[static_cast<std::size_t>(i)], group, "region");
  }
  for (int i = 0; i < 6; ++i) {
    const double group = i < 3 ? kRows - b : b;
    expect_share(band[i] / kRows, p.age[static_cast<std::size_t>(i)], kRows, "age");
    expect_share(education[i] / group, p.education[static_cast<std::size_t>(i)], group,
                 "education");
  }
}

TEST(CreditSimulator, MeanIncomeIsThatOfTheEquations) {
  const CreditParameters p;
  double a = 0, a2 = 0;
  for (std::size_t i = 0; i < 6; ++i) {
    const auto width = static_cast<double>(kAgeBands[i + 1] - kAgeBands[i]);
    for (std::int64_t age = kAgeBands[i]; age < kAgeBands[i + 1]; ++age) {
      const double x = (static_cast<double>(age) - 40) / 10;
      a += p.age[i] / width * x;
      a2 += p.age[i] / width * x * x;
    }
  }
  const auto share = [&](std::size_t e) {
    return (1 - p.group_b) * p.education[e] + p.group_b * p.education[3 + e];
  };
  const double expected = p.income[0] + p.income[1] * a + p.income[2] * a2 +
                          p.income[3] * share(1) + p.income[4] * share(2) + p.income[5] * p.group_b;
  const auto [mean, error] = mean_of(rows_of(CreditSimulator().simulate(kRows, Seed{2})),
                                     [](const CreditRow& row) { return std::log(row.income); });
  EXPECT_NEAR(mean, expected, kErrors * error);
}

// The share of gaps and of declined rows equals the mean of their probabilities.
TEST(CreditSimulator, GapsAndDecisionsFollowTheirProbabilities) {
  const CreditParameters p;
  const auto rows = rows_of(CreditSimulator().simulate(kRows, Seed{3}));
  const auto [gap, gap_error] = mean_of(rows, [&](const CreditRow& row) {
    const auto f = gap_features(row);
    return (row.savings ? 0 : 1) -
           1 / (1 + std::exp(-(f[0] * p.gap[0] + f[1] * p.gap[1] + f[2] * p.gap[2])));
  });
  EXPECT_NEAR(gap, 0, kErrors * gap_error);
  const auto [declined, error] = mean_of(
      rows, [&](const CreditRow& row) { return row.declined - decline_probability(p, row); });
  EXPECT_NEAR(declined, 0, kErrors * error);
  const auto share = mean_of(rows, [](const CreditRow& row) { return row.declined; }).first;
  EXPECT_GT(share, 0.08);
  EXPECT_LT(share, 0.16);
}

// E_p[q(x) / p(x)] = 1 for any q: both likelihoods integrate to the same, over all columns at once.
TEST(CreditSimulator, LikelihoodIntegratesToOne) {
  const CreditParameters p;
  CreditParameters q = p;
  q.group_b = 0.35;
  q.income_sd = 0.43;
  q.income[0] = 10.05;
  q.debts[0] = 0.15;
  q.savings_sd = 0.95;
  q.gap[0] = -1.5;
  q.bias = 0.6;
  const auto [mean, error] =
      mean_of(rows_of(CreditSimulator().simulate(kRows, Seed{4})), [&](const CreditRow& row) {
        return std::exp(credit_log_likelihood(q, row) - credit_log_likelihood(p, row));
      });
  EXPECT_LT(error, 0.02);
  EXPECT_NEAR(mean, 1, kErrors * error);
}

// The normalising constants, which cancel above: a row worked out from the densities.
TEST(CreditSimulator, LikelihoodOfARowIsTheProductOfItsEquations) {
  const CreditParameters p;
  const CreditRow row{.group = 1,
                      .region = 3,
                      .age = 40,
                      .education = 0,
                      .income = std::exp(10.0),
                      .debts = 2,
                      .savings = std::exp(8.0),
                      .declined = 1};
  const double root = std::sqrt(2 * std::acos(-1.0));
  const double income =
      std::exp(-0.5 * (0.1 / 0.45) * (0.1 / 0.45)) / (0.45 * root) / std::exp(10.0);
  const double rate = std::exp(0.2), savings = 1 / root / std::exp(8.0);
  const double gap = 1 / (1 + std::exp(1.6 - 0.5)), declined = 1 / (1 + std::exp(2.7 - 0.6 - 0.8));
  const double expected = 0.3 * 0.40 * (0.22 / 10) * 0.35 * income *
                          (std::exp(-rate) * rate * rate / 2) * (1 - gap) * savings * declined;
  EXPECT_NEAR(credit_log_likelihood(p, row), std::log(expected), 1e-10);
  CreditRow old = row;
  old.age = 81;
  EXPECT_EQ(credit_log_likelihood(p, old), -INFINITY);
}

TEST(CreditSimulator, CalibrationRecoversTheParameters) {
  const CreditParameters truth = other_parameters();
  const Dataset data = CreditSimulator(truth).simulate(kRows, Seed{5});
  CreditSimulator simulator;
  simulator.fit(data, Seed{1});
  const CreditParameters& got = simulator.parameters();
  const auto rows = rows_of(data);
  expect_share(got.group_b, truth.group_b, kRows, "group_b");
  for (std::size_t i = 0; i < 6; ++i) expect_share(got.age[i], truth.age[i], kRows, "age");
  for (std::size_t i = 0; i < 8; ++i)
    expect_share(got.region[i], truth.region[i], kRows * (i < 4 ? 0.6 : 0.4) - 500, "region");
  expect_recovered<6>(
      got.income, truth.income,
      standard_errors<6>(rows, income_features, [](auto&) { return 1 / 0.5 / 0.5; }), "income");
  EXPECT_NEAR(got.income_sd, 0.5, kErrors * 0.5 / std::sqrt(2.0 * kRows));
  expect_recovered<3>(got.debts, truth.debts,
                      standard_errors<3>(rows, debts_features,
                                         [&](const CreditRow& row) {
                                           const auto f = debts_features(row);
                                           return std::exp(0.3 * f[0] - 0.2 * f[1] + 0.1 * f[2]);
                                         }),
                      "debts");
  expect_recovered<3>(
      got.savings, truth.savings,
      standard_errors<3>(rows, savings_features,
                         [](const CreditRow& row) { return row.savings ? 1 / 0.8 / 0.8 : 0; }),
      "savings");
  expect_recovered<3>(got.gap, truth.gap,
                      standard_errors<3>(rows, gap_features,
                                         [](const CreditRow& row) {
                                           const auto f = gap_features(row);
                                           const double eta = -1.2 - 0.2 * f[1] + 0.1 * f[2];
                                           const double q = 1 / (1 + std::exp(-eta));
                                           return q * (1 - q);
                                         }),
                      "gap");
  const auto [w0, w1, w2, w3] = got.declined;
  expect_recovered<5>({w0, w1, w2, w3, got.bias}, {-2.2, -0.8, 0.2, 0.1, 0.5},
                      standard_errors<5>(rows, declined_features,
                                         [&](const CreditRow& row) {
                                           const double q = decline_probability(truth, row);
                                           return q * (1 - q);
                                         }),
                      "declined");
}

/// The calibrated bias in standard errors.
double bias_score(double bias) {
  CreditParameters truth;
  truth.bias = bias;
  const Dataset data = CreditSimulator(truth).simulate(kRows, Seed{6});
  CreditSimulator simulator;
  simulator.fit(data, Seed{1});
  const auto errors =
      standard_errors<5>(rows_of(data), declined_features, [&](const CreditRow& row) {
        const double q = decline_probability(truth, row);
        return q * (1 - q);
      });
  return simulator.parameters().bias / errors[4];
}

TEST(CreditSimulator, ThePlantedBiasIsFoundAndNoneWhereThereIsNone) {
  EXPECT_GT(bias_score(0.8), 2 * kErrors);
  EXPECT_LT(std::abs(bias_score(0.0)), kErrors);
}

// P(B | declined) by conditioning, and by Bayes from unconditioned rows.
TEST(CreditSimulator, ConditionsOnTheDecisionExactly) {
  const Dataset data = CreditSimulator().simulate(kRows, Seed{7});
  CreditSimulator simulator;
  simulator.fit(data, Seed{1});
  const auto given = rows_of(simulator.sample(5'000, Seed{8}, {.given = {{"declined", "yes"}}}));
  const auto free = rows_of(simulator.sample(kRows, Seed{9}));
  std::vector<CreditRow> declined;
  std::copy_if(free.begin(), free.end(), std::back_inserter(declined),
               [](const CreditRow& row) { return row.declined == 1; });
  for (const CreditRow& row : given) ASSERT_EQ(row.declined, 1);
  const auto is_b = [](const CreditRow& row) { return static_cast<double>(row.group); };
  const auto [a, a_error] = mean_of(given, is_b);
  const auto [b, b_error] = mean_of(declined, is_b);
  EXPECT_NEAR(a, b, kErrors * std::hypot(a_error, b_error));
}

TEST(CreditSimulator, KeepsToTheSchemaItWasCalibratedTo) {
  Dataset data = CreditSimulator().simulate(300, Seed{1});
  std::vector<Field> fields = data.schema().fields();
  fields[4].range = Range{10'000, 30'000};
  fields[4].format.decimals = 0;
  CreditSimulator simulator;
  simulator.fit(data.with_schema(fields), Seed{1});
  const Dataset rows = simulator.sample(500, Seed{2});
  for (const CreditRow& row : rows_of(rows)) {
    EXPECT_GE(row.income, 10'000);
    EXPECT_LE(row.income, 30'000);
    EXPECT_EQ(row.income, std::round(row.income));
  }
}

TEST(CreditSimulator, IsTheSameAfterSavingAndLoading) {
  const auto file = std::filesystem::temp_directory_path() / "semblance_credit_test.semb";
  CreditSimulator simulator;
  simulator.fit(CreditSimulator(other_parameters()).simulate(500, Seed{1}), Seed{1});
  simulator.save(file);
  const auto loaded = load_generator(file);
  EXPECT_EQ(dynamic_cast<const CreditSimulator&>(*loaded).parameters(), simulator.parameters());
  std::filesystem::remove(file);
}

TEST(CreditSimulator, SaysWhatIsWrong) {
  const auto message = [](const std::function<void()>& call) {
    return message_of<InvalidArgument>(call);
  };
  const Dataset good = CreditSimulator().simulate(20, Seed{1});
  CreditSimulator simulator;
  const std::vector<std::string> some = {"group", "age"};
  EXPECT_EQ(message([&] { simulator.fit(good.select(some), Seed{1}); }),
            "credit-sim.fit: the data must have a column 'region'; it is not the simulator's "
            "schema");
  std::vector<Field> fields = good.schema().fields();
  fields[0].categories = {"A", "C"};
  EXPECT_EQ(message([&] { simulator.fit(Dataset(fields, good.columns()), Seed{1}); }),
            "credit-sim.fit: column 'group' must have the categories A, B, got A, C");
  std::vector<Column> columns = good.columns();
  columns[2] = Column::integers(std::vector<std::int64_t>(20, 17));
  EXPECT_EQ(message([&] { simulator.fit(Dataset(good.schema(), columns), Seed{1}); }),
            "credit-sim.fit: age must be between 18 and 80, row 0 has 17");
  EXPECT_EQ(message([&] { (void)simulator.simulate(-1, Seed{1}); }),
            "credit-sim.simulate: n must be >= 0, got -1");
  CreditParameters bad;
  bad.age[0] = 0.2;
  EXPECT_THAT(message([&] { CreditSimulator{bad}; }),
              testing::StartsWith("CreditParameters.age: shares must sum to 1, got 1.08"));
  bad = {};
  bad.income_sd = 0;
  EXPECT_EQ(message([&] { CreditSimulator{bad}; }),
            "CreditParameters.income_sd must be > 0, got 0");
}

}  // namespace
}  // namespace semblance
