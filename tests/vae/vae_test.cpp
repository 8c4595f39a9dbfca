// SPDX-License-Identifier: Apache-2.0
#include "semblance/vae/vae.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "semblance/core/error.hpp"
#include "semblance/registry.hpp"
#include "support/message.hpp"

namespace semblance {
namespace {

/// A label of two classes (3 to 1), a number of another mean in each, a category tied to them, and
/// gaps in a tenth of the numbers of class "b".
Dataset two_classes(std::int64_t n, Seed seed) {
  std::vector<double> x;
  std::vector<std::int32_t> label, colour;
  Bitmap valid;
  for (std::int64_t i = 0; i < n; ++i) {
    Stream stream(seed, "two classes", static_cast<std::uint64_t>(i));
    const bool b = stream.below(4) == 0;
    label.push_back(b ? 1 : 0);
    x.push_back((b ? 3 : -3) + stream.normal());
    colour.push_back(stream.uniform() < 0.95 ? (b ? 2 : 0) : 1);
    valid.push_back(!(b && stream.below(10) == 0));
  }
  const Schema schema{
      {.name = "x", .kind = Kind::kReal, .nullable = true},
      {.name = "label",
       .kind = Kind::kCategorical,
       .role = Role::kTarget,
       .categories = {"a", "b", "never"}},
      {.name = "colour", .kind = Kind::kCategorical, .categories = {"red", "green", "blue"}}};
  return {schema, {Column::reals(x, valid), Column::categories(label), Column::categories(colour)}};
}

VaeConfig small() {
  return {.latent_dim = 4,
          .hidden = {32},
          .channels = 4,
          .kl_warmup = 0.1,
          .epochs = 40,
          .batch_size = 100,
          .learning_rate = 5e-3};
}

double share(const Dataset& data, const std::string& column, std::int32_t code) {
  const auto codes = data.column(column).codes();
  return static_cast<double>(std::count(codes.begin(), codes.end(), code)) /
         static_cast<double>(codes.size());
}

/// Share of rows whose number is on the side of the label.
double agreement(const Dataset& data) {
  std::int64_t agree = 0, seen = 0;
  for (std::int64_t i = 0; i < data.rows(); ++i) {
    if (!data.column("x").is_valid(i)) continue;
    const auto at = static_cast<std::size_t>(i);
    ++seen;
    agree += (data.column("x").reals()[at] > 0) == (data.column("label").codes()[at] == 1);
  }
  return static_cast<double>(agree) / static_cast<double>(seen);
}

class FittedVae : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    vae = new Vae(small());
    vae->fit(two_classes(800, Seed{1}), Seed{2}, {.threads = 1});
  }
  static void TearDownTestSuite() { delete vae; }
  static Vae* vae;
};
Vae* FittedVae::vae = nullptr;

// 4,000 rows; the model's own error is allowed 0.05 on shares (standard error 0.007).
TEST_F(FittedVae, LearnsSharesAndTies) {
  const Dataset rows = vae->sample(4000, Seed{3});
  EXPECT_NEAR(share(rows, "label", 1), 0.25, 0.05);
  EXPECT_NEAR(share(rows, "colour", 1), 0.05, 0.04);
  EXPECT_GT(agreement(rows), 0.9);
  EXPECT_NEAR(static_cast<double>(rows.column("x").null_count()) / 4000, 0.025, 0.025);
}

TEST_F(FittedVae, RowsDoNotDependOnChunksOrThreads) {
  const Dataset whole = vae->sample(1100, Seed{3}, {.run = {.threads = 2}});
  const Dataset part = vae->sample(60, Seed{3}, {.first_row = 1000, .run = {.threads = 1}});
  for (std::int64_t i = 0; i < 60; ++i) {
    for (std::int64_t c = 0; c < 3; ++c) EXPECT_EQ(part.cell(i, c), whole.cell(1000 + i, c));
  }
  EXPECT_EQ(vae->sample(0, Seed{3}).rows(), 0);
}

