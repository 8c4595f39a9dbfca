// SPDX-License-Identifier: Apache-2.0
#include "neighbours/heterogeneous_metric.hpp"

#include <algorithm>
#include <cmath>

#include "neighbours/spatial_order.hpp"

namespace semblance {
namespace {

/// Writes the cells of one row, column by column, and adds up what its bounds need.
class CellWriter {
 public:
  CellWriter(FlatRow& flat, double scale, bool is_query)
      : flat_(flat), scale_(scale), is_query_(is_query) {}

  /// Coordinates that are never missing.
  void plain(std::span<const double> x) {
    for (const double value : x) put(value * scale_);
    bias_ += 0.5 * squares(x);
  }

  /// Coordinates that may be, with the three columns of their gaps.
  void gapped(std::span<const double> x, bool present) {
    const double size = squares(x), here = present ? 1.0 : 0.0;
    put(is_query_ ? size : -0.5 * here);
    put(is_query_ ? here : -0.5 * size);
    put(is_query_ ? here : 0.5 * here * scale_ * scale_);
    for (const double value : x) put(value * scale_);
    if (is_query_) bias_ += 0.5 * scale_ * scale_;
  }

  void code(std::int32_t value) { flat_.put(at_++, value); }

  void finish() {
    flat_.bias = static_cast<float>(bias_);
    flat_.norm = round_up(std::sqrt(size_ + 2 * bias_));
  }

 private:
  [[nodiscard]] double squares(std::span<const double> x) const {
    double sum = 0;
    for (const double value : x) sum += value * value;
    return sum * scale_ * scale_;
  }
  void put(double value) {
    flat_.put(at_++, static_cast<float>(value));
    size_ += value * value;
  }

  FlatRow& flat_;
  double scale_;
  bool is_query_;
  std::int64_t at_ = 0;
  double bias_ = 0, size_ = 0;
};

double largest(const std::vector<double>& values) {
  double most = 0;
  for (const double value : values) most = std::max(most, std::abs(value));
  return most;
}

}  // namespace

HeterogeneousMetric::HeterogeneousMetric(const Heterogeneous& metric, const Rows& queries,
                                         const Rows& references, int threads)
    : metric_(metric),
      queries_(queries),
      references_(references),
      classes_(metric.shares_ ? std::ssize(metric.shares(0, 0)) : 0),
      gaps_(find_gaps()),
      scale_(power_of_two()) {
  const RowLayout columns = layout();
  weights_.assign(static_cast<std::size_t>(columns.codes),
                  static_cast<float>(0.5 * scale_ * scale_));
  total_weight_ = 1.001F * std::accumulate(weights_.begin(), weights_.end(), 0.0F);
  unit_ = 1.01F * 0x1p-24F * static_cast<float>(columns.width() + 10);
  const bool same = &queries == &references && !gaps_.any();
  panels_.emplace(pack(references, same, threads));
  if (!same) other_panels_.emplace(pack(queries, true, threads));
}

bool HeterogeneousMetric::Gaps::any() const {
  return std::count(numbers.begin(), numbers.end(), true) +
             std::count(codes.begin(), codes.end(), true) >
         0;
}

HeterogeneousMetric::Gaps HeterogeneousMetric::find_gaps() const {
  Gaps gaps{std::vector<bool>(static_cast<std::size_t>(metric_.numeric())),
            std::vector<bool>(static_cast<std::size_t>(metric_.categorical()))};
  for (const Rows* rows : {&queries_, &references_}) {
    for (std::size_t i = 0; i < rows->absent.size(); ++i) {
      if (rows->absent[i] != 0) gaps.numbers[i % gaps.numbers.size()] = true;
    }
    for (std::size_t i = 0; i < rows->codes.size(); ++i) {
      if (rows->codes[i] < 0) gaps.codes[i % gaps.codes.size()] = true;
    }
  }
  return gaps;
}

double HeterogeneousMetric::power_of_two() const {
  const double most = std::max(largest(queries_.numbers), largest(references_.numbers));
  return std::exp2(-std::clamp(std::ceil(std::log2(std::max(most, 1.0))), 0.0, 1000.0));
}

RowLayout HeterogeneousMetric::layout() const {
  const auto gaps_in = [](const std::vector<bool>& gaps) {
    return 3 * std::count(gaps.begin(), gaps.end(), true);
  };
  const std::int64_t numbers = metric_.numeric() + gaps_in(gaps_.numbers);
  if (classes_ == 0) return {numbers, 0, metric_.categorical()};
  return {numbers + classes_ * metric_.categorical() + gaps_in(gaps_.codes), 0, 0};
}

Panels HeterogeneousMetric::pack(const Rows& rows, bool is_query, int threads) const {
  auto order = metric_.numeric() > 0
                   ? spatial_order<double>({rows.numbers, rows.rows, metric_.numeric()}, threads)
                   : golden_order(rows.rows);
  const Boxes boxes = gaps_.any() ? Boxes::kNone : Boxes::kNumbers;
  return Panels(std::move(order), layout(), boxes, threads,
                [&](std::int64_t row, FlatRow& flat) { fill(rows, row, is_query, flat); });
}

void HeterogeneousMetric::fill(const Rows& rows, std::int64_t row, bool is_query,
                               FlatRow& flat) const {
  CellWriter writer(flat, scale_, is_query);
  const auto put = [&](std::span<const double> x, bool may_miss, bool present) {
    may_miss ? writer.gapped(x, present) : writer.plain(x);
  };
  for (std::int64_t j = 0; j < metric_.numeric(); ++j) {
    const auto at = static_cast<std::size_t>(row * metric_.numeric() + j);
    put({&rows.numbers[at], 1}, gaps_.numbers[static_cast<std::size_t>(j)], rows.absent[at] == 0);
  }
  const std::vector<double> none(static_cast<std::size_t>(classes_), 0.0);
  const std::int64_t own = -2 - row - (is_query ? 0 : queries_.rows);  // like no other row's
  for (std::int64_t j = 0; j < metric_.categorical(); ++j) {
    const std::int32_t code = rows.codes[static_cast<std::size_t>(row * metric_.categorical() + j)];
    if (classes_ == 0) {
      writer.code(code >= 0 ? code : static_cast<std::int32_t>(own));
    } else {
      put(code >= 0 ? metric_.shares(j, code) : std::span<const double>(none),
          gaps_.codes[static_cast<std::size_t>(j)], code >= 0);
    }
  }
  writer.finish();
}

}  // namespace semblance
