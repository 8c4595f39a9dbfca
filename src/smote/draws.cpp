// SPDX-License-Identifier: Apache-2.0
#include "smote/draws.hpp"

#include <algorithm>
#include <memory>
#include <numeric>

#include "detail/check.hpp"

namespace semblance {
namespace {

/// A base by its weight, or any one.
std::int64_t pick(const ReadyPlan& ready, Stream& stream) {
  const auto& sums = ready.cumulative;
  if (sums.empty()) return static_cast<std::int64_t>(stream.below(ready.plan->bases.size()));
  const double at = stream.uniform() * sums.back();
  auto it = std::upper_bound(sums.begin(), sums.end(), at);
  if (it == sums.end()) it = std::lower_bound(sums.begin(), sums.end(), sums.back());
  return it - sums.begin();
}

Drawn finish(const Method& method, const ClassPlan& plan, const Turn& turn, Stream& stream,
             std::int64_t index) {
  const Step step = method.step(plan, turn, stream);
  const std::int64_t base = plan.bases[static_cast<std::size_t>(turn.place)];
  return {{base, step.neighbour, step.u}, &plan, turn.place, static_cast<std::uint64_t>(index)};
}

}  // namespace

RowPool::RowPool(const Training& training, const std::vector<ResolvedTerm>& given)
    : training_(training) {
  if (given.empty()) return;
  const Field& target = training.data.schema()[given[0].column];
  require(training.classes.target() >= 0,
          "{}.sample: conditions must be on a categorical target, '{}' is {}",
          training.options.name, target.name, to_string(target.kind));
  for (std::int64_t i = 0; i < training.data.rows(); ++i) {
    if (satisfies(training.data, i, given)) rows_.push_back(i);
  }
  require(!rows_.empty(), "{}.sample: no training row has the wanted value of '{}'",
          training.options.name, target.name);
}

std::int64_t RowPool::draw(Stream& stream) const {
  if (!rows_.empty()) return rows_[stream.below(rows_.size())];
  return static_cast<std::int64_t>(stream.below(static_cast<std::uint64_t>(training_.data.rows())));
}

std::vector<const ReadyPlan*> RowPool::plans(const Plans& all, const RunOptions& run) const {
  std::vector<const ReadyPlan*> out(static_cast<std::size_t>(training_.classes.count()));
  for (std::size_t c = 0; c < out.size(); ++c) {
    const auto members = training_.members(static_cast<std::int32_t>(c));
    const bool wanted =
        !members.empty() &&
        (rows_.empty() || std::binary_search(rows_.begin(), rows_.end(), members[0]));
    if (wanted) out[c] = &all.of(static_cast<std::int32_t>(c), run);
  }
  return out;
}

DrawOne draw_rows(const Method& method, const Plans& plans, const RowPool& pool,
                  const RunOptions& run) {
  return [&method, &pool, ready = pool.plans(plans, run)](Seed stage, std::int64_t index) {
    Stream stream(stage, static_cast<std::uint64_t>(index));
    const Training& training = pool.training();
    const std::int64_t row = pool.draw(stream);
    const ReadyPlan& of = *ready[static_cast<std::size_t>(training.label(row))];
    // Where all rows of the class are equal bases, the row itself is the base.
    const bool whole =
        of.cumulative.empty() && of.plan->bases.size() == training.members(of.plan->label).size();
    const std::int64_t place = whole ? of.plan->place(row) : pick(of, stream);
    return finish(method, *of.plan, {.place = place}, stream, index);
  };
}

DrawOne draw_class(const Method& method, const ReadyPlan& ready, std::int64_t n, Seed seed) {
  auto ends = method.deal(*ready.plan, n, seed);
  if (ends.empty()) {
    return [&](Seed stage, std::int64_t index) {
      Stream stream(stage, static_cast<std::uint64_t>(index));
      const std::int64_t place = pick(ready, stream);
      return finish(method, *ready.plan, {.place = place}, stream, index);
    };
  }
  std::partial_sum(ends.begin(), ends.end(), ends.begin());
  return [&method, &ready, ends = std::move(ends)](Seed stage, std::int64_t index) {
    Stream stream(stage, static_cast<std::uint64_t>(index));
    const auto place = std::upper_bound(ends.begin(), ends.end(), index) - ends.begin();
    const std::int64_t start = place == 0 ? 0 : ends[static_cast<std::size_t>(place - 1)];
    const Turn turn{place, index - start, ends[static_cast<std::size_t>(place)] - start};
    return finish(method, *ready.plan, turn, stream, index);
  };
}

}  // namespace semblance
