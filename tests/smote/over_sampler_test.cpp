// SPDX-License-Identifier: Apache-2.0
// What each method promises of its own.
#include "semblance/smote/over_sampler.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <filesystem>

#include "semblance/core/error.hpp"
#include "semblance/core/log.hpp"
#include "semblance/registry.hpp"
#include "semblance/smote/adasyn.hpp"
#include "semblance/smote/borderline.hpp"
#include "semblance/smote/geometric.hpp"
#include "semblance/smote/kmeans_smote.hpp"
#include "semblance/smote/random_over_sampler.hpp"
#include "semblance/smote/rose.hpp"
#include "semblance/smote/safe_level.hpp"
#include "semblance/smote/smote.hpp"
#include "semblance/smote/svm_smote.hpp"
#include "smote/geometric.hpp"
#include "smote/method.hpp"
#include "support/message.hpp"

namespace semblance {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

std::string message(const std::function<void()>& call) { return message_of<InvalidArgument>(call); }

/// Keeps the log lines of a test.
class Lines {
 public:
  Lines() : before_(set_log_sink([this](LogLevel, std::string_view line) { text_ += line; })) {}
  ~Lines() { set_log_sink(before_); }
  Lines(const Lines&) = delete;
  Lines& operator=(const Lines&) = delete;
  [[nodiscard]] const std::string& text() const { return text_; }

