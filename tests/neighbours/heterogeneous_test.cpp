// SPDX-License-Identifier: Apache-2.0
#include "semblance/neighbours/heterogeneous.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "neighbours/brute.hpp"
#include "semblance/core/error.hpp"
#include "semblance/data/dataset.hpp"

namespace semblance {
namespace {

using testing::ElementsAre;

/// Rows with numbers and categories; a share of the cells is missing.
struct Table {
  std::vector<double> numbers;
  std::vector<std::int32_t> codes, labels;
  std::int64_t rows = 0, numeric = 0, categorical = 0;

  [[nodiscard]] MixedView view() const {
    return {{numbers, rows, numeric}, {codes, rows, categorical}, rows};
  }
};

Table table(std::int64_t rows, std::int64_t numeric, std::int64_t categorical, double missing,
            std::uint64_t seed) {
  Table out{test::normals(rows, numeric, seed, 3, 1e6),
            test::integers<std::int32_t>(rows, categorical, 4, seed),
            test::integers<std::int32_t>(rows, 1, 3, seed + 1),
            rows,
            numeric,
            categorical};
  Stream stream(Seed{seed}, "missing");
  for (double& value : out.numbers) value = stream.uniform() < missing ? NAN : value;
  for (auto& code : out.codes) code = stream.uniform() < missing ? -1 : code;
  return out;
}

Heterogeneous make(const Table& scale, bool heom) {
  return heom ? Heterogeneous::heom(scale.view()) : Heterogeneous::hvdm(scale.view(), scale.labels);
}

void expect_exact(const Heterogeneous& metric, const Heterogeneous::Rows& queries,
                  const Heterogeneous::Rows& references, std::int64_t k) {
  const bool others = &queries == &references;
  const auto expected =
      test::all_pairs(queries.rows, references.rows, k, others,
                      [&](auto q, auto r) { return metric.distance(queries, q, references, r); });
  const auto self = own_rows(queries.rows);
  for (const int threads : {1, 2}) {
    NeighbourOptions options{.run = {.threads = threads}};
    if (others) options.excluded = self;
    const auto got = metric.nearest(queries, references, k, options);
    for (std::int64_t q = 0; q < queries.rows; ++q) {
      for (std::size_t i = 0; i < static_cast<std::size_t>(k); ++i) {
        const auto& [value, row] = expected[static_cast<std::size_t>(q)][i];
        ASSERT_EQ(got.indices(q)[i], row) << "query " << q << " rank " << i;
        ASSERT_EQ(got.distances(q)[i], value) << "query " << q << " rank " << i;
      }
    }
  }
}

TEST(Heterogeneous, AgreesWithAllPairs) {
  for (const bool heom : {true, false}) {
    for (const auto& [numeric, categorical] : {std::pair{5, 0}, {0, 4}, {3, 3}}) {
      for (const double missing : {0.0, 0.2}) {
        const Table scale = table(160, numeric, categorical, missing, 1);
        const auto metric = make(scale, heom);
        const auto rows = metric.encode(scale.view());
        expect_exact(metric, rows, rows, 6);
        const Table other = table(40, numeric, categorical, missing / 2, 5);
        expect_exact(metric, metric.encode(other.view()), rows, 9);
      }
    }
  }
}

// Numbers 0, 2, 8: range 8. Row 2 has no category: 1 from all.
TEST(Heterogeneous, HeomIsRangesAndOverlap) {
  const Table t{{0, 2, 8}, {1, 0, -1}, {}, 3, 1, 1};
  const auto metric = Heterogeneous::heom(t.view());
  const auto rows = metric.encode(t.view());
  EXPECT_DOUBLE_EQ(metric.distance(rows, 0, rows, 1), std::sqrt(1.0 / 16 + 1));
  EXPECT_DOUBLE_EQ(metric.distance(rows, 1, rows, 2), std::sqrt(9.0 / 16 + 1));
  EXPECT_DOUBLE_EQ(metric.distance(rows, 2, rows, 2), 1);
  EXPECT_DOUBLE_EQ(metric.distance(rows, 0, rows, 0), 0);
  const Table other{{NAN}, {7}, {}, 1, 1, 1};
  EXPECT_DOUBLE_EQ(metric.distance(metric.encode(other.view()), 0, rows, 0), std::sqrt(2.0));
}

// Numbers 0, 0, 4, 4: s = 2, so 4 is half a unit away. Category 0 has classes 0 and 1, category 1
// classes 1 and 1; an unseen one has shares of zero.
TEST(Heterogeneous, HvdmIsDeviationsAndClassShares) {
  const Table t{{0, 0, 4, 4}, {0, 0, 1, 1}, {0, 1, 1, 1}, 4, 1, 1};
  const auto metric = Heterogeneous::hvdm(t.view(), t.labels);
  EXPECT_THAT(metric.shares(0, 0), ElementsAre(0.5, 0.5));
  EXPECT_THAT(metric.shares(0, 1), ElementsAre(0, 1));
  const auto rows = metric.encode(t.view());
  EXPECT_DOUBLE_EQ(metric.distance(rows, 0, rows, 2), std::sqrt(0.25 + 0.25 + 0.25));
  const Table unseen{{4}, {9}, {}, 1, 1, 1};
  EXPECT_DOUBLE_EQ(metric.distance(metric.encode(unseen.view()), 0, rows, 2), 1);
}

TEST(Heterogeneous, MissingCategoriesDoNotChangeTheSharesOfOthers) {
  const Table t{{}, {0, 0, -1, -1}, {0, 1, 1, 1}, 4, 0, 1};
  const auto metric = Heterogeneous::hvdm(t.view(), t.labels);
  EXPECT_THAT(metric.shares(0, 0), ElementsAre(0.5, 0.5));
  EXPECT_THAT(metric.shares(0, 1), ElementsAre(0, 0));  // never seen: not those of missing ones
}

TEST(Heterogeneous, TakesTablesByName) {
  const Field age{.name = "age", .kind = Kind::kInteger},
      eye{.name = "eye", .kind = Kind::kCategorical, .categories = {"blue", "brown"}},
      sick{.name = "sick", .kind = Kind::kCategorical, .categories = {"no", "yes"}};
  const Dataset train(Schema{age, eye, sick},
                      {Column::integers({20, 40, 60}), Column::categories({0, 1, 0}),
                       Column::categories({0, 1, 1})});
  const Dataset other(
      Schema{{.name = "eye", .kind = Kind::kCategorical, .categories = {"green", "brown"}}, age},
      {Column::categories({0, 1}), Column::integers({30, 60})});
  const auto heom = Heterogeneous::heom(
      Dataset(Schema{age, eye}, {Column::integers({20, 40, 60}), Column::categories({0, 1, 0})}));
  const auto real = heom.encode(train), fake = heom.encode(other);
  EXPECT_DOUBLE_EQ(heom.distance(fake, 0, real, 0), std::sqrt(1.0 / 16 + 1));
  EXPECT_DOUBLE_EQ(heom.distance(fake, 1, real, 1), 0.5);
  const auto hvdm = Heterogeneous::hvdm(train, "sick");
  EXPECT_EQ(hvdm.numeric(), 1);
  EXPECT_THAT(hvdm.shares(0, 0), ElementsAre(0.5, 0.5));
  // Green has no shares, blue has halves: 1/2. Ages 30 and 20, s = sqrt(800 / 3).
  EXPECT_DOUBLE_EQ(hvdm.distance(hvdm.encode(other), 0, hvdm.encode(train), 0),
                   std::sqrt(100 / (16 * 800.0 / 3) + 0.5));
}

TEST(Heterogeneous, ConstantAndEmptyColumnsAddNothingOrOne) {
  const Table t{{7, NAN, 7, NAN}, {}, {0, 1}, 2, 2, 0};
  for (const bool heom : {true, false}) {
    const auto metric = make(t, heom);
    const auto rows = metric.encode(t.view());
    EXPECT_DOUBLE_EQ(metric.distance(rows, 0, rows, 1), 1);
  }
}

TEST(Heterogeneous, FarOutliersAreCompared) {
  Table t = table(120, 3, 2, 0.1, 8);
  const auto metric = make(t, true);
  t.numbers[3] = 1e30;
  const auto rows = metric.encode(t.view());
  expect_exact(metric, rows, rows, 4);
}

TEST(Heterogeneous, BreaksWithAClearSentence) {
  const auto message = [](auto&& call) -> std::string {
    try {
      (void)call();
    } catch (const InvalidArgument& e) {
      return e.what();
    }
    return "nothing";
  };
  const Table t{{0, 2}, {1, 0}, {0, 1}, 2, 1, 1}, infinite{{0, INFINITY}, {1, 0}, {}, 2, 1, 1},
      negative{{0, 1}, {1, -3}, {}, 2, 1, 1}, none;
  EXPECT_EQ(message([&] { return Heterogeneous::heom(none.view()); }),
            "Heterogeneous: the rows that scale it must be at least 1 x 1, got 0 x 0");
  EXPECT_EQ(message([&] { return Heterogeneous::heom(infinite.view()); }),
            "Heterogeneous: numbers must be finite or NaN, row 1 column 0 is inf");
  EXPECT_EQ(message([&] { return Heterogeneous::heom(negative.view()); }),
            "Heterogeneous: codes must be >= 0, or -1 where missing, row 1 column 0 is -3");
  EXPECT_EQ(message([&] { return Heterogeneous::hvdm(t.view(), {}); }),
            "Heterogeneous.hvdm: there must be one label a row (2), got 0");
  const Dataset table(Schema{{.name = "age", .kind = Kind::kInteger}}, {Column::integers({1, 2})});
  EXPECT_EQ(message([&] { return Heterogeneous::hvdm(table, "age"); }),
            "Heterogeneous.hvdm: the label 'age' must be categorical, it is integer");
  const auto metric = Heterogeneous::heom(t.view());
  EXPECT_EQ(message([&] { return metric.encode(table); }),
            "Heterogeneous.encode: a metric made from views takes views");
  EXPECT_EQ(message([&] { return metric.encode(none.view()); }),
            "Heterogeneous.encode: rows must have 1 numbers and 1 codes, got 0 and 0");
  const auto rows = metric.encode(t.view());
  EXPECT_EQ(message([&] { return metric.nearest(rows, rows, 1, {.method = SearchMethod::kTree}); }),
            "nearest: SearchMethod::kTree is for the Euclidean distance of numeric rows");
}

}  // namespace
}  // namespace semblance
