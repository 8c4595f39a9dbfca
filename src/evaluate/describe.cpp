// SPDX-License-Identifier: Apache-2.0
// What every metric is called and means, and how its values are graded.
#include <algorithm>
#include <array>
#include <cmath>

#include "detail/check.hpp"
#include "evaluate/evaluator.hpp"

namespace semblance {
namespace {

struct Description {
  const char* id;
  const char* title;
  const char* unit;
  Group group;
  Direction direction;
  std::optional<double> ideal;
  const char* meaning;
};

constexpr std::array kDescriptions = {
    Description{"shape_error", "Column shapes, mean error", "%", Group::kColumns, Direction::kLower,
                0,
                "How far each column's distribution is from the real one: the widest gap of the "
                "cumulative curves (numbers, Kolmogorov-Smirnov) or the share of rows in the wrong "
                "category (total variation), mean over columns."},
    Description{"wasserstein_error", "Column values, mean shift", "% of SD", Group::kColumns,
                Direction::kLower, 0,
                "How far a number would have to be moved on average to turn the synthetic column "
                "into the real one (Wasserstein-1), in percent of the real standard deviation."},
    Description{"missingness_error", "Missing cells, mean difference", "%", Group::kColumns,
                Direction::kLower, 0,
                "Difference between the shares of missing cells, mean over columns."},
    Description{"out_of_domain", "Rows outside the training domain", "%", Group::kColumns,
                Direction::kLower, 0,
                "Rows with a category that the training rows lack, a number outside their range, "
                "or a gap where they have none."},
    Description{"pair_tvd", "Pairs of columns, mean error", "%", Group::kPairs, Direction::kLower,
                0,
                "Share of rows in the wrong cell of the joint table of two columns (deciles of the "
                "training column, or its categories), mean over all pairs. The strictest pair "
                "measure here."},
    Description{"trend_error_shared", "Pair trends, shared bins, mean error", "%", Group::kPairs,
                Direction::kLower, 0,
                "Half the difference of the correlations for two numbers, joint-table error in "
                "shared bins for other pairs, mean over all pairs."},
    Description{"trend_sdmetrics", "Pair trends as SDMetrics measures them", "%", Group::kPairs,
                Direction::kLower, 0,
                "100 (1 - SDMetrics Column Pair Trends) over all pairs. Bins have each table's own "
                "edges, which hides changes of scale; given to compare with published numbers."},
    Description{
        "c2st_holdout", "Told apart from unseen real rows, AUC", "", Group::kDetection,
        Direction::kTarget, 0.5,
        "Chance that a classifier, shown one unseen real and one synthetic row, knows which "
        "is which: 0.5 is guessing, 1 is certain."},
    Description{"c2st_train", "Told apart from training rows, AUC", "", Group::kDetection,
                Direction::kTarget, 0.5,
                "The same against the training rows. A generator that copies gets nearer to 0.5 "
                "here than against unseen rows."},
    Description{"utility", "Train on synthetic, test on real", "", Group::kUtility,
                Direction::kHigher, 1,
                "How well a model trained on the synthetic rows predicts the target of unseen real "
                "rows, beside the same model trained on the real rows."},
    Description{"utility_macro_f1", "Train on synthetic, test on real, macro-F1", "",
                Group::kUtility, Direction::kHigher, 1,
                "The same scored by F1, mean over classes, so rare classes count as much as common "
                "ones."},
    Description{"utility_gap", "Utility lost against real training rows", "", Group::kUtility,
                Direction::kTarget, 0,
                "Score of the model trained on real rows minus that of the model trained on "
                "synthetic rows, on the same test rows."},
    Description{"dcr_share", "Rows nearer to training than to unseen rows", "%", Group::kCopying,
                Direction::kTarget, 50,
                "Share of synthetic rows whose nearest record is a training row rather than one of "
                "equally many unseen rows: 50 % is what new rows get, more means copying."},
    Description{"dcr_p5", "Distance to the nearest training row, 5th percentile", "",
                Group::kCopying, Direction::kTarget, std::nullopt,
                "How near the nearest twentieth of the synthetic rows is to a training row (Gower "
                "distance). It should not be below that of unseen real rows."},
    Description{"nndr", "Nearest over second nearest distance, median", "", Group::kCopying,
                Direction::kTarget, std::nullopt,
                "Near 0 where a row hugs one training row, near 1 where it lies between many. It "
                "should not be below that of unseen real rows."},
    Description{"copies", "Exact copies of training rows", "%", Group::kCopying, Direction::kTarget,
                std::nullopt,
                "Rows equal to a training row in every cell. Unseen real rows can be equal by "
                "chance, so their share is the yardstick."},
};

Grade from_share(double normalised) {
  if (normalised >= 0.97) return Grade::kExcellent;
  if (normalised >= 0.9) return Grade::kGood;
  return normalised >= 0.7 ? Grade::kFair : Grade::kWeak;
}

Grade from_auc(double auc) {
  const double off = std::abs(auc - 0.5);
  if (off <= 0.05) return Grade::kExcellent;
  if (off <= 0.15) return Grade::kGood;
  return off <= 0.3 ? Grade::kFair : Grade::kWeak;
}

/// Copying: how far beyond real rows, in steps that matter.
Grade from_excess(double excess, double small, double large) {
  if (excess <= 0) return Grade::kExcellent;
  if (excess <= small) return Grade::kGood;
  return excess <= large ? Grade::kFair : Grade::kWeak;
}

Grade grade_copying(const Metric& m) {
  const double v = *m.value;
  if (m.id == "dcr_share") {
    const double noise = m.interval ? *m.value - m.interval->lo : 0;
    return from_excess(v - 50 - noise, 2, 8);
  }
  if (!m.holdout.value) return Grade::kNone;
  const double real = *m.holdout.value;
  if (m.id == "copies") {
    const double lo = m.interval ? m.interval->lo : v;
    return from_excess(lo - real, 0.5, 5);
  }
  if (real <= 0) return v >= real ? Grade::kExcellent : Grade::kNone;
  return from_excess(1 - v / real, 0.1, 0.5);
}

std::string words(const Metric& m) {
  if (m.group != Group::kCopying) return std::string(to_string(m.grade));
  switch (m.grade) {
    case Grade::kExcellent:
    case Grade::kGood:
      return "no sign of copying";
    case Grade::kFair:
      return "some copying";
    case Grade::kWeak:
      return "copying";
    case Grade::kNone:
      break;
  }
  return "";
}

/// How much better real rows are than the floor, > 0, where the two can be told apart.
double headroom(const Metric& m) {
  if (!m.holdout.value || !m.floor.value) return 0;
  if (m.direction == Direction::kLower) return *m.floor.value - *m.holdout.value;
  if (m.direction == Direction::kHigher) return *m.holdout.value - *m.floor.value;
  return std::abs(*m.floor.value - *m.holdout.value);
}

/// None where real rows are no better than the floor: the holdout is too small to judge by.
Grade grade_against_references(const Metric& m) {
  if (m.direction == Direction::kTarget) return Grade::kNone;
  if (m.ideal && *m.value == *m.ideal) return Grade::kExcellent;
  return m.normalised ? from_share(*m.normalised) : Grade::kNone;
}

}  // namespace

Metric describe(std::string_view id) {
  const auto it =
      std::find_if(kDescriptions.begin(), kDescriptions.end(), [&](auto& d) { return d.id == id; });
  require(it != kDescriptions.end(), "describe: no metric '{}'", id);
  Metric out;
  out.id = it->id;
  out.title = it->title;
  out.meaning = it->meaning;
  out.unit = it->unit;
  out.group = it->group;
  out.direction = it->direction;
  out.ideal = it->ideal;
  return out;
}

void grade(Metric& m) {
  if (!m.value) return;
  if (headroom(m) > 1e-9) {
    m.normalised = (*m.value - *m.floor.value) / (*m.holdout.value - *m.floor.value);
  }
  if (m.group == Group::kDetection) {
    m.grade = from_auc(*m.value);
  } else if (m.group == Group::kCopying) {
    m.grade = grade_copying(m);
  } else if (m.id == "out_of_domain") {
    m.grade = from_excess(*m.value - m.holdout.value.value_or(0), 0.1, 1);
  } else {
    m.grade = grade_against_references(m);
  }
  m.verdict = words(m);
}

void worst_first(std::vector<Detail>& details) {
  std::ranges::sort(details, [](const Detail& a, const Detail& b) {
    return a.value != b.value ? a.value > b.value : a.name < b.name;
  });
}

std::string_view to_string(Group group) {
  constexpr std::array kNames = {"columns", "pairs", "detection", "utility", "copying"};
  return kNames.at(static_cast<std::size_t>(group));
}

std::string_view to_string(Direction direction) {
  constexpr std::array kNames = {"lower", "higher", "target"};
  return kNames.at(static_cast<std::size_t>(direction));
}

std::string_view to_string(Status status) {
  constexpr std::array kNames = {"ok", "undefined", "not applicable", "unavailable"};
  return kNames.at(static_cast<std::size_t>(status));
}

std::string_view to_string(Grade grade) {
  constexpr std::array kNames = {"", "weak", "fair", "good", "excellent"};
  return kNames.at(static_cast<std::size_t>(grade));
}

}  // namespace semblance
