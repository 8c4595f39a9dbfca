// SPDX-License-Identifier: Apache-2.0
#include "resample/selection.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "detail/check.hpp"

namespace semblance {

Selection::Selection(const Dataset& table, Seed of, const ResampleOptions& how, std::string name)
    : data(table), seed(of), options(how), method(std::move(name)) {
  const std::int64_t target = data.schema().target();
  const Column& column = data.column(target);
  const auto codes = column.codes();
  classes = data.schema()[target].categories;
  for (std::int64_t i = 0; i < data.rows(); ++i) {
    label.push_back(column.is_valid(i) ? codes[static_cast<std::size_t>(i)] : -1);
    if (label.back() >= 0) known.push_back(i);
  }
  smallest = smallest_class(sizes(known));
}

std::vector<std::int64_t> Selection::rows_of(std::int32_t wanted_label) const {
  std::vector<std::int64_t> out;
  for (const std::int64_t row : known) {
    if (label_of(row) == wanted_label) out.push_back(row);
  }
  return out;
}

std::vector<std::int64_t> Selection::rows_of(const std::vector<bool>& marked,
                                             std::span<const std::int64_t> rows) const {
  std::vector<std::int64_t> out;
  for (const std::int64_t row : rows) {
    if (marked[static_cast<std::size_t>(label_of(row))]) out.push_back(row);
  }
  return out;
}

std::vector<std::int64_t> Selection::sizes(std::span<const std::int64_t> rows) const {
  std::vector<std::int64_t> out(static_cast<std::size_t>(classes.size()));
  for (const std::int64_t row : rows) ++out[static_cast<std::size_t>(label_of(row))];
  return out;
}

std::vector<std::int64_t> Selection::wanted() const {
  return rows_to_keep(options.strategy, classes, sizes(known));
}

std::vector<bool> Selection::cleaned(std::span<const std::int64_t> rows) const {
  return classes_to_clean(options.strategy, classes, sizes(rows));
}

void Selection::check_finite() const {
  for (std::int64_t c = 0; c < data.schema().size(); ++c) {
    if (data.schema()[c].kind != Kind::kReal) continue;
    const auto values = data.column(c).reals();
    for (std::int64_t i = 0; i < data.rows(); ++i) {
      require(std::isfinite(values[static_cast<std::size_t>(i)]) || !data.column(c).is_valid(i),
              "{}: column '{}' has a number that is not finite in row {}", method,
              data.schema()[c].name, i);
    }
  }
}

TableSpace Selection::space(bool standardize) const {
  require(data.schema().size() > 1, "{}: data must have columns besides the target", method);
  check_finite();
  return TableSpace(data, {.label = data.schema().target(), .standardize = standardize});
}

void Selection::check_k(std::int64_t k) const {
  const auto rows = static_cast<std::int64_t>(known.size());
  require(rows > k, "{}: k = {} neighbours need at least {} rows with a class, got {}", method, k,
          k + 1, rows);
}

std::vector<std::int64_t> check_classes(const Dataset& data, const std::string& method) {
  const std::int64_t target = data.schema().target();
  const Field& field = data.schema()[target];
  require(field.kind == Kind::kCategorical, "{}: the target '{}' must be categorical, got {}",
          method, field.name, to_string(field.kind));
  auto sizes = class_sizes(data.column(target), field.categories);
  const auto classes = std::count_if(sizes.begin(), sizes.end(), [](auto n) { return n > 0; });
  require(classes >= 2, "{}: the target '{}' must have rows of at least 2 classes, got {}", method,
          field.name, classes);
  return sizes;
}

std::vector<std::int64_t> with_missing(std::vector<std::int64_t> selected, const Column& labels) {
  for (std::int64_t i = 0; labels.null_count() > 0 && i < labels.size(); ++i) {
    if (!labels.is_valid(i)) selected.push_back(i);
  }
  std::sort(selected.begin(), selected.end());
  return selected;
}

std::vector<std::int64_t> lowest(const std::vector<std::int64_t>& rows,
                                 const std::vector<double>& scores, std::int64_t count) {
  std::vector<std::size_t> order(rows.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    return scores[a] != scores[b] ? scores[a] < scores[b] : a < b;
  });
  order.resize(std::min(order.size(), static_cast<std::size_t>(count)));
  std::vector<std::int64_t> out;
  for (const std::size_t i : order) out.push_back(rows[i]);
  return out;
}

std::int32_t most_frequent(std::vector<std::int32_t> labels) {
  std::sort(labels.begin(), labels.end());
  std::int32_t best = -1;
  std::ptrdiff_t most = 0;
  for (auto from = labels.begin(); from != labels.end();) {
    const auto to = std::upper_bound(from, labels.end(), *from);
    if (to - from > most) best = *from;
    most = std::max(most, to - from);
    from = to;
  }
  return best;
}

bool agree(const Selection& selection, std::int32_t own, std::span<const std::int64_t> neighbours,
           NeighbourVote vote) {
  if (vote == NeighbourVote::kAll) {
    return std::all_of(neighbours.begin(), neighbours.end(),
                       [&](std::int64_t row) { return selection.label_of(row) == own; });
  }
  std::vector<std::int32_t> labels;
  for (const std::int64_t row : neighbours) labels.push_back(selection.label_of(row));
  return most_frequent(std::move(labels)) == own;
}

std::vector<std::int64_t> draw_rows(std::vector<std::int64_t> rows, std::int64_t count,
                                    Stream stream) {
  const auto drawn = std::min(static_cast<std::size_t>(count), rows.size());
  for (std::size_t i = 0; i < drawn; ++i) {
    std::swap(rows[i], rows[i + static_cast<std::size_t>(stream.below(rows.size() - i))]);
  }
  rows.resize(drawn);
  std::sort(rows.begin(), rows.end());
  return rows;
}

std::vector<std::int64_t> without(std::span<const std::int64_t> rows,
                                  std::span<const std::int64_t> removed) {
  std::vector<std::int64_t> out;
  for (const std::int64_t row : rows) {
    if (!std::binary_search(removed.begin(), removed.end(), row)) out.push_back(row);
  }
  return out;
}

}  // namespace semblance
