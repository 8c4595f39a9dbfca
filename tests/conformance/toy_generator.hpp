// SPDX-License-Identifier: Apache-2.0
// A generator of your own in one file: docs/generators.md walks through it.
#pragma once

#include <sstream>
#include <utility>
#include <vector>

#include "semblance/core/archive.hpp"
#include "semblance/core/error.hpp"
#include "semblance/core/parallel.hpp"
#include "semblance/data/csv.hpp"
#include "semblance/generator.hpp"

/// Draws every cell on its own from the cells of its training column: right in each column, blind
/// to what columns have to do with each other. Keeps the training rows.
class IndependentColumns : public semblance::Generator {
 protected:
  void do_fit(const semblance::Dataset& train, semblance::Seed,
              const semblance::RunOptions& run) override {
    semblance::Reporter progress(run, "fit", 1);
    progress.step(1);  // throws Cancelled if the caller wants to stop: nothing has changed yet
    rows_ = train;     // commit last
  }

  semblance::Dataset do_sample(semblance::RowRange range,
                               const std::vector<semblance::ResolvedTerm>& given,
                               semblance::Seed seed,
                               const semblance::RunOptions& run) const override {
    std::vector<semblance::Column> columns(rows_.columns().size());
    semblance::parallel_for(worker_threads(run), rows_.schema().size(), [&](std::int64_t c) {
      const auto pool = rows_that_satisfy(c, given);
      columns[static_cast<std::size_t>(c)] =
          rows_.column(c).take(draw(range, pool, derive(seed, rows_.schema()[c].name)));
    });
    return {rows_.schema(), std::move(columns)};
  }

  semblance::Dataset do_impute(const semblance::Dataset& rows, semblance::Seed seed,
                               const semblance::RunOptions&) const override {
    std::vector<semblance::Column> columns;
    for (std::int64_t c = 0; c < rows.schema().size(); ++c) {
      const semblance::Column both[] = {rows.column(c), rows_.column(c)};
      columns.push_back(semblance::Column::concat(both).take(fill(both[0], c, seed)));
    }
    return {rows_.schema(), std::move(columns)};
  }

  void do_save(semblance::Archive& archive) const override {
    std::ostringstream csv;
    write_csv(rows_, csv);
    archive.put_text("rows", csv.str());
  }

  void do_load(const semblance::Archive& archive, const semblance::Schema& schema) override {
    auto rows = semblance::parse_csv(archive.text("rows"), {.schema = schema}, "rows");
    if (rows.rows() == 0) throw semblance::FileError("the model file has no rows");
    rows_ = conform(rows, schema);
  }

  semblance::Capabilities do_capabilities() const override {
    using semblance::Kind;
    return {.kinds = {Kind::kReal, Kind::kInteger, Kind::kCategorical, Kind::kDatetime},
            .missing_values = true,
            .conditioning = semblance::Conditioning::kExact,
            .imputes = true};
  }
  std::string do_name() const override { return "independent-columns"; }
  std::string do_config_json() const override { return "{}"; }

 private:
  using Rows = std::vector<std::int64_t>;

  /// The training rows whose cell in column `c` is what the condition asks for.
  Rows rows_that_satisfy(std::int64_t c, const std::vector<semblance::ResolvedTerm>& given) const {
    std::vector<semblance::ResolvedTerm> here;
    for (const auto& term : given) {
      if (term.column == c) here.push_back(term);
    }
    Rows pool;
    for (std::int64_t r = 0; r < rows_.rows(); ++r) {
      if (satisfies(rows_, r, here)) pool.push_back(r);
    }
    if (pool.empty())
      throw semblance::InvalidArgument(
          "independent-columns.sample: no training row meets the "
          "condition on '" +
          rows_.schema()[c].name + "'");
    return pool;
  }

  Rows present_rows(std::int64_t c) const {
    Rows pool;
    for (std::int64_t r = 0; r < rows_.rows(); ++r) {
      if (rows_.column(c).is_valid(r)) pool.push_back(r);
    }
    return pool;
  }

  /// One member of the pool for each row of the range: row i draws from its own stream.
  static Rows draw(semblance::RowRange range, const Rows& pool, semblance::Seed seed) {
    Rows out;
    for (std::int64_t i = range.first; i < range.first + range.count; ++i) {
      semblance::Stream stream(seed, static_cast<std::uint64_t>(i));
      out.push_back(pool[stream.below(pool.size())]);
    }
    return out;
  }

  /// Positions in `column` followed by the training column: the cell itself where it is present,
  /// else a draw.
  Rows fill(const semblance::Column& column, std::int64_t c, semblance::Seed seed) const {
    const std::string& name = rows_.schema()[c].name;
    const Rows pool = present_rows(c);
    if (pool.empty() && column.null_count() > 0)
      throw semblance::InvalidArgument("independent-columns.impute: column '" + name +
                                       "' had no values in training");
    Rows out = pool.empty() ? Rows(static_cast<std::size_t>(column.size()))
                            : draw({0, column.size()}, pool, derive(seed, name));
    for (std::int64_t r = 0; r < column.size(); ++r) {
      auto& pick = out[static_cast<std::size_t>(r)];
      pick = column.is_valid(r) ? r : column.size() + pick;
    }
    return out;
  }

  semblance::Dataset rows_;
};
