// SPDX-License-Identifier: Apache-2.0
#include "semblance/evaluate/evaluate_images.hpp"

#include <ATen/ATen.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <torch/csrc/jit/api/module.h>

#include <filesystem>
#include <string>
#include <vector>

#include "semblance/core/error.hpp"
#include "semblance/data/csv.hpp"
#include "support/shared_data.hpp"

namespace semblance {
namespace {

using testing::HasSubstr;

template <class Call>
std::string message(Call&& call) {
  try {
    call();
  } catch (const Error& e) {
    return e.what();
  }
  return "nothing thrown";
}

/// 8 x 8 images of two classes: a bright row or a bright column, on noise.
Images bars(std::int64_t count, Seed seed) {
  Images out{count, 1, 8, 8, std::vector<float>(static_cast<std::size_t>(count * 64)), {}};
  for (std::int64_t i = 0; i < count; ++i) {
    Stream draw(seed, "bars", static_cast<std::uint64_t>(i));
    const auto where = static_cast<std::int64_t>(draw.below(8));
    const bool row = draw.below(2) == 0;
    out.labels.push_back(row ? 1 : 0);
    for (std::int64_t p = 0; p < 64; ++p)
      out.values[static_cast<std::size_t>(i * 64 + p)] =
          static_cast<float>(0.1 * draw.uniform() + ((row ? p / 8 : p % 8) == where ? 0.8 : 0.0));
  }
  return out;
}

/// One class only.
Images rows_only(std::int64_t count, Seed seed) {
  const Images all = bars(3 * count, seed);
  std::vector<std::int64_t> kept;
  for (std::int64_t i = 0; i < all.count && std::ssize(kept) < count; ++i)
    if (all.labels[static_cast<std::size_t>(i)] == 1) kept.push_back(i);
  return all.take(kept);
}

ImageOptions quick() { return {.run = {.threads = 2}, .bootstrap = 20, .steps = 60}; }

/// A TorchScript file: pixels, flat, times two.
std::filesystem::path scripted(const std::string& name, const std::string& code) {
  torch::jit::Module module("extractor");
  module.define(code);
  const auto file = std::filesystem::path(testing::TempDir()) / name;
  module.save(file.string());
  return file;
}

TEST(EvaluateImages, AFreshSampleIsNearTheReferenceAndADroppedClassIsNot) {
  const auto train = bars(200, Seed{1}), holdout = bars(200, Seed{3});
  const auto fresh = evaluate_images(
      {.train = train, .synthetic = bars(200, Seed{2}), .holdout = holdout}, Seed{1}, quick());
  const auto half = evaluate_images(
      {.train = train, .synthetic = rows_only(200, Seed{2}), .holdout = holdout}, Seed{1}, quick());
  EXPECT_LT(*fresh["feature_frechet"].value, 0.3 * *half["feature_frechet"].value);
  EXPECT_LT(*fresh["feature_kernel"].value, *half["feature_kernel"].value);
  EXPECT_LT(*fresh["feature_sliced_w"].value, *half["feature_sliced_w"].value);
  EXPECT_GT(*fresh["prdc_coverage"].value, 0.85);
  EXPECT_LT(*half["prdc_coverage"].value, 0.7);
  EXPECT_GT(*half["prdc_precision"].value, 0.6);
  EXPECT_NEAR(*fresh["c2st_holdout"].value, 0.5, 0.15);
  EXPECT_GT(*half["c2st_holdout"].value, 0.65);
  EXPECT_EQ(*fresh["ims"].value, 0);
  EXPECT_THAT(fresh.provenance.extractor, HasSubstr("on the 2 classes of the training images"));
  EXPECT_EQ(fresh["feature_frechet"].judge, fresh.provenance.extractor);
  EXPECT_THAT(fresh.to_text({.width = 80}), testing::Not(HasSubstr("FID")));
}

TEST(EvaluateImages, WithoutLabelsTheExtractorLearnsToRestore) {
  auto train = bars(60, Seed{1});
  train.labels.clear();
  const auto report = evaluate_images({.train = train, .synthetic = train}, Seed{1}, quick());
  EXPECT_THAT(report.provenance.extractor, HasSubstr("to restore noisy training images"));
  EXPECT_EQ(*report["ims"].value, 1);
  EXPECT_EQ(report["dcr_share"].status, Status::kNotApplicable);
}

TEST(EvaluateImages, AUsersExtractorIsUsedAndNamed) {
  const auto file =
      scripted("flat.pt", "def forward(self, x):\n  return x.flatten(1)[:, :6] * 2.0\n");
  auto options = quick();
  options.extractor = file;
  const auto train = bars(40, Seed{1});
  auto moved = train;
  for (std::int64_t i = 0; i < moved.count; ++i)
    for (std::size_t p = 0; p < 6; ++p) moved.values[static_cast<std::size_t>(i) * 64 + p] += 0.5F;
  const auto report = evaluate_images(
      {.train = train, .synthetic = moved, .holdout = bars(40, Seed{2})}, Seed{1}, options);
  // Six features moved by 1 each, covariances equal.
  EXPECT_NEAR(*report["feature_frechet"].value, 6, 1e-3);
  EXPECT_EQ(report.provenance.extractor, "flat.pt");
  EXPECT_EQ(report.provenance.columns, 6);
}

TEST(EvaluateImages, DoesNotDependOnThreads) {
  const ImageEvaluation what{.train = bars(40, Seed{1}), .synthetic = bars(40, Seed{2})};
  auto options = quick();
  options.steps = 5;
  options.run.threads = 1;
  const auto one = evaluate_images(what, Seed{1}, options);
  options.run.threads = 3;
  const auto three = evaluate_images(what, Seed{1}, options);
  for (const Metric& m : one.metrics) {
    EXPECT_EQ(m.value, three[m.id].value) << m.id;
    EXPECT_EQ(m.interval, three[m.id].interval) << m.id;
  }
}

TEST(EvaluateImages, MessagesNameTheRule) {
  const ImageEvaluation what{.train = bars(20, Seed{1}), .synthetic = bars(20, Seed{2})};
  auto options = quick();
  options.extractor = scripted("whole.pt", "def forward(self, x):\n  return x\n");
  EXPECT_EQ(
      message([&] { (void)evaluate_images(what, Seed{1}, options); }),
      "evaluate_images: the extractor whole.pt must give [n, d], got a tensor of 4 dimensions");
  options.extractor = "nowhere.pt";
  EXPECT_THAT(message([&] { (void)evaluate_images(what, Seed{1}, options); }),
              HasSubstr("nowhere.pt: is no TorchScript module"));
  auto small = what;
  small.synthetic = Images{20, 1, 4, 4, std::vector<float>(320), {}};
  EXPECT_EQ(message([&] { (void)evaluate_images(small, Seed{1}, quick()); }),
            "evaluate_images: synthetic must have images of 1 x 8 x 8, got 1 x 4 x 4");
  small.synthetic = bars(5, Seed{1});
  EXPECT_EQ(message([&] { (void)evaluate_images(small, Seed{1}, quick()); }),
            "evaluate_images: synthetic must have at least 12 images, got 5");
}

TEST(EvaluateImages, ImagesComeFromTensorsAndColumns) {
  const auto bytes = images_of(at::full({2, 3, 4}, 255, at::kByte));
  EXPECT_EQ(bytes.channels, 1);
  EXPECT_EQ(bytes.values[0], 1.0F);
  const auto column = Column::tensors(std::vector<float>(24, 0.5F), {3, 2, 4});
  EXPECT_EQ(images_of(column).channels, 3);
  EXPECT_EQ(message([] { (void)images_of(at::zeros({2, 3})); }),
            "images_of: needs a tensor [n, H, W] or [n, C, H, W]");
}

TEST(EvaluateImages, RealDigitsAreNearOneAnother) {
  const auto folder = shared_data();
  if (!folder) GTEST_SKIP() << "no shared data";
  const auto table = read_csv(*folder / "image/digits8x8.csv", {.target = "digit"});
  Images all{900, 1, 8, 8, {}, {}};
  for (std::int64_t i = 0; i < all.count; ++i) {
    for (std::int64_t c = 0; c < 64; ++c)
      all.values.push_back(static_cast<float>(table.column(c).number(i) / 16));
  }
  std::vector<std::int64_t> rows(900);
  for (std::int64_t i = 0; i < 900; ++i) rows[static_cast<std::size_t>(i)] = (i * 7) % 900;
  const std::span<const std::int64_t> order(rows);
  const auto report = evaluate_images({.train = all.take(order.first(300)),
                                       .synthetic = all.take(order.subspan(300, 300)),
                                       .holdout = all.take(order.subspan(600))},
                                      Seed{1}, quick());
  EXPECT_GT(*report["feature_frechet"].normalised, 0.9);
  EXPECT_GT(*report["prdc_coverage"].value, 0.85);
  EXPECT_NEAR(*report["dcr_share"].value, 50, 12);
}

}  // namespace
}  // namespace semblance
