// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <cstring>
#include <deque>
#include <string>
#include <string_view>
#include <vector>

namespace semblance::csv {

/// Texts -> codes in order of appearance; open addressing, keys are views of the file.
class Dictionary {
 public:
  Dictionary() : slots_(64, -1) {}

  [[nodiscard]] const std::vector<std::string_view>& keys() const noexcept { return keys_; }

  /// The code of a text that outlives the dictionary.
  std::int32_t code(std::string_view text) {
    const std::uint64_t hash = hash_of(text);
    std::size_t slot = hash & (slots_.size() - 1);
    for (; slots_[slot] >= 0; slot = (slot + 1) & (slots_.size() - 1)) {
      const auto code = static_cast<std::size_t>(slots_[slot]);
      if (hashes_[code] == hash && keys_[code] == text) return slots_[slot];
    }
    return insert(slot, hash, text);
  }

  /// The code of a text that may go away.
  std::int32_t code_of_temporary(const std::string& text) {
    const std::size_t before = keys_.size();
    const std::int32_t code_here = code(text);
    if (keys_.size() > before) keys_.back() = kept_.emplace_back(text);
    return code_here;
  }

 private:
  static std::uint64_t load(const char* p, std::size_t bytes) noexcept {
    std::uint64_t word = 0;
    std::memcpy(&word, p, bytes);
    return word;
  }
  static std::uint64_t stir(std::uint64_t hash, std::uint64_t word) noexcept {
    hash = (hash ^ word) * 0x9E3779B97F4A7C15ULL;
    return hash ^ (hash >> 29);
  }
  static std::uint64_t hash_of(std::string_view text) noexcept {
    std::uint64_t hash = text.size();
    const char* p = text.data();
    std::size_t left = text.size();
    for (; left >= 8; left -= 8, p += 8) hash = stir(hash, load(p, 8));
    if (left >= 4) {
      hash = stir(hash, load(p, 4) | load(p + left - 4, 4) << 32);
    } else if (left > 0) {
      const auto byte = [&](std::size_t i) {
        return std::uint64_t{static_cast<std::uint8_t>(p[i])};
      };
      hash = stir(hash, byte(0) | byte(left / 2) << 8 | byte(left - 1) << 16);
    }
    return hash ^ (hash >> 32);
  }

  std::int32_t insert(std::size_t slot, std::uint64_t hash, std::string_view text) {
    const auto code = static_cast<std::int32_t>(keys_.size());
    keys_.push_back(text);
    hashes_.push_back(hash);
    slots_[slot] = code;
    if (keys_.size() * 2 > slots_.size()) grow();
    return code;
  }

  void grow() {
    slots_.assign(slots_.size() * 2, -1);
    for (std::size_t code = 0; code < keys_.size(); ++code) {
      std::size_t slot = hashes_[code] & (slots_.size() - 1);
      while (slots_[slot] >= 0) slot = (slot + 1) & (slots_.size() - 1);
      slots_[slot] = static_cast<std::int32_t>(code);
    }
  }

  std::vector<std::int32_t> slots_;
  std::vector<std::string_view> keys_;
  std::vector<std::uint64_t> hashes_;
  std::deque<std::string> kept_;
};

}  // namespace semblance::csv
