// SPDX-License-Identifier: Apache-2.0
#include "semblance/codec/feature_codec.hpp"

#include <ATen/ATen.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <numeric>
#include <set>

#include "semblance/core/archive.hpp"
#include "semblance/core/error.hpp"
#include "support/message.hpp"

namespace semblance {
namespace {

constexpr std::int64_t kHour = 3'600'000'000;

Dataset table(Field field, Column column) {
  return {Schema({std::move(field)}), {std::move(column)}};
}

FeatureCodec codec_of(const Dataset& data, const FeatureConfig& config = {}) {
  std::vector<std::int64_t> columns(static_cast<std::size_t>(data.schema().size()));
  std::iota(columns.begin(), columns.end(), std::int64_t{0});
  return {data, columns, config, Seed{1}};
}

Dataset round_trip(const FeatureCodec& codec, const Dataset& data) {
  return {data.schema(), codec.decode(codec.encode(data, Seed{2}), Seed{3}, 0)};
}

/// The number of cells that differ after encoding and decoding.
std::int64_t changed_cells(const Dataset& data, const FeatureConfig& config = {}) {
  const Dataset back = round_trip(codec_of(data, config), data);
  std::int64_t changed = 0;
  for (std::int64_t c = 0; c < data.schema().size(); ++c) {
    for (std::int64_t i = 0; i < data.rows(); ++i) changed += data.cell(i, c) != back.cell(i, c);
  }
  return changed;
}

template <class Draw>
auto drawn(int n, Draw draw) {
  Stream stream(Seed{9}, "test");
  std::vector<decltype(draw(stream))> out;
  for (int i = 0; i < n; ++i) out.push_back(draw(stream));
  return out;
}

Bitmap gaps_every(std::int64_t n, std::int64_t step) {
  Bitmap valid(n, true);
  for (std::int64_t i = 0; i < n; i += step) valid.set(i, false);
  return valid;
}

Field integer_field() { return {.name = "n", .kind = Kind::kInteger}; }
Field real_field(int decimals = -1) {
  return {.name = "x", .kind = Kind::kReal, .format = {.decimals = decimals}};
}
Field letters() {
  return {.name = "k", .kind = Kind::kCategorical, .categories = {"a", "b", "c", "d"}};
}

TEST(FeatureCodec, IntegersWithFewValuesReturnExactly) {
  const auto values =
      drawn(500, [](Stream& s) { return static_cast<std::int64_t>(s.below(40)) - 7; });
  EXPECT_EQ(changed_cells(table(integer_field(), Column::integers(values))), 0);
}

TEST(FeatureCodec, HugeIntegersKeepTheirLastDigits) {
  constexpr std::int64_t kBase = 4'611'686'018'427'387'904;
  std::vector<std::int64_t> values;
  for (int i = 0; i < 200; ++i) values.push_back(kBase + 3 * (i % 17));
  EXPECT_EQ(changed_cells(table(integer_field(), Column::integers(values))), 0);
}

TEST(FeatureCodec, IntegersOverTheWholeRangeDoNotOverflow) {
  constexpr auto kLow = std::numeric_limits<std::int64_t>::min();
  constexpr auto kHigh = std::numeric_limits<std::int64_t>::max();
  const auto data = table(integer_field(), Column::integers({kLow, 0, kHigh, kLow, kHigh, 1}));
  for (const auto numbers : {NumberCoding::kQuantile, NumberCoding::kModes}) {
    const Dataset back = round_trip(codec_of(data, {.numbers = numbers}), data);
    EXPECT_EQ(back.rows(), 6);  // the sanitizers judge
  }
}

TEST(FeatureCodec, DatetimesReturnOnTheirGrid) {
  const auto values = drawn(2000, [](Stream& s) {
    return 1'500'000'000'000'000 + kHour * static_cast<std::int64_t>(s.below(100'000));
  });
  const auto data = table({.name = "t", .kind = Kind::kDatetime}, Column::datetimes(values));
  const Dataset back = round_trip(codec_of(data), data);
  for (std::int64_t i = 0; i < data.rows(); ++i) {
    const auto at = static_cast<std::size_t>(i);
    EXPECT_EQ((back.column(0).integers()[at] - values[0]) % kHour, 0);
    EXPECT_LE(std::abs(back.column(0).integers()[at] - values[at]), 2000 * kHour);
  }
}

