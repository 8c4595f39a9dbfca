// SPDX-License-Identifier: Apache-2.0
#include "semblance/neighbours/heterogeneous.hpp"

#include <algorithm>
#include <cmath>

#include "neighbours/blocked.hpp"
#include "neighbours/heterogeneous_metric.hpp"
#include "neighbours/squared.hpp"

namespace semblance {
namespace {

void check_rows(const MixedView& rows) {
  for (std::size_t i = 0; i < rows.numbers.values.size(); ++i) {
    const auto at = static_cast<std::int64_t>(i);
    require(!std::isinf(rows.numbers.values[i]),
            "Heterogeneous: numbers must be finite or NaN, row {} column {} is {}",
            at / rows.numbers.dim, at % rows.numbers.dim, rows.numbers.values[i]);
  }
  for (std::size_t i = 0; i < rows.codes.values.size(); ++i) {
    const auto at = static_cast<std::int64_t>(i);
    require(rows.codes.values[i] >= -1,
            "Heterogeneous: codes must be >= 0, or -1 where missing, row {} column {} is {}",
            at / rows.codes.dim, at % rows.codes.dim, rows.codes.values[i]);
  }
}

/// What a column's present numbers are like.
struct Moments {
  double low = 0, high = 0, mean = 0, deviation = 0;
};

Moments moments_of(const MatrixView<double>& numbers, std::int64_t column) {
  Moments out;
  double squares = 0, count = 0;
  for (std::int64_t i = 0; i < numbers.rows; ++i) {
    const double value = numbers.row(i)[column];
    if (std::isnan(value)) continue;
    out.low = count == 0 ? value : std::min(out.low, value);
    out.high = count == 0 ? value : std::max(out.high, value);
    const double before = value - out.mean;
    out.mean += before / ++count;
    squares += before * (value - out.mean);
  }
  out.deviation = count > 0 ? std::sqrt(squares / count) : 0.0;
  return out;
}

double or_one(double divisor) { return divisor > 0 ? divisor : 1.0; }

void check_scale(const MixedView& scale) {
  require(scale.rows >= 1 && scale.numbers.dim + scale.codes.dim >= 1,
          "Heterogeneous: the rows that scale it must be at least 1 x 1, got {} x {}", scale.rows,
          scale.numbers.dim + scale.codes.dim);
  check_rows(scale);
}

/// The first code of each column that no row has.
std::vector<std::int32_t> ends_of(const MatrixView<std::int32_t>& codes) {
  std::vector<std::int32_t> ends(static_cast<std::size_t>(codes.dim), 0);
  for (std::size_t i = 0; i < codes.values.size(); ++i) {
    std::int32_t& end = ends[i % ends.size()];
    end = std::max(end, codes.values[i] + 1);
  }
  return ends;
}

/// The shares of present categories; missing ones are counted under the code at the end.
ValueDifference shares_of(const MixedView& rows, std::span<const std::int32_t> labels,
                          const std::vector<std::int32_t>& ends) {
  std::vector<std::int32_t> codes(rows.codes.values.begin(), rows.codes.values.end());
  for (std::size_t i = 0; i < codes.size(); ++i) {
    if (codes[i] < 0) codes[i] = ends[i % ends.size()];
  }
  return ValueDifference({codes, rows.rows, rows.codes.dim}, labels);
}

}  // namespace

Heterogeneous Heterogeneous::heom(const MixedView& scale) {
  check_scale(scale);
  Heterogeneous out;
  out.categorical_ = scale.codes.dim;
  for (std::int64_t j = 0; j < scale.numbers.dim; ++j) {
    const Moments moments = moments_of(scale.numbers, j);
    out.centre_.push_back(moments.low);
    out.divisor_.push_back(or_one(moments.high - moments.low));
  }
  return out;
}

Heterogeneous Heterogeneous::hvdm(const MixedView& scale, std::span<const std::int32_t> labels) {
  check_scale(scale);
  require(static_cast<std::int64_t>(labels.size()) == scale.rows,
          "Heterogeneous.hvdm: there must be one label a row ({}), got {}", scale.rows,
          labels.size());
  Heterogeneous out;
  out.categorical_ = scale.codes.dim;
  for (std::int64_t j = 0; j < scale.numbers.dim; ++j) {
    const Moments moments = moments_of(scale.numbers, j);
    out.centre_.push_back(moments.mean);
    out.divisor_.push_back(or_one(4 * moments.deviation));
  }
  out.known_ = ends_of(scale.codes);
  if (scale.codes.dim > 0) out.shares_.emplace(shares_of(scale, labels, out.known_));
  return out;
}

Heterogeneous::Rows Heterogeneous::encode(const MixedView& rows) const {
  require(rows.numbers.dim == numeric() && rows.codes.dim == categorical_,
          "Heterogeneous.encode: rows must have {} numbers and {} codes, got {} and {}", numeric(),
          categorical_, rows.numbers.dim, rows.codes.dim);
  check_rows(rows);
  Rows out;
  out.rows = rows.rows;
  out.codes.assign(rows.codes.values.begin(), rows.codes.values.end());
  for (std::size_t i = 0; i < rows.numbers.values.size(); ++i) {
    const double value = rows.numbers.values[i];
    const std::size_t j = i % centre_.size();
    out.absent.push_back(std::isnan(value) ? 1 : 0);
    out.numbers.push_back(std::isnan(value) ? 0.0 : (value - centre_[j]) / divisor_[j]);
  }
  return out;
}

std::span<const double> Heterogeneous::shares(std::int64_t column, std::int32_t code) const {
  if (!shares_) return {};
  const bool known = code < known_.at(static_cast<std::size_t>(column));
  return shares_->probabilities(column, known ? code : -1);
}

double Heterogeneous::squared(const Rows& a, std::int64_t i, const Rows& b, std::int64_t j) const {
  double sum = 0;
  for (std::int64_t c = 0; c < numeric(); ++c) {
    const auto x = static_cast<std::size_t>(i * numeric() + c);
    const auto y = static_cast<std::size_t>(j * numeric() + c);
    const double d = a.numbers[x] - b.numbers[y];
    sum += (a.absent[x] | b.absent[y]) != 0 ? 1.0 : d * d;
  }
  for (std::int64_t c = 0; c < categorical_; ++c) {
    const std::int32_t x = a.codes[static_cast<std::size_t>(i * categorical_ + c)];
    const std::int32_t y = b.codes[static_cast<std::size_t>(j * categorical_ + c)];
    const bool missing = x < 0 || y < 0;
    if (missing || !shares_) {
      sum += missing || x != y ? 1.0 : 0.0;
    } else {
      const auto p = shares(c, x), q = shares(c, y);
      sum += squared_distance(p.data(), q.data(), std::ssize(p));
    }
  }
  return sum;
}

double Heterogeneous::distance(const Rows& a, std::int64_t i, const Rows& b, std::int64_t j) const {
  return std::sqrt(squared(a, i, b, j));
}

Neighbours Heterogeneous::nearest(const Rows& queries, const Rows& references, std::int64_t k,
                                  const NeighbourOptions& options) const {
  check_search(queries.rows, references.rows, k, options);
  const int threads = worker_threads(options.run);
  return search_blocked(HeterogeneousMetric(*this, queries, references, threads), k, options);
}

}  // namespace semblance
