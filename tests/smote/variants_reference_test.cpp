// SPDX-License-Identifier: Apache-2.0
// The blocks of smote-reference.json on polynom-fit, ProWSyn and CCR.
#include <gmock/gmock.h>

#include <algorithm>
#include <cmath>

#include "semblance/smote/ccr.hpp"
#include "semblance/smote/polynom_fit.hpp"
#include "semblance/smote/prowsyn.hpp"
#include "smote/gram.hpp"
#include "smote/reference.hpp"

namespace semblance {
namespace {

using Rows = std::vector<std::int64_t>;

/// The data set with class 1 against all others.
Dataset one_against_others(const json& block) {
  json binary = block;
  for (auto& label : binary.at("y")) label = label == 1 ? 1 : 0;
  return table(binary);
}

/// Rows are equal in any order: made base by base, as the samples are.
void expect_rows(const Dataset& made, const json& samples) {
  ASSERT_EQ(made.rows(), static_cast<std::int64_t>(samples.size()));
  for (std::size_t i = 0; i < samples.size(); ++i) {
    for (std::size_t j = 0; j < 2; ++j) {
      EXPECT_NEAR(made.column(static_cast<std::int64_t>(j)).number(static_cast<std::int64_t>(i)),
                  samples[i][j].get<double>(), 1e-12);
    }
  }
}

TEST(VariantsReference, StarAndBus) {
  SEMBLANCE_REFERENCE(file);
  const json& block = file.at("cases").at("polynom_fit");
  const Dataset data = one_against_others(file.at("datasets").at("blobs2d_3class"));
  PolynomFit star, bus({.kind = PolynomKind::kBus});
  star.fit(data, Seed{1});
  bus.fit(data, Seed{1});
  expect_rows(star.generate("1", 48, Seed{2}).rows, block.at("star_samples"));
  expect_rows(bus.generate("1", 44, Seed{2}).rows, block.at("bus_samples"));
  EXPECT_EQ(bus.generate("1", 48, Seed{2}).rows.rows(), 48);  // the reference makes 44 of 48
}

TEST(VariantsReference, PolynomialsOfPoly) {
  SEMBLANCE_REFERENCE(file);
  const json& block = file.at("cases").at("polynom_fit");
  const json& x = file.at("datasets").at("blobs2d_3class").at("X");
  std::vector<std::pair<double, std::size_t>> order;
  for (const std::size_t row : block.at("minority_rows")) {
    order.emplace_back(x[row][0].get<double>() + x[row][1].get<double>(), row);
  }
  std::sort(order.begin(), order.end());
  for (std::size_t j = 0; j < 2; ++j) {
    std::vector<double> values;
    for (const auto& [sum, row] : order) values.push_back(x[row][j]);
    const GramFit fit(values, 2);
    const auto c = block.at("poly2_coefficients_highest_first")[j].get<std::vector<double>>();
    for (const double t : {0.0, 1.5, 7.25, 11.0}) {
      EXPECT_NEAR(fit(t), (c[0] * t + c[1]) * t + c[2], 1e-12);
    }
  }
}

TEST(VariantsReference, LevelsOfProWSyn) {
  SEMBLANCE_REFERENCE(file);
  for (const auto& [name, block] : file.at("cases").at("prowsyn").items()) {
    ProWSyn model({.k = block.at("K"),
                   .levels = block.at("L"),
                   .theta = block.at("theta"),
                   .standardize = false});
    model.fit(one_against_others(file.at("datasets").at(name)), Seed{1});
    std::map<std::int64_t, double> shares;
    for (const BaseRow& base : model.bases("1")) shares[base.row] = base.share;
    std::size_t rows = 0;
    for (std::size_t l = 0; l < block.at("weights").size(); ++l) {
      const Rows level = block.at("partitions_rows")[l];
      rows += level.size();
      const double weight = block.at("weights")[l];
      for (const std::int64_t row : level) {
        EXPECT_NEAR(shares.at(row), weight / static_cast<double>(level.size()), 1e-12) << name;
      }
    }
    EXPECT_EQ(rows, shares.size());
    if (name != "noise_danger2d") continue;
    for (const Provenance& p : model.generate("1", 200, Seed{2}).provenance) {
      EXPECT_NEAR(shares.at(p.base), shares.at(p.neighbour), 1e-12);  // of one level
      EXPECT_EQ(p.base == p.neighbour, p.base == 31);                 // alone in its level
    }
  }
}

TEST(VariantsReference, RadiiAndCountsOfCcr) {
  SEMBLANCE_REFERENCE(file);
  const json& block = file.at("cases").at("ccr");
  const json& set = file.at("datasets").at("noise_danger2d");
  Ccr model({.energy = block.at("energy"), .standardize = false});
  model.fit(table(set), Seed{1});
  const auto radii = block.at("radii").get<std::vector<double>>();
  const auto counts = block.at("samples_per_minority_row").get<Rows>();
  const auto bases = model.bases("1");
  const Rows rows = block.at("minority_rows");
  ASSERT_EQ(bases.size(), rows.size());
  double total = 0;
  for (const double r : radii) total += 1 / r;
  std::map<std::int64_t, double> radius;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    EXPECT_EQ(bases[i].row, rows[i]);
    EXPECT_NEAR(1 / (bases[i].share * total), radii[i], 1e-12);
    EXPECT_EQ(std::llround(47 * bases[i].share), counts[i]);
    radius[rows[i]] = radii[i];
  }
  const TracedRows made = model.generate("1", 5'000, Seed{1});
  for (std::size_t i = 0; i < 5'000; ++i) {
    const Provenance& p = made.provenance[i];
    double distance = 0;
    for (std::size_t j = 0; j < 2; ++j) {
      const double from = set.at("X")[static_cast<std::size_t>(p.base)][j];
      distance += std::abs(
          made.rows.column(static_cast<std::int64_t>(j)).number(static_cast<std::int64_t>(i)) -
          from);
    }
    EXPECT_LE(distance, radius.at(p.base) + 1e-12);
  }
}

}  // namespace
}  // namespace semblance
