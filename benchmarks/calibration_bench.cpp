// SPDX-License-Identifier: Apache-2.0
// Coverage of 95 % intervals and uniformity of p-values over draws of equal tables: the table of
// docs/benchmarks.md. `calibration_bench [DRAWS [ROWS [METRICS]]]`, metrics as `semblance
// evaluate --metrics` takes them. "constant": more than 95 % of the draws have one value.
#include "calibration.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <map>
#include <sstream>

#include "semblance/evaluate/catalogue.hpp"
#include "semblance/evaluate/marginal.hpp"

namespace {

using semblance::calibration::Record;

/// Where a coverage lies beside the goal, within the standard error of so many draws (and half a
/// draw).
const char* verdict(const Record& r) {
  const auto draws = static_cast<double>(r.lo.size());
  const double slack = std::sqrt(0.05 * 0.95 / draws) + 0.5 / draws;
  const double coverage = r.coverage(r.mean());
  if (r.constant()) return "constant";
  if (coverage > 0.97 + slack) return "more";
  return coverage < 0.93 - slack ? "less" : "there";
}

}  // namespace

int main(int argc, char** argv) {
  using namespace semblance;
  const std::int64_t draws = argc > 1 ? std::atoll(argv[1]) : 1000;
  const std::int64_t rows = argc > 2 ? std::atoll(argv[2]) : 200;
  EvaluateOptions options;
  options.judge = Judge::kLinear;
  options.metrics = {"all"};
  if (argc > 3) {
    std::istringstream list(argv[3]);
    options.metrics.clear();
    for (std::string one; std::getline(list, one, ',');) options.metrics.push_back(one);
  }
  options.bootstrap = 100;
  options.attacks = 100;
  const auto records = calibration::run(draws, rows, options, [&](std::int64_t k) {
    if (k % 50 == 0) fmt::print(stderr, "{} of {}\n", k, draws);
  });
  std::map<std::string, int> counts;
  fmt::print("| metric | interval | mean | holds the mean | | holds the ideal | p-values |\n");
  fmt::print("|---|---|---|---|---|---|---|\n");
  for (const MetricInfo& info : catalogue()) {
    const auto it = records.find(std::string(info.id));
    if (it == records.end() || (it->second.lo.empty() && it->second.p_values.empty())) continue;
    const auto& r = it->second;
    const auto percent = [&](std::optional<double> truth) {
      return truth && !r.lo.empty() ? fmt::format("{:.1f} %", 100 * r.coverage(*truth)) : "";
    };
    const std::string mean = r.lo.empty() ? "" : fmt::format("{:.4g}", r.mean());
    const auto uniform = [&] {
      const double off = calibration::off_uniform(r.p_values);
      const double p = ks_p_value(off, static_cast<double>(r.p_values.size()), 1e12);
      return fmt::format("D = {:.3f}, p = {:.2g}", off, p);
    };
    const std::string place = r.lo.empty() ? "" : verdict(r);
    if (!place.empty()) ++counts[place];
    fmt::print("| `{}` | {} | {} | {} | {} | {} | {} |\n", info.id, r.method, mean,
               r.lo.empty() ? "" : percent(r.mean()), place == "there" ? "" : place,
               percent(r.ideal), r.p_values.empty() ? "" : uniform());
  }
  fmt::print("\n93 to 97 %: {}; more: {}; less: {}; constant: {}\n", counts["there"],
             counts["more"], counts["less"], counts["constant"]);
}
