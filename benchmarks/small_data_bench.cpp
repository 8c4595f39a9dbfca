// SPDX-License-Identifier: Apache-2.0
// Small tables: how useful, how faithful and how new the rows of each model are, over random
// splits.
//
//   small_data_bench [--tables a,b] [--models 'a;b{"k": 3}'] [--seeds N] [--markdown FILE]
//
// A model is a registered name, with its configuration behind it where wanted. Four fifths of the
// rows are learned, the rest judges. Where auto is among the models, its differences to the others
// are printed too, by split. Needs the shared data folder (SEMBLANCE_SHARED, or ../shared
// beside the repository).
#include <fmt/format.h>

#include <chrono>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <string>
#include <vector>

#include "semblance/semblance.hpp"
#include "support/tables.hpp"

namespace {

namespace fs = std::filesystem;
namespace sb = semblance;
using Clock = std::chrono::steady_clock;

constexpr const char* kMeasures[] = {
    "utility", "utility, linear", "pair_tvd", "shape_error", "dcr_share", "ims", "seconds"};
constexpr std::size_t kCount = std::size(kMeasures);
using Found = std::vector<std::vector<double>>;  // by measure, then by split

struct Options {
  std::string tables = "sk_iris,penguins,heart_cleveland,german_credit";
  std::string models = "real rows;auto;any-order;copula;smote;independent;bootstrap";
  std::string markdown = {};
  int seeds = 10;
};

/// What `model` makes of `train`: as many new rows; the training rows themselves for "real rows".
sb::Dataset rows_of(const std::string& model, const sb::Dataset& train, sb::Seed seed) {
  if (model == "real rows") return train;
  const auto generator = sb::benchmarks::make_model(model);
  generator->fit(train, seed, {.threads = 1});
  return generator->sample(train.rows(), seed, {.run = {.threads = 1}});
}

double value(const sb::Report& report, const char* id) {
  return report.has(id) ? report[id].value.value_or(NAN) : NAN;
}

std::vector<double> measure(const std::string& model, const sb::Dataset& train,
                            const sb::Dataset& test, sb::Seed seed) {
  const auto start = Clock::now();
  const sb::Dataset rows = rows_of(model, train, seed);
  const double seconds = std::chrono::duration<double>(Clock::now() - start).count();
  const sb::Evaluation what = {.train = train, .synthetic = rows, .holdout = test};
  using sb::Group;
  const sb::Report all =
      sb::evaluate(what, seed,
                   {.run = {.threads = 1},
                    .groups = {Group::kColumns, Group::kPairs, Group::kUtility, Group::kCopying},
                    .bootstrap = 0});
  const sb::Report linear = sb::evaluate(what, seed,
                                         {.run = {.threads = 1},
                                          .groups = {Group::kUtility},
                                          .judge = sb::Judge::kLinear,
                                          .bootstrap = 0});
  return {value(all, "utility"),
          value(linear, "utility"),
          value(all, "pair_tvd"),
          value(all, "shape_error"),
          value(all, "dcr_share"),
          100 * value(all, "ims"),
          seconds};
}

/// Mean and its standard error.
std::string cell(const std::vector<double>& values) {
  double mean = 0, squares = 0;
  const auto n = static_cast<double>(values.size());
  for (const double v : values) mean += v / n;
  for (const double v : values) squares += (v - mean) * (v - mean);
  if (values.size() < 2) return fmt::format("{:.3f}", mean);
  return fmt::format("{:.3f} ± {:.3f}", mean, std::sqrt(squares / (n * (n - 1))));
}

void print_line(std::FILE* out, const std::string& title, const Found& found) {
  fmt::print(out, "| {} |", title);
  for (const auto& values : found) fmt::print(out, " {} |", cell(values));
  fmt::print(out, "\n");
  std::fflush(out);
}

Found difference(const Found& a, const Found& b) {
  Found out = a;
  for (std::size_t k = 0; k < a.size(); ++k) {
    for (std::size_t s = 0; s < a[k].size(); ++s) out[k][s] -= b[k][s];
  }
  return out;
}

/// By measure, over all splits.
Found measure_splits(const std::string& model, const sb::Dataset& data, int seeds) {
  Found found(kCount);
  for (int s = 1; s <= seeds; ++s) {
    const sb::Seed seed{static_cast<std::uint64_t>(s)};
    const auto [train, test] = sb::split(data, 0.8, seed);
    const auto values = measure(model, train, test, seed);
    for (std::size_t k = 0; k < kCount; ++k) found[k].push_back(values[k]);
  }
  return found;
}

void run_table(const std::string& table, const Options& options, std::FILE* out) {
  const sb::Dataset data = sb::benchmarks::read_table(table);
  fmt::print(out, "\n| {} | {} |\n|---|", table, fmt::join(kMeasures, " | "));
  for (std::size_t k = 0; k < kCount; ++k) fmt::print(out, "---|");
  fmt::print(out, "\n");
  std::map<std::string, Found> all;
  for (const std::string& model : sb::benchmarks::parts_of(options.models, ';')) {
    all[model] = measure_splits(model, data, options.seeds);
    print_line(out, model, all[model]);
  }
  for (const auto& [model, found] : all) {
    if (all.contains("auto") && model != "auto")
      print_line(out, "auto - " + model, difference(all["auto"], found));
  }
}

Options parse(int argc, char** argv) {
  Options options;
  for (int i = 1; i + 1 < argc; i += 2) {
    const std::string key = argv[i], text = argv[i + 1];
    if (key == "--tables") options.tables = text;
    if (key == "--models") options.models = text;
    if (key == "--seeds") options.seeds = std::stoi(text);
    if (key == "--markdown") options.markdown = text;
  }
  return options;
}

}  // namespace

int main(int argc, char** argv) {
  const Options options = parse(argc, argv);
  std::FILE* out = options.markdown.empty() ? stdout : std::fopen(options.markdown.c_str(), "w");
  if (out == nullptr) return 1;
  for (const std::string& table : sb::benchmarks::parts_of(options.tables, ','))
    run_table(table, options, out);
  if (out != stdout) std::fclose(out);
}
