// SPDX-License-Identifier: Apache-2.0
// Intervals hold what they say, p-values are uniform: 60 draws of equal tables; the 1,000 of
// docs/benchmarks.md are calibration_bench's.
#include "calibration.hpp"

#include <gtest/gtest.h>

#include "semblance/evaluate/marginal.hpp"

namespace semblance::calibration {
namespace {

const Records& records() {
  static const Records all = [] {
    EvaluateOptions options;
    options.run.threads = 1;
    options.judge = Judge::kLinear;
    options.bootstrap = 40;
    options.metrics = {"mean_error",
                       "wasserstein_error",
                       "hellinger",
                       "pair_tvd",
                       "ks",
                       "chi2",
                       "c2st_train",
                       "dcr_share",
                       "energy",
                       "mmd",
                       "prdc_coverage",
                       "utility_gap",
                       "mia_auc",
                       "pmse",
                       "utility",
                       "gei",
                       "theil",
                       "bias_amplification_model",
                       "dcr_p5",
                       "nndr",
                       "near_rows",
                       "consistency",
                       "cap",
                       "hitting_rate"};
    return run(60, 100, options);
  }();
  return all;
}

TEST(Calibration, IntervalsHoldTheMean) {
  // 60 draws of a 95 % interval: below 42 hits has probability 1e-10.
  for (const auto& [id, record] : records()) {
    if (record.lo.empty()) continue;
    EXPECT_GE(record.coverage(record.mean()), 0.7) << id;
  }
}

TEST(Calibration, UnbiasedMeasuresHoldTheIdeal) {
  for (const char* id : {"dcr_share", "mia_auc", "mmd"})
    EXPECT_GE(records().at(id).coverage(*records().at(id).ideal), 0.7) << id;
}

TEST(Calibration, PValuesAreNotTooSmall) {
  // n independent p-values: the distance from uniform exceeds 2.2 / sqrt(n) with probability 1e-4;
  // those of ties and of columns of one table are conservative.
  for (const char* id : {"ks", "chi2", "energy", "mmd"}) {
    auto p = records().at(id).p_values;
    ASSERT_FALSE(p.empty()) << id;
    double small = 0;
    for (const double v : p) small += v <= 0.05 ? 1 : 0;
    const auto n = static_cast<double>(p.size());
    // 0.05 with 6 standard errors of 60 draws (0.028) is 0.22.
    EXPECT_LE(small / n, 0.22) << id;
  }
}

}  // namespace
}  // namespace semblance::calibration
