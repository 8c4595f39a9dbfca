// SPDX-License-Identifier: Apache-2.0
// Several tables of one generator: how much every metric moves between them.
#include <cmath>

#include "evaluate/groups.hpp"

namespace semblance {
namespace {

std::optional<double> deviation(const std::vector<double>& values) {
  if (values.size() < 2) return std::nullopt;
  const auto n = static_cast<double>(values.size());
  double mean = 0, squares = 0;
  for (const double v : values) mean += v / n;
  for (const double v : values) squares += (v - mean) * (v - mean);
  return std::sqrt(squares / (n - 1));
}

}  // namespace

void measure_draws(Report& report, const Evaluation& evaluation, Seed seed,
                   const EvaluateOptions& options) {
  if (evaluation.more_synthetic.empty()) return;
  EvaluateOptions quick = options;  // no intervals: the draws' spread is what is wanted
  quick.bootstrap = 0;
  for (Metric& m : report.metrics) {
    if (m.value) m.draws.push_back(*m.value);
  }
  for (const Dataset& table : evaluation.more_synthetic) {
    Evaluation next = evaluation;
    next.synthetic = table;
    next.more_synthetic.clear();
    const Report other = evaluate(next, seed, quick);
    for (Metric& m : report.metrics) {
      if (m.value && other.has(m.id) && other[m.id].value) m.draws.push_back(*other[m.id].value);
    }
    report.provenance.seconds += other.provenance.seconds;
  }
  for (Metric& m : report.metrics) m.draw_deviation = deviation(m.draws);
  report.provenance.synthetic_tables = 1 + std::ssize(evaluation.more_synthetic);
}

}  // namespace semblance
