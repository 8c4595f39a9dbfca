// SPDX-License-Identifier: Apache-2.0
#include "semblance/neighbours/table_space.hpp"

#include <algorithm>
#include <cmath>
#include <functional>

#include "detail/check.hpp"
#include "semblance/core/parallel.hpp"

namespace semblance {
namespace {

constexpr std::int64_t kGatherRows = 512;           ///< A block of one thread's.
constexpr std::int64_t kLargestTable = 10'000'000;  ///< Categories x classes of a value difference.

/// The code of a cell, a missing one after all categories.
std::int32_t code_at(const Dataset& data, std::int64_t column, std::int64_t row) {
  return data.column(column).is_valid(row)
             ? data.column(column).codes()[static_cast<std::size_t>(row)]
             : data.schema()[column].categories.size();
}

/// Calls visit(i, value or nullopt) for the cells of a column of reals, integers or datetimes.
template <class Visit>
void for_numbers(const Column& column, std::span<const std::int64_t> rows, const Visit& visit) {
  const auto walk = [&](const auto values) {
    for (std::size_t i = 0; i < rows.size(); ++i) {
      const bool valid = column.null_count() == 0 || column.is_valid(rows[i]);
      visit(i, valid, static_cast<double>(values[static_cast<std::size_t>(rows[i])]));
    }
  };
  column.kind() == Kind::kReal ? walk(column.reals()) : walk(column.integers());
}

/// Mean and sum of squared deviations, in one pass.
struct Moments {
  double count = 0, mean = 0, squares = 0;
  void add(double value) {
    const double d = value - mean;
    mean += d / ++count;
    squares += d * (value - mean);
  }
  [[nodiscard]] double deviation() const { return count > 0 ? std::sqrt(squares / count) : 0; }
};

void check_rows(std::span<const std::int64_t> rows, std::int64_t count, const char* which) {
  for (const std::int64_t row : rows) {
    require(row >= 0 && row < count, "TableSpace: {} must be rows of the table, 0 to {}, got {}",
            which, count - 1, row);
  }
}

bool same(std::span<const std::int64_t> a, std::span<const std::int64_t> b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end());
}

/// For each query its place among the references, or -1; those of a row that stands there several
/// times are any of them.
std::vector<std::int64_t> places(std::span<const std::int64_t> queries,
                                 std::span<const std::int64_t> references, std::int64_t rows) {
  if (same(queries, references)) return own_rows(std::ssize(queries));
  std::vector<std::int32_t> place(static_cast<std::size_t>(rows),
                                  -1);  // below 2^31, as `nearest` asks
  for (std::size_t i = 0; i < references.size(); ++i) {
    place[static_cast<std::size_t>(references[i])] = static_cast<std::int32_t>(i);
  }
  std::vector<std::int64_t> out(queries.size());
  std::transform(queries.begin(), queries.end(), out.begin(),
                 [&](std::int64_t row) { return place[static_cast<std::size_t>(row)]; });
  return out;
}

}  // namespace

double median_deviation(const SpaceRows& rows) {
  std::vector<double> deviations;
  for (std::int64_t j = 0; j < rows.numeric; ++j) {
    Moments moments;
    for (std::int64_t i = 0; i < rows.rows; ++i) {
      moments.add(rows.numbers[static_cast<std::size_t>(i * rows.numeric + j)]);
    }
    deviations.push_back(moments.deviation());
  }
  if (deviations.empty()) return 0;
  std::sort(deviations.begin(), deviations.end());
  const std::size_t half = deviations.size() / 2;
  return deviations.size() % 2 == 1 ? deviations[half]
                                    : (deviations[half - 1] + deviations[half]) / 2;
}

TableSpace::TableSpace(const Dataset& data, const TableSpaceOptions& options) : data_(data) {
  const auto all = own_rows(options.standardize ? data.rows() : 0);
  for (std::int64_t c = 0; c < data.schema().size(); ++c) {
    const Kind kind = data.schema()[c].kind;
    if (c == options.label) continue;
    require(kind != Kind::kText && kind != Kind::kTensor,
            "TableSpace: columns must be numbers, datetimes or categories, '{}' is {}",
            data.schema()[c].name, to_string(kind));
    if (kind == Kind::kCategorical) {
      codes_.push_back(c);
      continue;
    }
    if (data.column(c).null_count() > 0) gapped_.push_back(c);
    numbers_.push_back({c, 0, 1});
    if (!options.standardize) continue;
    Moments moments;
    for_numbers(data.column(c), all, [&](std::size_t, bool valid, double value) {
      if (valid) moments.add(value);
    });
    numbers_.back().centre = moments.mean;
    if (moments.squares > 0) numbers_.back().scale = 1 / moments.deviation();
  }
  if (numbers_.empty() && options.label >= 0) compare_by(options.label);
}

/// Makes the value difference, if there are classes to compare by, and room for their shares.
void TableSpace::compare_by(std::int64_t label) {
  if (data_.schema()[label].kind != Kind::kCategorical || codes_.empty()) return;
  std::vector<std::int32_t> labels;
  for (std::int64_t i = 0; i < data_.rows(); ++i) labels.push_back(code_at(data_, label, i));
  std::int64_t categories = 0;
  for (const Field& field : data_.schema()) categories += field.categories.size() + 1;
  const std::int64_t classes = data_.schema()[label].categories.size() + std::int64_t{1};
  const bool several =
      std::adjacent_find(labels.begin(), labels.end(), std::not_equal_to<>{}) != labels.end();
  if (!several || categories * classes > kLargestTable) return;
  difference_.emplace(gather(own_rows(data_.rows())).view().codes, labels);
}

