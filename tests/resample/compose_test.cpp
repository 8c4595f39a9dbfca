// SPDX-License-Identifier: Apache-2.0
// Over-samplers as resamplers, methods one after the other, and methods by name.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "resample/tables.hpp"
#include "semblance/core/error.hpp"
#include "semblance/resample/cleaners.hpp"
#include "semblance/resample/cluster_centroids.hpp"
#include "semblance/resample/compose.hpp"
#include "semblance/resample/resamplers.hpp"
#include "semblance/smote/smote.hpp"
#include "support/message.hpp"

namespace semblance {
namespace {

using testing::ElementsAre;
using testing::StartsWith;

std::vector<std::int64_t> sizes(const Dataset& data) {
  const Field& target = data.schema()[data.schema().target()];
  return class_sizes(data.column(target.name), target.categories);
}

void expect_same(const Dataset& a, const Dataset& b) {
  ASSERT_EQ(a.rows(), b.rows());
  for (std::int64_t i = 0; i < a.rows(); ++i) {
    for (std::int64_t c = 0; c < a.schema().size(); ++c) EXPECT_EQ(a.cell(i, c), b.cell(i, c));
  }
}

TEST(OverSampling, IsBalancingWithAGenerator) {
  const Dataset data = blobs(60, 2, 1.0);
  const Resampled out = over_sampling("smote")->resample(data, Seed{3});
  Smote smote;
  smote.fit(data, Seed{3});
  expect_same(out.rows, balance(data, smote, Seed{3}));
  EXPECT_THAT(sizes(out.rows), ElementsAre(34, 34, 34));
  ASSERT_EQ(out.new_rows(), static_cast<std::int64_t>(out.provenance.size()));
  for (std::size_t i = 0; i < out.provenance.size(); ++i) {
    const auto row = 60 + static_cast<std::int64_t>(i);
    EXPECT_EQ(out.rows.cell(row, 2), data.cell(out.provenance[i].base, 2));
    EXPECT_EQ(out.rows.cell(row, 2), data.cell(out.provenance[i].neighbour, 2));
  }
}

TEST(OverSampling, TakesGeneratorsThatConditionOnTheirTarget) {
  EXPECT_THAT(message_of<InvalidArgument>([] { (void)over_sampling("smoot"); }),
              StartsWith("make_generator: there is no generator 'smoot'; did you mean 'smote'?"));
  const auto all = resamplers();
  const auto has = [&](const std::string& name) {
    return std::any_of(all.begin(), all.end(), [&](const auto& e) { return e.name == name; });
  };
  EXPECT_TRUE(has("any-order"));
  for (const RegistryEntry& entry : registry()) {
    const bool conditions = entry.make("{}")->capabilities().conditioning != Conditioning::kNone;
    EXPECT_EQ(has(entry.name), conditions) << entry.name;
    if (!conditions) {
      EXPECT_THAT(message_of<InvalidArgument>([&] { (void)over_sampling(entry.name); }),
                  testing::EndsWith("' cannot draw rows of a given class"));
    }
  }
}

TEST(Composition, RemovesRowsAndTheirProvenance) {
  const Dataset data = blobs(120, 2, 1.0);
  const Resampled made = over_sampling("smote")->resample(data, Seed{1});
  const auto cleaned = EditedNearestNeighbours().resample(made.rows, Seed{9}, {.strategy = All{}});
  const Resampled out = compose(over_sampling("smote"), std::make_unique<EditedNearestNeighbours>())
                            ->resample(data, Seed{1});
  expect_same(out.rows, cleaned.rows);
  std::vector<Provenance> provenance;
  std::vector<std::int64_t> kept;
  for (const std::int64_t row : cleaned.kept) {
    if (row < 120) {
      kept.push_back(row);
    } else {
      provenance.push_back(made.provenance[static_cast<std::size_t>(row - 120)]);
    }
  }
  EXPECT_EQ(out.kept, kept);
  EXPECT_EQ(out.provenance, provenance);
  EXPECT_LT(kept.size(), 120U);
  EXPECT_LT(provenance.size(), made.provenance.size());
  EXPECT_EQ(out.new_rows(), static_cast<std::int64_t>(provenance.size()));
}

TEST(Composition, NamesItsParts) {
  EXPECT_EQ(make_resampler("smote+tomek")->name(), "smote+tomek");
  EXPECT_EQ(make_resampler("smote-enn")->name(), "smote-enn");
  const Dataset data = blobs(100, 2, 2.0);
  expect_same(make_resampler("smote-enn")->resample(data, Seed{1}).rows,
              make_resampler("smote+enn")->resample(data, Seed{1}).rows);
  const auto strict = make_resampler("smote-enn", R"({"enn": {"k": 5}, "smote": {"k": 2}})");
  EXPECT_NE(strict->resample(data, Seed{1}).kept,
            make_resampler("smote-enn")->resample(data, Seed{1}).kept);
  const auto frequent = make_resampler("smote+enn", R"({"cleaned": "a"})");
  EXPECT_GT(frequent->resample(data, Seed{1}).rows.rows(),
            make_resampler("smote+enn")->resample(data, Seed{1}).rows.rows());
  EXPECT_NO_THROW((void)make_resampler("smote+enn+tomek")->resample(data, Seed{1}));
}

TEST(Resamplers, ExplainWhatIsWrong) {
  const auto message = [](const std::string& name, const std::string& config = "{}") {
    return message_of<InvalidArgument>([&] { (void)make_resampler(name, config); });
  };
  EXPECT_EQ(message("smoteenn"),
            "make_resampler: there is no method 'smoteenn'; did you mean 'smote-enn'?");
  EXPECT_EQ(message("enn", R"({"n": 3})"), "EnnConfig has no field 'n'; did you mean 'k'?");
  EXPECT_EQ(message("enn", R"({"vote": "some"})"),
            "EnnConfig.vote: \"some\" does not fit (Neighbours of the same class that a row needs: "
            "all or mode)");
  EXPECT_EQ(message("smote-enn", R"({"en": {}})"),
            "smote-enn has no field 'en'; did you mean 'enn'?");
  EXPECT_EQ(message("enn+smote"),
            "make_resampler: the second of two methods must remove rows only, 'smote' does not");
  EXPECT_EQ(message("smote+enn", "[]"),
            "smote+enn: the configuration must be a JSON object, got array");
  EXPECT_THAT(message("smote+"), StartsWith("make_resampler: there is no method ''; "));
}

TEST(Resamplers, AreListedOnceWithASummary) {
  std::set<std::string> names;
  for (const ResamplerEntry& entry : resamplers()) {
    EXPECT_TRUE(names.insert(entry.name).second) << entry.name;
    EXPECT_NE(entry.summary, "");
    if (entry.group != ResamplerGroup::kOverSampling) {  // those are named by their generator
      EXPECT_EQ(entry.make("{}")->name(), entry.name);
    }
  }
  for (const auto* name : {"smote",        "smote-nc",    "smote-n",
                           "random-under", "near-miss-1", "near-miss-2",
                           "near-miss-3",  "iht",         "cluster-centroids",
                           "tomek",        "enn",         "renn",
                           "all-knn",      "ncr",         "cnn",
                           "oss",          "ipf",         "smote-enn",
                           "smote-tomek",  "smote-ipf",   "smoter",
                           "smogn"}) {
    EXPECT_TRUE(names.contains(name)) << name;
  }
}

TEST(Resamplers, SmoteNcAndSmoteNAreForTheirTables) {
  const auto message = [](const std::string& name, const Dataset& data) {
    return message_of<InvalidArgument>(
        [&] { (void)make_resampler(name)->resample(data, Seed{1}); });
  };
  EXPECT_EQ(message("smote-nc", blobs(30, 2, 1)),
            "smote-nc: data must have numeric and categorical columns besides the target, got 2 "
            "numeric and 0 categorical; method 'smote' takes any");
  EXPECT_EQ(message("smote-n", mixed(30, true)),
            "smote-n: data must have categorical columns only besides the target, got 1 numeric "
            "and 2 categorical; method 'smote' takes any");
  EXPECT_THAT(sizes(make_resampler("smote-nc")->resample(mixed(40, true), Seed{1}).rows),
              ElementsAre(30, 30));
  EXPECT_THAT(sizes(make_resampler("smote-n")->resample(mixed(40, false), Seed{1}).rows),
              ElementsAre(30, 30));
}

TEST(ClusterCentroids, CountsAreExactEvenWhereRowsAreEqual) {
  std::vector<std::int32_t> labels(30, 0);
  std::fill(labels.begin() + 22, labels.end(), 1);
  std::vector<double> x(30, 1.0);
  x[3] = 2;
  const Dataset data = labelled({x}, labels);
  for (const auto voting :
       {ClusterCentroidsConfig::Voting::kSoft, ClusterCentroidsConfig::Voting::kHard}) {
    const auto out = ClusterCentroids({.voting = voting}).resample(data, Seed{1});
    EXPECT_THAT(sizes(out.rows), ElementsAre(8, 8, 0));
  }
}

TEST(ClusterCentroids, VotesOnCategoriesAndGaps) {
  // two clusters by x; of the first most are red, of the second most miss the colour
  std::vector<std::int32_t> colour = {0, 0, 1, 1, 1, 1, 0, 0};
  Bitmap valid(8, true);
  valid.set(3, false);
  valid.set(4, false);
  const Dataset data(
      Schema{{.name = "n", .kind = Kind::kInteger},
             {.name = "colour",
              .kind = Kind::kCategorical,
              .nullable = true,
              .categories = {"red", "blue"}},
             {.name = "y",
              .kind = Kind::kCategorical,
              .role = Role::kTarget,
              .categories = {"a", "b"}}},
      {Column::integers({0, 1, 1, 100, 101, 101, 5, 6}), Column::categories(colour, valid),
       Column::categories({0, 0, 0, 0, 0, 0, 1, 1})});
  const auto out = ClusterCentroids().resample(data, Seed{1});
  ASSERT_EQ(out.rows.rows(), 4);
  std::set<std::string> rows;
  for (const std::int64_t i : {2, 3}) rows.insert(out.rows.cell(i, 0) + out.rows.cell(i, 1));
  EXPECT_THAT(rows, ElementsAre("101", "1red"));
  EXPECT_EQ(out.rows.cell(2, 2), "a");
}

}  // namespace
}  // namespace semblance
