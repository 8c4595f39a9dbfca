// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>

#include "semblance/core/seed.hpp"

namespace semblance {

/// A random order of [0, n) that takes no memory: a balanced Feistel network of four rounds over
/// the next power of four, walked on until it falls below n [1].
///
/// [1] Black, Rogaway, "Ciphers with arbitrary finite domains", CT-RSA 2002.
class Permutation {
 public:
  /// \param n  In [1, 2^62].
  Permutation(std::int64_t n, Seed seed) : n_(static_cast<std::uint64_t>(n)) {
    while (half_ < 31 && (std::uint64_t{1} << (2 * half_)) < n_) ++half_;
    Stream stream(seed, "permutation");
    for (auto& key : keys_) key = static_cast<std::uint64_t>(stream()) << 32 | stream();
  }

  /// The element at a place; both in [0, n).
  [[nodiscard]] std::int64_t operator[](std::int64_t place) const {
    auto x = static_cast<std::uint64_t>(place);
    do x = step(x);
    while (x >= n_);
    return static_cast<std::int64_t>(x);
  }

 private:
  [[nodiscard]] std::uint64_t step(std::uint64_t x) const {
    const std::uint64_t mask = (std::uint64_t{1} << half_) - 1;
    std::uint64_t left = x >> half_, right = x & mask;
    for (const std::uint64_t key : keys_) {
      const std::uint64_t next = left ^ (mix(right ^ key) & mask);
      left = right;
      right = next;
    }
    return left << half_ | right;
  }

  /// The finaliser of SplitMix64.
  static std::uint64_t mix(std::uint64_t x) {
    x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9ULL;
    x = (x ^ (x >> 27)) * 0x94D049BB133111EBULL;
    return x ^ (x >> 31);
  }

  std::uint64_t n_;
  int half_ = 1;
  std::array<std::uint64_t, 4> keys_{};
};

}  // namespace semblance
