// SPDX-License-Identifier: Apache-2.0
#include "semblance/resample/regression.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <map>
#include <set>

#include "semblance/core/error.hpp"
#include "support/message.hpp"

namespace semblance {
namespace {

using testing::ElementsAre;

Field field(std::string name, Kind kind = Kind::kReal, Role role = Role::kFeature) {
  return {.name = std::move(name), .kind = kind, .role = role};
}

/// Features a and b around (-5, 5), an integer count, a colour, and a target with a long tail:
/// about one row in ten is far above the rest.
Dataset skewed(std::int64_t n) {
  std::vector<double> a, b, y;
  std::vector<std::int64_t> count;
  std::vector<std::int32_t> colour;
  for (std::int64_t i = 0; i < n; ++i) {
    Stream draw(Seed{8}, "skewed", static_cast<std::uint64_t>(i));
    const bool rare = i % 10 == 3;
    a.push_back(-5 + draw.normal());
    b.push_back(5 + draw.normal() + (rare ? 3 : 0));
    count.push_back(static_cast<std::int64_t>(draw.below(7)) - 3);
    colour.push_back(static_cast<std::int32_t>(draw.below(rare ? 2 : 3)));
    y.push_back(rare ? 20 + 5 * draw.uniform() : draw.normal());
  }
  std::vector<Field> fields = {field("a"), field("b"), field("count", Kind::kInteger),
                               field("colour", Kind::kCategorical), field("y")};
  fields[3].categories = {"red", "green", "blue"};
  fields[4].role = Role::kTarget;
  return {Schema(fields),
          {Column::reals(a), Column::reals(b), Column::integers(count), Column::categories(colour),
           Column::reals(y)}};
}

/// Columns of numbers; the last is the target.
Dataset numbers(const std::vector<std::vector<double>>& values) {
  std::vector<Field> fields;
  std::vector<Column> columns;
  for (const auto& column : values) {
    fields.push_back(field("x" + std::to_string(columns.size())));
    columns.push_back(Column::reals(column));
  }
  fields.back().role = Role::kTarget;
  return {Schema(fields), columns};
}

/// Rows whose target is 1 are rare.
SmoteRConfig ones_are_rare() { return {.points = {{0, 0}, {1, 1}}}; }

Dataset made(const Resampled& out) { return out.rows.slice(std::ssize(out.kept), out.new_rows()); }

TEST(SmoteR, CountsAreThoseOfTheBumpsAndRowsThatStayAreOnlyOnceThere) {
  // smogn (Python) drops the selected rows and then appends the whole rest of the table again.
  const Dataset data = skewed(400);
  for (const BumpSizes sizes : {BumpSizes::kBalance, BumpSizes::kExtreme}) {
    const SmoteR method({.extremes = Extremes::kHigh, .sizes = sizes});
    const Resampled out = method.resample(data, Seed{1});
    const auto y = data.column("y").reals();
    const auto bumps = find_bumps(
        y, Relevance::of_box_plot(std::vector<double>(y.begin(), y.end()), Extremes::kHigh), 0.5);
    ASSERT_EQ(bumps.size(), 2U);
    const std::int64_t usual = std::ssize(bumps[0].rows), rare = std::ssize(bumps[1].rows);
    const auto counts = bump_counts(std::vector<std::int64_t>{usual, rare}, sizes);
    EXPECT_EQ(std::ssize(out.kept), counts[0].kept + rare);
    EXPECT_EQ(out.new_rows(), counts[1].added);
    EXPECT_EQ(std::set<std::int64_t>(out.kept.begin(), out.kept.end()).size(), out.kept.size());
    EXPECT_TRUE(std::is_sorted(out.kept.begin(), out.kept.end()));
    for (std::int64_t i = 0; i < std::ssize(out.kept); ++i)
      EXPECT_EQ(out.rows.cell(i, 4), data.cell(out.kept[static_cast<std::size_t>(i)], 4));
  }
  const Resampled all =
      SmoteR({.extremes = Extremes::kHigh, .undersample = false}).resample(data, Seed{1});
  EXPECT_EQ(std::ssize(all.kept), 400);
}

TEST(SmoteR, NumbersAndTargetLieAtTheSamePlaceBetweenTheParents) {
  const Dataset data =
      numbers({{0, 1, 2, 3, 10, 12, 15}, {5, 5, 5, 5, -1, -4, -9}, {0, 0, 0, 0, 1, 2, 4}});
  SmoteRConfig config = ones_are_rare();
  config.k = 2;
  const Resampled out = SmoteR(config).resample(data, Seed{3});
  ASSERT_EQ(out.new_rows(), 1);  // 7 rows, 2 bumps: 4 each, and the rare one has 3
  config.sizes = BumpSizes::kExtreme;
  const Resampled more = SmoteR(config).resample(data, Seed{3});
  ASSERT_GE(more.new_rows(), 1);
  for (const Resampled* r : {&out, &more}) {
    const Dataset rows = made(*r);
    for (std::int64_t i = 0; i < rows.rows(); ++i) {
      const auto [base, neighbour, u] = r->provenance[static_cast<std::size_t>(i)];
      for (std::int64_t c = 0; c < 3; ++c) {
        const double a = data.column(c).number(base), b = data.column(c).number(neighbour);
        EXPECT_NEAR(rows.column(c).number(i), a + u * (b - a), 1e-12);
      }
      EXPECT_GE(base, 4);
      EXPECT_NE(base, neighbour);
    }
  }
}

TEST(SmoteR, EveryRowOfABumpIsTheBaseOfAsManyRows) {
  const Dataset data = skewed(400);
  const Resampled out = SmoteR({.points = {{10, 0}, {20, 1}}}).resample(data, Seed{1});
  std::map<std::int64_t, int> times;
  std::set<double> draws;
  for (const Provenance& p : out.provenance) {
    ++times[p.base];
    draws.insert(p.u);
    EXPECT_GT(data.column("y").number(p.base), 10);
    EXPECT_GT(data.column("y").number(p.neighbour), 10);
  }
  EXPECT_EQ(times.size(), 40U);
  for (const auto& [row, n] : times) EXPECT_EQ(n, 4) << row;  // 200 - 40 rows from 40
  // smogn (Python) starts its generator anew for every draw, so that all are the same.
  EXPECT_EQ(draws.size(), 160U);
}

TEST(SmoteR, TheTargetIsWeightedByTheDistancesToBothParents) {
  // Two rare rows, numbers 0 and 1 apart of ranges 4 and 2, so squared distance 1/16 + 1/4, and
  // other colours. With the base's colour d1 = u D, d2 = sqrt((1-u)^2 D^2 + 1); with the
  // neighbour's the other way round. UBL keeps the last number's difference only.
  std::vector<Field> fields = {field("a"), field("b"), field("colour", Kind::kCategorical),
                               field("y", Kind::kReal, Role::kTarget)};
  fields[2].categories = {"red", "green"};
  std::vector<double> a = {0, 1}, b = {0, 1}, y = {10, 20};
  std::vector<std::int32_t> colour = {0, 1};
  for (int i = 0; i < 40; ++i) {
    a.push_back(i % 2 * 4.0);
    b.push_back(i % 3 == 0 ? 2.0 : 0.0);
    y.push_back(0);
    colour.push_back(0);
  }
  const Dataset data(Schema(fields), {Column::reals(a), Column::reals(b),
                                      Column::categories(colour), Column::reals(y)});
  SmoteRConfig config = ones_are_rare();
  const Resampled out = SmoteR(config).resample(data, Seed{1});
  const Dataset rows = made(out);
  ASSERT_EQ(rows.rows(), 19);
  const double squared = 1.0 / 16 + 1.0 / 4;
  std::set<std::string> seen;
  for (std::int64_t i = 0; i < rows.rows(); ++i) {
    const auto [base, neighbour, u] = out.provenance[static_cast<std::size_t>(i)];
    seen.insert(rows.cell(i, 2));
    const bool as_base = rows.cell(i, 2) == data.cell(base, 2);
    const double d1 = std::sqrt(u * u * squared + (as_base ? 0 : 1));
    const double d2 = std::sqrt((1 - u) * (1 - u) * squared + (as_base ? 1 : 0));
    const double yb = data.column(3).number(base), yn = data.column(3).number(neighbour);
    EXPECT_NEAR(rows.column(3).number(i), (d2 * yb + d1 * yn) / (d1 + d2), 1e-12);
  }
  EXPECT_EQ(seen.size(), 2U);
}

TEST(SmoteR, EqualParentsHaveATargetBetweenTheirs) {
  // The distances to both are 0; smogn (Python) writes y1 + y2 / 2 there.
  const Dataset data = numbers({{1, 1, 0, 0, 0, 0}, {10, 20, 0, 0, 0, 0}});
  const Resampled out = SmoteR(ones_are_rare()).resample(data, Seed{1});
  const Dataset rows = made(out);
  ASSERT_EQ(rows.rows(), 1);
  EXPECT_EQ(rows.column(0).number(0), 1);
  const auto [base, neighbour, u] = out.provenance[0];
  const double a = data.column(1).number(base), b = data.column(1).number(neighbour);
  EXPECT_NEAR(rows.column(1).number(0), a + u * (b - a), 1e-12);
}

TEST(SmoteR, MissingCellsComeFromEitherParentAndMissingTargetsStay) {
  std::vector<Field> fields = {field("x"), field("when", Kind::kDatetime),
                               field("y", Kind::kInteger, Role::kTarget)};
  constexpr std::int64_t kDay = 86'400'000'000;
  std::vector<double> x;
  std::vector<std::int64_t> when, y;
  Bitmap has_x, has_y;
  for (std::int64_t i = 0; i < 200; ++i) {
    x.push_back(static_cast<double>(i));
    has_x.push_back(i % 3 != 0);
    when.push_back(i * kDay);
    y.push_back(i < 20 ? 100 + i : i % 7);
    has_y.push_back(i != 50 && i != 5);
  }
  const Dataset data(Schema(fields), {Column::reals(x, has_x), Column::datetimes(when),
                                      Column::integers(y, has_y)});
  const Resampled out = SmoteR({.points = {{10, 0}, {100, 1}}}).resample(data, Seed{1});
  EXPECT_THAT(out.kept, testing::Contains(50));
  EXPECT_THAT(out.kept, testing::Contains(5));
  const Dataset rows = made(out);
  int gaps = 0, mixed = 0;
  for (std::int64_t i = 0; i < rows.rows(); ++i) {
    const auto [base, neighbour, u] = out.provenance[static_cast<std::size_t>(i)];
    EXPECT_NE(base, 5);
    EXPECT_EQ(rows.column(1).number(i), std::round(rows.column(1).number(i) / kDay) * kDay);
    EXPECT_TRUE(rows.column(2).is_valid(i));
    const bool a = has_x[base], b = has_x[neighbour], here = rows.column(0).is_valid(i);
    if (a == b) {
      EXPECT_EQ(here, a);
    }
    if (a != b && here) {
      EXPECT_EQ(rows.column(0).number(i), x[static_cast<std::size_t>(a ? base : neighbour)]);
    }
    gaps += a != b && !here ? 1 : 0;
    mixed += a != b ? 1 : 0;
  }
  EXPECT_GT(gaps, mixed / 4);  // about half of some forty
  EXPECT_LT(gaps, mixed * 3 / 4);
}

TEST(SmoteR, ABumpOfOneRowIsCopied) {
  const Dataset data = numbers({{1, 2, 3, 4, 5, 6}, {0, 0, 0, 0, 0, 1}});
  const Resampled out = SmoteR(ones_are_rare()).resample(data, Seed{1});
  ASSERT_EQ(out.new_rows(), 2);
  EXPECT_EQ(out.provenance[0], (Provenance{5, 5, 0}));
  EXPECT_EQ(made(out).column(0).number(1), 6);
}

TEST(Regression, DependsOnTheSeedNotOnTheThreads) {
  const Dataset data = skewed(600);
  const SmoteR smoter({.extremes = Extremes::kHigh});
  const Smogn smogn({.smoter = {.extremes = Extremes::kHigh}});
  for (const Resampler* method : std::initializer_list<const Resampler*>{&smoter, &smogn}) {
    const Resampled one = method->resample(data, Seed{1}, {.run = {.threads = 1}});
    const Resampled four = method->resample(data, Seed{1}, {.run = {.threads = 4}});
    EXPECT_EQ(one.kept, four.kept);
    EXPECT_EQ(one.provenance, four.provenance);
    for (std::int64_t i = 0; i < one.rows.rows(); ++i)
      for (std::int64_t c = 0; c < 5; ++c) ASSERT_EQ(one.rows.cell(i, c), four.rows.cell(i, c));
    EXPECT_NE(one.kept, method->resample(data, Seed{2}).kept);
  }
}

TEST(Smogn, NearNeighboursAreJoinedFarOnesBringNoise) {
  // Rare rows at 0, 1, 2, 3, 100: the half medians (not standardised) are those of
  // {0,1,2,3,100} / 2 = 1, {1,0,1,2,99} / 2 = 0.5, 0.5, 1, {100,99,98,97,0} / 2 = 49; so 0 and 3
  // are never joined (their nearest is at 1), 1 and 2 neither, nor is 100.
  std::vector<double> x = {0, 1, 2, 3, 100}, y = {1, 1, 1, 1, 1};
  x.resize(25, 50);
  y.resize(25, 0);
  SmognConfig config{.smoter = ones_are_rare()};
  config.smoter.standardize = false;
  const Resampled out = Smogn(config).resample(numbers({x, y}), Seed{1});
  ASSERT_EQ(out.new_rows(), 7);
  for (const Provenance& p : out.provenance) EXPECT_EQ(p.base, p.neighbour);
  // At 0, 1.2, 2.9, 10 the row 0 has half median (1.2 + 2.9) / 4 < 1.2; no neighbour is near.
  x = {0, 1.2, 2.9, 10};
  x.resize(28, 50);
  y = {1, 1, 1, 1};
  y.resize(28, 0);
  const Resampled even = Smogn(config).resample(numbers({x, y}), Seed{1});
  ASSERT_EQ(even.new_rows(), 10);
  for (const Provenance& p : even.provenance) EXPECT_EQ(p.base, p.neighbour);
  // At 0, 0.1, 10, 11, 12 the row 0.1 has half median 4.95: only 0 is near.
  x = {0, 0.1, 10, 11, 12};
  x.resize(65, 50);
  y = {1, 1, 1, 1, 1};
  y.resize(65, 0);
  const Resampled joined = Smogn(config).resample(numbers({x, y}), Seed{1});
  std::set<std::pair<std::int64_t, std::int64_t>> pairs;
  for (const Provenance& p : joined.provenance) pairs.emplace(p.base, p.neighbour);
  EXPECT_EQ(pairs, (std::set<std::pair<std::int64_t, std::int64_t>>{
                       {0, 0}, {0, 1}, {1, 1}, {1, 0}, {2, 2}, {3, 3}, {4, 4}}));
}

/// Rare rows far apart, so that all new ones are noisy; `deviation` is the bump's of column 0.
struct Noisy {
  Dataset data;
  double deviation;
};
Noisy far_apart() {
  std::vector<double> x, y;
  for (int i = 0; i < 20; ++i) {
    x.push_back(i < 10 ? -5.0 : 5.0);
    y.push_back(i % 2 == 0 ? 101 : 99);
  }
  for (int i = 0; i < 4000; ++i) {
    x.push_back(0.001 * i);
    y.push_back(0);
  }
  return {numbers({x, y}), std::sqrt(20 * 25.0 / 19)};
}

TEST(Smogn, NoiseHasTheStandardDeviationThatWasAskedFor) {
  // Ten rows are equal, the other ten at distance 10: the half median is 2.5 of them, the nearest
  // at distance 0, hence near. So k = 19 and bases far from their pick are noisy: about half.
  // n about 1000 noisy rows: a variance ratio has a standard deviation of 0.045, and 0.3 is over
  // six of them (false-alarm probability < 1e-9). UBL ignores the perturbation it is given.
  const auto [data, deviation] = far_apart();
  for (const double perturbation : {0.02, 0.5}) {
    SmognConfig config{.smoter = {.k = 19, .points = {{0, 0}, {50, 1}}},
                       .perturbation = perturbation};
    const Resampled out = Smogn(config).resample(data, Seed{4});
    const Dataset rows = made(out);
    double squares = 0, n = 0, target = 0;
    std::set<double> seen;
    for (std::int64_t i = 0; i < rows.rows(); ++i) {
      const Provenance& p = out.provenance[static_cast<std::size_t>(i)];
      if (p.base != p.neighbour) continue;
      const double step = rows.column(0).number(i) - data.column(0).number(p.base);
      squares += std::pow(step / (perturbation * deviation), 2);
      target += std::pow((rows.column(1).number(i) - data.column(1).number(p.base)) /
                             (perturbation * std::sqrt(20.0 / 19)),
                         2);
      seen.insert(step);
      ++n;
    }
    ASSERT_GT(n, 800);
    EXPECT_NEAR(squares / n, 1, 0.3);
    EXPECT_NEAR(target / n, 1, 0.3);
    EXPECT_EQ(static_cast<double>(seen.size()), n);
  }
}

TEST(Smogn, OnlyTheRangeOfTheFieldBoundsTheNoise) {
  // smogn (Python) clips every column that has a positive value at 0.
  const Dataset data = far_apart().data;
  std::vector<Field> fields = data.schema().fields();
  fields[0].range = Range{-5, 5};
  const Dataset ranged = data.with_schema(Schema(fields));
  const Smogn method({.smoter = {.k = 19, .points = {{0, 0}, {50, 1}}}, .perturbation = 0.5});
  for (const Dataset* table : {&data, &ranged}) {
    const Dataset rows = made(method.resample(*table, Seed{4}));
    double low = 0, high = 0, negative = 0;
    for (std::int64_t i = 0; i < rows.rows(); ++i) {
      low = std::min(low, rows.column(0).number(i));
      high = std::max(high, rows.column(0).number(i));
      negative += rows.column(0).number(i) < 0 ? 1 : 0;
    }
    EXPECT_GT(negative, static_cast<double>(rows.rows()) / 4);
    EXPECT_EQ(low == -5, table == &ranged);
    EXPECT_EQ(high == 5, table == &ranged);
  }
}

TEST(Smogn, NoisyRowsDrawTheirCategoriesByFrequency) {
  // smogn (Python) gives all of them the first row's. The bump has 4 reds in 5; about 480 of 960
  // noisy rows: the count of reds has a standard deviation below 9, so 60 is over six of them
  // (false-alarm probability < 1e-9).
  std::vector<Field> fields = {field("x"), field("colour", Kind::kCategorical),
                               field("y", Kind::kReal, Role::kTarget)};
  fields[1].categories = {"red", "green", "blue"};
  std::vector<double> x, y;
  std::vector<std::int32_t> colour;
  for (int i = 0; i < 20; ++i) {
    x.push_back(i < 10 ? -5 : 5);
    colour.push_back(i % 5 == 0 ? 1 : 0);
    y.push_back(1);
  }
  for (int i = 0; i < 1940; ++i) {
    x.push_back(0.001 * i);
    colour.push_back(2);
    y.push_back(0);
  }
  const Dataset data(Schema(fields),
                     {Column::reals(x), Column::categories(colour), Column::reals(y)});
  SmognConfig config{.smoter = ones_are_rare()};
  config.smoter.k = 19;
  const Resampled out = Smogn(config).resample(data, Seed{4});
  const Dataset rows = made(out);
  std::map<std::string, double> count;
  double n = 0;
  for (std::int64_t i = 0; i < rows.rows(); ++i) {
    const Provenance& p = out.provenance[static_cast<std::size_t>(i)];
    if (p.base != p.neighbour) continue;
    ++count[rows.cell(i, 1)];
    ++n;
  }
  ASSERT_GT(n, 300);
  EXPECT_NEAR(count["red"], 0.8 * n, 60);
  EXPECT_EQ(count["blue"], 0);
}

TEST(Regression, MessagesNameTheRule) {
  const auto error = [](const auto& call) { return message_of<InvalidArgument>(call); };
  const Dataset data = numbers({{1, 2, 3}, {1, 2, 3}});
  EXPECT_EQ(error([&] { (void)SmoteR().resample(data, Seed{1}); }),
            "smoter: the relevance of all rows is below the threshold 0.5; give control points or "
            "another threshold");
  EXPECT_EQ(error([&] {
              (void)Smogn().resample(
                  skewed(50).with_schema(skewed(50).schema().with_target("colour")), Seed{1});
            }),
            "smogn: the target must be real, integer or datetime, 'colour' is categorical");
  EXPECT_EQ(error([&] { (void)SmoteR().resample(numbers({{1, 2}}), Seed{1}); }),
            "smoter: data must have columns besides the target");
  EXPECT_EQ(error([&] { (void)SmoteR().resample(numbers({{1, 2}, {1, INFINITY}}), Seed{1}); }),
            "smoter: targets must be finite, row 1 has inf");
  EXPECT_EQ(error([&] { (void)SmoteR().resample(data, Seed{1}, {.strategy = Ratio{0.5}}); }),
            "smoter: the relevance decides how many rows are made; leave strategy at its default");
  EXPECT_EQ(error([] { SmoteR({.k = 0}); }), "SmoteRConfig.k must be >= 1, got 0");
  EXPECT_EQ(error([] { SmoteR({.threshold = 0}); }),
            "SmoteRConfig.threshold must be in (0, 1], got 0");
  EXPECT_EQ(error([] { SmoteR({.coefficient = -1}); }),
            "SmoteRConfig.coefficient must be finite and > 0, got -1");
  EXPECT_EQ(error([] { SmoteR({.points = {{1, 2}}}); }),
            "Relevance: relevance must be in [0, 1], got 2 at point 0");
  EXPECT_EQ(error([] { Smogn({.perturbation = 0}); }),
            "SmognConfig.perturbation must be finite and > 0, got 0");
}

}  // namespace
}  // namespace semblance
