// SPDX-License-Identifier: Apache-2.0
#include "resample/points.hpp"

#include <algorithm>
#include <cmath>

namespace semblance {
namespace {

/// out[i] += (column[i] - from)^2; the fixed length lets every compiler vectorise it.
void add_squares(const double* column, double from, Points::Block& out) {
  for (std::size_t i = 0; i < out.size(); ++i) {
    const double d = column[i] - from;
    out[i] += d * d;
  }
}

void add_mismatches(const std::int32_t* column, std::int32_t from, double weight,
                    Points::Block& out) {
  for (std::size_t i = 0; i < out.size(); ++i) out[i] += column[i] == from ? 0.0 : weight;
}

/// The value difference of the space, which is over all rows of its table.
std::shared_ptr<const ValueDifference> difference_of(const TableSpace& space,
                                                     std::span<const std::int32_t> labels) {
  if (!space.compares_by_label()) return {};
  const SpaceRows all = space.gather(own_rows(space.rows()));
  std::vector<std::int32_t> classes(labels.begin(), labels.end());
  const std::int32_t missing = 1 + *std::max_element(classes.begin(), classes.end());
  std::replace(classes.begin(), classes.end(), -1, missing);
  return std::make_shared<ValueDifference>(all.view().codes, classes);
}

}  // namespace

Points::Points(const TableSpace& space, std::span<const std::int64_t> rows,
               std::span<const std::int32_t> labels)
    : difference_(difference_of(space, labels)) {
  const SpaceRows gathered = space.gather(rows);
  numeric_ = gathered.numeric;
  width_ = gathered.categorical;
  const double deviation = numeric_ > 0 ? median_deviation(gathered) : 1.0;
  mismatch_ = deviation * deviation;
  resize(gathered.rows);
  for (std::int64_t i = 0; i < size_; ++i) {
    for (std::int64_t j = 0; j < numeric_; ++j) number(i, j) = gathered.view().numbers.row(i)[j];
    for (std::int64_t j = 0; j < width_; ++j) code(i, j) = gathered.view().codes.row(i)[j];
  }
}

void Points::resize(std::int64_t size) {
  size_ = size;
  numbers_.resize(static_cast<std::size_t>(blocks() * numeric_ * kBlock));
  codes_.resize(static_cast<std::size_t>(blocks() * width_ * kBlock));
}

Points Points::take(std::span<const std::int64_t> positions) const {
  Points out;
  out.numeric_ = numeric_;
  out.width_ = width_;
  out.mismatch_ = mismatch_;
  out.difference_ = difference_;
  out.resize(static_cast<std::int64_t>(positions.size()));
  for (std::int64_t i = 0; i < out.size_; ++i) {
    const std::int64_t from = positions[static_cast<std::size_t>(i)];
    for (std::int64_t j = 0; j < numeric_; ++j) {
      out.number(i, j) = numbers_[static_cast<std::size_t>(place(from, j, numeric_))];
    }
    for (std::int64_t j = 0; j < width_; ++j) {
      out.code(i, j) = codes_[static_cast<std::size_t>(place(from, j, width_))];
    }
  }
  return out;
}

void Points::measure(const Points& other, std::int64_t position, std::int64_t block,
                     Block& out) const {
  out.fill(0);
  for (std::int64_t j = 0; j < numeric_; ++j) {
    const double from = other.numbers_[static_cast<std::size_t>(place(position, j, numeric_))];
    add_squares(numbers_.data() + place(block * kBlock, j, numeric_), from, out);
  }
  if (difference_ == nullptr) {
    for (std::int64_t j = 0; j < width_; ++j) {
      const std::int32_t from = other.codes_[static_cast<std::size_t>(place(position, j, width_))];
      add_mismatches(codes_.data() + place(block * kBlock, j, width_), from, mismatch_, out);
    }
    return;
  }
  std::vector<std::int32_t> a(static_cast<std::size_t>(width_)), b(a);
  for (std::size_t j = 0; j < a.size(); ++j) {
    a[j] = other.codes_[static_cast<std::size_t>(
        place(position, static_cast<std::int64_t>(j), width_))];
  }
  const std::int64_t first = block * kBlock;
  for (std::int64_t i = first; i < std::min(first + kBlock, size_); ++i) {
    for (std::size_t j = 0; j < b.size(); ++j) {
      b[j] = codes_[static_cast<std::size_t>(place(i, static_cast<std::int64_t>(j), width_))];
    }
    out[static_cast<std::size_t>(i - first)] = difference_->distance(a.data(), b.data());
  }
}

double Points::distance(double measure) const {
  return difference_ == nullptr ? std::sqrt(measure) : measure;
}

}  // namespace semblance
