// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <numeric>

#include "resample/entries.hpp"
#include "resample/points.hpp"
#include "resample/selector_of.hpp"
#include "semblance/core/log.hpp"
#include "semblance/core/parallel.hpp"
#include "semblance/resample/under_samplers.hpp"

namespace semblance {
namespace {

/// Of each row, the sum of its distances to the k nearest rows of the smallest class.
std::vector<double> near_sums(const Selection& selection, const TableSpace& space,
                              const std::vector<std::int64_t>& rows,
                              const std::vector<std::int64_t>& minority, std::int64_t k) {
  const Neighbours near = space.nearest(rows, minority, k, selection.options.run);
  std::vector<double> sums;
  for (std::int64_t i = 0; i < near.queries; ++i) {
    const auto distances = near.distances(i);
    sums.push_back(std::accumulate(distances.begin(), distances.end(), 0.0));
  }
  return sums;
}

/// The same for the k farthest.
std::vector<double> far_sums(const Selection& selection, const TableSpace& space,
                             const std::vector<std::int64_t>& rows, std::int64_t k) {
  const Points all(space, selection.known, selection.label);
  std::vector<std::int64_t> place(selection.label.size()), minority;
  for (std::size_t i = 0; i < selection.known.size(); ++i) {
    const std::int64_t row = selection.known[i];
    place[static_cast<std::size_t>(row)] = static_cast<std::int64_t>(i);
    if (selection.label_of(row) == selection.smallest) {
      minority.push_back(static_cast<std::int64_t>(i));
    }
  }
  const Points to = all.take(minority);
  std::vector<double> sums(rows.size());
  const auto sum = [&](std::int64_t i) {
    std::vector<double> measures;
    Points::Block block;
    const std::int64_t from = place[static_cast<std::size_t>(rows[static_cast<std::size_t>(i)])];
    for (std::int64_t b = 0; b < to.blocks(); ++b) {
      to.measure(all, from, b, block);
      const auto count = std::min(Points::kBlock, to.size() - b * Points::kBlock);
      measures.insert(measures.end(), block.begin(), block.begin() + count);
    }
    std::partial_sort(measures.begin(), measures.begin() + k, measures.end(), std::greater<>{});
    double& out = sums[static_cast<std::size_t>(i)];
    for (std::int64_t j = 0; j < k; ++j) out += to.distance(measures[static_cast<std::size_t>(j)]);
  };
  constexpr std::int64_t kRows = 64;  // of a task
  const auto n = static_cast<std::int64_t>(rows.size());
  parallel_for(worker_threads(selection.options.run), (n + kRows - 1) / kRows, [&](std::int64_t t) {
    require<Cancelled>(!selection.options.run.stop.stop_requested(), "{} was cancelled",
                       selection.method);
    for (std::int64_t i = t * kRows; i < std::min(n, (t + 1) * kRows); ++i) sum(i);
  });
  return sums;
}

/// The rows of a class among the nearest of any row of the smallest class.
std::vector<std::int64_t> candidates_of(const Selection& selection, const TableSpace& space,
                                        const std::vector<std::int64_t>& rows,
                                        const std::vector<std::int64_t>& minority,
                                        std::int64_t count) {
  const auto k = std::min(count, static_cast<std::int64_t>(rows.size()));
  std::vector<std::int64_t> out = space.nearest(minority, rows, k, selection.options.run).index;
  std::sort(out.begin(), out.end());
  out.erase(std::unique(out.begin(), out.end()), out.end());
  return out;
}

}  // namespace

template <class Visitor>
static void visit(NearMissConfig& c, Visitor&& v) {
  v("k", c.k, "Rows of the smallest class that distances go to, >= 1");
  v("candidates", c.candidates,
    "Of version 3: nearest rows of each row of the smallest class, >= 1");
  v("standardize", c.standardize, "Distances on columns of unit variance");
}

void NearMissConfig::validate() const {
  require(version >= 1 && version <= 3, "NearMissConfig.version must be 1, 2 or 3, got {}",
          version);
  require(k >= 1, "NearMissConfig.k must be >= 1, got {}", k);
  require(candidates >= 1, "NearMissConfig.candidates must be >= 1, got {}", candidates);
}

static std::string name_of(const NearMissConfig& config) {
  return "near-miss-" + std::to_string(config.version);
}

/// The rows of one class that stay.
static std::vector<std::int64_t> nearest_rows(const NearMissConfig& config,
                                              const Selection& selection, const TableSpace& space,
                                              std::int32_t label, std::int64_t count) {
  const auto minority = selection.rows_of(selection.smallest);
  const auto k = std::min(config.k, static_cast<std::int64_t>(minority.size()));
  auto rows = selection.rows_of(label);
  if (config.version == 2) return lowest(rows, far_sums(selection, space, rows, k), count);
  if (config.version == 3) {
    rows = candidates_of(selection, space, rows, minority, config.candidates);
    if (static_cast<std::int64_t>(rows.size()) < count) {
      log(LogLevel::kWarning,
          fmt::format("{}: class '{}' keeps {} rows in place of {}; more candidates than {} would "
                      "allow more",
                      selection.method, selection.classes[label], rows.size(), count,
                      config.candidates));
    }
  }
  auto sums = near_sums(selection, space, rows, minority, k);
  if (config.version == 3) {
    for (double& sum : sums) sum = -sum;
  }
  return lowest(rows, sums, count);
}

static std::vector<std::int64_t> select(const NearMissConfig& config, const Selection& selection) {
  const TableSpace space = selection.space(config.standardize);
  const auto wanted = selection.wanted();
  require(wanted[static_cast<std::size_t>(selection.smallest)] ==
              selection.sizes(selection.known)[static_cast<std::size_t>(selection.smallest)],
          "{}: class '{}' is the smallest, which the others are compared with; the strategy may "
          "not shrink it",
          selection.method, selection.classes[selection.smallest]);
  std::vector<std::int64_t> kept;
  for (std::int32_t c = 0; c < selection.classes.size(); ++c) {
    const std::int64_t count = wanted[static_cast<std::size_t>(c)];
    auto rows = selection.rows_of(c);
    if (count < static_cast<std::int64_t>(rows.size())) {
      rows = nearest_rows(config, selection, space, c, count);
    }
    kept.insert(kept.end(), rows.begin(), rows.end());
  }
  std::sort(kept.begin(), kept.end());
  return kept;
}

template class SelectorOf<NearMissConfig>;

ResamplerEntry near_miss_entry(std::int64_t version) {
  const char* summaries[] = {"Rows nearest to the nearest rows of the smallest class.",
                             "Rows nearest to the farthest rows of the smallest class.",
                             "Of the rows near the smallest class, the farthest."};
  return selector_entry<NearMissConfig>(ResamplerGroup::kUnderSampling, summaries[version - 1],
                                        "NearMissConfig", {.version = version});
}

}  // namespace semblance