 private:
  std::string text_;
  LogSink before_;
};

/// Two classes of normal points, `distance` apart.
Dataset blobs(std::int64_t many, std::int64_t few, double distance) {
  std::vector<double> x, z;
  std::vector<std::int32_t> label;
  for (std::int64_t i = 0; i < many + few; ++i) {
    Stream s(Seed{9}, "blobs", static_cast<std::uint64_t>(i));
    label.push_back(i < many ? 0 : 1);
    x.push_back(s.normal() + distance * label.back());
    z.push_back(s.normal());
  }
  return {Schema{{.name = "x"},
                 {.name = "z"},
                 {.name = "y",
                  .kind = Kind::kCategorical,
                  .role = Role::kTarget,
                  .categories = {"many", "few"}}},
          {Column::reals(x), Column::reals(z), Column::categories(label)}};
}

double at(const Dataset& rows, std::int64_t row, std::int64_t column) {
  return rows.column(column).number(row);
}

/// How far along the line of its parents a row lies, and how far beside it.
std::pair<double, double> position(const Dataset& train, const Dataset& rows, std::int64_t row,
                                   const Provenance& p) {
  double along = 0, length = 0, beside = 0;
  for (const std::int64_t c : {0, 1}) {
    const double v = at(train, p.neighbour, c) - at(train, p.base, c);
    along += (at(rows, row, c) - at(train, p.base, c)) * v;
    length += v * v;
  }
  const double t = along / length;
  for (const std::int64_t c : {0, 1}) {
    const double v = at(train, p.neighbour, c) - at(train, p.base, c);
    beside += std::abs(at(rows, row, c) - at(train, p.base, c) - t * v);
  }
  return {t, beside};
}

TEST(LargestRemainder, AddsUpAndIsFairToTies) {
  const std::vector<double> weights = {5, 3, 2};
  EXPECT_THAT(largest_remainder(weights, 10, Seed{1}), ElementsAre(5, 3, 2));
  EXPECT_THAT(largest_remainder(weights, 12, Seed{1}), ElementsAre(6, 4, 2));  // 6, 3.6, 2.4
  EXPECT_THAT(largest_remainder(weights, 0, Seed{1}), ElementsAre(0, 0, 0));
  // 1 row for 4 equal bases, 2,000 times: each is off by 5.5 deviations with probability < 4e-8.
  std::vector<double> first(4);
  for (std::uint64_t i = 0; i < 2'000; ++i) {
    const auto counts = largest_remainder(std::vector<double>(4, 1.0), 1, Seed{i});
    for (std::size_t j = 0; j < 4; ++j) first[j] += static_cast<double>(counts[j]);
  }
  for (const double count : first) EXPECT_NEAR(count, 500, 5.5 * std::sqrt(2'000 * 0.25 * 0.75));
}

TEST(Borderline, PointsLieOnTheHalfOfTheLineTowardsStrangers) {
  const Dataset train = blobs(80, 30, 1);
  for (const auto step : {BorderlineStep::kPaper, BorderlineStep::kImblearn}) {
    BorderlineSmote model({.kind = 2, .standardize = false, .step = step});
    model.fit(train, Seed{1});
    const auto [rows, parents] = model.generate("few", 2'000, Seed{2});
    double far = 0, strangers = 0;
    for (std::int64_t i = 0; i < 2'000; ++i) {
      const auto& p = parents[static_cast<std::size_t>(i)];
      const bool stranger = train.cell(p.neighbour, 2) == "many";
      const auto [t, beside] = position(train, rows, i, p);
      EXPECT_NEAR(beside, 0, 1e-9);
      EXPECT_NEAR(t, p.u, 1e-9);
      EXPECT_LT(t, stranger ? 0.5 : 1);
      strangers += stranger ? 1 : 0;
      far += stranger && t > 0.25 ? 1 : 0;
    }
    // P(t > 1/4) is 1/2 for U(0, 1/2) and (1 - log 2) / 2 for u v; 5.5 deviations, p < 4e-8.
    const double share = step == BorderlineStep::kPaper ? 0.5 : (1 - std::log(2.0)) / 2;
    EXPECT_GT(strangers, 500);
    EXPECT_NEAR(far / strangers, share, 5.5 * std::sqrt(share * (1 - share) / strangers));
  }
}

TEST(Borderline, WithoutDangerAllRowsAreBasesAndTheLogSaysSo) {
  const Dataset train = blobs(80, 30, 50);
  BorderlineSmote model;
  model.fit(train, Seed{1});
  const Lines lines;
  EXPECT_EQ(model.bases("few").size(), 30U);
  EXPECT_EQ(lines.text(), "borderline-1: class 'few' has no row in danger; all its rows are bases");
}

TEST(Borderline, NamesFollowTheKind) {
  EXPECT_EQ(BorderlineSmote({.kind = 2}).name(), "borderline-2");
  const auto two = make_generator("borderline-2", R"({"step": "imblearn"})");
  EXPECT_EQ(two->config_json(),
            R"({"k":5,"m":10,"standardize":true,"small_class":"clamp","step":"imblearn"})");
  EXPECT_EQ(make_generator("borderline-1")->config_json(),
            R"({"k":5,"m":10,"standardize":true,"small_class":"clamp"})");
}

TEST(Adasyn, WithoutStrangersAllRowsWeighTheSame) {
  Adasyn model;
  model.fit(blobs(80, 30, 50), Seed{1});
  const Lines lines;
  for (const BaseRow& base : model.bases("few")) EXPECT_NEAR(base.share, 1.0 / 30, 1e-15);
  EXPECT_THAT(lines.text(), HasSubstr("adasyn: class 'few' has no row of another class near"));
}

TEST(RandomOverSampler, CopiesRowsAsTheyAre) {
  const Dataset train = blobs(20, 10, 1);
  RandomOverSampler model;
  model.fit(train, Seed{1});
  const auto [rows, parents] = model.generate("few", 100, Seed{1});
  for (std::int64_t i = 0; i < 100; ++i) {
    for (std::int64_t c = 0; c < 3; ++c) {
      EXPECT_EQ(rows.cell(i, c), train.cell(parents[static_cast<std::size_t>(i)].base, c));
    }
  }
}

TEST(Rose, WithoutShrinkageIsTheBootstrap) {
  const Dataset train = blobs(20, 10, 1);
  Rose model({.shrinkage = 0});
  model.fit(train, Seed{1});
  const auto [rows, parents] = model.generate("few", 100, Seed{1});
  for (std::int64_t i = 0; i < 100; ++i) {
    EXPECT_EQ(at(rows, i, 0), at(train, parents[static_cast<std::size_t>(i)].base, 0));
  }
}

// 4,000 normal deviations: their sample deviation is off by 5.5 of its own with p < 4e-8.
TEST(Rose, NoiseHasItsBandwidth) {
  const Dataset train = blobs(60, 50, 1);
  Rose model;
  model.fit(train, Seed{1});
  const auto [rows, parents] = model.generate("few", 4'000, Seed{1});
  double mean = 0, squares = 0, noise = 0;
  for (std::int64_t i = 60; i < 110; ++i) mean += at(train, i, 0) / 50;
  for (std::int64_t i = 60; i < 110; ++i) squares += std::pow(at(train, i, 0) - mean, 2);
  for (std::int64_t i = 0; i < 4'000; ++i) {
    noise += std::pow(at(rows, i, 0) - at(train, parents[static_cast<std::size_t>(i)].base, 0), 2);
  }
  const double wanted = std::pow(4.0 / (4 * 50), 1.0 / 6) * std::sqrt(squares / 49);
  EXPECT_NEAR(std::sqrt(noise / 4'000), wanted, 5.5 * wanted / std::sqrt(2 * 4'000.0));
}

TEST(SafeLevel, StepsFollowTheLevelsOfBothParents) {
  const Dataset train = blobs(60, 30, 1);
  SafeLevelSmote model({.standardize = false});
  model.fit(train, Seed{1});
  const Training training(train, {.name = "test", .k = 5}, Seed{1});
  std::vector<std::int64_t> all(static_cast<std::size_t>(train.rows()));
  for (std::size_t i = 0; i < all.size(); ++i) all[i] = static_cast<std::int64_t>(i);
  const auto strangers = training.strangers(all, 5, {});
  const auto level = [&](std::int64_t row) {
    return 5.0 - static_cast<double>(strangers[static_cast<std::size_t>(row)]);
  };
  for (const Provenance& made : model.generate("few", 2'000, Seed{1}).provenance) {
    const double p = level(made.base), q = level(made.neighbour);
    EXPECT_GT(p + q, 0);
    if (q == 0) {
      EXPECT_EQ(made.u, 0);
    }
    if (q > 0 && p > q) {
      EXPECT_LE(made.u, q / p);
    }
    if (p < q) {
      EXPECT_GE(made.u, 1 - p / q);
    }
  }
}

TEST(SvmSmote, SafeRowsStepAwayAndBothSetsTakePart) {
  const Dataset train = blobs(60, 40, 2);
  SvmSmote model({.standardize = false});
  model.fit(train, Seed{1});
  const auto [rows, parents] = model.generate("few", 1'000, Seed{1});
  int away = 0;
  for (std::int64_t i = 0; i < 1'000; ++i) {
    const auto& p = parents[static_cast<std::size_t>(i)];
    const auto [t, beside] = position(train, rows, i, p);
    EXPECT_NEAR(beside, 0, 1e-9);
    EXPECT_NEAR(t, p.u, 1e-9);
    EXPECT_GT(t, -0.5);
    EXPECT_LT(t, 1);
    away += t < 0 ? 1 : 0;
  }
  EXPECT_GT(away, 100);  // Beta(10, 10) leaves [0.1, 0.9] with probability < 1e-5
  EXPECT_LT(away, 900);
}

TEST(KMeansSmote, WithOneClusterIsSmote) {
  const Dataset train = blobs(60, 40, 1);
  KMeansSmote clusters({.k = 5, .clusters = 1, .threshold = 0});
  Smote smote;
  clusters.fit(train, Seed{1});
  smote.fit(train, Seed{1});
  for (std::int64_t row = 60; row < 100; ++row) {
    EXPECT_EQ(clusters.neighbours(row), smote.neighbours(row));
  }
}

TEST(KMeansSmote, WithoutAStrongClusterIsSmoteAndTheLogSaysSo) {
  KMeansSmote model({.clusters = 2, .threshold = 1});
  model.fit(blobs(60, 20, 0.1), Seed{1});
  const Lines lines;
  EXPECT_EQ(model.generate("few", 47, Seed{1}).rows.rows(), 47);
  EXPECT_EQ(lines.text(),
            "kmeans-smote: class 'few' is strong in no cluster; it is drawn as by smote");
}

TEST(Geometric, PointsLieInTheBallAndTheDefaultsCoverIt) {
  const Dataset train = blobs(60, 30, 1);
  GeometricSmote model(
      {.selection = GeometricSelection::kMinority, .truncation = 0, .standardize = false});
  model.fit(train, Seed{1});
  const auto [rows, parents] = model.generate("few", 2'000, Seed{1});
  double inside = 0, behind = 0;
  for (std::int64_t i = 0; i < 2'000; ++i) {
    const auto& p = parents[static_cast<std::size_t>(i)];
    const auto [t, beside] = position(train, rows, i, p);
    double radius = 0, length = 0;
    for (const std::int64_t c : {0, 1}) {
      radius += std::pow(at(train, p.neighbour, c) - at(train, p.base, c), 2);
      length += std::pow(at(rows, i, c) - at(train, p.base, c), 2);
    }
    EXPECT_LE(length, radius * (1 + 1e-9));
    EXPECT_NEAR(std::sqrt(length / radius), std::sqrt(p.u), 1e-9);
    inside += length < radius / 4 ? 1 : 0;
    behind += t < 0 ? 1 : 0;
  }
  // Uniform in a disc: 1/4 within half the radius, half behind the centre; 5.5 deviations.
  EXPECT_NEAR(inside, 500, 5.5 * std::sqrt(2'000 * 0.25 * 0.75));
  EXPECT_NEAR(behind, 1'000, 5.5 * std::sqrt(2'000 * 0.25));
}

TEST(Geometric, TruncationAndDeformationMakeALine) {
  std::vector<double> point = {-0.3, 0.8};
  move_in_ball(std::vector<double>{2.0, 0.0}, point, 0.25, 1, 1);
  const double length = 0.5 * 0.3 / std::sqrt(0.73);  // reflected to the side of the surface
  EXPECT_NEAR(point[0], 2 * length, 1e-15);
  EXPECT_EQ(point[1], 0);
  std::vector<double> still = {1.0, 1.0};
  move_in_ball(std::vector<double>{0.0, 0.0}, still, 0.5, 1, 0);
  EXPECT_THAT(still, ElementsAre(0, 0));
}

TEST(Geometric, TheNearerOfNeighbourAndStrangerIsTheSurface) {
  // Row 0's nearest own rows are 3 and more away, its nearest stranger 1.
  const Dataset train(
      Schema{{.name = "x"},
             {.name = "y",
              .kind = Kind::kCategorical,
              .role = Role::kTarget,
              .categories = {"a", "b"}}},
      {Column::reals({0, 3, 5, 8, 1, 100}), Column::categories({0, 0, 0, 0, 1, 1})});
  GeometricSmote model({.k = 1, .standardize = false});
  model.fit(train, Seed{1});
  for (const Provenance& p : model.generate("a", 200, Seed{1}).provenance) {
    if (p.base == 0) {
      EXPECT_EQ(p.neighbour, 4);
    }
    if (p.base == 2) {
      EXPECT_EQ(p.neighbour, 1);
    }
  }
}

TEST(OverSampler, IsTheSameAfterSavingAndLoading) {
  const auto file = std::filesystem::temp_directory_path() / "semblance_over_sampler_test.semb";
  KMeansSmote model({.clusters = 4, .threshold = 0});
  model.fit(blobs(60, 40, 1), Seed{7});  // the clusters depend on this seed
  model.save(file);
  const auto loaded = load_generator(file);
  const Dataset a = model.sample(60, Seed{5}), b = loaded->sample(60, Seed{5});
  for (std::int64_t i = 0; i < 60; ++i) EXPECT_EQ(a.cell(i, 0), b.cell(i, 0));
  std::filesystem::remove(file);
}

TEST(OverSampler, ValuesOutsideTheParentsStayInTheRangeOfTheField) {
  Dataset train = blobs(60, 30, 1);
  std::vector<Field> fields = train.schema().fields();
  double low = 1e9, high = -1e9;
  for (const double x : train.column(0).reals()) {
    low = std::min(low, x);
    high = std::max(high, x);
  }
  fields[0].range = Range{low, high};
  Rose model({.shrinkage = 5});
  model.fit(train.with_schema(Schema(fields)), Seed{1});
  int clamped = 0;
  const Dataset rows = model.sample(500, Seed{1});
  for (const double x : rows.column(0).reals()) {
    EXPECT_GE(x, low);
    EXPECT_LE(x, high);
    clamped += x == low || x == high ? 1 : 0;
  }
  EXPECT_GT(clamped, 0);
}

TEST(OverSampler, SaysWhatIsWrong) {
  Adasyn model;
  EXPECT_EQ(message_of<NotFitted>([&] { (void)model.generate("few", 1, Seed{1}); }),
            "adasyn.generate: call fit first");
  EXPECT_EQ(message_of<NotFitted>([&] { (void)model.bases("few"); }),
            "adasyn.bases: call fit first");
  model.fit(blobs(30, 10, 1), Seed{1});
  EXPECT_EQ(message([&] { (void)model.generate("fev", 1, Seed{1}); }),
            "adasyn.generate: there is no class 'fev'; did you mean 'few'?");
  EXPECT_EQ(message([&] { (void)model.generate("few", -1, Seed{1}); }),
            "adasyn.generate: n must be >= 0, got -1");
  EXPECT_EQ(message([] { BorderlineSmote({.kind = 3}); }),
            "BorderlineConfig.kind must be 1 or 2, got 3");
  EXPECT_EQ(message([] { BorderlineSmote({.m = 0}); }), "BorderlineConfig.m must be >= 1, got 0");
  EXPECT_EQ(message([] { Adasyn({.k = 0}); }), "AdasynConfig.k must be >= 1, got 0");
  EXPECT_EQ(message([] { SafeLevelSmote({.k = 0}); }), "SafeLevelConfig.k must be >= 1, got 0");
  EXPECT_EQ(message([] { Rose({.shrinkage = -1}); }), "RoseConfig.shrinkage must be >= 0, got -1");
  EXPECT_EQ(message([] { SvmSmote({.out_step = -1}); }),
            "SvmSmoteConfig.out_step must be >= 0, got -1");
  EXPECT_EQ(message([] { SvmSmote({.c = 0}); }), "SvmSmoteConfig.c must be > 0, got 0");
  EXPECT_EQ(message([] { KMeansSmote({.clusters = 0}); }),
            "KMeansSmoteConfig.clusters must be >= 1, got 0");
  EXPECT_EQ(message([] { KMeansSmote({.threshold = 2}); }),
            "KMeansSmoteConfig.threshold must be in [0, 1], or -1, got 2");
  EXPECT_EQ(message([] { GeometricSmote({.truncation = 2}); }),
            "GeometricConfig.truncation must be in [-1, 1], got 2");
  EXPECT_EQ(message([] { GeometricSmote({.deformation = 2}); }),
            "GeometricConfig.deformation must be in [0, 1], got 2");
  EXPECT_EQ(message([] {
              BorderlineSmote({.small_class = SmallClass::kError}).fit(blobs(30, 3, 1), Seed{1});
            }),
            "borderline-1.fit: class 'few' has 3 rows, k = 5 neighbours need at least 6");
  const Dataset plain(Schema{{.name = "x"}}, {Column::reals({1, 2, 3, 4, 5, 6, 7})});
  model.fit(plain, Seed{1});
  EXPECT_EQ(message([&] { (void)model.generate("few", 1, Seed{1}); }),
            "adasyn.generate: the table has no categorical target, so no class 'few'");
}

}  // namespace
}  // namespace semblance
