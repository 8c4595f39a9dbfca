// SPDX-License-Identifier: Apache-2.0
// The rows that the published implementation keeps: smote-reference.json.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "resample/selection.hpp"
#include "semblance/core/error.hpp"
#include "semblance/resample/cleaners.hpp"
#include "semblance/resample/cluster_centroids.hpp"
#include "semblance/resample/under_samplers.hpp"
#include "semblance/smote/smote.hpp"
#include "smote/reference.hpp"

namespace semblance {
namespace {

using Rows = std::vector<std::int64_t>;

/// The rows of the table that are not in the list.
Rows all_but(const json& removed, std::int64_t rows) {
  const auto gone = removed.get<Rows>();
  Rows out;
  for (std::int64_t i = 0; i < rows; ++i) {
    if (std::find(gone.begin(), gone.end(), i) == gone.end()) out.push_back(i);
  }
  return out;
}

Rows sorted(const json& rows) {
  auto out = rows.get<Rows>();
  std::sort(out.begin(), out.end());
  return out;
}

Rows kept(const Resampler& method, const Dataset& data, BalanceStrategy strategy = Automatic{}) {
  return method.resample(data, Seed{1}, {.strategy = std::move(strategy)}).kept;
}

BalanceStrategy strategy_of(std::string name) {
  std::replace(name.begin(), name.end(), ' ', '-');
  return parse_balance_strategy(name);
}

NeighbourVote vote_of(std::string_view kind) {
  return kind.starts_with("all") ? NeighbourVote::kAll : NeighbourVote::kMode;
}

TEST(ResampleReference, TomekLinks) {
  SEMBLANCE_REFERENCE(file);
  for (const auto& [name, block] : file.at("cases").at("tomek").items()) {
    const Dataset data = table(file.at("datasets").at(name));
    for (const auto& [strategy, removed] : block.at("removed_rows").items()) {
      EXPECT_EQ(kept(TomekLinks({.standardize = false}), data, strategy_of(strategy)),
                all_but(removed, data.rows()))
          << name << " " << strategy;
    }
  }
}

/// Whether all rows of a class are in the list.
bool takes_a_class(const json& removed, const Dataset& data) {
  const auto gone = removed.get<Rows>();
  const auto labels = data.column("y");
  const auto& classes = data.schema()[data.schema().target()].categories;
  const auto before = class_sizes(labels, classes);
  const auto taken = class_sizes(labels.take(gone), classes);
  for (std::size_t c = 0; c < before.size(); ++c) {
    if (before[c] > 0 && taken[c] == before[c]) return true;
  }
  return false;
}

TEST(ResampleReference, EditedNearestNeighbours) {
  SEMBLANCE_REFERENCE(file);
  int refused = 0;
  for (const auto& [name, block] : file.at("cases").at("enn").items()) {
    const Dataset data = table(file.at("datasets").at(name));
    for (const auto& [form, expected] : block.items()) {
      const EditedNearestNeighbours enn({.vote = vote_of(form), .standardize = false});
      const auto strategy = strategy_of(form.substr(form.find('|') + 1));
      const json& removed = expected.at("removed_rows");
      if (takes_a_class(removed, data)) {  // the library then returns a table without the class
        EXPECT_THROW((void)kept(enn, data, strategy), InvalidArgument) << name << " " << form;
        ++refused;
      } else {
        EXPECT_EQ(kept(enn, data, strategy), all_but(removed, data.rows())) << name << " " << form;
      }
    }
  }
  EXPECT_EQ(refused, 3);
}

TEST(ResampleReference, RepeatedEditedNearestNeighbours) {
  SEMBLANCE_REFERENCE(file);
  for (const auto& [name, block] : file.at("cases").at("renn").items()) {
    const Dataset data = table(file.at("datasets").at(name));
    for (const auto& [kind, expected] : block.items()) {
      const RepeatedEditedNearestNeighbours renn({.vote = vote_of(kind), .standardize = false});
      EXPECT_EQ(kept(renn, data), expected.at("kept_rows").get<Rows>()) << name << " " << kind;
    }
  }
}

TEST(ResampleReference, AllKnn) {
  SEMBLANCE_REFERENCE(file);
  for (const auto& [name, block] : file.at("cases").at("allknn").items()) {
    const Dataset data = table(file.at("datasets").at(name));
    for (const auto& [form, expected] : block.items()) {
      const AllKnn all_knn(
          {.vote = vote_of(form), .allow_minority = form.ends_with("True"), .standardize = false});
      EXPECT_EQ(kept(all_knn, data), expected.at("kept_rows").get<Rows>()) << name << " " << form;
    }
  }
}

TEST(ResampleReference, NeighbourhoodCleaning) {
  SEMBLANCE_REFERENCE(file);
  for (const auto& [name, block] : file.at("cases").at("ncr").items()) {
    const Dataset data = table(file.at("datasets").at(name));
    const NeighbourhoodCleaning ncr(
        {.rule = NeighbourhoodCleaningConfig::Rule::kImblearn, .standardize = false});
    EXPECT_EQ(kept(ncr, data), all_but(block.at("removed_rows"), data.rows())) << name;
  }
}

TEST(ResampleReference, NearMiss) {
  SEMBLANCE_REFERENCE(file);
  for (const auto& [name, block] : file.at("cases").at("nearmiss").items()) {
    const Dataset data = table(file.at("datasets").at(name));
    for (const auto& [version, expected] : block.items()) {
      const NearMiss near_miss({.version = std::stoi(version), .standardize = false});
      EXPECT_EQ(kept(near_miss, data), sorted(expected.at("kept_rows_in_order")))
          << name << " " << version;
    }
  }
}

TEST(ResampleReference, CondensedNearestNeighbourInOneCorrectPass) {
  SEMBLANCE_REFERENCE(file);
  for (const auto& [name, block] : file.at("cases").at("cnn_hart").items()) {
    const Dataset data = table(file.at("datasets").at(name));
    Rows start;
    for (const auto& row : block.at("seed_row_per_class")) start.push_back(row);
    const auto rows =
        kept(CondensedNearestNeighbour({.start_rows = start, .standardize = false}), data);
    EXPECT_EQ(rows, block.at("correct_single_pass_kept_rows").get<Rows>()) << name;
    EXPECT_NE(rows, block.at("library_kept_rows").get<Rows>()) << name;
  }
}

TEST(ResampleReference, OneSidedSelection) {
  SEMBLANCE_REFERENCE(file);
  for (const auto& [name, block] : file.at("cases").at("oss").items()) {
    const Dataset data = table(file.at("datasets").at(name));
    Rows start;
    for (const auto& row : block.at("seed_row_per_class")) start.push_back(row);
    EXPECT_EQ(kept(OneSidedSelection({.start_rows = start, .standardize = false}), data),
              block.at("kept_rows").get<Rows>())
        << name;
  }
}

/// The input, then the rows that the library's SMOTE made of it.
Dataset with_replayed_rows(const Dataset& data, const json& replays) {
  Smote smote({.standardize = false});
  smote.fit(data, Seed{1});
  std::vector<Dataset> parts = {data};
  for (const json& replay : replays) {
    parts.push_back(smote.interpolate(parents_of(replay), Seed{1}));
  }
  return Dataset::concat(parts);
}

TEST(ResampleReference, SmoteEnnAndSmoteTomek) {
  SEMBLANCE_REFERENCE(file);
  for (const auto& [name, block] : file.at("cases").at("combinations").at("cases").items()) {
    const Dataset rows =
        with_replayed_rows(table(file.at("datasets").at(name)),
                           file.at("cases").at("smote").at(name).at("replay_seed0"));
    ASSERT_EQ(rows.rows(), block.at("rows_after_smote").get<std::int64_t>());
    EXPECT_EQ(kept(EditedNearestNeighbours({.standardize = false}), rows, All{}),
              all_but(block.at("smoteenn_removed_rows"), rows.rows()))
        << name;
    EXPECT_EQ(kept(TomekLinks({.standardize = false}), rows, All{}),
              all_but(block.at("smotetomek_removed_rows"), rows.rows()))
        << name;
  }
}

TEST(ResampleReference, InstanceHardnessKeepsTheSurestRows) {
  SEMBLANCE_REFERENCE(file);
  const json& block = file.at("cases").at("iht");
  auto hardness = block.at("probability_of_own_class").get<std::vector<double>>();
  for (double& p : hardness) p = -p;
  const auto rows = own_rows(static_cast<std::int64_t>(hardness.size()));
  auto surest = lowest(rows, hardness, block.at("n_to_keep"));
  std::sort(surest.begin(), surest.end());
  EXPECT_EQ(surest, block.at("kept_rows").get<Rows>());
}

TEST(ResampleReference, RepeatedEnnKnowsItsRowsWhereTheFirstRoundRemovesNone) {
  SEMBLANCE_REFERENCE(file);
  const Dataset data = table(file.at("cases").at("renn_index_defect"));
  const auto out = RepeatedEditedNearestNeighbours({.standardize = false}).resample(data, Seed{1});
  EXPECT_EQ(out.kept, own_rows(16));
  for (std::int64_t i = 0; i < 16; ++i) EXPECT_EQ(out.rows.cell(i, 2), data.cell(i, 2));
}

TEST(ResampleReference, ClusterCentroids) {
  SEMBLANCE_REFERENCE(file);
  const json& block = file.at("cases").at("cluster_centroids");
  const Dataset data = table(block);
  using Points = std::vector<std::pair<double, double>>;
  const auto points = [](const Dataset& rows) {
    Points out;
    for (std::int64_t i = 0; i < rows.rows(); ++i) {
      if (rows.cell(i, 2) == "0") {
        out.emplace_back(rows.column(0).number(i), rows.column(1).number(i));
      }
    }
    std::sort(out.begin(), out.end());
    return out;
  };
  const auto soft = ClusterCentroids({.standardize = false}).resample(data, Seed{1});
  EXPECT_EQ(soft.kept, (Rows{9, 10, 11}));
  const Points found = points(soft.rows);
  const auto expected = block.at("soft_class0_sorted").get<Points>();
  ASSERT_EQ(found.size(), expected.size());
  for (std::size_t i = 0; i < found.size(); ++i) {
    EXPECT_NEAR(found[i].first, expected[i].first, 1e-12);
    EXPECT_NEAR(found[i].second, expected[i].second, 1e-12);
  }
  const auto hard =
      ClusterCentroids({.voting = ClusterCentroidsConfig::Voting::kHard, .standardize = false})
          .resample(data, Seed{1});
  EXPECT_EQ(points(hard.rows), block.at("hard_class0_sorted").get<Points>());
  EXPECT_EQ(hard.kept, (Rows{0, 3, 6, 9, 10, 11}));
}

}  // namespace
}  // namespace semblance
