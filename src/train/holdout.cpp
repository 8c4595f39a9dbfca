// SPDX-License-Identifier: Apache-2.0
#include "train/holdout.hpp"

#include <algorithm>
#include <numeric>

namespace semblance {

Holdout hold_back(std::int64_t rows, double share, Seed seed) {
  std::vector<std::int64_t> order(static_cast<std::size_t>(rows));
  std::iota(order.begin(), order.end(), std::int64_t{0});
  Stream(seed, "validation split").shuffle(order);
  const auto wanted = static_cast<std::int64_t>(static_cast<double>(rows) * share);
  const std::int64_t enough = std::min<std::int64_t>(200, rows / 5);
  const auto cut = order.begin() + (share > 0 ? std::max(wanted, enough) : 0);
  return {{order.begin(), cut}, {cut, order.end()}};
}

}  // namespace semblance
