// SPDX-License-Identifier: Apache-2.0
#include "semblance/diffusion/diffusion.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "semblance/core/error.hpp"
#include "semblance/registry.hpp"
#include "support/message.hpp"

namespace semblance {
namespace {

/// A label of two classes (3 to 1), a number of another mean in each, and a category tied to the
/// number's sign in 9 of 10 rows.
Dataset two_classes(std::int64_t n) {
  std::vector<double> x;
  std::vector<std::int32_t> label, sign;
  for (std::int64_t i = 0; i < n; ++i) {
    Stream stream(Seed{1}, static_cast<std::uint64_t>(i));
    label.push_back(stream.below(4) == 0 ? 1 : 0);
    x.push_back((label.back() == 1 ? 2 : -1) + stream.normal());
    sign.push_back((x.back() > 0) == (stream.uniform() < 0.9) ? 1 : 0);
  }
  return {Schema({{.name = "x"},
                  {.name = "sign", .kind = Kind::kCategorical, .categories = {"minus", "plus"}},
                  {.name = "label",
                   .kind = Kind::kCategorical,
                   .role = Role::kTarget,
                   .categories = {"a", "b"}}}),
          {Column::reals(x), Column::categories(sign), Column::categories(label)}};
}

DiffusionConfig quick() {
  return {.width = 32,
          .blocks = 2,
          .noise_dim = 16,
          .steps = 12,
          .epochs = 30,
          .batch_size = 100,
          .learning_rate = 5e-3,
          .ema_decay = 0.99};
}

struct Shape {
  double mean = 0, deviation = 0, tied = 0, b = 0;
};
Shape shape_of(const Dataset& rows) {
  Shape out;
  const auto n = static_cast<double>(rows.rows());
  for (std::int64_t i = 0; i < rows.rows(); ++i) {
    const double x = rows.column("x").number(i);
    out.mean += x / n;
    out.deviation += x * x / n;
    out.tied += (x > 0) == (rows.column("sign").number(i) > 0) ? 1 / n : 0;
    out.b += rows.column("label").number(i) / n;
  }
  out.deviation = std::sqrt(out.deviation - out.mean * out.mean);
  return out;
}

TEST(Diffusion, LearnsNumbersCategoriesAndTheirTies) {
  Diffusion model(quick());
  model.fit(two_classes(1500), Seed{3});
  const Shape made = shape_of(model.sample(4000, Seed{4}));
  EXPECT_NEAR(made.mean, -0.25, 0.2);
  EXPECT_NEAR(made.deviation, 1.64, 0.2);
  EXPECT_NEAR(made.b, 0.25, 0.05);
  EXPECT_GT(made.tied, 0.8);
  const Dataset asked = model.sample(1000, Seed{5}, {.given = {{"label", "b"}}});
  const Shape b = shape_of(asked);
  EXPECT_NEAR(b.b, 1, 1e-9);
  EXPECT_NEAR(b.mean, 2, 0.3);
  EXPECT_NEAR(b.deviation, 1, 0.25);
}

TEST(Diffusion, EverySolverDrawsFromTheSameModel) {
  for (const char* solver : {"multistep", "midpoint", "sde-multistep", "ancestral", "euler"}) {
    const auto model = make_generator(
        "diffusion",
        R"({"width": 32, "blocks": 1, "noise_dim": 16, "epochs": 12, "batch_size": 100, )"
        R"("learning_rate": 0.005, "ema_decay": 0.9, "steps": 30, "solver": ")" +
            std::string(solver) + "\"}");
    model->fit(two_classes(800), Seed{3});
    const Shape made = shape_of(model->sample(2000, Seed{4}));
    EXPECT_NEAR(made.mean, -0.25, 0.35) << solver;
    EXPECT_NEAR(made.deviation, 1.64, 0.35) << solver;
  }
}

TEST(Diffusion, GuidanceExaggeratesTheClass) {
  DiffusionConfig config = quick();
  config.drop_condition = 0.2;
  config.guidance = 3;
  Diffusion model(config);
  model.fit(two_classes(1500), Seed{3});
  const Shape b = shape_of(model.sample(1000, Seed{5}, {.given = {{"label", "b"}}}));
  EXPECT_GT(b.mean, 1.9);
  EXPECT_LT(b.deviation, 1.1);
}

TEST(Diffusion, PresetsLearnTheSameTable) {
  for (const char* name : {"tabddpm", "tabdiff", "tabsyn"}) {
    const auto model = make_generator(
        name, R"({"width": 32, "blocks": 1, "noise_dim": 16, "epochs": 40, "batch_size": 100, )"
              R"("learning_rate": 0.005, "ema_decay": 0.9, "steps": 20})");
    model->fit(two_classes(1000), Seed{3});
    const Shape made = shape_of(model->sample(2000, Seed{4}));
    EXPECT_NEAR(made.mean, -0.25, 0.35) << name;
    EXPECT_NEAR(made.deviation, 1.64, 0.4) << name;
    EXPECT_NEAR(made.b, 0.25, 0.06) << name;
    EXPECT_GT(made.tied, 0.75) << name;
    EXPECT_NEAR(shape_of(model->sample(500, Seed{5}, {.given = {{"label", "b"}}})).mean, 2, 0.8)
        << name;
  }
}

/// The rows with one column blanked out.
Dataset without(const Dataset& rows, std::int64_t column) {
  auto columns = rows.columns();
  const auto n = static_cast<std::size_t>(rows.rows());
  const Bitmap none(rows.rows(), false);
  columns[static_cast<std::size_t>(column)] =
      column == 0 ? Column::reals(std::vector<double>(n), none)
                  : Column::categories(std::vector<std::int32_t>(n), none);
  return {rows.schema(), columns};
}

TEST(Diffusion, CompletesAnyCells) {
  for (const auto categories :
       {DiffusionConfig::Categories::kGaussian, DiffusionConfig::Categories::kMasked}) {
    DiffusionConfig config = quick();
    config.known_share = 0.5;
    config.categories = categories;
    Diffusion model(config);
    model.fit(two_classes(1500), Seed{3});
    const Dataset rows = two_classes(2000);
    const Dataset signs = model.impute(without(rows, 1), Seed{4});
    EXPECT_EQ(signs.column("sign").null_count(), 0);
    EXPECT_GT(shape_of(signs).tied, 0.75);
    // The label says where the number is, though it is not told: the mean of each class comes back.
    const Dataset labels = model.impute(without(rows, 2), Seed{5});
    double mean = 0, count = 0;
    for (std::int64_t i = 0; i < labels.rows(); ++i) {
      if (labels.column("label").number(i) < 1) continue;
      mean += labels.column("x").number(i);
      ++count;
    }
    EXPECT_NEAR(mean / count, 2, 0.5);
  }
}

TEST(Diffusion, TakesConditionsOnAnyColumns) {
  for (const auto categories :
       {DiffusionConfig::Categories::kGaussian, DiffusionConfig::Categories::kMasked}) {
    DiffusionConfig config = quick();
    config.known_share = 0.5;
    config.categories = categories;
    Diffusion model(config);
    model.fit(two_classes(1500), Seed{3});
    // x is 2 in class b and -1 in class a: a sign says most of the class, a value nearly all.
    const Dataset high = model.sample(1000, Seed{4}, {.given = {{"x", Range{1.5, 9}}}});
    const auto x = high.column("x").reals();
    EXPECT_GE(*std::min_element(x.begin(), x.end()), 1.5);
    EXPECT_GT(shape_of(high).deviation, 0.1);  // drawn from the range, not one value
    EXPECT_GT(shape_of(high).b, 0.7);
    const Dataset low = model.sample(1000, Seed{4}, {.given = {{"x", -1.25}, {"label", "a"}}});
    EXPECT_NEAR(shape_of(low).mean, -1.25, 1e-9);
    EXPECT_EQ(shape_of(low).b, 0);
    EXPECT_GT(shape_of(low).tied, 0.75);
  }
}

TEST(Diffusion, ConditionsOnAnyColumnsNeedATrainingWithKnownCells) {
  DiffusionConfig config{.width = 8, .blocks = 1, .epochs = 1};
  Diffusion without(config);
  without.fit(two_classes(100), Seed{3});
  EXPECT_EQ(message_of<InvalidArgument>(
                [&] { (void)without.sample(1, Seed{1}, {.given = {{"x", 1.0}}}); }),
            "diffusion.sample: conditions must be on the target column 'label', got one on 'x'; "
            "train it with known_share > 0, which takes conditions on any column");
  config.known_share = 0.5;
  Diffusion with(config);
  with.fit(two_classes(100), Seed{3});
  EXPECT_EQ(message_of<InvalidArgument>([&] {
              (void)with.sample(1, Seed{1},
                                {.given = {{"x", Range{0, 1}}, {"label", OneOf{{"a", "b"}}}}});
            }),
            "diffusion.sample: one column may have a range or several values, got 'x' and 'label'");
}

TEST(Diffusion, CompletesOnlyWhereItHasLearnedTo) {
  Diffusion model({.width = 8, .blocks = 1, .epochs = 1});
  model.fit(two_classes(100), Seed{3});
  EXPECT_EQ(message_of<InvalidArgument>([&] { (void)model.impute(two_classes(5), Seed{1}); }),
            "diffusion.impute: this generator does not impute");
}

TEST(Diffusion, GoesOnLearningWhereItEnded) {
  for (DiffusionConfig config : {quick(), presets::tabsyn()}) {
    config.width = 32;
    config.epochs = 20;
    config.batch_size = 100;
    config.ema_decay = 0.99;
    Diffusion model(config);
    const Dataset rows = two_classes(1000);
    model.fit(rows, Seed{2}, {.threads = 1});
    const auto first = model.history();
    model.refit(rows, Seed{2}, {.threads = 1});
    const double begun = model.history().validation_loss.front();
    const double fell = first.validation_loss.front() - first.validation_loss.back();
    EXPECT_LT(begun, first.validation_loss.back() + 0.3 * fell);
  }
}

TEST(Diffusion, ErrorsNameTheField) {
  const auto make = [](const char* json) {
    return message_of<InvalidArgument>(
        [&] { static_cast<void>(make_generator("diffusion", json)); });
  };
  EXPECT_EQ(make(R"({"steps": 0})"), "DiffusionConfig.steps must be >= 1, got 0");
  EXPECT_EQ(make(R"({"sigma_max": 0.001})"),
            "DiffusionConfig.sigma_max must be > sigma_min (0.01), got 0.001");
  EXPECT_EQ(make(R"({"guidance": 2})"),
            "DiffusionConfig.guidance other than 1 needs drop_condition > 0, got guidance 2");
  EXPECT_EQ(make(R"({"latent": 2, "known_share": 0.5})"),
            "DiffusionConfig.known_share must be 0 with latent > 0, got 0.5");
  EXPECT_EQ(make(R"({"latent": 2, "categories": "masked"})"),
            "DiffusionConfig.categories must be \"gaussian\" with latent > 0");
  EXPECT_EQ(make(R"({"solver": "magic"})"),
            "DiffusionConfig.solver must be one of \"euler\", \"heun\", \"midpoint\", "
            "\"multistep\", \"ancestral\", \"sde-multistep\", got \"magic\"");
}

}  // namespace
}  // namespace semblance