TEST_F(FittedVae, SamplesGivenTheTarget) {
  const Dataset rows = vae->sample(500, Seed{3}, {.given = {{"label", "b"}}});
  EXPECT_EQ(share(rows, "label", 1), 1);
  EXPECT_GT(agreement(rows), 0.75);
  const Dataset both = vae->sample(2000, Seed{3}, {.given = {{"label", OneOf{{"a", "b"}}}}});
  EXPECT_NEAR(share(both, "label", 1), 0.25, 6 * std::sqrt(0.25 * 0.75 / 2000) + 0.05);
  EXPECT_EQ(message_of<InvalidArgument>(
                [] { (void)vae->sample(5, Seed{3}, {.given = {{"label", "never"}}}); }),
            "sample: no training row has the asked value of column 'label'");
}

TEST_F(FittedVae, FindsRowsThatCannotBe) {
  const Dataset rows = two_classes(300, Seed{9});
  auto columns = rows.columns();
  std::vector<double> flipped;
  for (std::int64_t i = 0; i < 300; ++i) flipped.push_back(-rows.column(0).number(i));
  columns[0] = Column::reals(flipped);
  const auto usual = vae->reconstruction_error(rows);
  const auto odd = vae->reconstruction_error({rows.schema(), columns});
  const auto mean = [](const std::vector<double>& v) {
    return std::accumulate(v.begin(), v.end(), 0.0) / static_cast<double>(v.size());
  };
  EXPECT_GT(mean(odd), mean(usual) + 1);
  EXPECT_EQ(vae->reconstruction_error(rows, {.threads = 2}), usual);
}

TEST_F(FittedVae, InterpolatesFromReconstructionToReconstruction) {
  const Dataset from = two_classes(3, Seed{9}), to = two_classes(3, Seed{10});
  const Dataset line = vae->interpolate(from, to, 5);
  ASSERT_EQ(line.rows(), 15);
  const Dataset first = vae->reconstruct(from), last = vae->reconstruct(to);
  for (std::int64_t i = 0; i < 3; ++i) {
    for (std::int64_t c = 1; c < 3; ++c) {  // the drawn modes of numbers differ by block
      EXPECT_EQ(line.cell(5 * i, c), first.cell(i, c));
      EXPECT_EQ(line.cell(5 * i + 4, c), last.cell(i, c));
    }
  }
  EXPECT_EQ(vae->interpolate(from.slice(0, 0), to.slice(0, 0), 5).rows(), 0);
  EXPECT_EQ(message_of<InvalidArgument>([&] { (void)vae->interpolate(from, to, 1); }),
            "vae.interpolate: steps must be >= 2, got 1");
  EXPECT_EQ(message_of<InvalidArgument>([&] { (void)vae->interpolate(from, to.slice(0, 2), 5); }),
            "vae.interpolate: needs as many rows to as from (3), got 2");
}

TEST(Vae, LearnedPriorsDrawWhatTheCodesAreLike) {
  for (const auto prior : {VaeConfig::Prior::kMixture, VaeConfig::Prior::kFlow}) {
    VaeConfig config = small();
    config.beta = 0.05;  // codes far from the prior of the training
    config.components = 4;
    config.prior = prior;
    Vae vae(config);
    vae.fit(two_classes(800, Seed{1}), Seed{2}, {.threads = 1});
    const Dataset rows = vae.sample(3000, Seed{3});
    EXPECT_NEAR(share(rows, "colour", 1), 0.05, 0.04);
    EXPECT_GT(agreement(rows), 0.93);
  }
}

TEST_F(FittedVae, ReconstructsRowsAndKeepsTheTarget) {
  const Dataset rows = two_classes(300, Seed{9});
  const Dataset back = vae->reconstruct(rows);
  double error = 0;
  std::int64_t same = 0;
  for (std::int64_t i = 0; i < 300; ++i) {
    const auto at = static_cast<std::size_t>(i);
    EXPECT_EQ(back.cell(i, 1), rows.cell(i, 1));
    same += back.cell(i, 2) == rows.cell(i, 2);
    if (rows.column(0).is_valid(i) && back.column(0).is_valid(i))
      error += std::abs(back.column(0).reals()[at] - rows.column(0).reals()[at]) / 300;
  }
  EXPECT_GT(same, 280);
  EXPECT_LT(error, 1);  // the classes are 6 apart
}

