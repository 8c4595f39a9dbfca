// SPDX-License-Identifier: Apache-2.0
// The exact search over all pairs. A metric brings
//
//   static constexpr Screen kScreen
//   const Panels& queries() const, references() const    packed; the same object in a self-join
//   const float* weights() const                         one a code column
//   float error(query_norm, reference_norm) const        the most that a screened sum is off
//   double key(query, reference) const                   in float64, monotone in the distance
//   float bound(key) const                               sums above it have keys above `key`
//   double distance(key) const
//   float spread() const                                 a pair with more than `spread` times the
//                                                        sum of another has a higher key; >= 1
//
// A kernel screens 8 x 32 pairs at a time; see Shortlists for what becomes of those that pass.
#pragma once

#include <bit>

#include "neighbours/kernel.hpp"
#include "neighbours/shortlists.hpp"
#include "neighbours/tournament.hpp"

namespace semblance {

/// Panels [first, first + count) of one side of the search.
struct PanelRange {
  std::int64_t first = 0, count = 0;
};

/// Range `i` of those that `size` panels a range make of `count`.
inline PanelRange panel_range(std::int64_t i, std::int64_t size, std::int64_t count) {
  return {i * size, std::min(size, count - i * size)};
}

/// Adds what two boxes are apart in one column to a lower bound of the sum of any pair of them.
template <Screen kScreen>
void add_gap(float low, float high, float other_low, float other_high, float& bound) {
  const float gap = std::max(0.0F, std::max(other_low - high, low - other_high));
  if constexpr (kScreen == Screen::kProduct) bound += 0.5F * gap * gap;
  if constexpr (kScreen == Screen::kAbsolute) bound += gap;
  if constexpr (kScreen == Screen::kLargest) bound = std::max(bound, gap);
}

/// A lower bound of the sums of all pairs of two ranges; 0 without boxes.
template <Screen kScreen>
float least_sum(const Panels& a, PanelRange of_a, const Panels& b, PanelRange of_b) {
  const auto edge = [](const Panels& panels, PanelRange of, std::int64_t column,
                       std::int64_t side) {
    const float* edges = panels.edges(column, side) + of.first;
    return side == 0 ? *std::min_element(edges, edges + of.count)
                     : *std::max_element(edges, edges + of.count);
  };
  float bound = 0;
  for (std::int64_t j = 0; j < std::min(a.boxed(), b.boxed()); ++j) {
    add_gap<kScreen>(edge(a, of_a, j, 0), edge(a, of_a, j, 1), edge(b, of_b, j, 0),
                     edge(b, of_b, j, 1), bound);
  }
  return bound;
}

/// Screens a range of queries against a range of references, for one side's lists or for both's.
/// Panels whose boxes are farther apart than any of their rows looks are passed over.
template <class Metric>
class Crossing {
 public:
  /// \param mirrored  Lists of the references; null: one-sided.
  Crossing(const Metric& metric, PanelRange queries, PanelRange references,
           Shortlists<Metric>& lists, Shortlists<Metric>* mirrored = nullptr)
      : metric_(metric),
        queries_(queries),
        references_(references),
        forth_(side(metric.queries(), queries, lists, metric.references(), references)),
        farthest_(static_cast<std::size_t>(references.count),
                  std::numeric_limits<float>::lowest()) {
    if (mirrored == nullptr) return;
    back_ = side(metric.references(), references, *mirrored, metric.queries(), queries);
    for (std::int64_t p = 0; p < references.count; ++p) {
      farthest_[static_cast<std::size_t>(p)] = largest_limit(back_, p);
    }
  }

  void run() {
    for (std::int64_t q = 0; q < queries_.count; ++q) {
      find_bounds(q);
      std::int64_t nearest = -1;
      if (back_.lists == nullptr) {  // the nearest panel first: its limits leave most others out
        nearest = std::min_element(bounds_.begin(), bounds_.end()) - bounds_.begin();
        walk(q, {nearest, 1});
      }
      find_runs(q, nearest);
      for (const PanelRange& run : runs_) walk(q, run);
    }
  }

 private:
  /// One direction: whose neighbours are looked for.
  struct Side {
    Shortlists<Metric>* lists = nullptr;
    const Panels* own = nullptr;
    const Panels* other = nullptr;
    std::int64_t first = 0, other_first = 0;  ///< Positions.
    float other_norm = 0;
    std::vector<float> limits;  ///< One a position, the lowest float for padding.
  };

