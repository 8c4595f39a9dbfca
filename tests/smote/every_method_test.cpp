// SPDX-License-Identifier: Apache-2.0
// What holds for every over-sampler of the registry, on tables that peers stumble over.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <functional>

#include "semblance/balance.hpp"
#include "semblance/core/log.hpp"
#include "semblance/smote/over_sampler.hpp"
#include "smote/entry.hpp"

namespace semblance {
namespace {

/// Silences the warnings of fallbacks for a test.
class Quiet {
 public:
  Quiet() : before_(set_log_sink({})) {}
  ~Quiet() { set_log_sink(before_); }
  Quiet(const Quiet&) = delete;
  Quiet& operator=(const Quiet&) = delete;

 private:
  LogSink before_;
};

Field label_field(Vocabulary categories) {
  return {.name = "y",
          .kind = Kind::kCategorical,
          .role = Role::kTarget,
          .nullable = true,
          .categories = std::move(categories)};
}

/// Numbers x and z, a category, an integer with gaps, and a target of classes with these sizes.
Dataset mixed(const std::vector<std::int64_t>& sizes) {
  std::vector<double> x, z;
  std::vector<std::int32_t> colour, label;
  std::vector<std::int64_t> age;
  Bitmap known;
  std::vector<std::string> classes;
  for (std::size_t c = 0; c < sizes.size(); ++c) {
    classes.push_back(std::string(1, static_cast<char>('a' + c)));
    for (std::int64_t i = 0; i < sizes[c]; ++i) {
      Stream s(Seed{c}, "mixed", static_cast<std::uint64_t>(i));
      x.push_back(s.normal() + 1.2 * static_cast<double>(c));
      z.push_back(10 * s.normal());
      colour.push_back(static_cast<std::int32_t>(s.below(3)));
      age.push_back(20 + static_cast<std::int64_t>(s.below(40)));
      known.push_back(s.uniform() < 0.8);
      label.push_back(static_cast<std::int32_t>(c));
    }
  }
  Field gaps{.name = "age", .kind = Kind::kInteger};
  gaps.nullable = true;
  gaps.range = Range{20, 59};
  return {Schema{{.name = "x"},
                 {.name = "z"},
                 {.name = "colour", .kind = Kind::kCategorical, .categories = {"r", "g", "b"}},
                 gaps,
                 label_field(Vocabulary(classes))},
          {Column::reals(x), Column::reals(z), Column::categories(colour),
           Column::integers(age, known), Column::categories(label)}};
}

std::unique_ptr<OverSampler> fitted(const RegistryEntry& entry, const Dataset& data,
                                    Seed seed = Seed{1}) {
  auto model = entry.make("{}");
  model->fit(data, seed);
  auto* over = dynamic_cast<OverSampler*>(model.get());
  EXPECT_NE(over, nullptr) << entry.name;
  static_cast<void>(model.release());
  return std::unique_ptr<OverSampler>(over);
}

void expect_same(const Dataset& a, const Dataset& b, const std::string& what) {
  ASSERT_EQ(a.rows(), b.rows()) << what;
  for (std::int64_t i = 0; i < a.rows(); ++i) {
    for (std::int64_t c = 0; c < a.schema().size(); ++c) {
      ASSERT_EQ(a.cell(i, c), b.cell(i, c)) << what << ", row " << i << ", column " << c;
    }
  }
}

void expect_finite(const Dataset& rows, const std::string& what) {
  for (const Column& column : rows.columns()) {
    if (column.kind() != Kind::kReal) continue;
    for (const double value : column.reals()) ASSERT_TRUE(std::isfinite(value)) << what;
  }
}

class EveryMethod : public testing::TestWithParam<RegistryEntry> {
 protected:
  Quiet quiet_;
};

TEST_P(EveryMethod, MakesExactlyTheRowsItIsAskedFor) {
  const auto model = fitted(GetParam(), mixed({60, 25, 14}));
  for (const std::int64_t n : {0, 1, 2, 7, 100, 333}) {
    for (const char* label : {"a", "b", "c"}) {
      const TracedRows made = model->generate(label, n, Seed{2});
      ASSERT_EQ(made.rows.rows(), n);
      ASSERT_EQ(made.provenance.size(), static_cast<std::size_t>(n));
      for (std::int64_t i = 0; i < n; ++i) EXPECT_EQ(made.rows.cell(i, 4), label);
    }
  }
}

TEST_P(EveryMethod, BalancingKeepsTheRowsAndMakesEqualClasses) {
  const Dataset train = mixed({60, 25, 14});
  const auto model = fitted(GetParam(), train);
  const TracedRows out = model->balance_with_provenance(train, Seed{3});
  ASSERT_EQ(out.rows.rows(), 180);
  ASSERT_EQ(out.provenance.size(), 81U);
  expect_same(out.rows.slice(0, train.rows()), train, "input rows");
  for (std::int64_t i = 0; i < 81; ++i) {
    const Provenance& p = out.provenance[static_cast<std::size_t>(i)];
    EXPECT_EQ(out.rows.cell(99 + i, 4), i < 35 ? "b" : "c");
    EXPECT_EQ(train.cell(p.base, 4), out.rows.cell(99 + i, 4));
  }
  expect_same(balance(train, *model, Seed{3}), out.rows, "with and without provenance");
  expect_finite(out.rows, "balanced");
}

TEST_P(EveryMethod, BasesHaveShares) {
  const Dataset train = mixed({60, 25, 14});
  const auto model = fitted(GetParam(), train);
  double sum = 0;
  std::int64_t last = -1;
  for (const BaseRow& base : model->bases("b")) {
    EXPECT_GT(base.row, last);
    EXPECT_EQ(train.cell(base.row, 4), "b");
    EXPECT_GE(base.share, 0);
    last = base.row;
    sum += base.share;
  }
  EXPECT_NEAR(sum, 1, 1e-12);
}

TEST_P(EveryMethod, ProvenanceAndSeedMakeTheRowsAgain) {
  const auto model = fitted(GetParam(), mixed({60, 25, 14}));
  const TracedRows made = model->sample_with_provenance(150, Seed{4});
  expect_same(model->interpolate(made.provenance, Seed{4}), made.rows, "interpolated");
  expect_same(model->sample(150, Seed{4}), made.rows, "sampled");
}

// Batches that are larger than their class look values up in another way than single rows do.
TEST_P(EveryMethod, ManyRowsOfAClassAreWhatTheirProvenanceMakes) {
  Dataset train = mixed({60, 25, 14});
  std::vector<Field> fields = train.schema().fields();
  fields[1] = {.name = "whole", .kind = Kind::kInteger};
  std::vector<std::int64_t> whole;
  for (const double z : train.column(1).reals()) whole.push_back(std::llround(10 * z));
  std::vector<Column> columns = train.columns();
  columns[1] = Column::integers(whole);
  const auto model = fitted(GetParam(), Dataset(Schema(fields), columns));
  const TracedRows made = model->generate("b", 400, Seed{2});
  const Dataset again = model->interpolate(made.provenance, derive(Seed{2}, std::uint64_t{1}));
  expect_same(again, made.rows, "interpolated");
}

TEST_P(EveryMethod, RowsDoNotDependOnThreads) {
  const Dataset train = mixed({60, 25, 14});
  const auto model = fitted(GetParam(), train);
  const BalanceOptions one{.strategy = Counts{{{"c", 6'000}}}, .run = {.threads = 1}};
  const BalanceOptions three{.strategy = Counts{{{"c", 6'000}}}, .run = {.threads = 3}};
  const TracedRows a = model->balance_with_provenance(train, Seed{1}, one);
  const TracedRows b = model->balance_with_provenance(train, Seed{1}, three);
  EXPECT_EQ(a.provenance, b.provenance);
  const std::vector<double> x(a.rows.column(0).reals().begin(), a.rows.column(0).reals().end());
  EXPECT_THAT(b.rows.column(0).reals(), testing::ElementsAreArray(x));
}

// imbalanced-learn uses an integer seed for every class again: classes of equal size get the same
// bases, neighbours and steps.
TEST_P(EveryMethod, ClassesDrawIndependently) {
  if (GetParam().name == "polynom-fit") GTEST_SKIP() << "rows of a star are dealt, not drawn";
  const Dataset one = mixed({30, 12});
  std::vector<std::int64_t> rows;  // classes b and c are the same twelve rows
  for (std::int64_t i = 0; i < 42; ++i) rows.push_back(i);
  for (std::int64_t i = 30; i < 42; ++i) rows.push_back(i);
  std::vector<std::int32_t> label(54, 0);
  std::fill(label.begin() + 30, label.begin() + 42, 1);
  std::fill(label.begin() + 42, label.end(), 2);
  const Dataset twice = one.take(rows);
  std::vector<Field> fields = one.schema().fields();
  fields.back() = label_field({"a", "b", "c"});
  std::vector<Column> columns = twice.columns();
  columns.back() = Column::categories(label);
  const auto model = fitted(GetParam(), Dataset(Schema(fields), columns));
  const TracedRows b = model->generate("b", 40, Seed{1}), c = model->generate("c", 40, Seed{1});
  int same = 0;
  for (std::size_t i = 0; i < 40; ++i) {
    const Provenance &p = b.provenance[i], &q = c.provenance[i];
    const auto row = static_cast<std::int64_t>(i);
    same += p.base + 12 == q.base && p.neighbour + 12 == q.neighbour && p.u == q.u &&
                    b.rows.cell(row, 0) == c.rows.cell(row, 0)
                ? 1
                : 0;
  }
  EXPECT_LT(same, 30);
}

TEST_P(EveryMethod, ClassesOfOneAndTwoRowsWork) {
  for (const std::int64_t n : {1, 2, 5, 6}) {
    const Dataset train = mixed({40, n});
    const auto model = fitted(GetParam(), train);
    const TracedRows made = model->generate("b", 50, Seed{1});
    expect_finite(made.rows, "class of " + std::to_string(n));
    for (const Provenance& p : made.provenance) EXPECT_GE(p.base, 40);
  }
}

TEST_P(EveryMethod, IdenticalRowsGiveTheSameRowAgain) {
  const std::vector<double> x(20, 1.5);
  std::vector<double> other;
  for (int i = 0; i < 30; ++i) other.push_back(10 + i);
  std::vector<double> all = x;
  all.insert(all.end(), other.begin(), other.end());
  std::vector<std::int32_t> label(50, 0);
  std::fill(label.begin(), label.begin() + 20, 1);
  const Dataset train(Schema{{.name = "x"}, label_field({"many", "few"})},
                      {Column::reals(all), Column::categories(label)});
  const auto model = fitted(GetParam(), train);
  const Dataset made = model->generate("few", 30, Seed{1}).rows;
  expect_finite(made, "identical rows");
  if (GetParam().name == "geometric" || GetParam().name == "ccr") return;  // a ball around the rows
  for (const double value : made.column(0).reals()) EXPECT_EQ(value, 1.5);
}

TEST_P(EveryMethod, ConstantColumnsStayConstant) {
  Dataset train = mixed({40, 20});
  std::vector<Column> columns = train.columns();
  columns[1] = Column::reals(std::vector<double>(60, 7.0));
  const auto model = fitted(GetParam(), Dataset(train.schema(), columns));
  const Dataset made = model->sample(200, Seed{1});
  for (const double value : made.column(1).reals()) EXPECT_EQ(value, 7);
}

TEST_P(EveryMethod, TablesOfOneClassAndWithoutTargetWork) {
  const Dataset one = mixed({40});
  expect_finite(fitted(GetParam(), one)->sample(100, Seed{1}), "one class");
  const Dataset plain(Schema{{.name = "x"}, {.name = "z"}}, {one.column(0), one.column(1)});
  const auto model = fitted(GetParam(), plain);
  EXPECT_EQ(model->generate("", 25, Seed{1}).rows.rows(), 25);
}

TEST_P(EveryMethod, MissingLabelsAreAClassOfTheirOwn) {
  const Dataset train = mixed({40, 20});
  std::vector<std::int32_t> label(60, 0);
  Bitmap known(60, true);
  for (std::int64_t i = 40; i < 60; ++i) {
    label[static_cast<std::size_t>(i)] = 1;
    if (i % 2 == 0) known.set(i, false);
  }
  std::vector<Column> columns = train.columns();
  columns.back() = Column::categories(label, known);
  const Dataset gaps(train.schema(), columns);
  const auto model = fitted(GetParam(), gaps);
  const TracedRows out = model->balance_with_provenance(gaps, Seed{1});
  EXPECT_EQ(out.rows.rows(), 90);  // rows without a class stay and are not counted
  for (const Provenance& p : out.provenance) EXPECT_EQ(p.base % 2, 1);
  EXPECT_GT(model->sample(300, Seed{1}).columns().back().null_count(), 0);
}

TEST_P(EveryMethod, TablesOfCategoriesOnlyWork) {
  const Dataset train = mixed({40, 20});
  const Dataset only(Schema{train.schema()[2], train.schema()[4]},
                     {train.column(2), train.column(4)});
  const Dataset made = fitted(GetParam(), only)->generate("b", 60, Seed{1}).rows;
  EXPECT_EQ(made.rows(), 60);
}

// Distances and points do not depend on where the origin is; imbalanced-learn loses neighbours from
// an offset of 10^6 on.
TEST_P(EveryMethod, AnOffsetMovesTheRowsAndNothingElse) {
  const Dataset train = mixed({60, 25});
  constexpr double kFar = 0x1p30;
  std::vector<double> z;
  for (const double value : train.column(1).reals()) z.push_back(std::round(value * 64) / 64);
  std::vector<Column> near = train.columns(), far = train.columns();
  near[1] = Column::reals(z);
  for (double& value : z) value += kFar;
  far[1] = Column::reals(z);
  const auto a = fitted(GetParam(), Dataset(train.schema(), near));
  const auto b = fitted(GetParam(), Dataset(train.schema(), far));
  const TracedRows from = a->generate("b", 100, Seed{1}), to = b->generate("b", 100, Seed{1});
  EXPECT_EQ(from.provenance, to.provenance);
  for (std::int64_t i = 0; i < 100; ++i) {
    EXPECT_NEAR(to.rows.column(1).number(i) - kFar, from.rows.column(1).number(i), 1e-5);
  }
}

std::vector<RegistryEntry> methods() { return over_sampler_entries(); }

INSTANTIATE_TEST_SUITE_P(Methods, EveryMethod, testing::ValuesIn(methods()),
                         [](const testing::TestParamInfo<RegistryEntry>& method) {
                           std::string name = method.param.name;
                           std::replace(name.begin(), name.end(), '-', '_');
                           return name;
                         });

}  // namespace

void PrintTo(const RegistryEntry& entry, std::ostream* out) { *out << entry.name; }

}  // namespace semblance
