// SPDX-License-Identifier: Apache-2.0
#include "smote/row_maker.hpp"

#include <algorithm>
#include <cstring>
#include <optional>
#include <variant>

#include "detail/arena.hpp"
#include "detail/check.hpp"
#include "semblance/core/parallel.hpp"

namespace semblance {
namespace {

constexpr std::int64_t kTile = 16'384;       ///< Most rows that are made together.
constexpr std::int64_t kSmallTile = 512;     ///< Fewest, where there are more.
constexpr std::int64_t kWorthATeam = 4'096;  ///< Rows that several threads make.

/// The cells of a column while they are made.
struct Buffer {
  Buffer(Kind kind_of, std::int64_t rows, bool gaps, Arena& arena) : kind(kind_of), size(rows) {
    if (kind == Kind::kCategorical) codes = arena.take<std::int32_t>(rows);
    if (kind == Kind::kReal) reals = arena.take<double>(rows);
    if (kind == Kind::kInteger || kind == Kind::kDatetime)
      integers = arena.take<std::int64_t>(rows);
    if (gaps) present = arena.take<std::uint8_t>(rows);
  }
  static std::size_t bytes(Kind kind, std::int64_t rows, bool gaps) {
    return (kind == Kind::kCategorical ? Arena::bytes_of<std::int32_t>(rows)
                                       : Arena::bytes_of<double>(rows)) +
           (gaps ? Arena::bytes_of<std::uint8_t>(rows) : 0);
  }

  template <class T>
  [[nodiscard]] CellRange<T> range(const std::shared_ptr<T[]>& values, std::int64_t first) const {
    return {values.get() + first, present ? present.get() + first : nullptr};
  }

  /// Rows [first, first + count) of `from`, to the same place.
  void copy(const Column& from, std::int64_t first, std::int64_t count) const {
    const auto part = [&](auto* to, auto values) {
      const auto cells =
          values.subspan(static_cast<std::size_t>(first), static_cast<std::size_t>(count));
      std::copy(cells.begin(), cells.end(), to + first);
    };
    if (codes) part(codes.get(), from.codes());
    if (reals) part(reals.get(), from.reals());
    if (integers) part(integers.get(), from.integers());
    for (std::int64_t i = first; present && i < first + count; ++i) {
      present[i] = from.is_valid(i) ? 1 : 0;
    }
  }

  [[nodiscard]] Column finish() const;

  Kind kind;
  std::int64_t size;
  std::shared_ptr<std::int32_t[]> codes;
  std::shared_ptr<double[]> reals;
  std::shared_ptr<std::int64_t[]> integers;
  std::shared_ptr<std::uint8_t[]> present;  ///< 1 where there is a value; nullptr: everywhere.
};

/// What keeps a finished column alive.
struct Owner {
  std::shared_ptr<const void> values;
  Bitmap valid;
};

Column Buffer::finish() const {
  auto owner = std::make_shared<Owner>();
  Column::Foreign layout{.kind = kind, .size = size};
  const auto keep = [&](const auto& values) {
    if (!values) return;
    layout.values = values.get();
    owner->values = values;
  };
  keep(codes);
  keep(reals);
  keep(integers);
  if (present) {
    owner->valid = Bitmap(size, true);
    for (std::int64_t i = 0; i < size; ++i) {
      if (present[i] == 0) owner->valid.set(i, false);
    }
    if (owner->valid.count_zeros() > 0) layout.valid = owner->valid.bytes().data();
  }
  layout.owner = std::move(owner);
  return Column::wrap(std::move(layout));
}

/// A part of the table that one thread makes at a time.
struct Job {
  const Batch* batch = nullptr;  ///< nullptr: rows of the head.
  std::int64_t first = 0;        ///< In the batch.
  std::int64_t count = 0;
  std::int64_t out = 0;  ///< In the table.
};

void add_jobs(std::vector<Job>& jobs, const Batch* batch, std::int64_t count, std::int64_t out,
              std::int64_t tile) {
  for (std::int64_t first = 0; first < count; first += tile) {
    jobs.push_back({batch, first, std::min(tile, count - first), out + first});
  }
}

/// The numeric columns of one class, for batches that look each of its values up many times.
struct ClassColumns {
  std::vector<std::vector<double>> reals;           ///< Of each column; empty: none are kept.
  std::vector<std::vector<std::int64_t>> integers;  ///< The same.
  std::optional<MemberIndex> index = {};
};

/// The values of some rows; nothing for columns with gaps.
template <class T>
std::vector<T> values_at(const Column& column, std::span<const T> values,
                         std::span<const std::int64_t> rows) {
  std::vector<T> out(column.null_count() > 0 ? 0 : rows.size());
  for (std::size_t i = 0; i < out.size(); ++i) out[i] = values[static_cast<std::size_t>(rows[i])];
  return out;
}

/// The digits after the point that the head has for each value of its own.
Column with_decimals_of(const Column& head, const Column& joined) {
  const std::int8_t* decimals = head.layout().decimals;
  if (decimals == nullptr) return joined;
  std::vector<std::int8_t> all(decimals, decimals + head.size());
  all.resize(static_cast<std::size_t>(joined.size()), std::int8_t{-1});
  return joined.with_decimals(std::move(all));
}

/// The class of the base.
void class_cells(const Column& from, std::span<const Drawn> rows, CellRange<std::int32_t> out) {
  const auto codes = from.codes();
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const std::int64_t base = rows[i].parents.base;
    out.values[i] = codes[static_cast<std::size_t>(base)];
    if (out.present != nullptr) out.present[i] = from.is_valid(base) ? 1 : 0;
  }
}

}  // namespace

