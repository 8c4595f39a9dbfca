// SPDX-License-Identifier: Apache-2.0
#include "core/records.hpp"

#include <gtest/gtest.h>

#include <cstring>
#include <utility>

namespace semblance {
namespace {

class RecordsIn : public testing::TestWithParam<Records::Place> {};

TEST_P(RecordsIn, GiveBackWhatWasAppended) {
  Records records(sizeof(std::uint64_t), GetParam());
  for (std::uint64_t first = 0; first < 1000; first += 100) {
    std::vector<std::uint64_t> part;
    for (std::uint64_t i = first; i < first + 100; ++i) part.push_back(i * i);
    records.append(std::as_bytes(std::span(part)), 100);
  }
  Records moved = std::move(records);
  ASSERT_EQ(moved.size(), 1000);
  const std::vector<std::int64_t> asked = {999, 0, 500, 500};
  const auto bytes = moved.take(asked);
  std::vector<std::uint64_t> got(4);
  ASSERT_EQ(bytes.size(), 32);
  std::memcpy(got.data(), bytes.data(), 32);
  EXPECT_EQ(got, (std::vector<std::uint64_t>{998001, 0, 250000, 250000}));
}

TEST_P(RecordsIn, MayBeEmptyOrWithoutWidth) {
  Records records(0, GetParam());
  records.append({}, 5);
  EXPECT_EQ(records.size(), 5);
  EXPECT_TRUE(records.take(std::vector<std::int64_t>{4, 1}).empty());
}

INSTANTIATE_TEST_SUITE_P(Places, RecordsIn,
                         testing::Values(Records::Place::kMemory, Records::Place::kFile));

}  // namespace
}  // namespace semblance
