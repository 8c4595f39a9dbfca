// SPDX-License-Identifier: Apache-2.0
#include "semblance/learners/kernel_svm.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <fstream>
#include <nlohmann/json.hpp>

#include "semblance/core/error.hpp"
#include "semblance/core/seed.hpp"
#include "support/message.hpp"
#include "support/shared_data.hpp"

namespace semblance {
namespace {

struct Table {
  std::vector<double> values;
  std::vector<std::int32_t> labels;
  std::int64_t dim = 2;

  [[nodiscard]] MatrixView<double> view() const { return {values, std::ssize(labels), dim}; }
};

/// Class 1 inside a noisy circle, class 0 outside.
Table circle(std::int64_t n) {
  Table out;
  for (std::int64_t i = 0; i < n; ++i) {
    Stream draw(Seed{5}, "circle", static_cast<std::uint64_t>(i));
    const double a = draw.normal(), b = draw.normal();
    out.values.insert(out.values.end(), {a, b});
    out.labels.push_back(a * a + b * b + 0.3 * draw.normal() < 1.2 ? 1 : 0);
  }
  return out;
}

TEST(KernelSvm, TwoRowsHaveTheirClosedForm) {
  // Dual of one row a side: 2 alpha - alpha^2 (1 - K), so alpha = min(C, 1 / (1 - K)); bias 0.
  const Table table{.values = {0, 1}, .labels = {3, 7}, .dim = 1};
  for (const double c : {1.0, 10.0}) {
    KernelSvm svm({.c = c, .gamma = 0.5});
    svm.fit(table.view(), table.labels);
    const double k = std::exp(-0.5), alpha = std::min(c, 1 / (1 - k));
    ASSERT_EQ(svm.pairs().size(), 1U);
    const SvmPair& pair = svm.pairs()[0];
    EXPECT_EQ(pair.first, 3);
    EXPECT_EQ(pair.second, 7);
    EXPECT_NEAR(pair.coefficients[0], alpha, 1e-6);
    EXPECT_NEAR(pair.coefficients[1], -alpha, 1e-6);
    EXPECT_NEAR(pair.bias, 0, 1e-6);
    EXPECT_NEAR(svm.decision(table.view())[0], alpha * (1 - k), 1e-6);
    EXPECT_THAT(svm.predict(table.view()), testing::ElementsAre(3, 7));
  }
}

TEST(KernelSvm, MeetsTheOptimalityConditions) {
  // alpha = 0: y f >= 1; 0 < alpha < C: y f = 1; alpha = C: y f <= 1; each within the tolerance.
  const Table table = circle(400);
  KernelSvm svm({.c = 2, .tolerance = 1e-4});
  svm.fit(table.view(), table.labels);
  const SvmPair& pair = svm.pairs()[0];
  EXPECT_TRUE(pair.converged);
  std::vector<double> alpha(400, 0.0);
  double balance = 0;
  for (std::size_t s = 0; s < pair.rows.size(); ++s) {
    alpha[static_cast<std::size_t>(pair.rows[s])] = std::abs(pair.coefficients[s]);
    balance += pair.coefficients[s];
  }
  EXPECT_NEAR(balance, 0, 1e-9);
  const auto f = svm.decision(table.view());
  int free = 0, bound = 0;
  for (std::size_t i = 0; i < 400; ++i) {
    const double margin = (table.labels[i] == pair.first ? 1 : -1) * f[i];
    if (alpha[i] < 2) {
      EXPECT_GE(margin, 1 - 2e-4) << i;
    }
    if (alpha[i] > 0) {
      EXPECT_LE(margin, 1 + 2e-4) << i;
    }
    free += alpha[i] > 0 && alpha[i] < 2 ? 1 : 0;
    bound += alpha[i] == 2 ? 1 : 0;
  }
  EXPECT_GT(free, 3);
  EXPECT_GT(bound, 3);
  EXPECT_GT(std::ssize(svm.support()), free);
}

TEST(KernelSvm, LearnsACircleAndDoesNotDependOnCacheOrThreads) {
  const Table table = circle(300);
  KernelSvm wide, narrow({.cache_bytes = 1});
  wide.fit(table.view(), table.labels, {.threads = 1});
  narrow.fit(table.view(), table.labels, {.threads = 3});
  EXPECT_EQ(wide.support(), narrow.support());
  EXPECT_EQ(wide.pairs()[0].coefficients, narrow.pairs()[0].coefficients);
  const auto predicted = wide.predict(table.view());
  int right = 0;
  for (std::size_t i = 0; i < 300; ++i) right += predicted[i] == table.labels[i] ? 1 : 0;
  EXPECT_GT(right, 270);
}

TEST(KernelSvm, ThreeClassesHaveThreeMachines) {
  Table table;
  for (int i = 0; i < 60; ++i) {
    Stream draw(Seed{9}, "three", static_cast<std::uint64_t>(i));
    table.labels.push_back(10 * (i % 3));
    table.values.push_back(4.0 * (i % 3) + 0.5 * draw.normal());
    table.values.push_back(draw.normal());
  }
  KernelSvm svm;
  svm.fit(table.view(), table.labels);
  ASSERT_EQ(svm.pairs().size(), 3U);
  EXPECT_EQ(svm.pairs()[1].first, 0);
  EXPECT_EQ(svm.pairs()[1].second, 20);
  EXPECT_EQ(svm.predict(table.view()), table.labels);
  EXPECT_EQ(svm.decision(table.view()).size(), 180U);
}

TEST(KernelSvm, SupportRowsAreThoseOfTheReference) {
  const auto data = shared_data();
  if (!data) GTEST_SKIP() << "the shared folder is not there";
  std::ifstream in(data->parent_path() / "reference" / "smote-reference.json");
  if (!in) GTEST_SKIP() << "smote-reference.json is not in the shared folder";
  const auto file = nlohmann::json::parse(in);
  for (const auto& [name, block] : file.at("cases").at("svmsmote").items()) {
    Table table{.values = {},
                .labels = file.at("datasets").at(name).at("y").get<std::vector<std::int32_t>>()};
    for (const auto& row : file.at("datasets").at(name).at("X")) {
      table.dim = std::ssize(row);
      for (const double v : row) table.values.push_back(v);
    }
    KernelSvm svm;
    svm.fit(table.view(), table.labels);
    EXPECT_NEAR(svm.gamma(), block.at("gamma").get<double>(), 1e-12) << name;
    for (const auto& [label, part] : block.at("classes").items()) {
      std::vector<std::int64_t> own;
      for (const auto row : svm.support()) {
        if (table.labels[static_cast<std::size_t>(row)] == std::stoi(label)) own.push_back(row);
      }
      EXPECT_EQ(own, part.at("support_rows").get<std::vector<std::int64_t>>()) << name << label;
    }
  }
}

TEST(KernelSvm, ConstantRowsAndABoundOnTheSteps) {
  const Table equal{.values = {1, 1, 1, 1}, .labels = {0, 0, 1, 1}, .dim = 1};
  KernelSvm svm;
  svm.fit(equal.view(), equal.labels);
  EXPECT_EQ(svm.gamma(), 1);
  EXPECT_TRUE(svm.pairs()[0].converged);
  const Table table = circle(200);
  KernelSvm hasty({.iterations = 3});
  hasty.fit(table.view(), table.labels);
  EXPECT_EQ(hasty.pairs()[0].iterations, 3);
  EXPECT_FALSE(hasty.pairs()[0].converged);
}

TEST(KernelSvm, MessagesNameTheRule) {
  const Table table = circle(20);
  const auto error = [](auto call) { return message_of<Error>(call); };
  KernelSvm svm;
  EXPECT_EQ(error([&] { (void)svm.decision(table.view()); }),
            "KernelSvm::decision: call fit first");
  const std::vector<std::int32_t> same(20, 1), few(3, 1);
  EXPECT_EQ(error([&] { svm.fit(table.view(), same); }),
            "KernelSvm::fit: the labels must have two classes, got 1");
  EXPECT_EQ(error([&] { svm.fit(table.view(), few); }),
            "KernelSvm::fit: there must be one label a row, got 3 labels and 20 rows");
  svm.fit(table.view(), table.labels);
  EXPECT_EQ(error([&] { (void)svm.decision({table.values, 40, 1}); }),
            "KernelSvm::decision: queries must have 2 columns as in fit, got 1");
  EXPECT_EQ(error([] { KernelSvm({.c = 0}); }), "KernelSvmConfig.c must be finite and > 0, got 0");
  EXPECT_EQ(error([] { KernelSvm({.gamma = -1}); }),
            "KernelSvmConfig.gamma must be finite and >= 0, got -1");
  EXPECT_EQ(error([] { KernelSvm({.tolerance = 0}); }),
            "KernelSvmConfig.tolerance must be finite and > 0, got 0");
  std::stop_source stop;
  stop.request_stop();
  EXPECT_THROW(svm.fit(table.view(), table.labels, {.stop = stop.get_token()}), Cancelled);
}

}  // namespace
}  // namespace semblance
