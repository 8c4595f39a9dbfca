// SPDX-License-Identifier: Apache-2.0
// How well boosted trees learn from synthetic rows, on the tables of TabDDPM's comparison [1] that
// are at hand: real rows, every generator of ours, and the paper's figures as context.
//
//   utility_bench [--tables a,b] [--models 'a;b{"k": 3}'] [--budget S (120)] [--draws N (3)]
//                 [--times 1,4,8] [--threads N] [--results FILE] [--markdown FILE]
//
// A model is a registered name, with its configuration behind it where wanted.
// A generator learns the training rows only. The judge is tuned on real training and validation
// rows; how many rows are drawn (--times the training rows), and which generator is the best, is
// chosen on the validation rows; the test rows are for reporting. --results keeps what was
// measured, a JSON object a line, and goes on where it was stopped. Needs the shared data folder.
//
// [1] Kotelnikov et al., "TabDDPM: modelling tabular data with diffusion models", ICML 2023,
//     arXiv 2209.15421.
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <map>
#include <nlohmann/json.hpp>
#include <numeric>
#include <optional>
#include <string>
#include <vector>

#include "semblance/core/parallel.hpp"
#include "semblance/learners/boosted_trees.hpp"
#include "support/tables.hpp"

namespace {

namespace sb = semblance;
using Clock = std::chrono::steady_clock;
using nlohmann::json;

/// A table, and what the paper's repository publishes for it: CatBoost's test R2 or macro-F1.
struct Table {
  std::string name, split;
  double real, tvae, ctabgan_plus, smote, tabddpm;
};
/// The last two have no published split: the figures are of other rows of the same table.
const std::vector<Table> kTables = {
    {"abalone", "tabddpm", .5562, .4328, .4672, .5486, .5499},
    {"adult", "tabddpm", .8152, .7810, .7724, .7912, .7951},
    {"california", "tabddpm", .8568, .7518, .5247, .8397, .8362},
    {"default_credit", "tabddpm", .6880, .6564, .6865, .6930, .6910},
    {"house_16h", "default", .6616, .4926, .5040, .6625, .6766},
    {"pima_diabetes", "default", .7849, .7136, .7339, .6835, .7398}};

constexpr int kJudgeSeeds = 3;

struct Options {
  std::string tables, models = "smote;copula;any-order;diffusion;tabddpm;forest-flow;vae;ctgan";
  std::string results, markdown;
  std::vector<std::int64_t> times = {1, 4, 8};
  double budget = 120;
  int draws = 3, threads = 2;
};

/// What the judge learns from and is tested on.
struct Problem {
  sb::FeatureMatrix x;
  sb::Labels y;

  explicit Problem(const sb::Dataset& data) {
    const std::int64_t target = data.schema().target();
    x = sb::features(data, target);
    const sb::Column& column = data.column(target);
    if (column.kind() == sb::Kind::kCategorical) {
      y.classes = data.schema()[target].categories.size();
      y.task = y.classes == 2 ? sb::Task::kBinary : sb::Task::kMulticlass;
      y.values.assign(column.codes().begin(), column.codes().end());
      return;
    }
    y.task = sb::Task::kRegression;
    if (column.kind() == sb::Kind::kReal) {
      y.values.assign(column.reals().begin(), column.reals().end());
    } else {
      y.values.assign(column.integers().begin(), column.integers().end());
    }
  }
};

/// Macro-F1 or R2.
double score(const sb::Learner& judge, const Problem& on) {
  const auto predicted = judge.predict(on.x);
  if (on.y.task == sb::Task::kRegression) {
    return sb::r_squared(on.y.values, predicted).value_or(NAN);
  }
  const std::size_t rows = on.y.values.size();
  const std::size_t width = predicted.size() / std::max<std::size_t>(rows, 1);
  std::vector<std::int32_t> truth(on.y.values.begin(), on.y.values.end()), said(rows);
  for (std::size_t i = 0; i < rows; ++i) {
    const auto first = predicted.begin() + static_cast<std::ptrdiff_t>(i * width);
    said[i] =
        width == 1
            ? (*first >= 0.5 ? 1 : 0)
            : static_cast<std::int32_t>(
                  std::max_element(first, first + static_cast<std::ptrdiff_t>(width)) - first);
  }
  return sb::macro_f1(truth, said).value_or(NAN);
}

/// Validation and test scores of one judge.
struct Scores {
  double validation = NAN, test = NAN;
};

double mean(std::span<const double> values) {
  return std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size());
}

double deviation(std::span<const double> values) {
  double squares = 0;
  for (const double v : values) squares += (v - mean(values)) * (v - mean(values));
  return std::sqrt(squares / std::max(1.0, static_cast<double>(values.size()) - 1));
}

Scores judged(const Problem& train, const sb::BoostedTreesConfig& config, sb::Seed seed,
              const Problem& validation, const Problem& test) {
  sb::BoostedTrees judge(config);
  judge.fit(train.x, train.y, seed);
  return {score(judge, validation), score(judge, test)};
}

