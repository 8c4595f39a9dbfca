// SPDX-License-Identifier: Apache-2.0
#include "evaluate/panel.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <set>

#include "detail/check.hpp"
#include "evaluate/groups.hpp"
#include "evaluate/ranks.hpp"

namespace semblance {
namespace {

constexpr std::size_t kReliabilityBins = 10;

/// Rows whose target is known.
std::vector<std::int64_t> rows_with(const Column& target) {
  std::vector<std::int64_t> out;
  for (std::int64_t i = 0; i < target.size(); ++i) {
    if (target.is_valid(i)) out.push_back(i);
  }
  return out;
}

std::set<std::int32_t> classes_in(const Column& target) {
  std::set<std::int32_t> out;
  for (const auto i : rows_with(target)) out.insert(target.codes()[static_cast<std::size_t>(i)]);
  return out;
}

/// Area under the ROC curve of weighted rows whose scores ascend along `order`.
std::optional<double> weighted_auc(const std::vector<std::size_t>& order,
                                   const std::vector<double>& scores,
                                   const std::vector<std::int32_t>& classes, std::int32_t positive,
                                   std::span<const double> weights) {
  double below = 0, yes = 0, pairs = 0;
  for (std::size_t first = 0, last = 0; first < order.size(); first = last) {
    double tied_yes = 0, tied_no = 0;
    while (last < order.size() && scores[order[last]] == scores[order[first]]) {
      const double w = weights.empty() ? 1 : weights[order[last]];
      (classes[order[last]] == positive ? tied_yes : tied_no) += w;
      ++last;
    }
    pairs += tied_yes * (below + tied_no / 2);
    below += tied_no;
    yes += tied_yes;
  }
  if (yes == 0 || below == 0) return std::nullopt;
  return pairs / (yes * below);
}

/// The class of that name, or the schema's, or the last of these in alphabetical order.
std::int32_t positive_code(const Field& field, std::span<const std::int32_t> classes,
                           const std::string& name) {
  std::int32_t out = -1;
  for (const auto code : classes) {
    if (code >= 0 && (out < 0 || field.categories[code] > field.categories[out])) out = code;
  }
  const std::string& wanted = name.empty() ? field.positive_class : name;
  if (wanted.empty()) return out;
  out = field.categories.code(wanted);
  require(out >= 0, "evaluate: positive class '{}' is no category of '{}'", wanted, field.name);
  return out;
}

/// What a learner is taught, and the class codes behind 0, 1, ...
std::pair<Labels, std::vector<std::int32_t>> labels_of(const Column& target,
                                                       std::span<const std::int64_t> rows,
                                                       Task task) {
  Labels out{task, {}, 2, {}};
  if (task == Task::kRegression) {
    for (const auto i : rows) out.values.push_back(target.number(i));
    return {out, {}};
  }
  const auto present = classes_in(target);
  std::vector<std::int32_t> known(present.begin(), present.end());
  for (const auto i : rows) {
    const auto code = target.codes()[static_cast<std::size_t>(i)];
    out.values.push_back(
        static_cast<double>(std::ranges::lower_bound(known, code) - known.begin()));
  }
  out.classes = std::ssize(known);
  out.task = known.size() > 2 ? Task::kMulticlass : Task::kBinary;
  return {out, known};
}

}  // namespace

std::int32_t positive_code(const Tables& tables, const std::string& name) {
  const auto target = static_cast<std::size_t>(tables.target);
  return positive_code(tables.train.schema()[tables.target],
                       tables.reference_frame.columns[target].codes, name);
}

std::vector<Lessons> Lessons::parts(std::int64_t count, Seed seed) const {
  const auto split = [&](const Dataset& rows, const char* stage) {
    return disjoint_parts(rows.rows(), count, derive(seed, stage));
  };
  const auto a = split(train, "train"), b = split(synthetic, "synthetic"), c = split(half, "half");
  std::vector<Lessons> out;
  for (std::size_t k = 0; k < a.size(); ++k)
    out.push_back({train.take(a[k]), synthetic.take(b[k]), half.take(c[k])});
  return out;
}

UtilityProblem::UtilityProblem(const Dataset& train, const Dataset& test,
                               std::int64_t target_column, const std::string& positive_class)
    : target(target_column) {
  const Column& answers = test.column(target);
  const auto rows = rows_with(answers);
  x = features(test, target).take(rows);
  const Field& field = test.schema()[target];
  if (field.kind != Kind::kCategorical) {
    task = Task::kRegression;
    for (const auto i : rows) numbers.push_back(answers.number(i));
    return;
  }
  task = classes_in(train.column(target)).size() == 2 ? Task::kBinary : Task::kMulticlass;
  for (const auto i : rows) classes.push_back(answers.codes()[static_cast<std::size_t>(i)]);
  if (task == Task::kBinary) positive = positive_code(field, classes, positive_class);
}

void Answers::take_constant(std::span<const std::int32_t> known) {
  const auto rows = static_cast<std::size_t>(problem_.rows());
  guess_.assign(rows, known.empty() ? -1 : known[0]);
  score_.assign(rows, !known.empty() && known[0] == problem_.positive ? 1 : 0);
  confidence_.assign(rows, known.empty() ? 0 : 1);
  ascending_ = ascending(score_);
}

void Answers::take(std::vector<double> chances, std::span<const std::int32_t> known) {
  if (problem_.task == Task::kRegression) {
    score_ = std::move(chances);
    return;
  }
  const std::size_t width = known.size() == 2 ? 1 : known.size();
  const auto at = std::ranges::lower_bound(known, problem_.positive);
  const bool can = at != known.end() && *at == problem_.positive;
  const auto column = static_cast<std::size_t>(at - known.begin());
  for (std::size_t i = 0; i < static_cast<std::size_t>(problem_.rows()); ++i) {
    const double* row = chances.data() + i * width;
    std::vector<double> p(row, row + width);
    if (width == 1) p = {1 - row[0], row[0]};
    const auto top = static_cast<std::size_t>(std::ranges::max_element(p) - p.begin());
    guess_.push_back(known[top]);
    confidence_.push_back(p[top]);
    score_.push_back(can ? p[column] : 0);
  }
  ascending_ = ascending(score_);
}

std::optional<double> Answers::headline(std::span<const double> weights) const {
  if (score_.empty()) return std::nullopt;
  if (problem_.task == Task::kRegression) return r_squared(problem_.numbers, score_, weights);
  if (problem_.task == Task::kMulticlass) return macro_f1(weights);
  return weighted_auc(ascending_, score_, problem_.classes, problem_.positive, weights);
}

std::optional<double> Answers::macro_f1(std::span<const double> weights) const {
  if (guess_.empty() || guess_[0] < 0) return std::nullopt;
  return semblance::macro_f1(problem_.classes, guess_, weights);
}

std::optional<double> Answers::calibration_error(std::span<const double> weights) const {
  if (guess_.empty()) return std::nullopt;
  const bool binary = problem_.task == Task::kBinary;
  std::array<double, kReliabilityBins> excess{};  // rows right minus chances stated
  double total = 0;
  for (std::size_t i = 0; i < guess_.size(); ++i) {
    const double chance = binary ? score_[i] : confidence_[i];
    const bool right = problem_.classes[i] == (binary ? problem_.positive : guess_[i]);
    const double weight = weights.empty() ? 1 : weights[i];
    const auto bin = static_cast<std::size_t>(chance * kReliabilityBins);
    excess.at(std::min(bin, kReliabilityBins - 1)) += weight * ((right ? 1 : 0) - chance);
    total += weight;
  }
  double out = 0;
  for (const double e : excess) out += std::abs(e);
  return out / total;
}

UtilityModel::UtilityModel(const JudgeChoice& judge, const Dataset& train, Seed seed,
                           std::span<const UtilityProblem* const> asked)
    : judge_(judge), train_(train), seed_(seed) {
  for (const auto* problem : asked) answers_.emplace_back(*problem);
}

void UtilityModel::add_task(Tasks& tasks) {
  tasks.emplace_back([this] { run(); });
}

void UtilityModel::run() {
  const UtilityProblem& like = answers_.at(0).problem();
  const auto rows = rows_with(train_.column(like.target));
  const auto [labels, known] = labels_of(train_.column(like.target), rows, like.task);
  if (like.task != Task::kRegression && known.size() < 2) {  // nothing to learn: says one class
    for (Answers& answers : answers_) answers.take_constant(known);
    return;
  }
  const FeatureMatrix x = features(train_, like.target).take(rows);
  if (x.rows == 0 || x.columns == 0) return;
  const auto learner = judge_.make();
  learner->fit(x, labels, seed_);
  importance_ = learner->importance();
  for (Answers& answers : answers_) {
    if (answers.problem().rows() > 0) answers.take(learner->predict(answers.problem().x), known);
  }
}

}  // namespace semblance