TEST(FeatureCodec, RealsReturnNearlyAndWithTheirDecimals) {
  const auto values = drawn(3000, [](Stream& s) { return std::round(s.normal() * 1e4) / 1e2; });
  const auto data = table(real_field(2), Column::reals(values));
  const Dataset back = round_trip(codec_of(data), data);
  double error = 0;
  for (std::size_t i = 0; i < values.size(); ++i) {
    const double v = back.column(0).reals()[i];
    error += std::abs(v - values[i]) / static_cast<double>(values.size());
    EXPECT_NEAR(v * 100, std::round(v * 100), 1e-6);
  }
  EXPECT_LT(error, 2);  // 100 reference quantiles of a deviation of 100
}

TEST(FeatureCodec, ScalarsAreNormalScores) {
  const auto values = drawn(6000, [](Stream& s) { return std::exp(3 * s.normal()); });
  const auto data = table(real_field(), Column::reals(values));
  const auto codec = codec_of(data);
  const at::Tensor z = codec.encode(data, Seed{1}).vector.squeeze(1);
  ASSERT_EQ(codec.width(), 1);
  EXPECT_NEAR(z.mean().item<double>(), 0, 0.02);
  EXPECT_NEAR(z.std().item<double>(), 1, 0.02);
  // The score of exp(3 q) is q itself where the sample quantile is precise.
  const auto probe = table(real_field(), Column::reals({std::exp(-3.0), 1, std::exp(3.0)}));
  const at::Tensor q = codec.encode(probe, Seed{1}).vector.squeeze(1);
  EXPECT_LT((q - at::tensor({-1.0F, 0.0F, 1.0F})).abs().max().item<double>(), 0.1);
}

TEST(FeatureCodec, DecodedNumbersStayInTheTrainingRange) {
  const auto values = drawn(1000, [](Stream& s) { return s.normal(); });
  const auto [low, high] = std::minmax_element(values.begin(), values.end());
  const auto data = table(real_field(), Column::reals(values));
  for (const auto numbers : {NumberCoding::kQuantile, NumberCoding::kModes}) {
    const auto codec = codec_of(data, {.numbers = numbers});
    Features wild{at::full({4, codec.width()}, 1e6F), {}};
    wild.vector[1].fill_(-1e6F);
    wild.vector[2].fill_(std::numeric_limits<float>::quiet_NaN());
    wild.vector[3].fill_(std::numeric_limits<float>::infinity());
    const auto decoded = codec.decode(wild, Seed{1}, 0);
    for (const double v : decoded[0].reals()) {
      EXPECT_GE(v, *low);
      EXPECT_LE(v, *high);
    }
  }
}

// 92 % zeros among distinct values: normal noise around the scores gives the zeros back.
TEST(FeatureCodec, RepeatedValuesSurviveNoise) {
  auto values = drawn(5000, [](Stream& s) { return s.uniform() < 0.92 ? 0.0 : s.normal(); });
  const auto data = table(real_field(), Column::reals(values));
  const auto codec = codec_of(data);
  Features features = codec.encode(data, Seed{1});
  const at::Tensor order = at::arange(5000).remainder(7).to(at::kFloat) / 60 - 0.05;
  features.vector += order.unsqueeze(1);
  const auto back = codec.decode(features, Seed{1}, 0)[0];
  const auto zeros = [](auto reals) { return std::count(reals.begin(), reals.end(), 0.0); };
  EXPECT_NEAR(static_cast<double>(zeros(back.reals())),
              static_cast<double>(zeros(std::span<const double>(values))), 20);
}

