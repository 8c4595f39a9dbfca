// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>
#include <utility>

#include "data/choose_rows.hpp"
#include "detail/check.hpp"
#include "semblance/data/row_source.hpp"

namespace semblance {

/// Selection sampling: Knuth, The Art of Computer Programming 2, 3.4.2, algorithm S.
std::vector<std::int64_t> choose_rows(std::int64_t rows, std::int64_t wanted, Seed seed) {
  std::vector<std::int64_t> out;
  Stream stream(seed, "choose rows");
  std::int64_t left = std::min(rows, wanted);
  out.reserve(static_cast<std::size_t>(left));
  for (std::int64_t row = 0; left > 0; ++row) {
    const auto from = static_cast<std::uint64_t>(rows - row);
    if (stream.below(from) >= static_cast<std::uint64_t>(left)) continue;
    out.push_back(row);
    --left;
  }
  return out;
}

namespace {

/// The rows with the smallest and largest value of one number so far.
struct Extremes {
  double low = std::numeric_limits<double>::infinity(), high = -low;
  std::optional<Dataset> lowest = {}, highest = {};
};

bool is_number(Kind kind) {
  return kind == Kind::kReal || kind == Kind::kInteger || kind == Kind::kDatetime;
}

class Digester {
 public:
  Digester(const Schema& schema, std::vector<std::int64_t> chosen)
      : schema_(schema),
        chosen_(std::move(chosen)),
        extremes_(static_cast<std::size_t>(schema.size())) {
    for (const Field& field : schema)
      counts_.emplace_back(static_cast<std::size_t>(field.categories.size()) + 1);
  }

  void add(const Dataset& chunk) {
    std::vector<std::int64_t> here;
    for (; next_ < chosen_.size() && chosen_[next_] < seen_ + chunk.rows(); ++next_)
      here.push_back(chosen_[next_] - seen_);
    if (!here.empty()) sample_.push_back(chunk.take(here));
    for (std::int64_t c = 0; c < schema_.size(); ++c) {
      if (schema_[c].kind == Kind::kCategorical) {
        count(chunk.column(c), counts_[static_cast<std::size_t>(c)]);
      } else {
        counts_[static_cast<std::size_t>(c)].back() += chunk.column(c).null_count();
        if (is_number(schema_[c].kind)) note_extremes(chunk, c);
      }
    }
    seen_ += chunk.rows();
  }

  [[nodiscard]] RowDigest finish() {
    std::int64_t added = 0;
    for (Extremes& e : extremes_) {
      for (auto* row : {&e.lowest, &e.highest}) {
        if (!*row) continue;
        sample_.push_back(std::move(**row));
        ++added;
      }
    }
    return {Dataset::concat(sample_), added, std::move(counts_)};
  }

 private:
  static void count(const Column& column, std::vector<std::int64_t>& counts) {
    const auto codes = column.codes();
    for (std::int64_t i = 0; i < column.size(); ++i) {
      ++(column.is_valid(i) ? counts[static_cast<std::size_t>(codes[static_cast<std::size_t>(i)])]
                            : counts.back());
    }
  }

  void note_extremes(const Dataset& chunk, std::int64_t c) {
    const Column& column = chunk.column(c);
    Extremes& e = extremes_[static_cast<std::size_t>(c)];
    std::int64_t lowest = -1, highest = -1;
    for (std::int64_t i = 0; i < column.size(); ++i) {
      if (!column.is_valid(i)) continue;
      const double value = column.number(i);
      require(std::isfinite(value),
              "fit: column '{}' must hold finite values, row {} is NaN or "
              "infinite",
              schema_[c].name, seen_ + i);
      if (value < e.low) e.low = value, lowest = i;
      if (value > e.high) e.high = value, highest = i;
    }
    if (lowest >= 0) e.lowest = chunk.take(std::vector{lowest});
    if (highest >= 0) e.highest = chunk.take(std::vector{highest});
  }

  const Schema& schema_;
  std::vector<std::int64_t> chosen_;
  std::size_t next_ = 0;
  std::int64_t seen_ = 0;
  std::vector<Dataset> sample_;
  std::vector<Extremes> extremes_;
  std::vector<std::vector<std::int64_t>> counts_;
};

}  // namespace

RowDigest digest(const RowSource& source, std::int64_t sample_rows, Seed seed,
                 const RunOptions& run) {
  require(sample_rows >= 1, "digest: sample_rows must be >= 1, got {}", sample_rows);
  require(source.rows() >= 1 && source.schema().size() >= 1,
          "digest: the source must have at least 1 row and 1 column, got {} x {}", source.rows(),
          source.schema().size());
  Digester digester(source.schema(), choose_rows(source.rows(), sample_rows, seed));
  Reporter progress(run, "digest", source.rows());
  std::int64_t done = 0;
  source.for_each_chunk([&](const Dataset& chunk) {
    digester.add(chunk);
    progress.step(done += chunk.rows());
  });
  return digester.finish();
}

}  // namespace semblance