/// One table with its judge.
class Contest {
 public:
  using Split = sb::benchmarks::Split;

  Contest(Split split, int threads)
      : split_(std::move(split)),
        validation_(split_.validation),
        test_(split_.test),
        threads_(threads) {
    tune();
  }

  [[nodiscard]] const Split& split() const { return split_; }

  /// Judges that learned these rows, one a seed.
  [[nodiscard]] std::vector<Scores> judge(const sb::Dataset& rows) const {
    const Problem problem(rows);
    std::vector<Scores> out(kJudgeSeeds);
    sb::parallel_for(threads_, kJudgeSeeds, [&](std::int64_t i) {
      out[static_cast<std::size_t>(i)] = judged(
          problem, config_, sb::Seed{static_cast<std::uint64_t>(10 + i)}, validation_, test_);
    });
    return out;
  }

 private:
  /// The best of a grid on the real validation rows.
  void tune() {
    std::vector<sb::BoostedTreesConfig> grid;
    for (const std::int64_t depth : {3, 5, 8}) {
      for (const auto& [trees, rate] : {std::pair{150, 0.1}, {400, 0.1}, {500, 0.03}}) {
        grid.push_back({.trees = trees, .depth = depth, .learning_rate = rate});
      }
    }
    const Problem train(split_.train);
    std::vector<Scores> found(grid.size());
    sb::parallel_for(threads_, std::ssize(grid), [&](std::int64_t i) {
      const auto at = static_cast<std::size_t>(i);
      found[at] = judged(train, grid[at], sb::Seed{9}, validation_, test_);
    });
    const auto best = std::max_element(
        found.begin(), found.end(),
        [](const Scores& a, const Scores& b) { return a.validation < b.validation; });
    config_ = grid[static_cast<std::size_t>(best - found.begin())];
  }

  Split split_;
  Problem validation_, test_;
  int threads_;
  sb::BoostedTreesConfig config_;
};

/// The published rows; where none are for validation, every fifth training row.
sb::benchmarks::Split read(const Table& table) {
  auto split = sb::benchmarks::read_split(table.name, table.split);
  if (split.validation.rows() > 0) return split;
  std::vector<std::int64_t> rows[2];
  for (std::int64_t i = 0; i < split.train.rows(); ++i) rows[i % 5 == 0].push_back(i);
  return {split.train.take(rows[0]), split.train.take(rows[1]), split.test};
}

/// What is kept of a generator on a table; `times` rows are drawn for each training row.
json summary(const std::string& table, const std::string& model, std::int64_t times,
             const std::vector<Scores>& scores) {
  std::vector<double> validation, test;
  for (const Scores& s : scores) {
    validation.push_back(s.validation);
    test.push_back(s.test);
  }
  return {{"table", table},       {"model", model},
          {"times", times},       {"validation", mean(validation)},
          {"test", mean(test)},   {"deviation", deviation(test)},
          {"runs", scores.size()}};
}

/// Nearest-record distances against rows that the generator never saw.
void add_distances(json& out, const Contest& contest, const sb::Dataset& rows, int threads) {
  const sb::Dataset unseen[] = {contest.split().validation, contest.split().test};
  const auto report = sb::evaluate(
      {.train = contest.split().train, .synthetic = rows, .holdout = sb::Dataset::concat(unseen)},
      sb::Seed{3}, {.run = {.threads = threads}, .groups = {sb::Group::kCopying}});
  out["dcr_share"] = report["dcr_share"].value.value_or(NAN);
  out["copies"] = report["ims"].value.value_or(NAN);
}

/// One generator on one table, with the number of rows that is best on the validation rows.
json measure(const Options& options, const Table& table, const std::string& model,
             const Contest& contest) {
  if (model == "real") return summary(table.name, model, 1, contest.judge(contest.split().train));
  const sb::Dataset& train = contest.split().train;
  const auto generator = sb::benchmarks::make_model(model);
  const auto start = Clock::now();
  generator->fit(
      train, sb::Seed{1},
      {.threads = options.threads, .budget = std::chrono::duration<double>(options.budget)});
  const double seconds = std::chrono::duration<double>(Clock::now() - start).count();
  json best;
  for (const std::int64_t times : options.times) {
    std::vector<Scores> scores;
    for (int draw = 0; draw < options.draws; ++draw) {
      const auto rows =
          generator->sample(train.rows() * times, sb::Seed{static_cast<std::uint64_t>(100 + draw)},
                            {.run = {.threads = options.threads}});
      const auto judged = contest.judge(rows);
      scores.insert(scores.end(), judged.begin(), judged.end());
    }
    const json now = summary(table.name, model, times, scores);
    if (best.is_null() || now.at("validation") > best.at("validation")) best = now;
  }
  best["seconds"] = seconds;
  add_distances(best, contest, generator->sample(train.rows(), sb::Seed{99}), options.threads);
  return best;
}

