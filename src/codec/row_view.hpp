// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <utility>
#include <vector>

namespace semblance {

/// Rows of a store (TokenRows, FeatureRows, ...): all of them, or some in an order of their own. A
/// view: the store must outlive it.
template <class Store>
class RowView {
 public:
  explicit RowView(const Store& store) : store_(&store), size_(store.size()) {}
  RowView(const Store& store, std::vector<std::int64_t> chosen)
      : store_(&store), size_(std::ssize(chosen)), chosen_(std::move(chosen)), some_(true) {}

  [[nodiscard]] std::int64_t size() const noexcept { return size_; }

  [[nodiscard]] auto take(std::span<const std::int64_t> rows) const {
    if (!some_) return store_->take(rows);
    std::vector<std::int64_t> stored;
    stored.reserve(rows.size());
    for (const std::int64_t row : rows) stored.push_back(chosen_[static_cast<std::size_t>(row)]);
    return store_->take(stored);
  }

 private:
  const Store* store_;
  std::int64_t size_;
  std::vector<std::int64_t> chosen_ = {};
  bool some_ = false;
};

}  // namespace semblance
