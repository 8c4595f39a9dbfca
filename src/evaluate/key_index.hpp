// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cstdint>
#include <numeric>
#include <span>
#include <vector>

#include "detail/check.hpp"
#include "semblance/evaluate/anonymity.hpp"

namespace semblance {

inline void check_keys(const char* call, const KeyRows& keys) {
  require(keys.rows >= 0 && keys.dim >= 1 &&
              static_cast<std::int64_t>(keys.values.size()) == keys.rows * keys.dim,
          "{}: keys must hold {} x {} codes, got {}", call, keys.rows, keys.dim,
          keys.values.size());
}

inline void check_same_keys(const char* call, const KeyRows& a, const KeyRows& b) {
  check_keys(call, a);
  check_keys(call, b);
  require(a.dim == b.dim, "{}: both tables must have the same key columns, got {} and {}", call,
          a.dim, b.dim);
}

/// The different keys of one or two tables, in order, and who has which.
class KeyIndex {
 public:
  explicit KeyIndex(const KeyRows& a, const KeyRows& b = {}) : dim_(a.dim) {
    std::vector<const std::int32_t*> rows;
    for (std::int64_t i = 0; i < a.rows; ++i) rows.push_back(a.row(i));
    for (std::int64_t i = 0; i < b.rows; ++i) rows.push_back(b.row(i));
    std::vector<std::size_t> order(rows.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::ranges::sort(order, [&](std::size_t i, std::size_t j) {
      return std::lexicographical_compare(rows[i], rows[i] + dim_, rows[j], rows[j] + dim_);
    });
    std::vector<std::int64_t> all(rows.size());
    for (const auto i : order) {
      if (keys_.empty() || !std::equal(rows[i], rows[i] + dim_, keys_.back()))
        keys_.push_back(rows[i]);
      all[i] = std::ssize(keys_) - 1;
    }
    first_.assign(all.begin(), all.begin() + a.rows);
    second_.assign(all.begin() + a.rows, all.end());
  }

  [[nodiscard]] std::int64_t size() const noexcept { return std::ssize(keys_); }
  /// The key of each row of the first and of the second table.
  [[nodiscard]] const std::vector<std::int64_t>& first() const noexcept { return first_; }
  [[nodiscard]] const std::vector<std::int64_t>& second() const noexcept { return second_; }

  /// Rows of a table by key.
  [[nodiscard]] std::vector<double> count(const std::vector<std::int64_t>& rows) const {
    std::vector<double> out(keys_.size(), 0);
    for (const auto key : rows) out[static_cast<std::size_t>(key)] += 1;
    return out;
  }

  /// Columns in which two keys differ, as far as `most` + 1.
  [[nodiscard]] std::int64_t differ(std::int64_t a, std::int64_t b, std::int64_t most) const {
    const std::int32_t *x = keys_[static_cast<std::size_t>(a)],
                       *y = keys_[static_cast<std::size_t>(b)];
    std::int64_t out = 0;
    for (std::int64_t j = 0; j < dim_ && out <= most; ++j) out += x[j] != y[j] ? 1 : 0;
    return out;
  }

 private:
  std::int64_t dim_;
  std::vector<const std::int32_t*> keys_;
  std::vector<std::int64_t> first_, second_;
};

/// How often each secret occurs with each key: pairs in order, without a table of all.
class SecretCounts {
 public:
  SecretCounts(const std::vector<std::int64_t>& keys, std::span<const std::int32_t> secrets,
               std::int64_t size) {
    std::vector<std::size_t> order(keys.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::ranges::sort(order, [&](std::size_t i, std::size_t j) {
      return keys[i] != keys[j] ? keys[i] < keys[j] : secrets[i] < secrets[j];
    });
    starts_.assign(static_cast<std::size_t>(size) + 1, 0);
    std::int64_t last = -1;
    for (const auto i : order) {
      if (keys[i] != last || entries_.back().secret != secrets[i]) {
        entries_.push_back({secrets[i], 0});
        ++starts_[static_cast<std::size_t>(keys[i]) + 1];
      }
      last = keys[i];
      entries_.back().rows += 1;
    }
    std::partial_sum(starts_.begin(), starts_.end(), starts_.begin());
  }

  struct Entry {
    std::int32_t secret;
    double rows;
  };
  /// Of one key, by ascending secret.
  [[nodiscard]] std::span<const Entry> of(std::int64_t key) const {
    const auto k = static_cast<std::size_t>(key);
    return std::span(entries_).subspan(starts_[k], starts_[k + 1] - starts_[k]);
  }
  [[nodiscard]] double rows(std::int64_t key, std::int32_t secret) const {
    for (const Entry& e : of(key))
      if (e.secret == secret) return e.rows;
    return 0;
  }

 private:
  std::vector<Entry> entries_;
  std::vector<std::size_t> starts_;
};

}  // namespace semblance
