// SPDX-License-Identifier: Apache-2.0
#include "smote/plans.hpp"

#include <numeric>

namespace semblance {

Plans::Plans(const Training& training, const Method& method)
    : method_(method),
      once_(std::make_unique<std::once_flag[]>(static_cast<std::size_t>(training.classes.count()))),
      plans_(static_cast<std::size_t>(training.classes.count())) {}

const ReadyPlan& Plans::of(std::int32_t label, const RunOptions& run) const {
  const auto c = static_cast<std::size_t>(label);
  std::call_once(once_[c], [&] { plans_[c] = make(label, run); });
  return plans_[c];
}

ReadyPlan Plans::make(std::int32_t label, const RunOptions& run) const {
  ReadyPlan out{.plan = method_.prepare(label, run), .cumulative = {}};
  out.cumulative.resize(out.plan->weights.size());
  std::partial_sum(out.plan->weights.begin(), out.plan->weights.end(), out.cumulative.begin());
  return out;
}

}  // namespace semblance