TEST(FeatureCodec, CategoriesReturnExactlyAndGapsStayGaps) {
  const auto codes = drawn(400, [](Stream& s) { return static_cast<std::int32_t>(s.below(3)); });
  EXPECT_EQ(changed_cells(table(letters(), Column::categories(codes, gaps_every(400, 7)))), 0);
  const auto values = drawn(400, [](Stream& s) { return static_cast<std::int64_t>(s.below(9)); });
  EXPECT_EQ(changed_cells(table(integer_field(), Column::integers(values, gaps_every(400, 5)))), 0);
}

TEST(FeatureCodec, ModesComeBackInTheirGrid) {
  const auto values = drawn(4000, [](Stream& s) {
    return s.below(4) == 0 ? std::round(90 + s.normal()) : std::round(20 + 3 * s.normal());
  });
  std::vector<std::int64_t> integers(values.begin(), values.end());
  EXPECT_EQ(changed_cells(table(integer_field(), Column::integers(integers, gaps_every(4000, 9))),
                          {.numbers = NumberCoding::kModes}),
            0);
}

TEST(FeatureCodec, ModesFindTwoSeparateNormals) {
  const auto values =
      drawn(3000, [](Stream& s) { return (s.below(4) == 0 ? 50 : 0) + s.normal(); });
  const auto data = table(real_field(), Column::reals(values));
  const auto codec = codec_of(data, {.numbers = NumberCoding::kModes});
  ASSERT_EQ(codec.one_hots().size(), 1U);
  EXPECT_TRUE(codec.bounded());
  const auto features = codec.encode(data, Seed{1}).vector;
  EXPECT_LE(features.select(1, 0).abs().max().item<double>(), 0.991);
  EXPECT_TRUE(at::equal(features.narrow(1, 1, codec.width() - 1).sum(1), at::ones({3000})));
  // A share of 1/4 in the upper normal; 6 standard errors of the share: false alarm 2e-9.
  const auto back = codec.decode({features, {}}, Seed{1}, 0)[0];
  const auto upper =
      std::count_if(back.reals().begin(), back.reals().end(), [](double v) { return v > 25; });
  EXPECT_NEAR(static_cast<double>(upper) / 3000, 0.25, 6 * std::sqrt(0.25 * 0.75 / 3000));
}

TEST(FeatureCodec, ColumnsThatNeverVaryTakeNoRoom) {
  const Field constant = {.name = "constant", .kind = Kind::kInteger};
  const Field empty = {.name = "empty", .kind = Kind::kReal, .nullable = true};
  const Field one = {.name = "one", .kind = Kind::kCategorical, .categories = {"only", "never"}};
  const Dataset data({constant, empty, one},
                     {Column::integers({7, 7, 7}), Column::reals({0, 0, 0}, Bitmap(3, false)),
                      Column::categories({0, 0, 0})});
  EXPECT_EQ(codec_of(data).width(), 0);
  EXPECT_EQ(changed_cells(data), 0);
  EXPECT_EQ(changed_cells(data, {.numbers = NumberCoding::kModes}), 0);
}

TEST(FeatureCodec, AConstantColumnWithGapsIsOneSpan) {
  const auto data = table(integer_field(), Column::integers({7, 7, 7, 7}, gaps_every(4, 2)));
  const auto codec = codec_of(data);
  EXPECT_TRUE(codec.scalars().empty());
  EXPECT_EQ(codec.width(), 2);
  EXPECT_EQ(changed_cells(data), 0);
}

TEST(FeatureCodec, ScalarsNameTheirGate) {
  const auto data = table(real_field(), Column::reals({1, 2, 3, 4}, gaps_every(4, 4)));
  const auto codec = codec_of(data);
  ASSERT_EQ(codec.scalars().size(), 1U);
  ASSERT_EQ(codec.width(), 3);  // score, present, missing
  EXPECT_EQ(codec.scalars()[0].gate, 2);
  const at::Tensor v = codec.encode(data, Seed{1}).vector;
  EXPECT_TRUE(at::equal(v[0], at::tensor({0.0F, 0.0F, 1.0F})));
  EXPECT_TRUE(at::equal(v.select(1, 1), at::tensor({0.0F, 1.0F, 1.0F, 1.0F})));
}

