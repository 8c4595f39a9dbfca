// SPDX-License-Identifier: Apache-2.0
#include "semblance/smote/smote.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <filesystem>

#include "semblance/core/error.hpp"
#include "semblance/registry.hpp"
#include "support/message.hpp"

namespace semblance {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

Bitmap bits(const std::vector<int>& values) {
  Bitmap out;
  for (const int value : values) out.push_back(value != 0);
  return out;
}

Field number(const char* name, Kind kind = Kind::kReal) { return {.name = name, .kind = kind}; }

Field category(const char* name, Vocabulary categories, Role role = Role::kFeature) {
  return {.name = name, .kind = Kind::kCategorical, .role = role, .categories = categories};
}

/// n rows, x normal and y = label, every tenth row of the rare class.
Dataset blobs(std::int64_t n) {
  std::vector<double> x, z;
  std::vector<std::int32_t> label;
  for (std::int64_t i = 0; i < n; ++i) {
    Stream s(Seed{1}, "blobs", static_cast<std::uint64_t>(i));
    label.push_back(i % 10 == 0 ? 1 : 0);
    x.push_back(s.normal() + 3 * label.back());
    z.push_back(100 * s.normal());
  }
  return {Schema{number("x"), number("z"), category("y", {"common", "rare"}, Role::kTarget)},
          {Column::reals(x), Column::reals(z), Column::categories(label)}};
}

TEST(Smote, RowsLieBetweenARowAndOneOfItsNeighbours) {
  const Dataset train = blobs(200);
  Smote smote;
  smote.fit(train, Seed{1});
  const auto [rows, parents] = smote.sample_with_provenance(500, Seed{2});
  for (std::int64_t i = 0; i < 500; ++i) {
    const Provenance& p = parents[static_cast<std::size_t>(i)];
    EXPECT_THAT(smote.neighbours(p.base), testing::Contains(p.neighbour));
    EXPECT_EQ(rows.cell(i, 2), train.cell(p.base, 2));
    EXPECT_EQ(rows.cell(i, 2), train.cell(p.neighbour, 2));
    for (const char* name : {"x", "z"}) {
      const double a = train.column(name).number(p.base),
                   b = train.column(name).number(p.neighbour);
      EXPECT_NEAR(rows.column(name).number(i), a + p.u * (b - a), 1e-12 * (1 + std::abs(a)));
    }
  }
  const Dataset plain = smote.sample(500, Seed{2});
  EXPECT_EQ(plain.column("x").number(77), rows.column("x").number(77));
}

TEST(Smote, NeighboursAreOfTheClassOnly) {
  const Dataset train = blobs(200);
  Smote smote({.k = 3});
  smote.fit(train, Seed{1});
  for (std::int64_t i = 0; i < 200; ++i) {
    ASSERT_EQ(smote.neighbours(i).size(), 3U);
    for (const auto j : smote.neighbours(i)) EXPECT_EQ(j % 10 == 0, i % 10 == 0);
  }
}

// Classes, bases, neighbours and u follow their laws: n = 20,000 draws; each count is off by more
// than 5.5 standard deviations with probability < 4e-8, and there are 203 counts.
TEST(Smote, DrawsClassesBasesAndNeighboursUniformly) {
  const Dataset train = blobs(200);
  Smote smote;
  smote.fit(train, Seed{1});
  const std::int64_t n = 20'000;
  const auto parents = smote.sample_with_provenance(n, Seed{3}).provenance;
  std::vector<double> base(200);
  double rare = 0, first = 0, low = 0;
  for (const Provenance& p : parents) {
    ++base[static_cast<std::size_t>(p.base)];
    rare += p.base % 10 == 0 ? 1 : 0;
    first += p.neighbour == smote.neighbours(p.base)[0] ? 1 : 0;
    low += p.u < 0.5 ? 1 : 0;
  }
  const auto expect_share = [&](double count, double share) {
    EXPECT_NEAR(count, n * share, 5.5 * std::sqrt(n * share * (1 - share)));
  };
  for (const double count : base) expect_share(count, 1.0 / 200);
  expect_share(rare, 0.1);
  expect_share(first, 0.2);
  expect_share(low, 0.5);
}

TEST(Smote, DrawsTheClassItIsAskedFor) {
  Smote smote;
  smote.fit(blobs(100), Seed{1});
  const Dataset rows = smote.sample(50, Seed{4}, {.given = {{"y", "rare"}}});
  for (std::int64_t i = 0; i < 50; ++i) EXPECT_EQ(rows.cell(i, 2), "rare");
}

TEST(Smote, StandardizingDecidesWhoIsNear) {
  // Unscaled, z rules; in units of its deviation, row 0 is nearest to row 1.
  const Dataset train(Schema{number("x"), number("z")},
                      {Column::reals({0, 0.1, 9, 9.1}), Column::reals({0, 5000, 100, 4000})});
  Smote raw({.k = 1, .standardize = false}), scaled({.k = 1});
  raw.fit(train, Seed{1});
  scaled.fit(train, Seed{1});
  EXPECT_THAT(raw.neighbours(0), ElementsAre(2));
  EXPECT_THAT(scaled.neighbours(0), ElementsAre(2));
  const Dataset wide(Schema{number("x"), number("z")},
                     {Column::reals({0, 0.1, 9, 9.1}), Column::reals({0, 1000, 100, 4000})});
  raw.fit(wide, Seed{1});
  scaled.fit(wide, Seed{1});
  EXPECT_THAT(raw.neighbours(0), ElementsAre(2));
  EXPECT_THAT(scaled.neighbours(0), ElementsAre(1));
}

TEST(Smote, IntegersDatesAndDecimalsStayWhatTheyAre) {
  constexpr std::int64_t kDay = 86'400'000'000;
  Field price = number("price");
  price.format.decimals = 1;
  const Dataset train(
      Schema{number("age", Kind::kInteger), number("day", Kind::kDatetime), price},
      {Column::integers({20, 30, 41, 50}), Column::datetimes({0, 3 * kDay, 9 * kDay, 10 * kDay}),
       Column::reals({0.1, 0.9, 1.3, 2.5})});
  Smote smote({.k = 3});
  smote.fit(train, Seed{1});
  const Dataset rows = smote.sample(300, Seed{2});
  for (std::int64_t i = 0; i < 300; ++i) {
    EXPECT_EQ(rows.column("day").integers()[static_cast<std::size_t>(i)] % kDay, 0);
    const double tenths = rows.column("price").number(i) * 10;
    EXPECT_NEAR(tenths, std::round(tenths), 1e-9);
    EXPECT_GE(rows.column("age").number(i), 20);
    EXPECT_LE(rows.column("age").number(i), 50);
  }
  const std::vector<Provenance> parents = {{0, 1, 0.26}, {2, 3, 0.5}, {3, 0, 1}};
  const Dataset made = smote.interpolate(parents, Seed{1});
  EXPECT_THAT(made.column("age").integers(), ElementsAre(23, 46, 20));
  EXPECT_THAT(made.column("day").integers(), ElementsAre(kDay, 10 * kDay, 0));
  EXPECT_NEAR(made.column("price").number(0), 0.3, 1e-12);
}

TEST(Smote, CategoriesAreVotedByTheNeighboursOfTheBase) {
  // Row 0's neighbours are rows 1, 2, 3; two of them say "b".
  const Dataset train(
      Schema{number("x"), category("c", {"a", "b"})},
      {Column::reals({0, 1, 2, 3, 900, 901, 902}), Column::categories({0, 1, 1, 0, 0, 0, 0})});
  Smote smote({.k = 3});
  smote.fit(train, Seed{1});
  EXPECT_THAT(smote.neighbours(0), testing::UnorderedElementsAre(1, 2, 3));
  const std::vector<Provenance> parents(20, {0, 3, 0.5});
  const Dataset made = smote.interpolate(parents, Seed{1});
  for (std::int64_t i = 0; i < 20; ++i) EXPECT_EQ(made.cell(i, 1), "b");
}

// A tie of two is broken by a fair coin: 2,000 rows, 5.5 standard deviations, probability < 4e-8.
TEST(Smote, TiedVotesAreBrokenAtRandom) {
  const Dataset train(Schema{number("x"), category("c", {"a", "b"})},
                      {Column::reals({0, 1, 2}), Column::categories({0, 0, 1})});
  Smote smote({.k = 2});
  smote.fit(train, Seed{1});
  const std::vector<Provenance> parents(2000, {0, 1, 0.5});
  const Dataset made = smote.interpolate(parents, Seed{1});
  double a = 0;
  for (std::int64_t i = 0; i < 2000; ++i) a += made.cell(i, 1) == "a" ? 1 : 0;
  EXPECT_NEAR(a, 1000, 5.5 * std::sqrt(500));
}

TEST(Smote, MissingNumbersAreVotedAndPresentOnesInterpolated) {
  Field x = number("x");
  x.nullable = true;
  const Dataset train(
      Schema{number("place"), x},
      {Column::reals({0, 1, 2, 3}), Column::reals({10, 20, 0, 40}, bits({1, 1, 0, 1}))});
  Smote smote({.k = 3, .standardize = false});
  smote.fit(train, Seed{1});
  const std::vector<Provenance> parents = {{0, 1, 0.5}, {0, 2, 0.5}, {2, 1, 0.5}};
  const Dataset made = smote.interpolate(parents, Seed{1});
  EXPECT_EQ(made.column("x").null_count(), 0);
  EXPECT_THAT(made.column("x").reals(), ElementsAre(15, 10, 20));
  const Dataset gaps(Schema{number("place"), x},
                     {Column::reals({0, 1, 2}), Column::reals({1, 0, 0}, bits({1, 0, 0}))});
  smote.fit(gaps, Seed{1});
  EXPECT_EQ(
      smote.interpolate(std::vector<Provenance>{{0, 1, 0.5}}, Seed{1}).column("x").null_count(), 1);
}

TEST(Smote, SmallClassesFollowThePolicy) {
  const Dataset train = blobs(41);  // 5 rare rows
  EXPECT_EQ(message_of<InvalidArgument>(
                [&] { Smote({.small_class = SmallClass::kError}).fit(train, Seed{1}); }),
            "smote.fit: class 'rare' has 5 rows, k = 5 neighbours need at least 6");
  Smote clamp, duplicate({.small_class = SmallClass::kDuplicate});
  clamp.fit(train, Seed{1});
  duplicate.fit(train, Seed{1});
  EXPECT_EQ(clamp.neighbours(0).size(), 4U);
  EXPECT_THAT(duplicate.neighbours(0), IsEmpty());
  const auto copies = duplicate.sample_with_provenance(20, Seed{1}, {.given = {{"y", "rare"}}});
  for (std::int64_t i = 0; i < 20; ++i) {
    const auto base = copies.provenance[static_cast<std::size_t>(i)].base;
    EXPECT_EQ(copies.rows.cell(i, 0), train.cell(base, 0));
  }
}

TEST(Smote, IsTheSameAfterSavingAndLoading) {
  const auto file = std::filesystem::temp_directory_path() / "semblance_smote_test.semb";
  Smote smote({.k = 4, .small_class = SmallClass::kDuplicate});
  smote.fit(blobs(60), Seed{1});
  smote.save(file);
  const auto loaded = load_generator(file);
  EXPECT_EQ(loaded->config_json(), R"({"k":4,"standardize":true,"small_class":"duplicate"})");
  const Dataset a = smote.sample(40, Seed{5}), b = loaded->sample(40, Seed{5});
  for (std::int64_t i = 0; i < 40; ++i) EXPECT_EQ(a.cell(i, 0), b.cell(i, 0));
  std::filesystem::remove(file);
}

TEST(Smote, SaysWhatIsWrong) {
  EXPECT_EQ(message_of<InvalidArgument>([] { Smote({.k = 0}); }),
            "SmoteConfig.k must be >= 1, got 0");
  EXPECT_EQ(message_of<InvalidArgument>(
                [] { (void)make_generator("smote", R"({"small_class": "ignore"})"); }),
            "SmoteConfig.small_class: \"ignore\" does not fit (Classes of k rows or fewer: clamp, "
            "error or duplicate)");
  Smote smote;
  EXPECT_EQ(message_of<NotFitted>([&] { (void)smote.neighbours(0); }),
            "smote.neighbours: call fit first");
  smote.fit(blobs(30), Seed{1});
  const auto interpolate = [&](Provenance p) {
    return message_of<InvalidArgument>(
        [&] { (void)smote.interpolate(std::vector<Provenance>{p}, Seed{1}); });
  };
  EXPECT_EQ(interpolate({0, 30, 0.5}),
            "smote.interpolate: parents must be training rows, 0 to 29, got 0 and 30");
  EXPECT_EQ(interpolate({0, 1, 0.5}), "smote.interpolate: rows 0 and 1 are of different classes");
  EXPECT_EQ(interpolate({0, 10, 1.5}), "smote.interpolate: u must be in [0, 1], got 1.5");
  const Dataset numeric(Schema{number("x"), {.name = "y", .role = Role::kTarget}},
                        {Column::reals({1, 2, 3}), Column::reals({1, 2, 3})});
  smote.fit(numeric, Seed{1});
  EXPECT_EQ(
      message_of<InvalidArgument>([&] { (void)smote.sample(1, Seed{1}, {.given = {{"y", 2}}}); }),
      "smote.sample: conditions must be on a categorical target, 'y' is real");
  const Dataset gap(Schema{number("x")}, {Column::reals({1, 2}, bits({1, 0}))});
  EXPECT_EQ(message_of<InvalidArgument>([&] { smote.fit(gap, Seed{1}); }),
            "smote.fit: column 'x' has missing values, but its field is not nullable");
  Field narrow = number("x");
  narrow.range = Range{0, 1};
  const Dataset wide(Schema{narrow}, {Column::reals({1, 2})});
  EXPECT_EQ(message_of<InvalidArgument>([&] { smote.fit(wide, Seed{1}); }),
            "smote.fit: column 'x' leaves the range of its field in row 1");
}

}  // namespace
}  // namespace semblance