TEST_F(FittedVae, TheBoundIsHigherForTrueRowsThanForShuffledOnes) {
  const Dataset rows = two_classes(400, Seed{9});
  std::vector<std::int64_t> shifted(400);
  for (std::size_t i = 0; i < 400; ++i) shifted[i] = static_cast<std::int64_t>((i + 1) % 400);
  const Dataset broken(rows.schema(),
                       {rows.column(0).take(shifted), rows.column(1), rows.column(2)});
  const auto mean = [](const std::vector<double>& v) {
    return std::accumulate(v.begin(), v.end(), 0.0) / static_cast<double>(v.size());
  };
  const auto bound = vae->elbo(rows, Seed{4}, 4);
  EXPECT_GT(mean(bound), mean(vae->elbo(broken, Seed{4}, 4)) + 1);
  EXPECT_EQ(bound, vae->elbo(rows, Seed{4}, 4, {.threads = 1}));
  EXPECT_EQ(message_of<InvalidArgument>([&] { (void)vae->elbo(rows, Seed{4}, 0); }),
            "vae.elbo: samples must be >= 1, got 0");
}

TEST(Vae, UsesItsCode) {  // no posterior collapse: a code carries most of the class
  VaeConfig config = small();
  config.condition_on_target = false;
  Vae vae(config);
  vae.fit(two_classes(800, Seed{1}), Seed{2}, {.threads = 1});
  const Dataset back = vae.reconstruct(two_classes(300, Seed{9}));
  EXPECT_GT(agreement(back), 0.95);
  EXPECT_EQ(vae.capabilities().conditioning, Conditioning::kNone);
  EXPECT_GT(agreement(vae.sample(2000, Seed{1})), 0.8);
}

TEST(Vae, TvaeLearnsWithModes) {
  VaeConfig config = presets::tvae();
  config.epochs = 40;
  config.batch_size = 50;
  Vae vae(config);
  vae.fit(two_classes(800, Seed{1}), Seed{2}, {.threads = 1});
  const Dataset rows = vae.sample(2000, Seed{3});
  EXPECT_GT(agreement(rows), 0.95);
  EXPECT_NEAR(share(rows, "label", 1), 0.25, 0.15);
}

/// 8 x 8 bytes: an upright or a flat bar, its place and its brightness by chance.
Dataset bars(std::int64_t n, std::vector<std::int64_t> shape, Seed seed) {
  std::vector<std::uint8_t> pixels;
  std::vector<std::int32_t> label;
  for (std::int64_t i = 0; i < n; ++i) {
    Stream stream(seed, "bars", static_cast<std::uint64_t>(i));
    const bool upright = stream.below(2) == 0;
    const auto place = static_cast<std::int64_t>(stream.below(8));
    const auto bright = static_cast<std::uint8_t>(155 + stream.below(100));
    for (std::int64_t k = 0; k < 64; ++k)
      pixels.push_back((upright ? k % 8 : k / 8) == place ? bright : 0);
    label.push_back(upright ? 1 : 0);
  }
  return {
      Schema{
          {.name = "image", .kind = Kind::kTensor, .shape = shape, .element = ElementType::kUInt8},
          {.name = "label",
           .kind = Kind::kCategorical,
           .role = Role::kTarget,
           .categories = {"flat", "upright"}}},
      {Column::tensors(pixels, shape), Column::categories(label)}};
}

/// Share of an image's brightness that lies along its brightest column (or row).
double along(std::span<const std::uint8_t> image, bool columns) {
  std::array<double, 8> sum{};
  double total = 1e-9;
  for (std::size_t k = 0; k < 64; ++k) {
    sum[columns ? k % 8 : k / 8] += image[k];
    total += image[k];
  }
  return *std::max_element(sum.begin(), sum.end()) / total;
}

TEST(Vae, DrawsImagesOfTheAskedClass) {
  VaeConfig config = small();
  config.batch_size = 32;
  config.channels = 8;
  Vae vae(config);
  vae.fit(bars(400, {1, 8, 8}, Seed{1}), Seed{2}, {.threads = 1});
  for (const bool upright : {false, true}) {
    const Dataset rows =
        vae.sample(100, Seed{3}, {.given = {{"label", upright ? "upright" : "flat"}}});
    int right = 0;
    for (std::size_t i = 0; i < 100; ++i) {
      const auto image = rows.column(0).bytes().subspan(64 * i, 64);
      right += along(image, upright) > along(image, !upright);
    }
    EXPECT_GT(right, 80);
  }
}