std::vector<std::int64_t> TableSpace::numeric_columns() const {
  std::vector<std::int64_t> out;
  for (const Number& number : numbers_) out.push_back(number.column);
  return out;
}

std::vector<double> TableSpace::means(std::span<const std::int64_t> rows) const {
  std::vector<double> out(numbers_.size(), 0.0);
  for (std::size_t j = 0; j < numbers_.size(); ++j) {
    const Number& number = numbers_[j];
    const Column& column = data_.column(number.column);
    if (column.null_count() == 0) continue;
    double sum = 0, count = 0;
    for_numbers(column, rows, [&](std::size_t, bool valid, double value) {
      if (!valid) return;
      sum += (value - number.centre) * number.scale;
      ++count;
    });
    if (count > 0) out[j] = sum / count;
  }
  return out;
}

SpaceRows TableSpace::gather(std::span<const std::int64_t> rows) const {
  return gather(data_, rows, means(rows), 1);
}

SpaceRows TableSpace::gather(const Dataset& data, std::span<const std::int64_t> rows,
                             const std::vector<double>& means, int threads) const {
  SpaceRows out;
  out.rows = static_cast<std::int64_t>(rows.size());
  out.numeric = numeric();
  out.categorical = categorical();
  out.numbers.resize(rows.size() * numbers_.size());
  out.codes.resize(rows.size() * (codes_.size() + gapped_.size()));
  const std::int64_t blocks = (out.rows + kGatherRows - 1) / kGatherRows;
  parallel_for(threads, blocks, [&](std::int64_t b) {
    const auto first = static_cast<std::size_t>(b * kGatherRows);
    const auto part =
        rows.subspan(first, std::min(static_cast<std::size_t>(kGatherRows), rows.size() - first));
    gather_numbers(data, part, means, out.numbers.data() + first * numbers_.size());
    gather_codes(data, part, out.codes.data() + first * (codes_.size() + gapped_.size()));
  });
  return out;
}

void TableSpace::gather_numbers(const Dataset& data, std::span<const std::int64_t> rows,
                                const std::vector<double>& means, double* out) const {
  for (std::size_t j = 0; j < numbers_.size(); ++j) {
    const Number& number = numbers_[j];
    for_numbers(data.column(number.column), rows, [&](std::size_t i, bool valid, double value) {
      out[i * numbers_.size() + j] = valid ? (value - number.centre) * number.scale : means[j];
    });
  }
}

void TableSpace::gather_codes(const Dataset& data, std::span<const std::int64_t> rows,
                              std::int32_t* out) const {
  for (const std::int64_t row : rows) {
    for (const std::int64_t c : codes_) *out++ = code_at(data, c, row);
    for (const std::int64_t c : gapped_) *out++ = data.column(c).is_valid(row) ? 0 : 1;
  }
}

Neighbours TableSpace::search(const SpaceRows& queries, const SpaceRows& references, std::int64_t k,
                              const NeighbourOptions& options) const {
  const MixedView a = queries.view(), b = references.view();
  if (difference_) return difference_->nearest(a.codes, b.codes, k, options);
  if (categorical() == 0) return semblance::nearest(a.numbers, b.numbers, k, options);
  const double deviation = numeric() > 0 ? median_deviation(references) : 1.0;
  const std::vector<double> mismatch(static_cast<std::size_t>(categorical()),
                                     deviation * deviation);
  return nearest_mixed(a, b, mismatch, k, options);
}

Neighbours TableSpace::nearest(std::span<const std::int64_t> queries,
                               std::span<const std::int64_t> references, std::int64_t k,
                               const RunOptions& run) const {
  check_rows(queries, rows(), "queries");
  check_rows(references, rows(), "references");
  const auto excluded = places(queries, references, rows());
  const bool any = std::any_of(excluded.begin(), excluded.end(), [](auto p) { return p >= 0; });
  const NeighbourOptions options{
      .excluded = any ? std::span<const std::int64_t>(excluded) : std::span<const std::int64_t>(),
      .run = run};
  const auto centre = means(references);
  const int threads = worker_threads(run);
  const SpaceRows to = gather(data_, references, centre, threads);
  Neighbours found = same(queries, references)
                         ? search(to, to, k, options)
                         : search(gather(data_, queries, centre, threads), to, k, options);
  for (std::int64_t& row : found.index) row = references[static_cast<std::size_t>(row)];
  return found;
}

Neighbours TableSpace::nearest(const Dataset& queries, std::span<const std::int64_t> references,
                               std::int64_t k, const RunOptions& run) const {
  require(queries.schema() == data_.schema(), "TableSpace: queries must have the table's schema");
  check_rows(references, rows(), "references");
  const auto centre = means(references);
  const int threads = worker_threads(run);
  Neighbours found = search(gather(queries, own_rows(queries.rows()), centre, threads),
                            gather(data_, references, centre, threads), k, {.run = run});
  for (std::int64_t& row : found.index) row = references[static_cast<std::size_t>(row)];
  return found;
}

}  // namespace semblance
