// SPDX-License-Identifier: Apache-2.0
// Which metric sees what: the table of docs/sanity.md. `sanity_bench [ROWS [DRAWS [METRIC...]]]`.
#include "sanity.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <map>

#include "semblance/evaluate/catalogue.hpp"

namespace {

using namespace semblance;

const char* mark(sanity::Verdict verdict, sanity::Demand demand) {
  switch (verdict) {
    case sanity::Verdict::kNone:
      return "";
    case sanity::Verdict::kUnmoved:
      return demand == sanity::Demand::kSee ? "-" : "ok";
    case sanity::Verdict::kBetter:
      return "better";
    case sanity::Verdict::kWorse:
    case sanity::Verdict::kMoved:
      break;
  }
  return demand == sanity::Demand::kSee ? "ok" : "moved";
}

}  // namespace

int main(int argc, char** argv) {
  const std::int64_t rows = argc > 1 ? std::atoll(argv[1]) : 300;
  const auto draws = static_cast<std::uint64_t>(argc > 2 ? std::atoll(argv[2]) : 6);
  EvaluateOptions options;
  options.groups = {Group::kColumns, Group::kPairs, Group::kDetection, Group::kDiversity,
                    Group::kCopying};
  options.metrics.assign(argv + std::min(argc, 3), argv + argc);
  if (options.metrics.empty()) options.metrics = {"all"};
  options.bootstrap = 0;
  const auto checks = sanity::checks();
  std::map<std::string, std::vector<std::string>> cells;
  std::string head = "| metric |", rule = "|---|";
  for (const auto& check : checks) {
    const auto number = cells.empty() ? 1 : std::ssize(cells.begin()->second) + 1;
    fmt::print("{}. {}{}\n", number, check.name,
               check.demand == sanity::Demand::kIgnore ? " (should change nothing)" : "");
    head += fmt::format(" {} |", number);
    rule += ":-:|";
    for (const auto& outcome : sanity::run(check, options, rows, draws))
      cells[outcome.metric.id].emplace_back(mark(outcome.verdict, check.demand));
    fmt::print(stderr, "{}\n", check.name);
  }
  fmt::print("\n{}\n{}\n", head, rule);
  for (const MetricInfo& info : catalogue()) {
    const auto& row = cells[std::string(info.id)];
    const bool any = std::ranges::any_of(row, [](const auto& cell) { return !cell.empty(); });
    if (any) fmt::print("| `{}` | {} |\n", info.id, fmt::join(row, " | "));
  }
}
