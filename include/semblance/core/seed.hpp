// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cmath>
#include <cstdint>
#include <limits>
#include <numbers>
#include <string_view>

namespace semblance {

/// A seed that is visible in the call. There is no default and no global: same seed, same rows.
enum class Seed : std::uint64_t {};

namespace detail {

/// The finaliser of SplitMix64: a bijection of 64-bit words whose output bits are well mixed.
constexpr std::uint64_t mix(std::uint64_t x) noexcept {
  x += 0x9E3779B97F4A7C15ULL;
  x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9ULL;
  x = (x ^ (x >> 27)) * 0x94D049BB133111EBULL;
  return x ^ (x >> 31);
}

/// FNV-1a, 64 bits.
constexpr std::uint64_t hash(std::string_view text) noexcept {
  std::uint64_t h = 0xCBF29CE484222325ULL;
  for (const char c : text) h = (h ^ static_cast<unsigned char>(c)) * 0x100000001B3ULL;
  return h;
}

/// Philox 4x32-10: ten rounds that turn a 128-bit counter into 128 random bits under a 64-bit key
/// [1].
///
/// [1] Salmon et al., "Parallel random numbers: as easy as 1, 2, 3", SC 2011.
constexpr std::array<std::uint32_t, 4> philox(std::array<std::uint32_t, 4> counter,
                                              std::array<std::uint32_t, 2> key) noexcept {
  for (int round = 0; round < 10; ++round) {
    const std::uint64_t a = 0xD2511F53ULL * counter[0];
    const std::uint64_t b = 0xCD9E8D57ULL * counter[2];
    counter = {
        static_cast<std::uint32_t>(b >> 32) ^ counter[1] ^ key[0], static_cast<std::uint32_t>(b),
        static_cast<std::uint32_t>(a >> 32) ^ counter[3] ^ key[1], static_cast<std::uint32_t>(a)};
    key[0] += 0x9E3779B9U;
    key[1] += 0xBB67AE85U;
  }
  return counter;
}

}  // namespace detail

/// The seed of one stage of a computation. Stages draw independently: adding one does not shift the
/// others.
[[nodiscard]] constexpr Seed derive(Seed seed, std::string_view stage) noexcept {
  return Seed{detail::mix(static_cast<std::uint64_t>(seed) ^ detail::mix(detail::hash(stage)))};
}

/// The seed of the `index`-th of many like computations (a class, a column, a bootstrap replicate).
[[nodiscard]] constexpr Seed derive(Seed seed, std::uint64_t index) noexcept {
  return Seed{detail::mix(detail::mix(static_cast<std::uint64_t>(seed)) + detail::mix(~index))};
}

/// A counter-based stream of random numbers, a pure function of (seed, stage, index, position).
///
/// Streams with different indices are independent, so row i of a table draws from `Stream(seed,
/// stage, i)` and does not depend on how rows are cut into chunks or dealt to threads. Satisfies
/// std::uniform_random_bit_generator.
class Stream {
 public:
  using result_type = std::uint32_t;

  Stream(Seed seed, std::string_view stage, std::uint64_t index = 0) noexcept
      : Stream(derive(seed, stage), index) {}
  explicit Stream(Seed stage, std::uint64_t index = 0) noexcept
      : key_{static_cast<std::uint32_t>(static_cast<std::uint64_t>(stage)),
             static_cast<std::uint32_t>(static_cast<std::uint64_t>(stage) >> 32)},
        index_(index) {}

  static constexpr result_type min() noexcept { return 0; }
  static constexpr result_type max() noexcept { return std::numeric_limits<result_type>::max(); }

  /// 32 random bits.
  result_type operator()() noexcept {
    if (used_ == 4) refill();
    return block_[used_++];
  }

  /// 64 random bits.
  std::uint64_t bits64() noexcept {
    const std::uint64_t high = (*this)();
    return (high << 32) | (*this)();
  }

  /// Uniform in [0, 1), 53 bits.
  double uniform() noexcept { return static_cast<double>(bits64() >> 11) * 0x1.0p-53; }

  /// Uniform in [0, 1), 24 bits.
  float uniform_float() noexcept { return static_cast<float>((*this)() >> 8) * 0x1.0p-24F; }

  /// Standard normal (Box-Muller, one of the pair).
  double normal() noexcept {
    const double radius = std::sqrt(-2.0 * std::log1p(-uniform()));
    return radius * std::cos(2.0 * std::numbers::pi * uniform());
  }

  /// Uniform in {0, ..., n - 1}, n >= 1, without modulo bias.
  std::uint64_t below(std::uint64_t n) noexcept {
    const std::uint64_t limit = std::numeric_limits<std::uint64_t>::max() -
                                (std::numeric_limits<std::uint64_t>::max() % n + 1) % n;
    std::uint64_t bits = bits64();
    while (bits > limit) bits = bits64();
    return bits % n;
  }

  /// Fisher-Yates; `items` needs size() and operator[].
  template <class Items>
  void shuffle(Items& items) noexcept {
    for (std::uint64_t i = items.size(); i > 1; --i) {
      using std::swap;
      const auto j = below(i);
      swap(items[static_cast<decltype(items.size())>(i - 1)],
           items[static_cast<decltype(items.size())>(j)]);
    }
  }

 private:
  void refill() noexcept {
    block_ = detail::philox(
        {static_cast<std::uint32_t>(position_), static_cast<std::uint32_t>(position_ >> 32),
         static_cast<std::uint32_t>(index_), static_cast<std::uint32_t>(index_ >> 32)},
        key_);
    ++position_;
    used_ = 0;
  }

  std::array<std::uint32_t, 2> key_;
  std::uint64_t index_;
  std::uint64_t position_ = 0;
  std::array<std::uint32_t, 4> block_{};
  unsigned used_ = 4;
};

}  // namespace semblance
