// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "evaluate/evaluator.hpp"

namespace semblance {
namespace {

double broken_rows(const Evaluation& evaluation, const Dataset& rows) {
  const auto broken = rows_that_violate(evaluation.constraints, rows, evaluation.train);
  return static_cast<double>(std::ranges::count(broken, true));
}

double percent_of(double part, const Dataset& rows) {
  return 100 * part / static_cast<double>(rows.rows());
}

}  // namespace

void measure_constraints(Evaluator& out) {
  constexpr const char* kId = "constraint_violations";
  if (!out.wants(kId)) return;
  const Evaluation& e = out.evaluation();
  if (e.constraints.empty())
    return out.skip(kId, Status::kNotApplicable, "no constraints were given");
  const Dataset shuffled = shuffle_columns(e.train, derive(out.seed(), "constraints"));
  const Dataset& real = e.holdout ? *e.holdout : e.train;
  const double own = broken_rows(e, e.synthetic);
  Metric m = out.start(kId);
  m.value = percent_of(own, e.synthetic);
  m.interval = percent(wilson(own, static_cast<double>(e.synthetic.rows()), out.options().level));
  m.holdout = {percent_of(broken_rows(e, real), real),
               e.holdout ? "the holdout rows" : "the training rows"};
  m.floor = {percent_of(broken_rows(e, shuffled), shuffled), kShuffleFloor};
  const auto each = violations(e.constraints, e.synthetic, e.train),
             each_real = violations(e.constraints, real, e.train);
  for (std::size_t i = 0; i < each.size(); ++i) {
    m.details.push_back({each[i].constraint, "rows that break it",
                         percent_of(static_cast<double>(each[i].rows), e.synthetic),
                         percent_of(static_cast<double>(each_real[i].rows), real)});
  }
  worst_first(m.details);
  out.finish(std::move(m));
}

}  // namespace semblance
