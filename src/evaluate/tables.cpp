// SPDX-License-Identifier: Apache-2.0
#include "evaluate/tables.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "detail/check.hpp"

namespace semblance {
namespace {

bool can_evaluate(const Field& field) {
  return field.role != Role::kKey && field.kind != Kind::kText && field.kind != Kind::kTensor;
}

std::vector<std::int64_t> permutation(std::int64_t n, Seed seed) {
  std::vector<std::int64_t> out(static_cast<std::size_t>(n));
  std::iota(out.begin(), out.end(), std::int64_t{0});
  Stream draw(seed);
  draw.shuffle(out);
  return out;
}

/// A column with values drawn uniformly from what occurs in `source`; missing as often as present
/// where anything is missing.
Column uniform_like(const Column& source, Seed seed) {
  const std::int64_t n = source.size();
  std::vector<double> known;
  for (std::int64_t i = 0; i < n; ++i) {
    if (source.is_valid(i)) known.push_back(source.number(i));
  }
  if (known.empty()) return source;
  std::sort(known.begin(), known.end());
  const double low = known.front(), high = known.back();
  known.erase(std::unique(known.begin(), known.end()), known.end());
  Bitmap valid(n, true);
  std::vector<double> values(static_cast<std::size_t>(n));
  for (std::int64_t i = 0; i < n; ++i) {
    Stream draw(seed, static_cast<std::uint64_t>(i));
    values[static_cast<std::size_t>(i)] = source.kind() == Kind::kCategorical
                                              ? known[draw.below(known.size())]
                                              : low + (high - low) * draw.uniform();
    if (source.null_count() > 0 && draw.uniform() < 0.5) valid.set(i, false);
  }
  if (source.kind() == Kind::kReal) return Column::reals(std::move(values), std::move(valid));
  if (source.kind() == Kind::kCategorical)
    return Column::categories({values.begin(), values.end()}, std::move(valid));
  std::vector<std::int64_t> whole(values.size());
  std::transform(values.begin(), values.end(), whole.begin(),
                 [](double v) { return std::llround(v); });
  return source.kind() == Kind::kDatetime ? Column::datetimes(std::move(whole), std::move(valid))
                                          : Column::integers(std::move(whole), std::move(valid));
}

Dataset random_like(const Dataset& data, Seed seed) {
  std::vector<Column> columns;
  for (std::int64_t c = 0; c < data.schema().size(); ++c)
    columns.push_back(uniform_like(data.column(c), derive(seed, static_cast<std::uint64_t>(c))));
  return {data.schema(), std::move(columns)};
}

Dataset only(const Dataset& data, const std::vector<std::string>& names, const char* which) {
  require(data.rows() >= 2, "evaluate: {} must have at least 2 rows, got {}", which, data.rows());
  for (const auto& name : names) {
    require(data.schema().find(name) >= 0, "evaluate: {} lacks column '{}' of train", which, name);
  }
  return data.select(names);
}

/// All tables under one schema: train's, with the categories that others add.
void conform_all(Tables& t) {
  Schema schema = conform(t.synthetic, t.train.schema(), Unseen::kAppend).schema();
  if (t.holdout) schema = conform(*t.holdout, schema, Unseen::kAppend).schema();
  t.train = conform(t.train, schema);
  t.synthetic = conform(t.synthetic, schema);
  if (t.holdout) t.holdout = conform(*t.holdout, schema);
}

void set_reference(Tables& t, Seed seed) {
  if (t.holdout) {
    t.reference_train = t.train;
    t.reference_rows = *t.holdout;
    t.reference_meaning = "the holdout in place of the synthetic rows";
    return;
  }
  const auto order = permutation(t.train.rows(), derive(seed, "halves"));
  const auto half = static_cast<std::size_t>(t.train.rows() / 2);
  const std::span<const std::int64_t> all(order);
  t.reference_train = t.train.take(all.first(half));
  t.reference_rows = t.train.take(all.subspan(half));
  t.reference_meaning = "no holdout: one half of the training rows against the other";
}

}  // namespace

Frame::Frame(const Dataset& data) : rows(data.rows()) {
  for (const Column& column : data.columns()) {
    Series out;
    out.number = column.kind() != Kind::kCategorical;
    if (!out.number) {
      out.codes.assign(column.codes().begin(), column.codes().end());
    } else if (column.kind() == Kind::kReal) {
      out.numbers.assign(column.reals().begin(), column.reals().end());
    } else {
      out.numbers.assign(column.integers().begin(), column.integers().end());
    }
    for (std::int64_t i = 0; column.null_count() > 0 && i < rows; ++i) {
      if (column.is_valid(i)) continue;
      if (out.number)
        out.numbers[static_cast<std::size_t>(i)] = std::numeric_limits<double>::quiet_NaN();
      else
        out.codes[static_cast<std::size_t>(i)] = -1;
    }
    columns.push_back(std::move(out));
  }
}

Dataset shuffle_columns(const Dataset& data, Seed seed) {
  std::vector<Column> columns;
  for (std::int64_t c = 0; c < data.schema().size(); ++c) {
    const auto order = permutation(data.rows(), derive(seed, static_cast<std::uint64_t>(c)));
    columns.push_back(data.column(c).take(order));
  }
  return {data.schema(), std::move(columns)};
}

Tables prepare(const Evaluation& evaluation, Seed seed) {
  Tables t;
  const Schema& schema = evaluation.train.schema();
  for (const Field& field : schema)
    (can_evaluate(field) ? t.names : t.left_out).push_back(field.name);
  require(!t.names.empty(), "evaluate: train has no real, integer, datetime or categorical column");
  t.train = only(evaluation.train, t.names, "train");
  t.synthetic = only(evaluation.synthetic, t.names, "synthetic");
  if (evaluation.holdout) t.holdout = only(*evaluation.holdout, t.names, "holdout");
  conform_all(t);
  for (const auto& name : evaluation.quasi_identifiers) (void)schema.index(name);
  for (const Dataset* rows : {&evaluation.train, &evaluation.synthetic})
    validate(evaluation.constraints, rows->schema());
  if (evaluation.holdout) validate(evaluation.constraints, evaluation.holdout->schema());
  if (evaluation.claim) evaluation.claim->validate();
  if (!evaluation.target.empty()) {
    (void)schema.index(evaluation.target);
    t.target = t.train.schema().find(evaluation.target);
    require(t.target >= 0, "evaluate: target '{}' is a {} column and cannot be predicted",
            evaluation.target, to_string(schema[schema.index(evaluation.target)].kind));
  } else {
    t.target = t.train.schema().target();
  }
  set_reference(t, seed);
  t.shuffled = shuffle_columns(t.train, derive(seed, "shuffle"));
  t.random = random_like(t.train, derive(seed, "random"));
  t.train_frame = Frame(t.train);
  t.synthetic_frame = Frame(t.synthetic);
  t.reference_train_frame = t.holdout ? t.train_frame : Frame(t.reference_train);
  t.reference_frame = Frame(t.reference_rows);
  t.shuffled_frame = Frame(t.shuffled);
  t.random_frame = Frame(t.random);
  return t;
}

std::vector<std::vector<std::int64_t>> disjoint_parts(std::int64_t n, std::int64_t parts,
                                                      Seed seed) {
  std::vector<std::vector<std::int64_t>> out(static_cast<std::size_t>(parts));
  const auto order = permutation(n, seed);
  for (std::size_t i = 0; i < order.size(); ++i) out[i % out.size()].push_back(order[i]);
  for (auto& part : out) std::ranges::sort(part);
  return out;
}

std::array<std::vector<double>, 2> half_weights(std::int64_t n, Seed seed) {
  const auto rows = static_cast<std::size_t>(n);
  std::array out = {std::vector<double>(rows, 0), std::vector<double>(rows, 1)};
  for (const auto i : draw_rows(n, n / 2, seed)) {
    out[0][static_cast<std::size_t>(i)] = 1;
    out[1][static_cast<std::size_t>(i)] = 0;
  }
  return out;
}

std::vector<std::int64_t> draw_rows(std::int64_t n, std::int64_t count, Seed seed) {
  auto out = permutation(n, seed);
  if (count < n) {
    out.resize(static_cast<std::size_t>(count));
    std::sort(out.begin(), out.end());
  } else {
    std::iota(out.begin(), out.end(), std::int64_t{0});
  }
  return out;
}

Dataset draw(const Dataset& data, std::int64_t most, Seed seed) {
  return data.rows() <= most ? data : data.take(draw_rows(data.rows(), most, seed));
}

}  // namespace semblance
