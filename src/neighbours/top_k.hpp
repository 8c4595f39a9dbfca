// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <limits>
#include <vector>

namespace semblance {

/// The k smallest of the pairs (key, row) that it was offered, in order.
class TopK {
 public:
  explicit TopK(std::int64_t k)
      : keys_(static_cast<std::size_t>(k), std::numeric_limits<double>::infinity()),
        rows_(static_cast<std::size_t>(k), std::numeric_limits<std::int64_t>::max()) {}

  /// The largest key kept; infinity until k were offered.
  [[nodiscard]] double worst() const noexcept { return keys_.back(); }

  /// Whether the pair is now among them.
  bool offer(double key, std::int64_t row) noexcept {
    std::size_t i = keys_.size();
    while (i > 0 && (key < keys_[i - 1] || (key == keys_[i - 1] && row < rows_[i - 1]))) --i;
    if (i == keys_.size()) return false;
    for (std::size_t j = keys_.size() - 1; j > i; --j) {
      keys_[j] = keys_[j - 1];
      rows_[j] = rows_[j - 1];
    }
    keys_[i] = key;
    rows_[i] = row;
    return true;
  }

  [[nodiscard]] const std::vector<double>& keys() const noexcept { return keys_; }
  [[nodiscard]] const std::vector<std::int64_t>& rows() const noexcept { return rows_; }

 private:
  std::vector<double> keys_;
  std::vector<std::int64_t> rows_;
};

}  // namespace semblance
