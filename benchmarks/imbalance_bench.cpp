// SPDX-License-Identifier: Apache-2.0
// What resampling is worth: boosted trees and logistic regression on imbalanced tables, with no
// resampling, with class weights, and with every resampling method, over random splits.
//
//   imbalance_bench [--tables a,b] [--methods a,b] [--seeds N] [--threads N] [--markdown FILE]
//
// Needs the shared data folder (SEMBLANCE_SHARED, or ../shared beside the repository).
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "semblance/core/parallel.hpp"
#include "semblance/evaluate/rare_class.hpp"
#include "support/tables.hpp"

namespace {

namespace fs = std::filesystem;
namespace sb = semblance;
using Clock = std::chrono::steady_clock;

/// A table whose rare class is `positive` of `column`; `without` is left out (it leaks).
struct Table {
  std::string name, column, positive, without;
};
const std::vector<Table> kTables = {{"mammography", "class", "1", ""},
                                    {"yeast", "site", "ME2", ""},
                                    {"abalone", "Rings", "19", ""},
                                    {"ecoli", "site", "imU", ""},
                                    {"bank", "y", "yes", "duration"}};

constexpr const char* kMethods[] = {"class weights", "random",
                                    "rose",          "smote",
                                    "borderline-1",  "borderline-2",
                                    "svm-smote",     "kmeans-smote",
                                    "adasyn",        "safe-level",
                                    "geometric",     "polynom-fit",
                                    "prowsyn",       "lee",
                                    "smobd",         "ccr",
                                    "mgs",           "simplicial",
                                    "smote-enn",     "smote-tomek",
                                    "smote-ipf",     "random-under",
                                    "near-miss-1",   "near-miss-2",
                                    "near-miss-3",   "tomek",
                                    "enn",           "renn",
                                    "all-knn",       "ncr",
                                    "cnn",           "oss",
                                    "iht",           "cluster-centroids"};

/// The scores of one learner on one split.
struct Scores {
  double precision = NAN;    ///< Average precision.
  double accuracy = NAN;     ///< Balanced accuracy at probability 1/2.
  double calibration = NAN;  ///< Expected calibration error.
};
constexpr int kLearners = 2, kMeasures = 3;
using Outcome = std::array<Scores, kLearners>;  ///< Of boosted trees, of logistic regression.

/// The table with a target "rare" of two classes in the place of its own.
sb::Dataset read(const Table& table) {
  const sb::Dataset data = sb::benchmarks::read_table(table.name);
  const sb::Schema& schema = data.schema();
  std::vector<sb::Field> fields;
  std::vector<sb::Column> columns;
  for (std::int64_t c = 0; c < schema.size(); ++c) {
    if (schema[c].name == table.column || schema[c].name == table.without) continue;
    fields.push_back(schema[c]);
    columns.push_back(data.column(c));
  }
  const std::int64_t target = data.schema().index(table.column);
  std::vector<std::int32_t> rare;
  for (std::int64_t i = 0; i < data.rows(); ++i) {
    rare.push_back(data.cell(i, target) == table.positive ? 1 : 0);
  }
  fields.push_back({.name = "rare", .kind = sb::Kind::kCategorical, .role = sb::Role::kTarget});
  fields.back().categories = sb::Vocabulary({"no", "yes"});
  columns.push_back(sb::Column::categories(std::move(rare)));
  return {sb::Schema(fields), columns};
}

sb::Labels labels_of(const sb::Dataset& data) {
  sb::Labels out;
  for (const auto code : data.column(data.schema().target()).codes()) out.values.push_back(code);
  return out;
}

Scores judge(sb::Learner& learner, const sb::Dataset& train, const sb::Labels& labels,
             const sb::Dataset& test, sb::Seed seed) {
  const std::int64_t target = train.schema().target();
  learner.fit(sb::features(train, target), labels, seed);
  const auto p = learner.predict(sb::features(test, target));
  std::vector<std::uint8_t> truth;
  for (const double y : labels_of(test).values) truth.push_back(y > 0 ? 1 : 0);
  return {*sb::average_precision(p, truth), *sb::balanced_accuracy(p, truth),
          *sb::calibration_error(p, truth)};
}

/// One method on one split; "none" and "class weights" resample nothing.
Outcome outcome_of(const std::string& method, const sb::Dataset& train, const sb::Dataset& test,
                   sb::Seed seed) {
  const bool as_is = method == "none" || method == "class weights";
  const sb::Dataset rows =
      as_is ? train
            : sb::make_resampler(method)->resample(train, seed, {.run = {.threads = 1}}).rows;
  const sb::Labels labels =
      method == "class weights" ? labels_of(rows).balanced() : labels_of(rows);
  sb::BoostedTrees trees;
  sb::LinearLearner linear;
  return {judge(trees, rows, labels, test, seed), judge(linear, rows, labels, test, seed)};
}

double measure(const Scores& scores, int which) {
  return which == 0 ? scores.precision : which == 1 ? scores.accuracy : scores.calibration;
}

/// Mean and half the width of its 95 % interval (Student's t).
struct Estimate {
  double mean = NAN, half = NAN;
};

Estimate estimate(const std::vector<double>& values) {
  static const double kT[] = {
      12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228,
      2.201,  2.179, 2.160, 2.145, 2.131, 2.120, 2.110, 2.101, 2.093};  // 1 to 19 degrees of
                                                                        // freedom
  const std::size_t n = values.size();
  if (n < 2) return {n == 1 ? values[0] : NAN, NAN};
  double mean = 0, squares = 0;
  for (const double v : values) mean += v / static_cast<double>(n);
  for (const double v : values) squares += (v - mean) * (v - mean);
  const double t = n - 2 < std::size(kT) ? kT[n - 2] : 1.96;
  return {mean, t * std::sqrt(squares / static_cast<double>(n * (n - 1)))};
}

/// Outcomes of one method, one a split, or why there are none.
struct Series {
  std::vector<Outcome> outcomes;
  std::string failure = {};
  double seconds = 0;