/// One table in the making.
class RowMaker::Assembly {
 public:
  Assembly(const RowMaker& maker, const Dataset* head, std::span<const Batch> batches,
           std::span<Provenance> trace, const RunOptions& run)
      : maker_(maker),
        run_(run),
        head_(head),
        batches_(batches),
        trace_(trace),
        before_(head == nullptr ? 0 : head->rows()),
        rows_(before_) {
    for (const Batch& batch : batches) rows_ += batch.count;
    threads_ = rows_ < kWorthATeam ? 1 : worker_threads(run);
    const std::int64_t tile = std::clamp(rows_ / (8 * threads_), kSmallTile, kTile);
    std::int64_t out = before_;
    for (const Batch& batch : batches) {
      add_jobs(jobs_, &batch, batch.count, out, tile);
      out += batch.count;
    }
    add_jobs(jobs_, nullptr, before_, 0, tile);
    make_room();
  }

  Dataset run() {
    const auto work = [&](std::int64_t j) {
      require<Cancelled>(!run_.stop.stop_requested(), "{}: making rows was cancelled at {} of {}",
                         maker_.training_.options.name, j, jobs_.size());
      const Job& job = jobs_[static_cast<std::size_t>(j)];
      job.batch == nullptr ? copy(job) : make(job);
    };
    keep_classes();
    parallel_for(threads_, static_cast<std::int64_t>(jobs_.size()), work);
    return finish();
  }

 private:
  void make_room() {
    const Dataset& data = maker_.training_.data;
    std::vector<bool> gaps;
    std::size_t bytes = 0;
    for (std::int64_t c = 0; c < data.schema().size(); ++c) {
      gaps.push_back(data.column(c).null_count() > 0 ||
                     (head_ != nullptr && head_->column(c).null_count() > 0));
      bytes += Buffer::bytes(data.schema()[c].kind, rows_, gaps.back());
    }
    Arena arena(bytes);
    for (std::int64_t c = 0; c < data.schema().size(); ++c) {
      buffers_.emplace_back(data.schema()[c].kind, rows_, gaps[static_cast<std::size_t>(c)], arena);
    }
  }

  void copy(const Job& job) const {
    for (std::size_t c = 0; c < buffers_.size(); ++c) {
      buffers_[c].copy(head_->columns()[c], job.out, job.count);
    }
  }

  /// Whether a batch is larger than its class and only joins rows.
  [[nodiscard]] bool repeats(const Batch& batch) const {
    return batch.label >= 0 && !maker_.method_.displaces() &&
           batch.count > maker_.training_.classes.size(batch.label);
  }

  void keep_classes() {
    const auto width = static_cast<std::int64_t>(buffers_.size());
    kept_.resize(batches_.size());
    for (std::size_t b = 0; b < kept_.size(); ++b) {
      kept_[b].reals.resize(buffers_.size());
      kept_[b].integers.resize(buffers_.size());
      if (repeats(batches_[b])) kept_[b].index = maker_.training_.classes.index(batches_[b].label);
    }
    parallel_for(threads_, static_cast<std::int64_t>(batches_.size()) * width, [&](std::int64_t i) {
      const auto b = static_cast<std::size_t>(i / width), c = static_cast<std::size_t>(i % width);
      if (!repeats(batches_[b])) return;
      const Column& column = maker_.training_.data.columns()[c];
      const auto members = maker_.training_.members(batches_[b].label);
      if (buffers_[c].reals) kept_[b].reals[c] = values_at(column, column.reals(), members);
      if (buffers_[c].integers)
        kept_[b].integers[c] = values_at(column, column.integers(), members);
    });
  }