  Side side(const Panels& own, PanelRange range, Shortlists<Metric>& lists, const Panels& other,
            PanelRange others) const {
    Side made{&lists,
              &own,
              &other,
              range.first * kPanel,
              others.first * kPanel,
              other.largest_norm(others.first, others.count),
              {}};
    made.limits.assign(static_cast<std::size_t>(range.count * kPanel),
                       std::numeric_limits<float>::lowest());
    const std::int64_t present = std::min(range.count * kPanel, own.rows() - made.first);
    for (std::int64_t i = 0; i < present; ++i) update(made, i);
    return made;
  }

  [[nodiscard]] static float largest_limit(const Side& of, std::int64_t panel) {
    const float* limits = of.limits.data() + panel * kPanel;
    return *std::max_element(limits, limits + kPanel);
  }

  /// Lower bounds of the sums of a panel of queries and each panel of references.
  void find_bounds(std::int64_t q) {
    const Panels &queries = metric_.queries(), &references = metric_.references();
    bounds_.assign(farthest_.size(), 0.0F);
    for (std::int64_t j = 0; j < std::min(queries.boxed(), references.boxed()); ++j) {
      const float low = queries.edges(j, 0)[queries_.first + q];
      const float high = queries.edges(j, 1)[queries_.first + q];
      const float* lows = references.edges(j, 0) + references_.first;
      const float* highs = references.edges(j, 1) + references_.first;
      for (std::size_t p = 0; p < bounds_.size(); ++p) {
        add_gap<Metric::kScreen>(low, high, lows[p], highs[p], bounds_[p]);
      }
    }
  }

  /// The panels of references that may hold neighbours of a panel of queries, or the reverse.
  void find_runs(std::int64_t q, std::int64_t done) {
    const float own = largest_limit(forth_, q);
    runs_.clear();
    for (std::int64_t p = 0; p < references_.count; ++p) {
      const auto at = static_cast<std::size_t>(p);
      if (p == done || bounds_[at] > std::max(own, farthest_[at])) continue;
      const bool next = !runs_.empty() && runs_.back().first + runs_.back().count == p;
      next ? void(++runs_.back().count) : runs_.push_back({p, 1});
    }
  }

  /// All tiles of a panel of queries.
  void walk(std::int64_t panel, PanelRange run) {
    const std::int64_t present = metric_.queries().rows() - queries_.first * kPanel;
    ScreenTask task{.tile = metric_.queries().panel(queries_.first + panel),
                    .panels = metric_.references().panel(references_.first + run.first),
                    .count = run.count,
                    .layout = metric_.references().layout(),
                    .weights = metric_.weights(),
                    .limits = forth_.limits.data() + panel * kPanel};
    if (back_.lists != nullptr) task.mirrored = back_.limits.data() + run.first * kPanel;
    for (std::int64_t q = panel * kPanel; q < std::min((panel + 1) * kPanel, present);
         q += kTile, task.tile += kTile, task.limits += kTile) {
      for (std::int64_t p = kernel_(task, 0, hit_); p < task.count;
           p = kernel_(task, p + 1, hit_)) {
        handle(q, (run.first + p) * kPanel);
      }
    }
  }

  [[nodiscard]] float error(const Side& of, std::int64_t i) const {
    return metric_.error(of.own->norm(of.first + i), of.other_norm);
  }
  void update(Side& of, std::int64_t i) const {
    of.limits[static_cast<std::size_t>(i)] = of.lists->limit(of.first + i, error(of, i));
  }

  void try_pair(Side& of, std::int64_t i, std::int64_t j, float sum) {
    float& limit = of.limits[static_cast<std::size_t>(i)];
    if (!(sum <= limit)) return;
    const float most = error(of, i);
    if (of.lists->offer(of.first + i, sum, most, of.other->row(of.other_first + j))) {
      limit = of.lists->limit(of.first + i, most);
    }
  }

  void handle(std::int64_t q, std::int64_t reference) {
    for (int r = 0; r < kTile; ++r) {
      if (hit_.queries[r] != 0) offer_lanes(q + r, reference, hit_.sums[r], hit_.queries[r]);
      for (std::uint32_t bits = hit_.references[r]; bits != 0; bits &= bits - 1) {
        const int lane = std::countr_zero(bits);
        try_pair(back_, reference + lane, q + r, hit_.sums[r][lane]);
      }
    }
  }

  void offer_lanes(std::int64_t q, std::int64_t reference, const float* sums, std::uint32_t bits) {
    const float nearest = forth_.lists->limit_of(sums, bits, error(forth_, q));
    for (; bits != 0; bits &= bits - 1) {
      const int lane = std::countr_zero(bits);
      if (sums[lane] <= nearest) try_pair(forth_, q, reference + lane, sums[lane]);
    }
  }