  [[nodiscard]] std::vector<double> values(int learner, int which) const {
    std::vector<double> out;
    for (const auto& o : outcomes) {
      out.push_back(measure(o[static_cast<std::size_t>(learner)], which));
    }
    return out;
  }
};

/// "0.640 ± 0.012", with + or - where the paired difference from `plain` is not 0 at 95 %.
std::string cell(const Series& series, const Series& plain, int learner, int which) {
  const auto own = series.values(learner, which), base = plain.values(learner, which);
  std::vector<double> differences;
  for (std::size_t i = 0; i < std::min(own.size(), base.size()); ++i) {
    differences.push_back(own[i] - base[i]);
  }
  const Estimate value = estimate(own), change = estimate(differences);
  const double better = which == 2 ? -change.mean : change.mean;
  const char* mark = std::abs(change.mean) > change.half ? (better > 0 ? " ▲" : " ▼") : "";
  return fmt::format("{:.3f} ± {:.3f}{}", value.mean, value.half, mark);
}

Series run_method(const std::string& method, const sb::Dataset& data, int seeds, int threads) {
  Series series;
  std::vector<std::optional<Outcome>> found(static_cast<std::size_t>(seeds));
  const auto start = Clock::now();
  try {
    sb::parallel_for(threads, seeds, [&](std::int64_t s) {
      const sb::Seed seed{static_cast<std::uint64_t>(s) + 1};
      const auto [train, test] = sb::split(data, 0.7, seed);
      found[static_cast<std::size_t>(s)] = outcome_of(method, train, test, seed);
    });
  } catch (const sb::Error& e) {
    series.failure = e.what();
  }
  for (const auto& outcome : found) {
    if (outcome && series.failure.empty()) series.outcomes.push_back(*outcome);
  }
  series.seconds = std::chrono::duration<double>(Clock::now() - start).count();
  return series;
}

bool chosen(const std::string& list, const std::string& name) {
  return list.empty() || ("," + list + ",").find("," + name + ",") != std::string::npos;
}

std::vector<std::string> methods(const std::string& list) {
  std::vector<std::string> out = {"none"};
  for (const char* name : kMethods) {
    if (chosen(list, name)) out.emplace_back(name);
  }
  return out;
}

struct Options {
  std::string tables, methods, markdown;
  int seeds = 10, threads = 2;
};

Options parse(int argc, char** argv) {
  Options options;
  for (int i = 1; i + 1 < argc; i += 2) {
    const std::string key = argv[i], value = argv[i + 1];
    if (key == "--tables") options.tables = value;
    if (key == "--methods") options.methods = value;
    if (key == "--markdown") options.markdown = value;
    if (key == "--seeds") options.seeds = std::stoi(value);
    if (key == "--threads") options.threads = std::stoi(value);
  }
  return options;
}

/// Prints a line, and to the file at once: a long run that is cut off keeps what it has measured.
void print(const Options& options, const std::string& text) {
  fmt::print("{}", text);
  std::fflush(stdout);
  if (!options.markdown.empty()) std::ofstream(options.markdown, std::ios::app) << text;
}

std::string line_of(const std::string& method, const Series& series, const Series& plain) {
  std::string out = "| " + method + " |";
  if (!series.failure.empty()) return out + " " + series.failure + " | | | | | |\n";
  for (int i = 0; i < kLearners * kMeasures; ++i) {
    out += " " + cell(series, plain, i / kMeasures, i % kMeasures) + " |";
  }
  return out + "\n";
}

void compare(const Table& table, const Options& options) {
  const sb::Dataset data = read(table);
  std::int64_t rare = 0;
  for (const auto code : data.column("rare").codes()) rare += code;
  print(options,
        fmt::format("\n### {}: {} rows, {} rare ({:.1f} %)\n\n"
                    "| method | AP, trees | BA, trees | ECE, trees | AP, logistic | BA, logistic "
                    "| ECE, logistic |\n|---|---|---|---|---|---|---|\n",
                    table.name, data.rows(), rare,
                    100.0 * static_cast<double>(rare) / static_cast<double>(data.rows())));
  Series plain;
  for (const auto& method : methods(options.methods)) {
    const Series series = run_method(method, data, options.seeds, options.threads);
    if (method == "none") plain = series;
    std::fprintf(stderr, "%s %s: %.1f s\n", table.name.c_str(), method.c_str(), series.seconds);
    print(options, line_of(method, series, plain));
  }
}

int run(const Options& options) {
  if (!sb::benchmarks::has_table("ecoli")) {
    fmt::print("skipped: no tables; set SEMBLANCE_SHARED to the shared data folder\n");
    return 0;
  }
  for (const Table& table : kTables) {
    if (chosen(options.tables, table.name)) compare(table, options);
  }
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  try {
    return run(parse(argc, argv));
  } catch (const std::exception& e) {
    fmt::print(stderr, "imbalance_bench: {}\n", e.what());
    return 1;
  }
}