bool wanted(const std::string& list, const std::string& name) {
  const auto names = sb::benchmarks::parts_of(list, ',');
  return list.empty() || std::find(names.begin(), names.end(), name) != names.end();
}

/// What an earlier run kept, by table and model.
std::map<std::string, json> kept(const std::string& file) {
  std::map<std::string, json> out;
  std::ifstream in(file);
  for (std::string line; std::getline(in, line);) {
    const json row = json::parse(line, nullptr, false);
    if (row.is_object()) out[row.value("table", "") + "/" + row.value("model", "")] = row;
  }
  return out;
}

std::string number(const json& row, const char* key, int digits) {
  if (!row.contains(key) || !row.at(key).is_number()) return "";
  return fmt::format("{:.{}f}", row.at(key).get<double>(), digits);
}

std::string line(const json& row, double real, bool best) {
  const double test = row.at("test");
  return fmt::format("| {}{}{} | {:.4f} ± {:.4f} | {:.3f} | {} | {} | {} | {} |\n",
                     best ? "**" : "", row.at("model").get<std::string>(), best ? "**" : "", test,
                     row.at("deviation").get<double>(), test / real, number(row, "validation", 4),
                     row.at("model") == "real" ? "" : number(row, "times", 0),
                     number(row, "dcr_share", 1), number(row, "seconds", 0));
}

/// The table of one data set; the generator that is best on the validation rows is bold.
std::string markdown(const Table& table, const std::vector<json>& rows) {
  std::string out = fmt::format(
      "### {}\n\n| generator | test | of real | validation | rows drawn | `dcr_share` | fit, s |\n"
      "|---|---|---|---|---|---|---|\n",
      table.name);
  double real = NAN, most = -1e300;
  for (const json& row : rows) {
    if (row.at("model") == "real")
      real = row.at("test");
    else
      most = std::max(most, row.at("validation").get<double>());
  }
  for (const json& row : rows) {
    out += line(row, real, row.at("model") != "real" && row.at("validation") == most);
  }
  const auto paper = [&](const char* name, double value) {
    out +=
        fmt::format("| *paper: {}* | {:.4f} | {:.3f} | | | | |\n", name, value, value / table.real);
  };
  paper("real", table.real);
  paper("TVAE", table.tvae);
  paper("CTAB-GAN+", table.ctabgan_plus);
  paper("SMOTE", table.smote);
  paper("TabDDPM", table.tabddpm);
  return out + "\n";
}

std::string run_table(const Options& options, const Table& table,
                      std::map<std::string, json>& known) {
  std::optional<Contest> contest;
  std::vector<json> rows;
  for (const std::string& model : sb::benchmarks::parts_of("real;" + options.models, ';')) {
    const std::string key = table.name + "/" + model;
    if (!known.contains(key)) {
      if (!contest) contest.emplace(read(table), options.threads);
      try {
        known[key] = measure(options, table, model, *contest);
      } catch (const sb::Error& e) {
        fmt::print("# {} on {}: {}\n", model, table.name, e.what());
        continue;
      }
      if (!options.results.empty()) {
        std::ofstream(options.results, std::ios::app) << known[key].dump() << '\n';
      }
    }
    rows.push_back(known[key]);
  }
  return markdown(table, rows);
}

std::vector<std::int64_t> numbers(const std::string& list) {
  std::vector<std::int64_t> out;
  for (const std::string& part : sb::benchmarks::parts_of(list, ','))
    out.push_back(std::stoll(part));
  return out;
}

Options parse(int argc, char** argv) {
  Options options;
  for (int i = 1; i + 1 < argc; i += 2) {
    const std::string key = argv[i], value = argv[i + 1];
    if (key == "--tables") options.tables = value;
    if (key == "--models") options.models = value;
    if (key == "--results") options.results = value;
    if (key == "--markdown") options.markdown = value;
    if (key == "--budget") options.budget = std::stod(value);
    if (key == "--draws") options.draws = std::stoi(value);
    if (key == "--times") options.times = numbers(value);
    if (key == "--threads") options.threads = std::stoi(value);
  }
  return options;
}

int run(const Options& options) {
  auto known = kept(options.results);
  std::string all;
  for (const Table& table : kTables) {
    if (!wanted(options.tables, table.name)) continue;
    if (!sb::benchmarks::has_table(table.name)) {
      fmt::print("skipped {}: set SEMBLANCE_SHARED to the shared data folder\n", table.name);
      continue;
    }
    const std::string text = run_table(options, table, known);
    fmt::print("{}", text);
    std::fflush(stdout);
    all += text;
  }
  if (!options.markdown.empty()) std::ofstream(options.markdown) << all;
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  try {
    return run(parse(argc, argv));
  } catch (const std::exception& e) {
    fmt::print(stderr, "utility_bench: {}\n", e.what());
    return 1;
  }
}
