// SPDX-License-Identifier: Apache-2.0
// What every search shares: the rules, the dealing of queries to threads, the result.
#pragma once

#include <algorithm>
#include <cstdint>
#include <functional>
#include <limits>

#include "detail/check.hpp"
#include "neighbours/top_k.hpp"
#include "semblance/core/parallel.hpp"
#include "semblance/neighbours/neighbours.hpp"

namespace semblance {

/// \throws InvalidArgument if k does not fit the references, or `excluded` the queries.
inline void check_search(std::int64_t queries, std::int64_t references, std::int64_t k,
                         const NeighbourOptions& options) {
  const auto excluded = static_cast<std::int64_t>(options.excluded.size());
  require(excluded == 0 || excluded == queries,
          "NeighbourOptions.excluded must have one entry a query ({}), got {}", queries, excluded);
  const std::int64_t others = references - (excluded > 0 ? 1 : 0);
  require(k >= 1 && k <= others,
          "nearest: k must be between 1 and {}, the rows to choose from, got {}", others, k);
}

/// \throws InvalidArgument for a method that cannot look at every pair.
inline void check_pairwise(const NeighbourOptions& options) {
  const bool tree = options.method == SearchMethod::kTree;
  require(!tree && options.method != SearchMethod::kTensor,
          "nearest: SearchMethod::{} is for the Euclidean distance of numeric rows",
          tree ? "kTree" : "kTensor");
}

inline std::int64_t excluded_row(const NeighbourOptions& options, std::int64_t query) {
  return options.excluded.empty() ? -1 : options.excluded[static_cast<std::size_t>(query)];
}

/// What any pair of a key and a row comes before.
inline Neighbours empty_result(std::int64_t queries, std::int64_t k) {
  const auto size = static_cast<std::size_t>(queries * k);
  return {queries, k, std::vector<std::int64_t>(size, std::numeric_limits<std::int64_t>::max()),
          std::vector<double>(size, std::numeric_limits<double>::infinity())};
}

/// Writes one query's answer; `distance` turns a key into a distance.
template <class Distance>
void store(const TopK& top, std::int64_t query, Neighbours& out, const Distance& distance) {
  const auto at = query * out.k;
  std::copy(top.rows().begin(), top.rows().end(), out.index.begin() + at);
  std::transform(top.keys().begin(), top.keys().end(), out.distance.begin() + at, distance);
}

/// Calls task(first, count) for blocks of `size` queries, on the threads of `run`.
inline void for_query_blocks(std::int64_t queries, std::int64_t size, const RunOptions& run,
                             const std::function<void(std::int64_t, std::int64_t)>& task) {
  const std::int64_t blocks = (queries + size - 1) / size;
  parallel_for(worker_threads(run), blocks, [&](std::int64_t block) {
    require<Cancelled>(!run.stop.stop_requested(), "nearest was cancelled at block {} of {}", block,
                       blocks);
    task(block * size, std::min(size, queries - block * size));
  });
}

/// Every pair by `key(query, reference)` in float64: for metrics without a screening kernel.
template <class Key, class Distance>
Neighbours search_pairs(std::int64_t queries, std::int64_t references, std::int64_t k,
                        const NeighbourOptions& options, const Key& key, const Distance& distance) {
  check_pairwise(options);
  check_search(queries, references, k, options);
  Neighbours out = empty_result(queries, k);
  for_query_blocks(queries, 32, options.run, [&](std::int64_t first, std::int64_t count) {
    for (std::int64_t q = first; q < first + count; ++q) {
      TopK top(k);
      const std::int64_t self = excluded_row(options, q);
      for (std::int64_t r = 0; r < references; ++r) {
        if (r != self) top.offer(key(q, r), r);
      }
      store(top, q, out, distance);
    }
  });
  return out;
}

}  // namespace semblance
