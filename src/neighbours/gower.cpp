// SPDX-License-Identifier: Apache-2.0
#include "semblance/neighbours/gower.hpp"

#include <algorithm>
#include <cmath>
#include <optional>

#include "neighbours/blocked.hpp"
#include "neighbours/spatial_order.hpp"

namespace semblance {
namespace {

constexpr double kLowest = -1, kHighest = 2;  ///< Scaled numbers are clipped to these.

double gap_distance(double present, GowerGap gap) {
  return gap == GowerGap::kOne ? 1.0 : 0.5 + std::abs(present - 0.5);
}

/// What search_blocked needs; keys are sums over the columns.
class GowerMetric {
 public:
  static constexpr Screen kScreen = Screen::kAbsolute;

  GowerMetric(const Gower& gower, GowerGap gap, const Gower::Rows& queries,
              const Gower::Rows& references, int threads)
      : gower_(gower),
        gap_(gap),
        queries_(queries),
        references_(references),
        sparse_(sparse_columns()),
        weights_(make_weights()),
        panels_(pack(references, threads)) {
    if (&queries != &references) other_panels_.emplace(pack(queries, threads));
  }

  [[nodiscard]] const Panels& queries() const noexcept {
    return other_panels_ ? *other_panels_ : panels_;
  }
  [[nodiscard]] const Panels& references() const noexcept { return panels_; }
  [[nodiscard]] const float* weights() const noexcept { return weights_.data(); }

  /// Terms are at most 3; see SquaredMetric for the rule.
  [[nodiscard]] float error(float, float) const {
    const double columns = this->columns();
    return round_up(1.01 * (columns + 6) * 0x1p-24 * (3 * columns + 3));
  }
  [[nodiscard]] float bound(double key) const { return round_up(key * (1 + 1e-12)); }
  [[nodiscard]] double key(std::int64_t query, std::int64_t reference) const {
    return gower_.distance(queries_, query, references_, reference) * columns();
  }
  [[nodiscard]] double distance(double key) const { return key / columns(); }
  [[nodiscard]] static float spread() { return 1; }

 private:
  [[nodiscard]] double columns() const {
    return static_cast<double>(gower_.numeric() + gower_.categorical());
  }

  /// Numeric columns with a missing cell on either side, as 0 or 1.
  [[nodiscard]] std::vector<bool> sparse_columns() const {
    std::vector<bool> sparse(static_cast<std::size_t>(gower_.numeric()));
    for (const Gower::Rows* rows : {&queries_, &references_}) {
      for (std::size_t i = 0; i < rows->absent.size(); ++i) {
        if (rows->absent[i] != 0) sparse[i % sparse.size()] = true;
      }
    }
    return sparse;
  }

  [[nodiscard]] std::int64_t sparse_count() const {
    return std::count(sparse_.begin(), sparse_.end(), true);
  }

  /// In mid-range, a gap costs |v - 1/2| as a number and 1/2 as a flag: two plain columns.
  [[nodiscard]] RowLayout layout() const {
    const std::int64_t gaps = sparse_count();
    if (gap_ == GowerGap::kOne) return {gower_.numeric() - gaps, gaps, gower_.categorical()};
    return {gower_.numeric(), 0, gower_.categorical() + gaps};
  }

  [[nodiscard]] std::vector<float> make_weights() const {
    std::vector<float> weights(static_cast<std::size_t>(gower_.categorical()), 1.0F);
    weights.resize(weights.size() + static_cast<std::size_t>(sparse_count()), 0.5F);
    return weights;
  }

  [[nodiscard]] Panels pack(const Gower::Rows& rows, int threads) const {
    auto order = gower_.numeric() > 0
                     ? spatial_order<double>({rows.numbers, rows.rows, gower_.numeric()}, threads)
                     : golden_order(rows.rows);
    return Panels(std::move(order), layout(), Boxes::kNumbers, threads,
                  [&](std::int64_t row, FlatRow& flat) { fill(rows, row, flat); });
  }

