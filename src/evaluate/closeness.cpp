// SPDX-License-Identifier: Apache-2.0
#include "evaluate/closeness.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <string>
#include <unordered_set>

namespace semblance {
namespace {

/// A row as text that is equal for equal rows.
void append_cell(std::string& out, const Column& column, std::int64_t row) {
  if (!column.is_valid(row)) {
    out += '\x01';
  } else if (column.kind() == Kind::kCategorical) {
    fmt::format_to(std::back_inserter(out), "{}", column.codes()[static_cast<std::size_t>(row)]);
  } else if (column.kind() == Kind::kDatetime) {
    constexpr double kDay = 86'400e6;  // microseconds
    fmt::format_to(std::back_inserter(out), "{:.9g}", column.number(row) / kDay);
  } else {
    fmt::format_to(std::back_inserter(out), "{:.9g}", column.number(row));
  }
  out += '\x1f';
}

std::string row_text(const Dataset& data, std::int64_t row) {
  std::string out;
  for (const Column& column : data.columns()) append_cell(out, column, row);
  return out;
}

}  // namespace

NearerShare nearer_to_train(const std::vector<double>& to_train,
                            const std::vector<double>& to_holdout) {
  constexpr double kTie = 1e-7;
  NearerShare out;
  out.n = static_cast<double>(to_train.size());
  for (std::size_t i = 0; i < to_train.size(); ++i) {
    const double gap = to_holdout[i] - to_train[i];
    out.hits += gap > kTie ? 1 : gap >= -kTie ? 0.5 : 0;
  }
  return out;
}

Closeness::Closeness(const Tables& tables, const EvaluateOptions& options, Seed seed)
    : tables_(tables),
      options_(options),
      seed_(seed),
      gower_(tables.train, GowerGap::kMidpoint),
      size_(std::min(
          {tables.reference_train.rows(), tables.reference_rows.rows(), options.dcr_references})) {
  near_ = gower_.encode(draw(tables.reference_train, size_, derive(seed, "train")));
  if (tables.holdout) far_ = gower_.encode(draw(*tables.holdout, size_, derive(seed, "holdout")));
}

std::vector<double> Closeness::search(const Gower::Rows& queries, const Gower::Rows& answers,
                                      std::int64_t k) const {
  return gower_.nearest(queries, answers, k, {.run = options_.run}).distance;
}

Distances Closeness::measure(const Dataset& rows, Seed seed) const {
  const auto queries = gower_.encode(draw(rows, options_.dcr_queries, seed));
  const std::int64_t k = std::min<std::int64_t>(2, near_.rows);
  const auto nearest = search(queries, near_, k);
  Distances out;
  for (std::size_t i = 0; i < nearest.size(); i += static_cast<std::size_t>(k)) {
    out.to_train.push_back(nearest[i]);
    // Two records at distance 0 are no nearer than one another: ratio 1.
    if (k == 2) out.ratio.push_back(nearest[i + 1] > 0 ? nearest[i] / nearest[i + 1] : 1);
  }
  if (tables_.holdout) out.to_holdout = search(queries, far_, 1);
  return out;
}

std::optional<NearerShare> Closeness::reference_share() const {
  if (!tables_.holdout) return std::nullopt;
  const Dataset& holdout = *tables_.holdout;
  const std::int64_t half =
      std::min({holdout.rows() / 2, tables_.train.rows(), options_.dcr_references});
  if (half < 2) return std::nullopt;
  const auto order = draw_rows(holdout.rows(), 2 * half, derive(seed_, "pairs"));
  std::vector<std::int64_t> asking, answering;
  auto shuffled = order;
  Stream(seed_, "halves").shuffle(shuffled);
  asking.assign(shuffled.begin(), shuffled.begin() + half);
  answering.assign(shuffled.begin() + half, shuffled.end());
  const auto queries =
      gower_.encode(draw(holdout.take(asking), options_.dcr_queries, derive(seed_, "asking")));
  const auto train = gower_.encode(draw(tables_.train, half, derive(seed_, "half of train")));
  return nearer_to_train(search(queries, train, 1),
                         search(queries, gower_.encode(holdout.take(answering)), 1));
}

double count_copies(const Dataset& train, const Dataset& other) {
  std::unordered_set<std::string> known;
  for (std::int64_t i = 0; i < train.rows(); ++i) known.insert(row_text(train, i));
  double out = 0;
  for (std::int64_t i = 0; i < other.rows(); ++i) out += known.contains(row_text(other, i)) ? 1 : 0;
  return out;
}

double count_distinct(const Dataset& rows) {
  std::unordered_set<std::string> known;
  for (std::int64_t i = 0; i < rows.rows(); ++i) known.insert(row_text(rows, i));
  return static_cast<double>(known.size());
}

}  // namespace semblance
