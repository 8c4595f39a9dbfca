// SPDX-License-Identifier: Apache-2.0
#include "copula/fit.hpp"

#include <algorithm>
#include <limits>
#include <numeric>

#include "copula/normal.hpp"
#include "copula/order.hpp"
#include "semblance/core/parallel.hpp"

namespace semblance::copula {
namespace {

constexpr int kOrderRounds = 3;
constexpr std::int64_t kLeastPairs = 3;  // rows with both cells that a correlation needs

/// One normal variable as the training rows show it.
struct Observed {
  std::vector<std::int32_t> level = {};  // of each row, in order; -1: not seen
  std::vector<double> counts = {};       // rows of each level
  std::int64_t rows = 0;                 // seen
  std::vector<float> score = {};         // of each row; 0: not seen
  Steps steps{std::vector<double>{1}};

  void finish() {
    rows = std::count_if(level.begin(), level.end(), [](auto k) { return k >= 0; });
    if (rows == 0) counts = {1};
    steps = Steps(counts);
    score.resize(level.size());
    for (std::size_t i = 0; i < level.size(); ++i)
      score[i] =
          level[i] < 0 ? 0 : static_cast<float>(steps.score[static_cast<std::size_t>(level[i])]);
  }
};

/// Levels of a numeric column: its distinct values, ascending.
Observed observe_numbers(const Column& column) {
  Observed out{.level = std::vector<std::int32_t>(static_cast<std::size_t>(column.size()), -1)};
  std::vector<std::pair<double, std::int64_t>> sorted;
  for (std::int64_t i = 0; i < column.size(); ++i) {
    if (column.is_valid(i)) sorted.emplace_back(column.number(i), i);
  }
  std::sort(sorted.begin(), sorted.end());
  for (std::size_t k = 0; k < sorted.size(); ++k) {
    if (k == 0 || sorted[k].first != sorted[k - 1].first) out.counts.push_back(0);
    ++out.counts.back();
    out.level[static_cast<std::size_t>(sorted[k].second)] =
        static_cast<std::int32_t>(out.counts.size()) - 1;
  }
  out.finish();
  return out;
}

Observed observe_gaps(const Column& column) {
  Observed out{.counts = {0, 0}};
  for (std::int64_t i = 0; i < column.size(); ++i) {
    out.level.push_back(column.is_valid(i) ? 0 : 1);
    ++out.counts[static_cast<std::size_t>(out.level.back())];
  }
  out.finish();
  return out;
}

/// Everything that fitting keeps beside the rows.
class Learner {
 public:
  Learner(const Dataset& train, const TokenCodec& codec, std::int64_t least_rows,
          const RunOptions& run);

  Learned learn(double ridge);
  /// Places of categories that other rows have shown.
  void adopt(const std::vector<Margin>& margins);
  [[nodiscard]] Matrix correlations(const std::vector<Margin>& margins);

 private:
  void observe(std::int64_t column);
  void order_categories();
  void place(std::int64_t column, const std::vector<std::int32_t>& order);
  [[nodiscard]] std::vector<std::span<const float>> scores_beside(std::int64_t column) const;
  [[nodiscard]] std::vector<Margin> margins() const;
  [[nodiscard]] double pair(std::int64_t a, std::int64_t b) const;
  [[nodiscard]] Observed& at(std::int64_t v) { return seen_[static_cast<std::size_t>(v)]; }
  [[nodiscard]] const Observed& at(std::int64_t v) const {
    return seen_[static_cast<std::size_t>(v)];
  }

