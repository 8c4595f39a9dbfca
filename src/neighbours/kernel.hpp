// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "neighbours/panels.hpp"

namespace semblance {

/// What a screening kernel sums up over the columns of a pair, from both biases on.
enum class Screen : std::uint8_t {
  kProduct,   ///< - a b for numbers, + weight [a != b] for codes. No gapped numbers.
  kAbsolute,  ///< |a - b| for numbers, 1 where only one of two gapped numbers is missing, + weight
              ///< [a != b] for codes.
  kLargest    ///< The largest |a - b| instead of a sum; numbers only, no biases.
};

inline constexpr std::int64_t kTile = 8;  ///< Queries that a kernel holds in registers.

/// A tile of queries and the panels of references that it walks.
struct ScreenTask {
  const float* tile = nullptr;      ///< A query panel, from its first lane of the tile on.
  const float* panels = nullptr;    ///< The first panel of references.
  std::int64_t count = 0;           ///< Panels of references.
  RowLayout layout = {};            ///< Of queries and references alike.
  const float* weights = nullptr;   ///< One a code column.
  const float* limits = nullptr;    ///< [kTile], of the queries.
  const float* mirrored = nullptr;  ///< [count, kPanel], of the references; null: one-sided.
};

/// The sums of a tile against one panel, and which of them are within a limit.
struct ScreenHit {
  float sums[kTile][kPanel];
  std::uint32_t queries[kTile];     ///< Bit l: sums[.][l] <= the query's limit.
  std::uint32_t references[kTile];  ///< Bit l: sums[.][l] <= the limit of the reference in lane l.
};

/// Walks from panel `from` on to the first with a sum within a limit, and writes that one's hit.
/// \return its number, or `count`.
using ScreenKernel = std::int64_t (*)(const ScreenTask& task, std::int64_t from, ScreenHit& hit);

/// Instruction sets with a kernel of their own.
enum class Machine : std::uint8_t { kPortable, kAvx2, kAvx512 };

/// The best that this machine runs.
[[nodiscard]] Machine best_machine();

/// \throws InvalidArgument if this machine cannot run it.
[[nodiscard]] ScreenKernel screen_kernel(Screen screen, Machine machine = best_machine());

// One a file, each built for its instructions; null where the compiler has none of them.
[[nodiscard]] ScreenKernel portable_kernel(Screen screen);
[[nodiscard]] ScreenKernel avx2_kernel(Screen screen);
[[nodiscard]] ScreenKernel avx512_kernel(Screen screen);

}  // namespace semblance
