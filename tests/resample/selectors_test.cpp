// SPDX-License-Identifier: Apache-2.0
// What every method that removes rows promises, and what is told of single ones.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "resample/tables.hpp"
#include "semblance/core/error.hpp"
#include "semblance/core/log.hpp"
#include "semblance/learners/boosted_trees.hpp"
#include "semblance/resample/cleaners.hpp"
#include "semblance/resample/resamplers.hpp"
#include "semblance/resample/under_samplers.hpp"
#include "support/message.hpp"

namespace semblance {
namespace {

using Rows = std::vector<std::int64_t>;
using testing::Contains;
using testing::ElementsAre;
using testing::StartsWith;

/// Silences the warnings of a test.
class Quiet {
 public:
  Quiet() : old_(set_log_sink({})) {}
  ~Quiet() { set_log_sink(old_); }
  Quiet(const Quiet&) = delete;
  Quiet& operator=(const Quiet&) = delete;

 private:
  LogSink old_;
};

Rows kept(const Resampler& method, const Dataset& data, BalanceStrategy strategy = Automatic{},
          int threads = 1) {
  return method
      .resample(data, Seed{1}, {.strategy = std::move(strategy), .run = {.threads = threads}})
      .kept;
}

std::string message(const Resampler& method, const Dataset& data,
                    BalanceStrategy strategy = Automatic{}) {
  return message_of<InvalidArgument>([&] { (void)kept(method, data, std::move(strategy)); });
}

/// The names of all methods that remove rows; those with forests only where there are some.
std::vector<std::string> names() {
  std::vector<std::string> out;
  for (const ResamplerEntry& entry : resamplers()) {
    if (entry.group != ResamplerGroup::kUnderSampling && entry.group != ResamplerGroup::kCleaning)
      continue;
    const bool forests = entry.name == "iht" || entry.name == "ipf";
    if (!forests || boosted_trees_available()) out.push_back(entry.name);
  }
  return out;
}

std::unique_ptr<Resampler> small(const std::string& name) {
  if (name == "cluster-centroids") return make_resampler(name, R"({"voting": "hard"})");
  if (name == "iht") return make_resampler(name, R"({"trees": 10})");
  return make_resampler(name);
}

class Selecting : public testing::TestWithParam<std::string> {
 protected:
  std::unique_ptr<Resampler> method_ = small(GetParam());
  Quiet quiet_;
};

TEST_P(Selecting, KeepsRowsInOrderAndAsTheyWere) {
  const Dataset data = blobs(120, 3, 1.5);
  const Resampled out = method_->resample(data, Seed{1});
  EXPECT_EQ(out.new_rows(), 0);
  EXPECT_TRUE(out.provenance.empty());
  EXPECT_TRUE(std::is_sorted(out.kept.begin(), out.kept.end()));
  EXPECT_LT(out.kept.size(), 120U);
  for (std::size_t i = 0; i < out.kept.size(); ++i) {
    for (std::int64_t c = 0; c < 4; ++c) {
      EXPECT_EQ(out.rows.cell(static_cast<std::int64_t>(i), c), data.cell(out.kept[i], c));
    }
  }
}

TEST_P(Selecting, DoesNotDependOnThreads) {
  for (const Dataset& data : {blobs(120, 3, 1.0), mixed(80, true), mixed(80, false)}) {
    EXPECT_EQ(kept(*method_, data, Automatic{}, 1), kept(*method_, data, Automatic{}, 3));
  }
}

TEST_P(Selecting, RowsWithAMissingTargetStayAndTakeNoPart) {
  const Dataset data = blobs(60, 2, 1.2);
  auto codes = data.column("y").codes();
  std::vector<std::int32_t> labels(codes.begin(), codes.end());
  std::vector<std::vector<double>> x(2);
  for (std::size_t j = 0; j < 2; ++j) {
    const auto values = data.column(static_cast<std::int64_t>(j)).reals();
    x[j].assign(values.begin(), values.end());
    x[j].insert(x[j].end(), {-0.0, 30, 1});
  }
  labels.insert(labels.end(), {-1, -1, -1});
  const auto with = labelled(x, labels);
  // unit variance is over all rows: without, so that the three change nothing
  const bool spaced = GetParam() != "random-under" && GetParam() != "iht" && GetParam() != "ipf";
  const std::string other = GetParam() == "cluster-centroids" ? R"("voting": "hard", )"
                            : GetParam() == "oss"             ? R"("seeds": 8, )"
                                                              : "";
  const auto method = spaced ? make_resampler(GetParam(), "{" + other + R"("standardize": false})")
                             : small(GetParam());
  Rows expected = kept(*method, data);
  expected.insert(expected.end(), {60, 61, 62});
  EXPECT_EQ(kept(*method, with), expected);
}

TEST_P(Selecting, OneRowOfAClassStays) {
  std::vector<double> x;
  std::vector<std::int32_t> labels;
  for (int i = 0; i < 120; ++i) {
    x.push_back(std::sin(i * 1.7) + (i % 2) * 4);
    labels.push_back(i == 7 ? 2 : i % 2);
  }
  const Rows rows = kept(*method_, labelled({x}, labels));
  EXPECT_THAT(rows, Contains(7));
}

TEST_P(Selecting, IdenticalRowsAreNoReasonToFail) {
  std::vector<std::int32_t> labels;
  for (int i = 0; i < 40; ++i) labels.push_back(i % 4 == 0 ? 1 : 0);
  const Dataset data = labelled({std::vector<double>(40, 2.5)}, labels);
  try {
    EXPECT_GE(kept(*method_, data).size(), 11U);  // the ten rare ones, and one at least
  } catch (const InvalidArgument& e) {
    EXPECT_THAT(e.what(), testing::HasSubstr(" rows of class 'a' would go;"));
  }
}

TEST_P(Selecting, AColumnWithoutVarianceChangesNothing) {
  if (GetParam() == "iht" || GetParam() == "ipf") GTEST_SKIP() << "trees draw from the columns";
  if (GetParam() == "cluster-centroids") GTEST_SKIP() << "k-means ends by the mean variance";
  const Dataset data = blobs(90, 2, 1.5);
  const auto x = data.column(0).reals(), z = data.column(1).reals();
  const auto codes = data.column("y").codes();
  const Dataset wider =
      labelled({{x.begin(), x.end()}, {z.begin(), z.end()}, std::vector<double>(90, 7.0)},
               {codes.begin(), codes.end()});
  EXPECT_EQ(kept(*method_, data), kept(*method_, wider));
}

TEST_P(Selecting, RefusesWhatItCannotUse) {
  const std::string name = GetParam();
  const Dataset one = labelled({{1, 2, 3, 4}}, {0, 0, 0, 0});
  EXPECT_EQ(message(*method_, one),
            name + ": the target 'y' must have rows of at least 2 classes, got 1");
  const Dataset numeric(Schema{{.name = "x"}, {.name = "y", .role = Role::kTarget}},
                        {Column::reals({1, 2}), Column::reals({1, 2})});
  EXPECT_EQ(message(*method_, numeric), name + ": the target 'y' must be categorical, got real");
  EXPECT_THAT(message(*method_, blobs(30, 1, 1), Minority{}),
              StartsWith("balance strategy: 'minority' is for methods that add rows;"));
}

TEST_P(Selecting, RefusesNumbersThatAreNone) {
  if (GetParam() == "random-under") GTEST_SKIP() << "it does not look at numbers";
  if (GetParam() == "iht" || GetParam() == "ipf") GTEST_SKIP() << "trees take them as missing";
  const double nan = std::numeric_limits<double>::quiet_NaN();
  EXPECT_EQ(message(*method_, labelled({{1, 2, 3, 4, 5, 6, 7, nan}}, {0, 0, 0, 0, 0, 1, 1, 1})),
            GetParam() + ": column 'x0' has a number that is not finite in row 7");
}

std::string test_name(const testing::TestParamInfo<std::string>& test) {
  std::string name = test.param;
  std::replace(name.begin(), name.end(), '-', '_');
  return name;
}

INSTANTIATE_TEST_SUITE_P(All, Selecting, testing::ValuesIn(names()), test_name);

TEST(Selector, FollowsAPermutationOfTheRows) {
  const Quiet quiet;
  const Dataset data = blobs(90, 3, 1.0);
  Rows order(90);
  for (std::int64_t i = 0; i < 90; ++i) order[static_cast<std::size_t>(i)] = i * 37 % 90;
  for (const std::string name :
       {"tomek", "enn", "renn", "all-knn", "ncr", "near-miss-1", "near-miss-2", "near-miss-3"}) {
    const auto method = make_resampler(name);
    Rows rows;
    for (const std::int64_t row : kept(*method, data.take(order))) {
      rows.push_back(order[static_cast<std::size_t>(row)]);
    }
    std::sort(rows.begin(), rows.end());
    EXPECT_EQ(rows, kept(*method, data)) << name;
  }
}

TEST(RepeatedEditedNearestNeighbours, LeavesNothingForAnotherRound) {
  const Dataset data = blobs(150, 2, 3.0);
  const ResampleOptions frequent{.strategy = ClassList{{"a", "b"}}};
  const auto out =
      RepeatedEditedNearestNeighbours({.standardize = false}).resample(data, Seed{1}, frequent);
  ASSERT_LT(out.rows.rows(), 150);
  const auto again =
      EditedNearestNeighbours({.standardize = false}).resample(out.rows, Seed{1}, frequent);
  EXPECT_EQ(again.rows.rows(), out.rows.rows());
}

TEST(Selector, DoesNotLetAClassVanish) {
  const Dataset data = labelled({{0, 1, 2, 3, 4, 5, 6, 7, 100, 101, 102, 103}},
                                {0, 0, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0});
  EXPECT_EQ(
      message(EditedNearestNeighbours(), data, All{}),
      "enn: all 2 rows of class 'b' would go; a milder setting or another strategy keeps some");
}

TEST(Selector, NeedsMoreRowsThanNeighbours) {
  EXPECT_EQ(message(EditedNearestNeighbours({.k = 4}), labelled({{0, 1, 2, 3}}, {0, 0, 1, 1})),
            "enn: k = 4 neighbours need at least 5 rows with a class, got 4");
}

TEST(Selector, NeedsColumns) {
  EXPECT_EQ(message(TomekLinks(), labelled({}, {0, 0, 1, 1})),
            "tomek: data must have columns besides the target");
}

TEST(Selector, ChecksItsConfiguration) {
  EXPECT_EQ(message_of<InvalidArgument>([] { EditedNearestNeighbours({.k = 0}); }),
            "EnnConfig.k must be >= 1, got 0");
  EXPECT_EQ(message_of<InvalidArgument>([] { NearMiss({.version = 4}); }),
            "NearMissConfig.version must be 1, 2 or 3, got 4");
}

TEST(TomekLinks, ADuplicateOfAnotherClassIsTheNearestTheRowItselfIsNot) {
  const Dataset data = labelled({{0, 0, 5, 6, 9}}, {0, 1, 0, 0, 1});
  EXPECT_THAT(kept(TomekLinks(), data, All{}), ElementsAre(2, 3, 4));
  EXPECT_THAT(kept(TomekLinks(), data), ElementsAre(1, 2, 3, 4));  // not the smallest class, b
}

TEST(NeighbourhoodCleaning, ARareRowVotesForItselfInThePeersRuleOnly) {
  // the neighbours of both b are the other b and two a: two to one; with itself, one to two
  const Dataset data =
      labelled({{0, 1, 2.5, 2.9, 3.1, 3.2, 20, 21, 22}}, {1, 1, 0, 0, 0, 0, 0, 0, 0});
  NeighbourhoodCleaningConfig config{.standardize = false};
  EXPECT_THAT(kept(NeighbourhoodCleaning(config), data), ElementsAre(0, 1, 4, 5, 6, 7, 8));
  config.rule = NeighbourhoodCleaningConfig::Rule::kImblearn;
  EXPECT_EQ(kept(NeighbourhoodCleaning(config), data).size(), 9U);
}

TEST(RandomUnderSampler, DrawsExactlyAndTakesAnyColumns) {
  std::vector<std::string> text(60, "words");
  const Dataset data = blobs(60, 1, 0);
  const Dataset wordy(Schema{{.name = "note", .kind = Kind::kText}, data.schema()[1]},
                      {Column::texts(text), data.column(1)});
  const auto sizes = [&](const Resampled& out) {
    return class_sizes(out.rows.column("y"), out.rows.schema()[1].categories);
  };
  EXPECT_THAT(sizes(RandomUnderSampler().resample(wordy, Seed{1})), ElementsAre(9, 9, 9));
  EXPECT_THAT(sizes(RandomUnderSampler({.replacement = true})
                        .resample(wordy, Seed{1}, {.strategy = Counts{{{"a", 30}}}})),
              ElementsAre(30, 17, 9));
  EXPECT_NE(RandomUnderSampler().resample(wordy, Seed{1}).kept,
            RandomUnderSampler().resample(wordy, Seed{2}).kept);
}

TEST(NearMiss, SaysWhereThereAreTooFewCandidates) {
  std::vector<std::string> lines;
  const LogSink old =
      set_log_sink([&](LogLevel, std::string_view line) { lines.emplace_back(line); });
  std::vector<double> x;
  for (int i = 0; i < 20; ++i) x.push_back(i < 15 ? i : 100 + i);
  std::vector<std::int32_t> labels(20, 0);
  std::fill(labels.begin() + 15, labels.end(), 1);
  const Rows rows = kept(NearMiss({.version = 3}), labelled({x}, labels));
  set_log_sink(old);
  EXPECT_THAT(rows, ElementsAre(12, 13, 14, 15, 16, 17, 18, 19));
  EXPECT_THAT(lines, ElementsAre("near-miss-3: class 'a' keeps 3 rows in place of 5; more "
                                 "candidates than 3 would allow more"));
}

TEST(InstanceHardnessThreshold, RemovesTheRowsOnTheWrongSideFirst) {
  if (!boosted_trees_available()) GTEST_SKIP() << "built without XGBoost";
  std::vector<double> x;
  std::vector<std::int32_t> labels;
  for (int i = 0; i < 90; ++i) {
    labels.push_back(i % 3 == 0 ? 1 : 0);
    x.push_back((i < 10 ? 10 : labels.back() * 10) + std::sin(i));  // 0..9 look like b
  }
  const Rows rows = kept(InstanceHardnessThreshold(), labelled({x}, labels),
                         Counts{{{"a", 54}}});  // of 60, 6 of which lie among b
  EXPECT_EQ(rows.size(), 84U);
  for (const std::int64_t wrong : {1, 2, 4, 5, 7, 8}) {
    EXPECT_THAT(rows, testing::Not(Contains(wrong)));
  }
}

TEST(IterativePartitioningFilter, RemovesWrongLabels) {
  if (!boosted_trees_available()) GTEST_SKIP() << "built without XGBoost";
  std::vector<double> x;
  std::vector<std::int32_t> labels;
  for (int i = 0; i < 270; ++i) {
    x.push_back(i % 2 * 10 + std::sin(i));
    labels.push_back(i % 45 == 0 ? 1 - i % 2 : i % 2);  // six wrong ones
  }
  const Dataset data = labelled({x}, labels);
  for (const auto vote : {IterativePartitioningConfig::Vote::kMajority,
                          IterativePartitioningConfig::Vote::kConsensus}) {
    const Rows rows = kept(IterativePartitioningFilter({.vote = vote}), data, All{});
    EXPECT_EQ(rows.size(), 264U);
    for (std::int64_t wrong = 0; wrong < 270; wrong += 45) {
      EXPECT_THAT(rows, testing::Not(Contains(wrong)));
    }
  }
}

}  // namespace
}  // namespace semblance