  const Metric& metric_;
  PanelRange queries_, references_;
  Side forth_, back_;
  std::vector<float> farthest_;  ///< Largest limit of each panel of references, when it began.
  std::vector<float> bounds_;
  std::vector<PanelRange> runs_;
  ScreenKernel kernel_ = screen_kernel(Metric::kScreen);
  ScreenHit hit_;
};

/// Blocks of references, the one whose box is nearest to the queries' first.
template <class Metric>
std::vector<PanelRange> nearest_first(const Metric& metric, PanelRange queries) {
  const Panels& references = metric.references();
  const std::int64_t size = references.per_block();
  std::vector<std::pair<float, std::int64_t>> order;
  std::vector<PanelRange> ranges, out;
  for (std::int64_t b = 0; b * size < references.count(); ++b) {
    ranges.push_back(panel_range(b, size, references.count()));
    order.emplace_back(
        least_sum<Metric::kScreen>(metric.queries(), queries, references, ranges.back()), b);
  }
  std::sort(order.begin(), order.end());
  for (const auto& [bound, b] : order) out.push_back(ranges[static_cast<std::size_t>(b)]);
  return out;
}

/// Every query looks through all references.
template <class Metric>
void search_one_sided(const Metric& metric, const NeighbourOptions& options, Neighbours& out) {
  const std::int64_t count = metric.queries().count();
  const int threads = worker_threads(options.run);
  const std::int64_t size = std::clamp<std::int64_t>(count / (4 * threads), 1, 16);
  for_query_blocks(count, size, options.run, [&](std::int64_t first, std::int64_t panels) {
    const std::int64_t end = std::min((first + panels) * kPanel, metric.queries().rows());
    Shortlists<Metric> lists(metric, options, first * kPanel, end - first * kPanel, out);
    const PanelRange queries{first, panels};
    for (const PanelRange& references : nearest_first(metric, queries)) {
      Crossing(metric, queries, references, lists).run();
    }
    for (std::int64_t at = first * kPanel; at < end; ++at) lists.finish(at);
  });
}

/// The pairs within a block, those of the same panel first: they are the nearest.
template <class Metric>
void cross_within(const Metric& metric, PanelRange block, Shortlists<Metric>& lists) {
  const std::int64_t end = block.first + block.count;
  for (std::int64_t p = block.first; p < end; ++p) Crossing(metric, {p, 1}, {p, 1}, lists).run();
  for (std::int64_t p = block.first; p + 1 < end; ++p) {
    Crossing(metric, {p, 1}, {p + 1, end - p - 1}, lists, &lists).run();
  }
}

/// A self-join: each pair of blocks is screened once, for both.
template <class Metric>
void search_symmetric(const Metric& metric, const NeighbourOptions& options, Neighbours& out) {
  const Panels& panels = metric.references();
  const int threads = worker_threads(options.run);
  const std::int64_t size =
      std::clamp<std::int64_t>(panels.count() / (8 * threads), 1, panels.per_block());
  const std::int64_t blocks = (panels.count() + size - 1) / size;
  Shortlists<Metric> lists(metric, options, 0, panels.rows(), out);
  const auto range = [&](std::int64_t i) { return panel_range(i, size, panels.count()); };
  Workers workers(static_cast<int>(std::min<std::int64_t>(threads, blocks)));
  Tournament tournament(blocks);
  workers.run(workers.threads(), [&](std::int64_t) {
    tournament.join([&](std::int64_t i, std::int64_t j) {
      require<Cancelled>(!options.run.stop.stop_requested(), "nearest was cancelled");
      if (i == j) return cross_within(metric, range(i), lists);
      Crossing(metric, range(i), range(j), lists, &lists).run();
    });
  });
  workers.run(blocks, [&](std::int64_t i) {
    const std::int64_t end = std::min((range(i).first + range(i).count) * kPanel, panels.rows());
    for (std::int64_t at = range(i).first * kPanel; at < end; ++at) lists.finish(at);
  });
}

template <class Metric>
Neighbours search_blocked(const Metric& metric, std::int64_t k, const NeighbourOptions& options) {
  const std::int64_t queries = metric.queries().rows();
  check_pairwise(options);
  check_search(queries, metric.references().rows(), k, options);
  Neighbours out = empty_result(queries, k);
  if (&metric.queries() == &metric.references()) {
    search_symmetric(metric, options, out);
  } else {
    search_one_sided(metric, options, out);
  }
  return out;
}

}  // namespace semblance