  const Dataset& train_;
  const TokenCodec& codec_;
  std::int64_t columns_, least_rows_;
  Workers workers_;
  Reporter report_;
  std::int64_t done_ = 0;
  std::vector<Observed> seen_;                     // by variable
  std::vector<Groups> groups_;                     // by column; empty for numbers
  std::vector<std::vector<std::int32_t>> group_;   // of each row, by column
  std::vector<std::vector<std::int32_t>> places_;  // of each group, by column
  std::vector<bool> placed_;                       // columns whose scores mean something
};

std::int64_t gapped(const TokenCodec& codec) {
  std::int64_t out = 0;
  for (std::int64_t c = 0; c < codec.size(); ++c)
    out += codec[c].missing_token() >= 0 && codec[c].size() > 1 ? 1 : 0;
  return out;
}

Learner::Learner(const Dataset& train, const TokenCodec& codec, std::int64_t least_rows,
                 const RunOptions& run)
    : train_(train),
      codec_(codec),
      columns_(codec.size()),
      least_rows_(least_rows),
      workers_(worker_threads(run)),
      report_(run, "fit", 1 + kOrderRounds + codec.size() + gapped(codec)),
      seen_(static_cast<std::size_t>(codec.size() + gapped(codec))),
      groups_(static_cast<std::size_t>(codec.size())),
      group_(groups_.size()),
      places_(groups_.size()),
      placed_(groups_.size()) {
  workers_.run(columns_, [this](std::int64_t c) { observe(c); });
  std::int64_t gaps = columns_;
  for (std::int64_t c = 0; c < columns_; ++c) {
    if (codec[c].missing_token() >= 0 && codec[c].size() > 1)
      at(gaps++) = observe_gaps(train.column(c));
    placed_[static_cast<std::size_t>(c)] =
        codec[c].is_ordered() || groups_[static_cast<std::size_t>(c)].counts.size() < 3;
  }
  report_.step(++done_);
}

void Learner::observe(std::int64_t column) {
  const TokenColumn& tokens = codec_[column];
  const auto c = static_cast<std::size_t>(column);
  if (tokens.is_ordered()) {
    at(column) = observe_numbers(train_.column(column));
    return;
  }
  groups_[c] = group_tokens(tokens.counts(), tokens.missing_token(), least_rows_);
  for (const std::int32_t token : tokens.encode(train_.column(column)))
    group_[c].push_back(token < 0 ? -1 : groups_[c].of_token[static_cast<std::size_t>(token)]);
  std::vector<std::int32_t> order(groups_[c].counts.size());
  std::iota(order.begin(), order.end(), 0);
  place(column, order);
}

void Learner::place(std::int64_t column, const std::vector<std::int32_t>& order) {
  const auto c = static_cast<std::size_t>(column);
  places_[c].resize(order.size());
  Observed out{.level = group_[c], .counts = std::vector<double>(order.size())};
  for (std::size_t k = 0; k < order.size(); ++k)
    places_[c][static_cast<std::size_t>(order[k])] = static_cast<std::int32_t>(k);
  for (std::int32_t& level : out.level) {
    if (level < 0) continue;
    level = places_[c][static_cast<std::size_t>(level)];
    ++out.counts[static_cast<std::size_t>(level)];
  }
  out.finish();
  at(column) = std::move(out);
}

std::vector<std::span<const float>> Learner::scores_beside(std::int64_t column) const {
  const bool any = std::find(placed_.begin(), placed_.end(), true) != placed_.end();
  std::vector<std::span<const float>> out;
  for (std::int64_t v = 0; v < static_cast<std::int64_t>(seen_.size()); ++v) {
    const bool usable = v >= columns_ || !any || placed_[static_cast<std::size_t>(v)];
    if (v != column && usable) out.emplace_back(at(v).score);
  }
  return out;
}

void Learner::order_categories() {
  for (int round = 0; round < kOrderRounds; ++round) {
    std::vector<std::vector<std::int32_t>> orders(groups_.size());
    workers_.run(columns_, [&](std::int64_t column) {
      const auto c = static_cast<std::size_t>(column);
      if (groups_[c].counts.size() < 3) return;
      orders[c] = order_groups(group_[c], groups_[c].counts, scores_beside(column));
    });
    workers_.run(columns_, [&](std::int64_t column) {
      const auto& order = orders[static_cast<std::size_t>(column)];
      if (!order.empty()) place(column, order);
    });
    placed_.assign(placed_.size(), true);
    report_.step(++done_);
  }
}

std::vector<Margin> Learner::margins() const {
  std::vector<Margin> out;
  for (std::int64_t c = 0; c < columns_; ++c) {
    auto place = Margin::ascending(codec_[c]);
    for (std::size_t t = 0; t < place.size() && !codec_[c].is_ordered(); ++t) {
      const std::int32_t group = groups_[static_cast<std::size_t>(c)].of_token[t];
      if (group >= 0)
        place[t] = places_[static_cast<std::size_t>(c)][static_cast<std::size_t>(group)];
    }
    out.emplace_back(codec_[c], std::move(place));
  }
  return out;
}

double Learner::pair(std::int64_t a, std::int64_t b) const {
  const auto &x = at(a), &y = at(b);
  double sum = 0;
  std::int64_t both = 0;
  const bool full = x.rows == train_.rows() && y.rows == train_.rows();
  for (std::size_t i = 0; i < x.score.size(); ++i)
    sum += static_cast<double>(x.score[i]) * static_cast<double>(y.score[i]);
  for (std::size_t i = 0; !full && i < x.level.size(); ++i)
    both += x.level[i] >= 0 && y.level[i] >= 0 ? 1 : 0;
  if (full) both = train_.rows();
  return both < kLeastPairs ? 0 : correlation(x.steps, y.steps, sum / static_cast<double>(both));
}

void Learner::adopt(const std::vector<Margin>& margins) {
  for (std::int64_t column = 0; column < columns_; ++column) {
    const auto c = static_cast<std::size_t>(column);
    std::vector<std::int32_t> order(groups_[c].counts.size());
    for (std::size_t t = 0; t < groups_[c].of_token.size(); ++t) {
      const std::int32_t group = groups_[c].of_token[t];
      if (group >= 0) order[static_cast<std::size_t>(margins[c].place_of_token()[t])] = group;
    }
    if (!order.empty()) place(column, order);
  }
}

Learned Learner::learn(double ridge) {
  order_categories();
  Learned out{margins(), Matrix::Identity(0, 0)};
  out.correlation = positive_definite(correlations(out.margins), ridge);
  return out;
}

Matrix Learner::correlations(const std::vector<Margin>& margins) {
  const auto size = static_cast<std::int64_t>(seen_.size());
  Matrix r = Matrix::Identity(size, size);
  const Variables variables(codec_, margins);
  for (std::int64_t a = 0; a < size; ++a) {
    workers_.run(a, [&](std::int64_t b) { r(a, b) = r(b, a) = pair(a, b); });
    report_.step(++done_);
  }
  for (std::int64_t c = 0; c < columns_; ++c) {  // never seen together: taken as independent
    const std::int64_t gap = variables.gap[static_cast<std::size_t>(c)];
    if (gap >= 0) r(c, gap) = r(gap, c) = 0;
  }
  return r;
}

}  // namespace

Variables::Variables(const TokenCodec& codec, const std::vector<Margin>& margins)
    : size(codec.size()) {
  for (std::int64_t c = 0; c < codec.size(); ++c) {
    const Margin& margin = margins[static_cast<std::size_t>(c)];
    const bool both = codec[c].missing_token() >= 0 && margin.places() > 0;
    gap.push_back(both ? size++ : -1);
    gap_edge.push_back(margin.places() == 0 ? -std::numeric_limits<double>::infinity()
                                            : -normal::quantile(margin.missing_share()));
  }
}

Learned learn(const Dataset& train, const TokenCodec& codec, std::int64_t least_rows, double ridge,
              const RunOptions& run) {
  return Learner(train, codec, least_rows, run).learn(ridge);
}

Matrix correlations_within(const Dataset& rows, const TokenCodec& codec,
                           const std::vector<Margin>& margins, std::int64_t least_rows,
                           const RunOptions& run) {
  Learner learner(rows, codec, least_rows, run);
  learner.adopt(margins);
  return learner.correlations(margins);
}

}  // namespace semblance::copula
