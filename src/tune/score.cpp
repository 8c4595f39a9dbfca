// SPDX-License-Identifier: Apache-2.0
#include "tune/score.hpp"

#include <algorithm>
#include <array>
#include <cmath>

#include "detail/check.hpp"
#include "detail/names.hpp"
#include "detail/run_part.hpp"
#include "semblance/evaluate/evaluate.hpp"
#include "semblance/registry.hpp"

namespace semblance {
namespace {

constexpr std::array kAims = {"balanced", "shapes", "pairs", "utility", "detection"};

}  // namespace

std::string_view to_string(Aim aim) { return kAims[static_cast<std::size_t>(aim)]; }

Aim parse_aim(std::string_view name) {
  const auto it = std::find(kAims.begin(), kAims.end(), name);
  if (it == kAims.end())
    fail("there is no objective '{}'; {}", name, did_you_mean(name, {kAims.begin(), kAims.end()}));
  return static_cast<Aim>(it - kAims.begin());
}

namespace tuning {
namespace {

constexpr double kExcess = 0.05, kExcessRows = 400;  // of the nearer rows of a smooth model
constexpr double kNormal99 = 2.3263;                 // one-sided

std::vector<const char*> metrics_of(Aim aim, bool target) {
  switch (aim) {
    case Aim::kShapes:
      return {"shape_error"};
    case Aim::kPairs:
      return {"pair_tvd"};
    case Aim::kUtility:
      return {"utility"};
    case Aim::kDetection:
      return {"c2st_holdout"};
    case Aim::kBalanced:
      break;
  }
  return target ? std::vector<const char*>{"shape_error", "pair_tvd", "utility"}
                : std::vector<const char*>{"shape_error", "pair_tvd"};
}

/// What is measured besides the objective's metrics: for reports, and to tell copies.
std::vector<std::string> all_metrics(Aim aim, bool target) {
  std::vector<std::string> out = {"shape_error", "pair_tvd", "dcr_share"};
  if (target) out.emplace_back("utility");
  if (aim == Aim::kDetection) out.emplace_back("c2st_holdout");
  return out;
}

std::optional<double> value(const Report& report, const char* id) {
  return report.has(id) ? report[id].value : std::nullopt;
}

/// An error as a share of its floor's; a score as 1 - normalised. Nothing where there is no value.
std::optional<double> loss_of(const Metric& m) {
  const double ideal = m.ideal.value_or(0);
  if (!m.value || !m.floor.value) return std::nullopt;
  if (m.direction == Direction::kHigher) {
    if (!m.normalised) return std::nullopt;
    return 1 - *m.normalised;
  }
  const double worst = *m.floor.value - ideal;
  if (!(worst > 0)) return std::nullopt;
  return (*m.value - ideal) / worst;
}

/// The mean over the objective's metrics that have a value.
double loss_of(const Report& report, Aim aim, bool target) {
  double sum = 0, count = 0;
  for (const char* id : metrics_of(aim, target)) {
    const auto loss = report.has(id) ? loss_of(report[id]) : std::nullopt;
    sum += loss.value_or(0);
    count += loss ? 1 : 0;
  }
  require(count > 0, "tune: the rows allow no value of the objective '{}'", to_string(aim));
  return sum / count;
}

}  // namespace

double Score::loss() const { return measured > 0 ? losses / static_cast<double>(measured) : 0; }

bool Score::copies() const {
  if (asked < 1) return false;
  const double excess = kExcess * std::sqrt(std::max(1.0, kExcessRows / std::max(learned, 1.0)));
  return nearer() - kNormal99 * std::sqrt(0.25 / asked) > 0.5 + excess;
}

void Score::add(const Score& other) {
  losses += other.losses;
  measured += other.measured;
  near += other.near;
  asked += other.asked;
  learned = other.learned;
  shape_error = other.shape_error;
  pair_error = other.pair_error;
  utility = other.utility;
}

Score measure(const Trainee& trainee, const Dataset& teach, const Dataset& judge, Aim aim,
              Seed seed, const RunOptions& run) {
  const auto generator = make_generator(trainee.model, trainee.config);
  RunOptions fit = part_of(run);
  if (!generator->capabilities().cuda) fit.device = Device::kCpu;
  generator->fit(teach, seed, fit);
  const RunOptions quiet = {.stop = run.stop, .threads = run.threads};
  const std::int64_t rows = std::max<std::int64_t>(2, teach.rows());
  const Dataset drawn = generator->sample(rows, derive(seed, "drawn"), {.run = quiet});
  const bool target = teach.schema().target() >= 0;
  const Report report =
      evaluate({.train = teach, .synthetic = drawn, .holdout = judge}, derive(seed, "judge"),
               {.run = quiet, .metrics = all_metrics(aim, target), .bootstrap = 0});
  Score out{.losses = loss_of(report, aim, target),
            .measured = 1,
            .learned = static_cast<double>(teach.rows())};
  out.shape_error = value(report, "shape_error");
  out.pair_error = value(report, "pair_tvd");
  out.utility = value(report, "utility");
  if (const auto share = value(report, "dcr_share")) {
    out.asked = static_cast<double>(report["dcr_share"].rows_synthetic);
    out.near = *share / 100 * out.asked;
  }
  return out;
}

RunOptions part_of(const RunOptions& run, const Progress& whole) {
  RunOptions out = part_of(run);
  out.checkpoint = {};
  if (run.on_progress)
    out.on_progress = [&run, whole](const Progress&) { return run.on_progress(whole); };
  return out;
}

}  // namespace tuning
}  // namespace semblance