TEST(Vae, TakesSignalsAndOddShapes) {
  VaeConfig config = small();
  config.epochs = 2;
  for (const auto& shape : std::vector<std::vector<std::int64_t>>{
           {16, 4}, {64}, {1, 1, 64}, {4, 2, 8}, {2, 2, 4, 4}, {64, 1, 1}}) {
    Vae vae(config);
    vae.fit(bars(40, shape, Seed{1}), Seed{2}, {.threads = 1});
    EXPECT_EQ(vae.sample(3, Seed{3}).column(0).shape(), shape);
  }
  const Field odd = {.name = "s", .kind = Kind::kTensor, .shape = {3, 7, 5}};
  std::vector<float> values(20 * 105);
  std::iota(values.begin(), values.end(), 0.0F);
  Vae vae(config);
  vae.fit({Schema{odd}, {Column::tensors(values, {3, 7, 5})}}, Seed{2});
  EXPECT_EQ(vae.sample(3, Seed{3}).rows(), 3);
}

TEST(Vae, ConditionsOnANumberAreRefused) {
  const Dataset data({{.name = "y", .kind = Kind::kReal, .role = Role::kTarget}},
                     {Column::reals({1, 2, 3, 4})});
  VaeConfig config = small();
  config.epochs = 1;
  Vae vae(config);
  vae.fit(data, Seed{1});
  EXPECT_EQ(
      message_of<InvalidArgument>([&] { (void)vae.sample(5, Seed{3}, {.given = {{"y", 2.0}}}); }),
      "vae.sample: conditions need a categorical target, and 'y' is real");
}

TEST(Vae, GoesOnLearningWhereItEnded) {
  VaeConfig config = small();
  config.epochs = 20;
  Vae model(config);
  const Dataset rows = two_classes(800, Seed{1});
  model.fit(rows, Seed{2}, {.threads = 1});
  const auto first = model.history();
  model.refit(rows, Seed{2}, {.threads = 1});
  const double begun = model.history().validation_loss.front();
  EXPECT_LT(begun, first.validation_loss.back() + 0.1);  // nats a row
  EXPECT_LT(begun, first.validation_loss.front() - 0.5);
}

TEST(VaeConfig, NamesTheFirstBadField) {
  const auto message = [](const VaeConfig& config) {
    return message_of<InvalidArgument>([&] { Vae vae(config); });
  };
  EXPECT_EQ(message({.latent_dim = 0}), "VaeConfig.latent_dim must be >= 1, got 0");
  EXPECT_EQ(message({.hidden = {4, 0}}), "VaeConfig.hidden must be >= 1, got 0");
  EXPECT_EQ(message({.beta = -1}), "VaeConfig.beta must be >= 0, got -1");
  EXPECT_EQ(message({.reconstruction = 0}), "VaeConfig.reconstruction must be > 0, got 0");
  EXPECT_EQ(message({.kl_warmup = 2}), "VaeConfig.kl_warmup must be in [0, 1], got 2");
  EXPECT_EQ(message({.ema_decay = 1}), "VaeConfig.ema_decay must be in [0, 1), got 1");
  EXPECT_EQ(message({.validation_share = 0.6}),
            "VaeConfig.validation_share must be in [0, 0.5], got 0.6");
}

TEST(VaeConfig, ComesFromJsonAndGoesBack) {
  const auto tvae = make_generator("tvae", R"({"epochs": 5})");
  VaeConfig expected = presets::tvae();
  expected.epochs = 5;
  EXPECT_EQ(dynamic_cast<const Vae&>(*tvae).config(), expected);
  const auto same = make_generator(tvae->name(), tvae->config_json());
  EXPECT_EQ(dynamic_cast<const Vae&>(*same).config(), expected);
  EXPECT_EQ(
      message_of<InvalidArgument>([] { (void)make_generator("vae", R"({"numbers": "ranks"})"); }),
      "VaeConfig.numbers must be one of \"quantile\", \"modes\", got \"ranks\"");
}

}  // namespace
}  // namespace semblance
