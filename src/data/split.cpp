// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cmath>
#include <utility>

#include "detail/check.hpp"
#include "semblance/data/dataset.hpp"

namespace semblance {
namespace {

using Rows = std::vector<std::int64_t>;

/// Position of the column whose classes keep their shares, or -1.
std::int64_t stratum_column(const Dataset& data, const std::string& stratify_by) {
  const Schema& schema = data.schema();
  if (stratify_by.empty()) {
    const std::int64_t target = schema.target();
    return target >= 0 && schema[target].kind == Kind::kCategorical ? target : -1;
  }
  const std::int64_t position = schema.index(stratify_by);
  require(schema[position].kind == Kind::kCategorical,
          "SplitOptions.stratify_by must name a categorical column, got '{}', which is {}",
          stratify_by, to_string(schema[position].kind));
  return position;
}

/// The rows of every class; rows without one are a class of their own.
std::vector<Rows> strata(const Dataset& data, std::int64_t position) {
  const std::int32_t classes = position < 0 ? 0 : data.schema()[position].categories.size();
  std::vector<Rows> out(static_cast<std::size_t>(classes) + 1);
  for (std::int64_t row = 0; row < data.rows(); ++row) {
    const bool known = position >= 0 && data.column(position).is_valid(row);
    const auto i = static_cast<std::size_t>(row);
    const std::int32_t code = known ? data.column(position).codes()[i] : classes;
    out[static_cast<std::size_t>(code)].push_back(row);
  }
  return out;
}

/// How many rows of each class the first part gets, by largest remainder (ties: first class).
std::vector<std::size_t> allot(const std::vector<Rows>& classes, double share, std::int64_t rows) {
  std::vector<std::size_t> counts, order;
  std::vector<double> remainders;
  auto left =
      std::clamp<std::int64_t>(std::llround(share * static_cast<double>(rows)), 1, rows - 1);
  for (const auto& members : classes) {
    const double exact = share * static_cast<double>(members.size());
    order.push_back(counts.size());
    counts.push_back(static_cast<std::size_t>(exact));
    remainders.push_back(exact - std::floor(exact));
    left -= static_cast<std::int64_t>(counts.back());
  }
  std::sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    return remainders[a] != remainders[b] ? remainders[a] > remainders[b] : a < b;
  });
  for (std::size_t i = 0; left > 0 && i < order.size(); ++i) {
    if (counts[order[i]] >= classes[order[i]].size()) continue;
    ++counts[order[i]];
    --left;
  }
  return counts;
}

}  // namespace

std::pair<Dataset, Dataset> split(const Dataset& data, double share, Seed seed,
                                  const SplitOptions& options) {
  require(share > 0 && share < 1, "split: share must be in (0, 1), got {}", share);
  require(data.rows() >= 2, "split: needs at least 2 rows, got {}", data.rows());
  auto classes = strata(data, stratum_column(data, options.stratify_by));
  const auto counts = allot(classes, share, data.rows());
  Rows first, second;
  for (std::size_t c = 0; c < classes.size(); ++c) {
    Stream stream(seed, "split", c);
    stream.shuffle(classes[c]);
    const auto middle = classes[c].begin() + static_cast<std::ptrdiff_t>(counts[c]);
    first.insert(first.end(), classes[c].begin(), middle);
    second.insert(second.end(), middle, classes[c].end());
  }
  std::sort(first.begin(), first.end());
  std::sort(second.begin(), second.end());
  return {data.take(first), data.take(second)};
}

}  // namespace semblance
