// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "semblance/balance.hpp"
#include "semblance/core/error.hpp"
#include "semblance/neighbours/value_difference.hpp"
#include "semblance/smote/smote.hpp"
#include "smote/reference.hpp"

namespace semblance {
namespace {

using testing::ElementsAreArray;

TEST(SmoteReference, NeighboursAndPointsOfPlainSmote) {
  SEMBLANCE_REFERENCE(file);
  for (const auto& [name, block] : file.at("cases").at("smote").items()) {
    Smote smote({.standardize = false});
    smote.fit(table(file.at("datasets").at(name)), Seed{1});
    for (const auto& [label, knn] : block.at("class_knn").items()) {
      for (std::size_t i = 0; i < knn.at("rows").size(); ++i) {
        EXPECT_THAT(smote.neighbours(knn.at("rows")[i]),
                    ElementsAreArray(knn.at("neighbour_rows")[i].get<std::vector<std::int64_t>>()))
            << name << " class " << label << " row " << i;
      }
    }
    for (const json& replay : block.at("replay_seed0")) {
      expect_points(smote, replay, file.at("datasets").at(name).at("X")[0].size());
    }
  }
}

TEST(SmoteReference, DistancesOfPlainSmote) {
  SEMBLANCE_REFERENCE(file);
  for (const auto& [name, block] : file.at("cases").at("smote").items()) {
    const auto x = file.at("datasets").at(name).at("X").get<std::vector<std::vector<double>>>();
    for (const auto& knn : block.at("class_knn")) {
      const auto rows = knn.at("rows").get<std::vector<std::size_t>>();
      std::vector<double> flat;
      for (const std::size_t row : rows) flat.insert(flat.end(), x[row].begin(), x[row].end());
      const MatrixView<double> view{flat, static_cast<std::int64_t>(rows.size()),
                                    static_cast<std::int64_t>(x[0].size())};
      const auto found = nearest_others(view, 5);
      for (std::size_t i = 0; i < rows.size() * 5; ++i) {
        EXPECT_NEAR(found.distance[i], knn.at("distances")[i / 5][i % 5].get<double>(), 1e-9);
      }
    }
  }
}

TEST(SmoteReference, CountsAfterBalancing) {
  SEMBLANCE_REFERENCE(file);
  for (const auto& [name, block] : file.at("cases").at("smote").items()) {
    const Dataset train = table(file.at("datasets").at(name));
    Smote smote;
    smote.fit(train, Seed{1});
    const Dataset out = balance(train, smote, Seed{1});
    EXPECT_EQ(json(counts_of(out)), block.at("counts_after_auto")) << name;
  }
}

BalanceStrategy strategy_of(std::string name) {
  if (const auto brace = name.find('{'); brace != std::string::npos) {
    std::string counts;
    for (const char c : name.substr(brace + 1, name.size() - brace - 2)) {
      if (c != ' ') counts += c == ':' ? '=' : c;
    }
    return parse_balance_strategy(counts);
  }
  std::replace(name.begin(), name.end(), ' ', '-');
  return parse_balance_strategy(name);
}

/// Our answer to a form such as "under-sampling|not minority": rows to add, rows that stay, or
/// which classes are cleaned (1).
std::vector<std::int64_t> answer_to(const std::string& form, const Vocabulary& classes,
                                    const std::vector<std::int64_t>& rows) {
  const BalanceStrategy strategy = strategy_of(form.substr(form.find('|') + 1));
  if (form.starts_with("over")) return rows_to_add(strategy, classes, rows);
  if (form.starts_with("under")) return rows_to_keep(strategy, classes, rows);
  const std::vector<bool> cleaned = classes_to_clean(strategy, classes, rows);
  return {cleaned.begin(), cleaned.end()};
}

/// The block's answer to it, which leaves out the classes that stay as they are.
std::vector<std::int64_t> published(const std::string& form, const json& expected,
                                    const std::vector<std::int64_t>& rows) {
  std::vector<std::int64_t> out =
      form.starts_with("under") ? rows : std::vector<std::int64_t>(rows.size());
  for (const auto& [label, n] : expected.items()) {
    out[std::stoul(label)] = form.starts_with("clean") ? 1 : n.get<std::int64_t>();
  }
  return out;
}

TEST(SmoteReference, EveryStrategyMeansTheSame) {
  SEMBLANCE_REFERENCE(file);
  std::map<std::string, int> tried;
  for (const auto& [name, forms] : file.at("cases").at("sampling_strategy").at("table").items()) {
    const auto y = file.at("datasets").at(name).at("y").get<std::vector<std::int32_t>>();
    const Vocabulary classes = names(*std::max_element(y.begin(), y.end()) + 1);
    const auto rows = class_sizes(Column::categories(y), classes);
    for (const auto& [form, expected] : forms.items()) {
      ++tried[form.substr(0, form.find('-'))];
      if (expected.is_object()) {
        EXPECT_EQ(answer_to(form, classes, rows), published(form, expected, rows)) << name << form;
      } else {
        EXPECT_THROW((void)answer_to(form, classes, rows), InvalidArgument) << name << form;
      }
    }
  }
  EXPECT_THAT(tried, testing::ElementsAre(testing::Pair("clean", 28), testing::Pair("over", 28),
                                          testing::Pair("under", 28)));
}

TEST(SmoteReference, NeighboursPointsAndVotesOfSmoteNc) {
  SEMBLANCE_REFERENCE(file);
  const json& block = file.at("cases").at("smotenc");
  Smote smote({.standardize = false});
  smote.fit(table(block, {{2, 3}, {3, 4}}), Seed{1});
  for (const auto& part : block.at("classes")) {
    const auto rows = part.at("rows").get<std::vector<std::int64_t>>();
    for (std::size_t i = 0; i < rows.size(); ++i) {
      EXPECT_THAT(
          smote.neighbours(rows[i]),
          ElementsAreArray(part.at("neighbour_rows_k5")[i].get<std::vector<std::int64_t>>()));
      const std::vector<Provenance> parents(30, {rows[i], rows[i], 0});
      const Dataset made = smote.interpolate(parents, Seed{2});
      for (std::size_t j = 0; j < 2; ++j) {
        const auto allowed =
            part.at("allowed_categories_per_base_row")[i][j].get<std::vector<std::int32_t>>();
        const auto codes = made.column(static_cast<std::int64_t>(2 + j)).codes();
        EXPECT_THAT(codes, testing::Each(testing::AnyOfArray(allowed)));
        for (const auto code : allowed) EXPECT_THAT(codes, testing::Contains(code));
      }
    }
  }
  for (const json& replay : block.at("replay_seed0")) expect_points(smote, replay, 2);
}

TEST(SmoteReference, AConstantColumnLeavesTheVoteOfSmoteNc) {
  SEMBLANCE_REFERENCE(file);
  const json& block = file.at("cases").at("smotenc_zero_std");
  Smote smote({.standardize = false});
  smote.fit(table(block, {{2, 2}}), Seed{1});
  for (std::int64_t row = 0; row < 7; ++row) EXPECT_EQ(smote.neighbours(row).size(), 5U);
  const Dataset made = smote.sample(5, Seed{1}, {.given = {{"y", "1"}}});
  for (std::int64_t i = 0; i < 5; ++i) {
    EXPECT_EQ(made.column("x0").number(i), 1);
    EXPECT_EQ(made.column("x1").number(i), 2);
    EXPECT_EQ(made.cell(i, 2), "1");
  }
}

TEST(SmoteReference, DistancesOfSmoteN) {
  SEMBLANCE_REFERENCE(file);
  const json& block = file.at("cases").at("smoten");
  std::vector<std::int32_t> flat;
  for (const auto& row : block.at("X")) {
    for (const auto& code : row) flat.push_back(code.get<std::int32_t>());
  }
  const auto labels = block.at("y").get<std::vector<std::int32_t>>();
  const MatrixView<std::int32_t> rows{flat, static_cast<std::int64_t>(labels.size()), 3};
  const ValueDifference metric(rows, labels);
  const auto minority = block.at("minority_rows").get<std::vector<std::int64_t>>();
  for (std::size_t i = 0; i < minority.size(); ++i) {
    for (std::size_t j = 0; j < minority.size(); ++j) {
      EXPECT_NEAR(metric.distance(rows.row(minority[i]), rows.row(minority[j])),
                  block.at("vdm_distance_matrix_minority")[i][j].get<double>(), 1e-9);
    }
  }
}

TEST(SmoteReference, DuplicatesAreNeighboursTheRowItselfIsNot) {
  SEMBLANCE_REFERENCE(file);
  Smote smote({.k = 3, .standardize = false});
  smote.fit(table(file.at("cases").at("duplicates")), Seed{1});
  for (std::int64_t row = 0; row < 6; ++row) {
    EXPECT_THAT(smote.neighbours(row), testing::Not(testing::Contains(row)));
  }
  EXPECT_THAT(smote.neighbours(0), testing::ElementsAre(1, 2, 3));
}

}  // namespace
}  // namespace semblance
