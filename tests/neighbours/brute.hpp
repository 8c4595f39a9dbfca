// SPDX-License-Identifier: Apache-2.0
// Every pair, sorted: what the engine must answer.
#pragma once

#include <algorithm>
#include <cstdint>
#include <utility>
#include <vector>

#include "semblance/core/seed.hpp"
#include "semblance/neighbours/neighbours.hpp"

namespace semblance::test {

/// The k smallest (key, row) of each query; key(q, r) in float64.
template <class Key>
std::vector<std::vector<std::pair<double, std::int64_t>>> all_pairs(std::int64_t queries,
                                                                    std::int64_t references,
                                                                    std::int64_t k, bool others,
                                                                    const Key& key) {
  std::vector<std::vector<std::pair<double, std::int64_t>>> out;
  for (std::int64_t q = 0; q < queries; ++q) {
    std::vector<std::pair<double, std::int64_t>> row;
    for (std::int64_t r = 0; r < references; ++r) {
      if (!others || r != q) row.emplace_back(key(q, r), r);
    }
    std::sort(row.begin(), row.end());
    row.resize(static_cast<std::size_t>(k));
    out.push_back(std::move(row));
  }
  return out;
}

/// n x d standard normals times `spread`, plus `offset`.
inline std::vector<double> normals(std::int64_t n, std::int64_t d, std::uint64_t seed,
                                   double spread = 1, double offset = 0) {
  Stream stream(Seed{seed}, "rows");
  std::vector<double> out(static_cast<std::size_t>(n * d));
  for (double& value : out) value = offset + spread * stream.normal();
  return out;
}

/// n x d integers in {0, ..., below - 1}: many ties.
template <class T>
std::vector<T> integers(std::int64_t n, std::int64_t d, std::uint64_t below, std::uint64_t seed) {
  Stream stream(Seed{seed}, "integers");
  std::vector<T> out(static_cast<std::size_t>(n * d));
  for (T& value : out) value = static_cast<T>(stream.below(below));
  return out;
}

}  // namespace semblance::test