  static std::vector<Line> lines(const MemberIndex& own, std::span<const Drawn> rows) {
    std::vector<Line> out;
    out.reserve(rows.size());
    for (const Drawn& row : rows) {
      const Provenance& p = row.parents;
      out.push_back({own.place(p.base), own.place(p.neighbour), p.u});
    }
    return out;
  }

  void make(const Job& job) const {
    std::vector<Drawn> rows(static_cast<std::size_t>(job.count));
    job.batch->draw(job.first, rows);
    const auto moved = maker_.displacements(rows, job.batch->seed);
    const auto numbers = static_cast<std::size_t>(maker_.training_.space.numeric());
    const ClassColumns& kept = kept_[static_cast<std::size_t>(job.batch - batches_.data())];
    const auto parents = kept.index ? lines(*kept.index, rows) : std::vector<Line>();
    Ballot ballot(maker_.base_votes_);
    for (std::size_t c = 0; c < buffers_.size(); ++c) {
      const Seed ties = derive(derive(job.batch->seed, "votes"), static_cast<std::uint64_t>(c));
      column(c, {rows, moved, numbers, parents}, kept, job.out, ties, ballot);
    }
    for (std::size_t i = 0; i < rows.size() && !trace_.empty(); ++i) {
      trace_[static_cast<std::size_t>(job.out - before_) + i] = rows[i].parents;
    }
  }

  void column(std::size_t c, const Tile& tile, const ClassColumns& kept, std::int64_t first,
              Seed ties, Ballot& ballot) const {
    const Training& training = maker_.training_;
    const Column& from = training.data.columns()[c];
    const Buffer& to = buffers_[c];
    if (static_cast<std::int64_t>(c) == training.classes.target()) {
      class_cells(from, tile.rows, to.range(to.codes, first));
    } else if (to.codes) {
      category_cells(from, tile, ties, ballot, to.range(to.codes, first));
    } else if (!to.present && !kept.reals[c].empty()) {
      line_cells<double>(from, kept.reals[c], maker_.rules_[c], tile, to.reals.get() + first);
    } else if (!to.present && !kept.integers[c].empty()) {
      line_cells<std::int64_t>(from, kept.integers[c], maker_.rules_[c], tile,
                               to.integers.get() + first);
    } else if (to.reals) {
      number_cells(from, maker_.rules_[c], tile, ties, ballot, to.range(to.reals, first));
    } else {
      number_cells(from, maker_.rules_[c], tile, ties, ballot, to.range(to.integers, first));
    }
  }

  [[nodiscard]] Dataset finish() const {
    std::vector<Column> columns;
    for (std::size_t c = 0; c < buffers_.size(); ++c) {
      const Column made = buffers_[c].finish();
      columns.push_back(head_ == nullptr ? made : with_decimals_of(head_->columns()[c], made));
    }
    return {head_ == nullptr ? maker_.training_.data.schema() : head_->schema(),
            std::move(columns)};
  }

  const RowMaker& maker_;
  const RunOptions& run_;
  const Dataset* head_;
  std::span<const Batch> batches_;
  std::span<Provenance> trace_;
  std::int64_t before_, rows_;
  int threads_ = 1;
  std::vector<Job> jobs_;
  std::vector<Buffer> buffers_;
  std::vector<ClassColumns> kept_;  ///< Of each batch.
};

RowMaker::RowMaker(const Training& training, const Method& method)
    : training_(training), method_(method) {
  const Dataset& data = training.data;
  for (std::int64_t c = 0; c < data.schema().size(); ++c) {
    const Field& field = data.schema()[c];
    base_votes_ = base_votes_ && field.kind == Kind::kCategorical;
    rules_.push_back({number_rule(field, data.column(c))});
  }
  const auto numbers = training.space.numeric_columns();
  for (std::size_t j = 0; j < numbers.size(); ++j) {
    CellRule& rule = rules_[static_cast<std::size_t>(numbers[j])];
    rule.number = j;
    rule.scale = training.space.deviation(static_cast<std::int64_t>(j));
  }
}

std::vector<double> RowMaker::displacements(std::span<const Drawn> rows, Seed seed) const {
  if (!method_.displaces()) return {};
  const auto numbers = static_cast<std::size_t>(training_.space.numeric());
  std::vector<double> out(rows.size() * numbers, 0.0);
  const Seed stage = derive(seed, "displace");
  for (std::size_t i = 0; i < rows.size(); ++i) {
    Stream stream(stage, rows[i].index);
    method_.displace(rows[i], stream, std::span(out).subspan(i * numbers, numbers));
  }
  return out;
}

Dataset RowMaker::make(const Dataset* head, std::span<const Batch> batches,
                       std::span<Provenance> trace, const RunOptions& run) const {
  return Assembly(*this, head, batches, trace, run).run();
}

}  // namespace semblance