// 10^4 categories of one row each, beside one of 5000: two slots; the pool keeps its frequency.
TEST(FeatureCodec, RareCategoriesShareASlot) {
  std::vector<std::string> names;
  for (int i = 0; i <= 10'000; ++i) names.push_back(fmt::format("c{}", i));
  std::vector<std::int32_t> codes(15'000);
  for (std::size_t i = 0; i < codes.size(); ++i)
    codes[i] = i < 10'000 ? static_cast<std::int32_t>(i) : 10'000;
  const auto data = table({.name = "k", .kind = Kind::kCategorical, .categories = names},
                          Column::categories(codes));
  const auto codec = codec_of(data);
  ASSERT_EQ(codec.width(), 2);
  const Dataset back = round_trip(codec, data);
  std::set<std::int32_t> rare;
  for (std::size_t i = 0; i < codes.size(); ++i) {
    const auto code = back.column(0).codes()[i];
    EXPECT_EQ(code == 10'000, codes[i] == 10'000);
    if (code < 10'000) rare.insert(code);
  }
  // 10^4 draws from 10^4 hit a share 1 - 1/e of them: deviation below 50; 6 of them.
  EXPECT_NEAR(static_cast<double>(rare.size()), 10'000 * (1 - std::exp(-1)), 300);
}

TEST(FeatureCodec, HighCardinalityIsBounded) {
  std::vector<std::string> names;
  std::vector<std::int32_t> codes;
  for (int i = 0; i < 100; ++i) {
    names.push_back(fmt::format("c{}", i));
    codes.insert(codes.end(), static_cast<std::size_t>(10 + i), i);
  }
  const auto data = table({.name = "k", .kind = Kind::kCategorical, .categories = names},
                          Column::categories(codes));
  const auto codec = codec_of(data, {.max_categories = 8});
  EXPECT_EQ(codec.width(), 8);
  const auto encoded = codec.encode(data, Seed{1}).vector;
  EXPECT_EQ(encoded[0][7].item<float>(), 1);                    // a rare one: the pool
  EXPECT_EQ(encoded[encoded.size(0) - 1][6].item<float>(), 1);  // the most frequent
}

TEST(FeatureCodec, WhatTrainingLacksIsAllZeros) {
  const auto codec =
      codec_of(table(letters(), Column::categories(std::vector<std::int32_t>(20, 0))));
  EXPECT_EQ(codec.width(), 0);
  std::vector<std::int32_t> codes(20, 0);
  std::fill(codes.begin() + 10, codes.end(), 1);
  const auto two = codec_of(table(letters(), Column::categories(codes)));
  const auto unseen = table(letters(), Column::categories({3, 0}, gaps_every(2, 2)));
  EXPECT_TRUE(at::equal(two.encode(unseen, Seed{1}).vector[0], at::zeros({2})));
  const auto other = table(letters(), Column::categories({3, 0}));
  EXPECT_TRUE(at::equal(two.encode(other, Seed{1}).vector[0], at::zeros({2})));
}

TEST(FeatureCodec, DrawsSlotsByTheirWeights) {
  std::vector<std::int32_t> codes(30);
  for (std::size_t i = 0; i < codes.size(); ++i) codes[i] = static_cast<std::int32_t>(i % 3);
  const auto codec = codec_of(table(letters(), Column::categories(codes)));
  constexpr std::int64_t kRows = 20'000;
  const Features weights{at::tensor({0.1F, 0.0F, 0.3F}).expand({kRows, 3}), {}};
  const auto back = codec.decode(weights, Seed{4}, 0)[0];
  const auto count = [&](std::int32_t c) {
    return static_cast<double>(std::count(back.codes().begin(), back.codes().end(), c));
  };
  EXPECT_EQ(count(1), 0);
  // n = 20,000 at p = 1/4; 6 standard errors: false alarm 2e-9.
  EXPECT_NEAR(count(0) / kRows, 0.25, 6 * std::sqrt(0.25 * 0.75 / kRows));
}

TEST(FeatureCodec, RowsDoNotDependOnChunks) {
  const auto values = drawn(300, [](Stream& s) { return s.normal(); });
  const auto codes = drawn(300, [](Stream& s) { return static_cast<std::int32_t>(s.below(4)); });
  const Dataset data({real_field(), letters()}, {Column::reals(values), Column::categories(codes)});
  const auto codec = codec_of(data);
  const Features weights{at::full({300, codec.width()}, 0.25F), {}};
  const auto whole = codec.decode(weights, Seed{4}, 0);
  const auto tail = codec.decode({weights.vector.narrow(0, 0, 100), {}}, Seed{4}, 200);
  for (std::size_t i = 0; i < 100; ++i) EXPECT_EQ(tail[1].codes()[i], whole[1].codes()[200 + i]);
}

TEST(FeatureCodec, BytesReturnExactlyAndFloatsNearly) {
  const auto bytes =
      drawn(6 * 12, [](Stream& s) { return static_cast<std::uint8_t>(s.below(256)); });
  const Field image = {
      .name = "i", .kind = Kind::kTensor, .shape = {1, 3, 4}, .element = ElementType::kUInt8};
  const auto images = table(image, Column::tensors(bytes, {1, 3, 4}, gaps_every(6, 5)));
  const auto floats = drawn(6 * 8, [](Stream& s) { return static_cast<float>(100 * s.normal()); });
  const Field signal = {.name = "s", .kind = Kind::kTensor, .shape = {4, 2}};
  const auto signals = table(signal, Column::tensors(floats, {4, 2}));
  for (const auto scale : {TensorScale::kSigned, TensorScale::kUnit}) {
    const auto codec = codec_of(images, {.tensors = scale});
    const auto encoded = codec.encode(images, Seed{1});
    EXPECT_EQ(encoded.tensors[0].sizes(), (std::vector<std::int64_t>{6, 1, 3, 4}));
    EXPECT_LE(encoded.tensors[0].max().item<float>(), 1);
    EXPECT_GE(encoded.tensors[0].min().item<float>(), scale == TensorScale::kSigned ? -1 : 0);
    const auto back = codec.decode(encoded, Seed{1}, 0)[0];
    for (std::size_t i = 12; i < 60; ++i) EXPECT_EQ(back.bytes()[i], bytes[i]);
    EXPECT_FALSE(back.is_valid(0));
    EXPECT_FALSE(back.is_valid(5));
    EXPECT_EQ(back.null_count(), 2);
    const auto same = round_trip(codec_of(signals, {.tensors = scale}), signals);
    for (std::size_t i = 0; i < floats.size(); ++i)
      EXPECT_NEAR(same.column(0).floats()[i], floats[i], 1e-4);
  }
}

TEST(FeatureCodec, FloatTensorsAreClampedToEachChannelsRange) {
  const Field signal = {.name = "s", .kind = Kind::kTensor, .shape = {2, 2}};
  const auto data =
      table(signal, Column::tensors(std::vector<float>{0, 10, 1, 30, 0.5, 20, 1, 10}, {2, 2}));
  const auto codec = codec_of(data);
  const Features wild{at::zeros({1, 0}),
                      {at::tensor({-9.0F, -9.0F, 9.0F, 9.0F}).reshape({1, 2, 2})}};
  const auto back = codec.decode(wild, Seed{1}, 0)[0];
  EXPECT_THAT(back.floats(), testing::ElementsAre(0, 10, 1, 30));
}

TEST(FeatureCodec, LearnsFromTheTrainingRowsOnly) {
  const auto train =
      table(real_field(), Column::reals(drawn(100, [](Stream& s) { return s.uniform(); })));
  const auto codec = codec_of(train);
  const auto test = table(real_field(), Column::reals({-50, 50}));
  const Dataset back = round_trip(codec, test);
  const auto& reals = train.column(0).reals();
  EXPECT_NEAR(back.column(0).reals()[0], *std::min_element(reals.begin(), reals.end()), 1e-6);
  EXPECT_NEAR(back.column(0).reals()[1], *std::max_element(reals.begin(), reals.end()), 1e-6);
}

Dataset mixed() {
  const Field image = {.name = "i", .kind = Kind::kTensor, .shape = {1, 2, 2}};
  return {
      Schema({real_field(3), integer_field(), letters(), image}),
      {Column::reals(drawn(50, [](Stream& s) { return s.normal(); }), gaps_every(50, 6)),
       Column::integers(drawn(50, [](Stream& s) { return static_cast<std::int64_t>(s.below(5)); })),
       Column::categories(
           drawn(50, [](Stream& s) { return static_cast<std::int32_t>(s.below(4)); })),
       Column::tensors(drawn(200, [](Stream& s) { return s.uniform_float(); }), {1, 2, 2})}};
}

TEST(FeatureCodec, SavedAndLoadedItCodesTheSame) {
  const Dataset data = mixed();
  for (const auto numbers : {NumberCoding::kQuantile, NumberCoding::kModes}) {
    const auto codec = codec_of(data, {.numbers = numbers});
    Archive archive;
    codec.save(archive);
    const auto loaded = FeatureCodec::load(archive, data.schema());
    const auto a = codec.encode(data, Seed{1}), b = loaded.encode(data, Seed{1});
    EXPECT_TRUE(at::equal(a.vector, b.vector));
    EXPECT_TRUE(at::equal(a.tensors[0], b.tensors[0]));
    EXPECT_EQ(loaded.bounded(), codec.bounded());
    const Dataset x(data.schema(), codec.decode(a, Seed{2}, 0));
    const Dataset y(data.schema(), loaded.decode(a, Seed{2}, 0));
    for (std::int64_t c = 0; c < 3; ++c) {
      for (std::int64_t i = 0; i < 50; ++i) EXPECT_EQ(x.cell(i, c), y.cell(i, c));
    }
  }
}

TEST(FeatureCodec, RefusesDamagedText) {
  for (const char* text : {"", "{}", R"({"bounded": true, "columns": [{"column": 99}]})",
                           R"({"bounded": true, "columns": [{"column": 0, "gaps": 1}]})"}) {
    Archive archive;
    archive.put_text("features", text);
    archive.put_text("features_hash", std::to_string(detail::hash(text)));
    EXPECT_THAT(message_of<FileError>([&] { (void)FeatureCodec::load(archive, mixed().schema()); }),
                testing::HasSubstr("the model file's feature codes are damaged"));
  }
}

TEST(FeatureCodec, NamesTheColumnThatItCannotTake) {
  const auto nan = table(real_field(), Column::reals({1, std::nan("")}));
  EXPECT_EQ(message_of<InvalidArgument>([&] { (void)codec_of(nan); }),
            "column 'x' must be finite, got nan in row 1");
  const auto text = table({.name = "t", .kind = Kind::kText}, Column::texts({"a"}));
  EXPECT_EQ(message_of<InvalidArgument>([&] { (void)codec_of(text); }),
            "FeatureCodec: column 't' is text, which has no code");
  EXPECT_EQ(message_of<InvalidArgument>([] { FeatureConfig{.max_categories = 1}.validate(); }),
            "FeatureConfig.max_categories must be >= 2, got 1");
  EXPECT_EQ(message_of<InvalidArgument>([] { FeatureConfig{.rare_count = 0}.validate(); }),
            "FeatureConfig.rare_count must be >= 1, got 0");
  EXPECT_EQ(message_of<InvalidArgument>([] { FeatureConfig{.quantiles = 1}.validate(); }),
            "FeatureConfig.quantiles must be >= 2, got 1");
}

}  // namespace
}  // namespace semblance
