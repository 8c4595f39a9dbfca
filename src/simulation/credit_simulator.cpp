// SPDX-License-Identifier: Apache-2.0
#include "semblance/simulation/credit_simulator.hpp"

#include <algorithm>
#include <cmath>

#include "detail/check.hpp"
#include "detail/config.hpp"
#include "detail/round.hpp"
#include "semblance/core/archive.hpp"
#include "semblance/core/parallel.hpp"
#include "simulation/credit_model.hpp"
#include "simulation/entry.hpp"

namespace semblance {
namespace {

constexpr std::int64_t kBlock = 4096;           ///< Rows a task.
constexpr std::int64_t kMostDraws = 1'000'000;  ///< Of one row until a condition holds.

Field category(const char* name, Vocabulary categories, Role role = Role::kFeature) {
  Field field{.name = name, .kind = Kind::kCategorical, .role = role};
  field.categories = std::move(categories);
  return field;
}

Schema make_schema() {
  Field group = category("group", {"A", "B"});
  group.sensitive = true;
  Field savings{.name = "savings", .kind = Kind::kReal};
  savings.nullable = true;
  return {group,
          category("region", {"north", "south", "east", "west"}),
          {.name = "age", .kind = Kind::kInteger},
          category("education", {"basic", "secondary", "higher"}),
          {.name = "income", .kind = Kind::kReal},
          {.name = "debts", .kind = Kind::kInteger},
          savings,
          category("declined", {"no", "yes"}, Role::kTarget)};
}

std::vector<std::string> sorted(const Vocabulary& vocabulary) {
  auto names = vocabulary.categories();
  std::sort(names.begin(), names.end());
  return names;
}

/// \throws InvalidArgument unless the columns are those of the simulator.
void check_schema(const Schema& schema, const char* call) {
  const Schema& own = CreditSimulator::credit_schema();
  for (const Field& field : own) {
    const std::int64_t at = schema.find(field.name);
    require(at >= 0, "{}: the data must have a column '{}'; it is not the simulator's schema", call,
            field.name);
    require(schema[at].kind == field.kind, "{}: column '{}' must be {}, got {}", call, field.name,
            to_string(field.kind), to_string(schema[at].kind));
    require(sorted(schema[at].categories) == sorted(field.categories),
            "{}: column '{}' must have the categories {}, got {}", call, field.name,
            fmt::join(field.categories.categories(), ", "),
            fmt::join(schema[at].categories.categories(), ", "));
  }
  require(schema.size() == own.size(), "{}: the data must have the simulator's {} columns, got {}",
          call, own.size(), schema.size());
}

/// The rows under the simulator's own schema. \throws InvalidArgument for another, or for gaps.
Dataset own_rows_of(const Dataset& data, const char* call) {
  check_schema(data.schema(), call);
  for (const Field& field : data.schema()) {
    const std::int64_t gaps = data.column(field.name).null_count();
    require(field.name == "savings" || gaps == 0,
            "{}: only savings may be missing, column '{}' has {} missing values", call, field.name,
            gaps);
  }
  return conform(data, CreditSimulator::credit_schema());
}

void check_values(const Dataset& rows) {
  for (std::int64_t i = 0; i < rows.rows(); ++i) {
    const CreditRow row = credit_row(rows, i);
    require(age_band(row.age) >= 0, "credit-sim.fit: age must be between 18 and 80, row {} has {}",
            i, row.age);
    require(row.income > 0, "credit-sim.fit: income must be > 0, row {} has {}", i, row.income);
    require(row.debts >= 0, "credit-sim.fit: debts must be >= 0, row {} has {}", i, row.debts);
    require(!row.savings || *row.savings > 0, "credit-sim.fit: savings must be > 0, row {} has {}",
            i, row.savings.value_or(0));
  }
}

Dataset table_of(const std::vector<CreditRow>& rows) {
  std::vector<std::int32_t> group, region, education, declined;
  std::vector<std::int64_t> age, debts;
  std::vector<double> income, savings;
  Bitmap known;
  for (const CreditRow& row : rows) {
    group.push_back(row.group);
    region.push_back(row.region);
    age.push_back(row.age);
    education.push_back(row.education);
    income.push_back(row.income);
    debts.push_back(row.debts);
    savings.push_back(row.savings.value_or(0));
    known.push_back(row.savings.has_value());
    declined.push_back(row.declined);
  }
  return {CreditSimulator::credit_schema(),
          {Column::categories(group), Column::categories(region), Column::integers(age),
           Column::categories(education), Column::reals(income), Column::integers(debts),
           Column::reals(savings, known), Column::categories(declined)}};
}

/// The row of a seed and index whose decision is among the wanted ones (bit 0: no, bit 1: yes).
CreditRow draw_wanted(const CreditParameters& p, unsigned wanted, Seed stage, std::uint64_t index) {
  Stream stream(stage, index);
  for (std::int64_t draw = 0; draw < kMostDraws; ++draw) {
    const CreditRow row = draw_credit_row(p, stream);
    if (((wanted >> row.declined) & 1U) != 0) return row;
  }
  fail("credit-sim.sample: the wanted value of 'declined' did not come up in {} draws of one row",
       kMostDraws);
}

std::vector<CreditRow> draw_rows(const CreditParameters& p, RowRange range, unsigned wanted,
                                 Seed seed, int threads) {
  const Seed stage = derive(seed, "credit");
  std::vector<CreditRow> rows(static_cast<std::size_t>(range.count));
  parallel_for(threads, (range.count + kBlock - 1) / kBlock, [&](std::int64_t block) {
    const std::int64_t end = std::min(range.count, (block + 1) * kBlock);
    for (std::int64_t i = block * kBlock; i < end; ++i) {
      rows[static_cast<std::size_t>(i)] =
          draw_wanted(p, wanted, stage, static_cast<std::uint64_t>(range.first + i));
    }
  });
  return rows;
}

double within(double value, const Field& field) {
  const double rounded = round_to(value, field.format);
  return field.range ? std::clamp(rounded, field.range->min, field.range->max) : rounded;
}

/// Numbers as the training data has them: its ranges and decimals.
void keep_to(const Schema& schema, CreditRow& row) {
  const auto field = [&](const char* name) -> const Field& { return schema[schema.index(name)]; };
  row.age = std::llround(within(static_cast<double>(row.age), field("age")));
  row.debts = std::llround(within(static_cast<double>(row.debts), field("debts")));
  row.income = within(row.income, field("income"));
  if (row.savings) row.savings = within(*row.savings, field("savings"));
}

void check_shares(std::span<const double> shares, const char* name) {
  double sum = 0;
  for (const double share : shares) {
    require(share > 0 && share < 1, "CreditParameters.{}: shares must be in (0, 1), got {}", name,
            share);
    sum += share;
  }
  require(std::abs(sum - 1) < 1e-9, "CreditParameters.{}: shares must sum to 1, got {}", name, sum);
}

void check_finite(std::span<const double> weights, const char* name) {
  for (const double w : weights)
    require(std::isfinite(w), "CreditParameters.{} must be finite, got {}", name, w);
}

}  // namespace

template <class Visitor>
static void visit(CreditParameters& p, Visitor&& v) {
  v("group_b", p.group_b, "P(group = B), in (0, 1)");
  v("region", p.region, "P(north, south, east, west | group): group A, then B");
  v("age", p.age, "P(age in 18-24, 25-34, 35-44, 45-54, 55-64, 65-80)");
  v("education", p.education, "P(basic, secondary, higher | group): group A, then B");
  v("income", p.income, "E[log income]: 1, a, a^2, secondary, higher, B; a = (age - 40) / 10");
  v("income_sd", p.income_sd, "Standard deviation of log income, > 0");
  v("debts", p.debts, "log of the Poisson rate: 1, log income - 10, a");
  v("savings", p.savings, "E[log savings]: 1, log income - 10, a");
  v("savings_sd", p.savings_sd, "Standard deviation of log savings, > 0");
  v("gap", p.gap, "logit P(savings missing): 1, a, debts");
  v("declined", p.declined, "logit P(declined): 1, log income - 10, debts, a");
  v("bias", p.bias, "Log odds of being declined that group B pays for equal merit");
}

void CreditParameters::validate() const {
  require(group_b > 0 && group_b < 1, "CreditParameters.group_b must be in (0, 1), got {}",
          group_b);
  check_shares(std::span(region).first(4), "region");
  check_shares(std::span(region).last(4), "region");
  check_shares(age, "age");
  check_shares(std::span(education).first(3), "education");
  check_shares(std::span(education).last(3), "education");
  check_finite(income, "income");
  check_finite(debts, "debts");
  check_finite(savings, "savings");
  check_finite(gap, "gap");
  check_finite(declined, "declined");
  require(income_sd > 0 && std::isfinite(income_sd),
          "CreditParameters.income_sd must be > 0, got {}", income_sd);
  require(savings_sd > 0 && std::isfinite(savings_sd),
          "CreditParameters.savings_sd must be > 0, got {}", savings_sd);
  require(std::isfinite(bias), "CreditParameters.bias must be finite, got {}", bias);
}

RegistryEntry credit_entry() {
  return {"credit-sim", "Simulated loan applications with a known distribution and a planted bias.",
          parameters_of<CreditParameters>(), [](std::string_view json) {
            return std::make_unique<CreditSimulator>(
                config_from_json<CreditParameters>(json, "CreditParameters"));
          }};
}

CreditRow credit_row(const Dataset& rows, std::int64_t i) {
  const auto at = static_cast<std::size_t>(i);
  CreditRow row;
  row.group = rows.column(0).codes()[at];
  row.region = rows.column(1).codes()[at];
  row.age = rows.column(2).integers()[at];
  row.education = rows.column(3).codes()[at];
  row.income = rows.column(4).reals()[at];
  row.debts = rows.column(5).integers()[at];
  if (rows.column(6).is_valid(i)) row.savings = rows.column(6).reals()[at];
  row.declined = rows.column(7).codes()[at];
  return row;
}

CreditSimulator::CreditSimulator(const CreditParameters& parameters)
    : made_with_(parameters), current_(parameters) {
  parameters.validate();
}

const Schema& CreditSimulator::credit_schema() {
  static const Schema schema = make_schema();
  return schema;
}

Dataset CreditSimulator::simulate(std::int64_t n, Seed seed) const {
  require(n >= 0, "credit-sim.simulate: n must be >= 0, got {}", n);
  return table_of(draw_rows(current_, {0, n}, 3, seed, 1));
}

std::vector<double> CreditSimulator::decline_probability(const Dataset& rows) const {
  const Dataset own = own_rows_of(rows, "credit-sim.decline_probability");
  std::vector<double> out;
  for (std::int64_t i = 0; i < own.rows(); ++i) {
    out.push_back(semblance::decline_probability(current_, credit_row(own, i)));
  }
  return out;
}

void CreditSimulator::do_fit(const Dataset& train, Seed, const RunOptions& run) {
  const Dataset own = own_rows_of(train, "credit-sim.fit");
  require(train.schema().target() == train.schema().find("declined"),
          "credit-sim.fit: the target must be 'declined'");
  check_values(own);
  Reporter reporter(run, "fit", 2);
  reporter.step(1);
  CreditParameters calibrated = calibrate_credit(own, made_with_);
  if (!train.schema()[train.schema().index("savings")].nullable) calibrated.gap = {-1e3, 0, 0};
  reporter.step(2);
  current_ = calibrated;
}

Dataset CreditSimulator::do_sample(RowRange rows, const std::vector<ResolvedTerm>& given, Seed seed,
                                   const RunOptions& run) const {
  unsigned wanted = 3;
  const Vocabulary& decisions = schema()[schema().target()].categories;
  for (const ResolvedTerm& term : given) {
    require(!term.missing, "credit-sim.sample: 'declined' is never missing");
    for (const char* name : {"no", "yes"}) {
      if (!term.accepts(decisions.code(name))) wanted &= name[0] == 'n' ? ~1U : ~2U;
    }
  }
  Reporter reporter(run, "sample", 1);
  auto drawn = draw_rows(current_, rows, wanted, seed, worker_threads(run));
  for (CreditRow& row : drawn) keep_to(schema(), row);
  reporter.step(1);
  return conform(table_of(drawn), schema());
}

std::vector<double> CreditSimulator::do_log_likelihood(const Dataset& rows,
                                                       const RunOptions&) const {
  const Dataset own = own_rows_of(rows, "credit-sim.log_likelihood");
  std::vector<double> out;
  for (std::int64_t i = 0; i < own.rows(); ++i) {
    out.push_back(credit_log_likelihood(current_, credit_row(own, i)));
  }
  return out;
}

void CreditSimulator::do_save(Archive& archive) const {
  archive.put_text("parameters", config_to_json(current_).dump());
}

void CreditSimulator::do_load(const Archive& archive, const Schema& schema) {
  check_schema(schema, "credit-sim.load");
  current_ = config_from_json<CreditParameters>(archive.text("parameters"), "CreditParameters");
}

Capabilities CreditSimulator::do_capabilities() const {
  return {.kinds = {Kind::kReal, Kind::kInteger, Kind::kCategorical},
          .missing_values = true,
          .conditioning = Conditioning::kTarget,
          .likelihood = true};
}

std::string CreditSimulator::do_name() const { return "credit-sim"; }

std::string CreditSimulator::do_config_json() const { return config_to_json(made_with_).dump(); }

}  // namespace semblance
