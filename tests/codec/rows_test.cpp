// SPDX-License-Identifier: Apache-2.0
// Encoded rows in little memory.
#include <ATen/ATen.h>
#include <gtest/gtest.h>

#include <numeric>

#include "codec/feature_rows.hpp"
#include "codec/row_view.hpp"
#include "codec/token_rows.hpp"
#include "semblance/core/error.hpp"
#include "semblance/data/row_source.hpp"
#include "support/message.hpp"

namespace semblance {
namespace {

/// A number with gaps, a category and a constant.
Dataset table(std::int64_t n) {
  std::vector<double> x;
  std::vector<std::int32_t> c;
  Bitmap valid;
  for (std::int64_t i = 0; i < n; ++i) {
    Stream s(Seed{4}, static_cast<std::uint64_t>(i));
    x.push_back(s.normal());
    c.push_back(static_cast<std::int32_t>(s.below(3)));
    valid.push_back(s.below(5) != 0);
  }
  return {Schema({{.name = "x", .nullable = true},
                  {.name = "c", .kind = Kind::kCategorical, .categories = {"r", "g", "b", "none"}},
                  {.name = "k", .kind = Kind::kInteger}}),
          {Column::reals(x, valid), Column::categories(c),
           Column::integers(std::vector<std::int64_t>(static_cast<std::size_t>(n), 7))}};
}

std::vector<std::int64_t> all(std::int64_t n) {
  std::vector<std::int64_t> out(static_cast<std::size_t>(n));
  std::iota(out.begin(), out.end(), std::int64_t{0});
  return out;
}

TEST(FeatureRows, GiveBackWhatTheCodecEncodes) {
  const Dataset data = table(300);
  for (const auto numbers : {NumberCoding::kQuantile, NumberCoding::kModes}) {
    for (const auto place : {Records::Place::kMemory, Records::Place::kFile}) {
      const FeatureCodec codec(data, {0, 1, 2}, {.numbers = numbers}, Seed{1});
      const at::Tensor wanted = codec.encode(data, Seed{2}).vector;
      FeatureRows rows(codec, place);
      rows.append(codec, data.slice(0, 120), Seed{2});
      rows.append(codec, data.slice(120, 180), Seed{2});
      EXPECT_TRUE(at::equal(rows.take(all(300)), wanted));
      const RowView<FeatureRows> some(rows, {9, 3});
      EXPECT_TRUE(at::equal(some.take(std::vector<std::int64_t>{1, 0}),
                            wanted.index_select(0, at::tensor({3, 9}))));
    }
  }
}

TEST(TokenRows, GiveBackTokensOfTheConcatenatedVocabularies) {
  const Dataset data = table(300);
  const TokenCodec codec(data, {});
  const auto offsets = codec.offsets();
  for (const auto place : {Records::Place::kMemory, Records::Place::kFile}) {
    TokenRows rows(codec, place);
    rows.append(data, "test");
    const at::Tensor got = rows.take(all(300));
    for (std::int64_t c = 0; c < 3; ++c) {
      const auto tokens = codec[c].encode(data.column(c));
      for (std::int64_t i = 0; i < 300; ++i) {
        EXPECT_EQ(got[i][c].item<std::int64_t>(),
                  tokens[static_cast<std::size_t>(i)] + offsets[static_cast<std::size_t>(c)]);
      }
    }
  }
}

TEST(Codecs, LearnCategoriesAndGapsOfAllRowsFromADigest) {
  const Dataset data = table(3000);
  const RowDigest known = digest(DatasetSource(data, 100), 20, Seed{3});
  const TokenCodec tokens(known, {}), whole(data, {});
  EXPECT_EQ(tokens[1].counts(), whole[1].counts());
  EXPECT_GE(tokens[0].missing_token(), 0);
  TokenRows rows(tokens, Records::Place::kMemory);
  rows.append(data, "test");  // every cell has a token
  const FeatureCodec codec(known, {0, 1, 2}, {}, Seed{1});
  codec.check_known(data, "test");
  const Dataset other(
      Schema({data.schema()[0], data.schema()[1], data.schema()[2]}),
      {data.column(0).slice(0, 1), Column::categories({3}), data.column(2).slice(0, 1)});
  EXPECT_EQ(message_of<InvalidArgument>([&] { codec.check_known(other, "test"); }),
            "test: column 'c', row 0: 'none' is not in the first rows");
}

}  // namespace
}  // namespace semblance