  void fill(const Gower::Rows& rows, std::int64_t row, FlatRow& flat) const {
    const std::int64_t p = gower_.numeric(), q = gower_.categorical();
    const double* numbers = rows.numbers.data() + row * p;
    const std::int32_t* absent = rows.absent.data() + row * p;
    const bool one = gap_ == GowerGap::kOne;
    std::int64_t number = 0, gapped = p - sparse_count(), flag = p + q;
    for (std::int64_t j = 0; j < p; ++j) {
      const auto value = static_cast<float>(numbers[j]);
      const bool sparse = sparse_[static_cast<std::size_t>(j)];
      if (!one || !sparse) flat.put(number++, value);
      if (!one && sparse) flat.put(flag++, absent[j]);
      if (one && sparse) {
        flat.put(gapped, value);
        flat.put(gapped + 1, absent[j]);
        gapped += 2;
      }
    }
    const std::int64_t codes = one ? gapped : p;
    for (std::int64_t j = 0; j < q; ++j) {
      flat.put(codes + j, rows.codes[static_cast<std::size_t>(row * q + j)]);
    }
  }

  const Gower& gower_;
  GowerGap gap_;
  const Gower::Rows& queries_;
  const Gower::Rows& references_;
  std::vector<bool> sparse_;
  std::vector<float> weights_;
  Panels panels_;
  std::optional<Panels> other_panels_;  ///< Of the queries, where they are other rows.
};

}  // namespace

Gower::Gower(const MixedView& scale, GowerGap gap) : categorical_(scale.codes.dim), gap_(gap) {
  require(scale.rows >= 1 && scale.numbers.dim + scale.codes.dim >= 1,
          "Gower: the rows that scale it must be at least 1 x 1, got {} x {}", scale.rows,
          scale.numbers.dim + scale.codes.dim);
  for (std::int64_t j = 0; j < scale.numbers.dim; ++j) {
    double low = std::numeric_limits<double>::infinity(), high = -low;
    for (std::int64_t i = 0; i < scale.rows; ++i) {
      const double value = scale.numbers.row(i)[j];
      require(!std::isinf(value), "Gower: numbers must be finite, row {} column {} is {}", i, j,
              value);
      if (std::isnan(value)) continue;
      low = std::min(low, value);
      high = std::max(high, value);
    }
    low_.push_back(low <= high ? low : 0.0);
    span_.push_back(low < high ? high - low : 1.0);
  }
}

Gower::Rows Gower::encode(const MixedView& rows) const {
  require(rows.numbers.dim == numeric() && rows.codes.dim == categorical_,
          "Gower.encode: rows must have {} numbers and {} codes, got {} and {}", numeric(),
          categorical_, rows.numbers.dim, rows.codes.dim);
  Rows out;
  out.rows = rows.rows;
  out.codes.assign(rows.codes.values.begin(), rows.codes.values.end());
  for (std::size_t i = 0; i < rows.numbers.values.size(); ++i) {
    const double value = rows.numbers.values[i];
    const std::size_t j = i % low_.size();
    const bool missing = std::isnan(value);
    out.absent.push_back(missing ? 1 : 0);
    out.numbers.push_back(missing ? 0.5
                                  : std::clamp((value - low_[j]) / span_[j], kLowest, kHighest));
  }
  return out;
}

double Gower::distance(const Rows& a, std::int64_t i, const Rows& b, std::int64_t j) const {
  double sum = 0;
  for (std::int64_t c = 0; c < numeric(); ++c) {
    const auto x = static_cast<std::size_t>(i * numeric() + c);
    const auto y = static_cast<std::size_t>(j * numeric() + c);
    const double gap = gap_distance(a.absent[x] != 0 ? b.numbers[y] : a.numbers[x], gap_);
    sum += a.absent[x] != b.absent[y] ? gap : std::abs(a.numbers[x] - b.numbers[y]);
  }
  for (std::int64_t c = 0; c < categorical_; ++c) {
    const auto x = static_cast<std::size_t>(i * categorical_ + c);
    const auto y = static_cast<std::size_t>(j * categorical_ + c);
    sum += a.codes[x] != b.codes[y] ? 1.0 : 0.0;
  }
  return sum / static_cast<double>(numeric() + categorical_);
}

Neighbours Gower::nearest(const Rows& queries, const Rows& references, std::int64_t k,
                          const NeighbourOptions& options) const {
  check_search(queries.rows, references.rows, k, options);
  const int threads = worker_threads(options.run);
  return search_blocked(GowerMetric(*this, gap_, queries, references, threads), k, options);
}

}  // namespace semblance
