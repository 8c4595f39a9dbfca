// SPDX-License-Identifier: Apache-2.0
// The evaluation side by side with peers' own code: time, peak memory and the numbers of the same
// jobs on the same tables, each in a process of its own, taking turns.
//
//   evaluate_bench --setup FOLDER                       make a Python environment with the peers
//   evaluate_bench [--peers PYTHON] [--jobs dcr,...] [--rounds N] [--folder F]
//
// Jobs: dcr (SDMetrics), prdc (clovaai), singling-out (Anonymeter); and without a peer: report (the
// default report on Adult), million, million-clusters and million-gaussian (nearest of 1M rows
// among 1M others, 16 columns: of four factors, of ten clusters, and one Gaussian without any
// structure, the slowest). Adult comes from the shared data folder (SEMBLANCE_SHARED, or ../shared
// beside the repository).
#include <sys/resource.h>
#include <unistd.h>

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "semblance/data/npy.hpp"
#include "semblance/evaluate/attacks.hpp"
#include "semblance/evaluate/diversity.hpp"
#include "semblance/neighbours/gower.hpp"
#include "semblance/semblance.hpp"
#include "support/measure.hpp"
#include "support/tables.hpp"

namespace {

namespace fs = std::filesystem;
namespace sb = semblance;
using sb::benchmarks::cpu_seconds;
using sb::benchmarks::median;
using sb::benchmarks::output_of;
using sb::benchmarks::resident_bytes;
using sb::benchmarks::seconds_since;
using Clock = std::chrono::steady_clock;
using nlohmann::json;

constexpr int kThreads = 2;

struct Job {
  std::string name, peer;
  std::int64_t rows;
  double goal;      ///< Times faster than the peer.
  int repetitions;  ///< Of ours in a round; the peer gets one.
};
const std::vector<Job> kJobs = {{"dcr", "SDMetrics", 2'000, 500, 9},
                                {"prdc", "clovaai", 10'000, 10, 3},
                                {"singling-out", "Anonymeter", 10'000, 500, 9},
                                {"report", "", 32'561, 0, 1},
                                {"million", "", 1'000'000, 0, 1},
                                {"million-clusters", "", 1'000'000, 0, 1},
                                {"million-gaussian", "", 1'000'000, 0, 1}};

/// Training rows, rows that stand for synthetic ones, and unseen rows; equally many.
struct Adult {
  sb::Schema schema;
  sb::Dataset train, synthetic, control;

  Adult(std::int64_t rows, bool whole) {
    const auto split = sb::benchmarks::read_split("adult", "default");
    schema = split.train.schema();
    train = split.train;
    control = split.test;
    if (whole) {
      const auto model = sb::make_generator("copula");
      model->fit(train, sb::Seed{1}, {.threads = kThreads});
      synthetic = model->sample(train.rows(), sb::Seed{1}, {.run = {.threads = kThreads}});
      return;
    }
    synthetic = train.slice(rows, rows);
    control = control.slice(0, rows);
    train = train.slice(0, rows);
  }
};

std::vector<double> gaussian(std::int64_t rows, std::int64_t dim, sb::Seed seed) {
  std::vector<double> out(static_cast<std::size_t>(rows * dim));
  for (std::size_t i = 0; i < out.size(); i += static_cast<std::size_t>(dim)) {
    sb::Stream draw(seed, i);
    for (std::size_t j = 0; j < static_cast<std::size_t>(dim); ++j) out[i + j] = draw.normal();
  }
  return out;
}

sb::MatrixView<double> view(const std::vector<double>& values, std::int64_t dim) {
  return {values, static_cast<std::int64_t>(values.size()) / dim, dim};
}

/// What a call costs and answers.
json measure(int repetitions, const std::function<json()>& call) {
  std::vector<double> wall, cpu;
  json values;
  const double before = resident_bytes();
  for (int i = 0; i < repetitions; ++i) {
    const auto start = Clock::now();
    const double used = cpu_seconds();
    values = call();
    wall.push_back(seconds_since(start));
    cpu.push_back(cpu_seconds() - used);
  }
  rusage used{};
  getrusage(RUSAGE_SELF, &used);
  const double peak = 1024.0 * static_cast<double>(used.ru_maxrss);
  return {
      {"wall", wall}, {"cpu", cpu}, {"values", values}, {"memory", std::max(0.0, peak - before)}};
}

const sb::RunOptions kRun = {.threads = kThreads};

json measure_dcr(const Job& job) {
  const Adult adult(job.rows, false);
  return measure(job.repetitions, [&] {
    const sb::Gower gower(adult.train);
    auto d =
        gower.nearest(gower.encode(adult.synthetic), gower.encode(adult.train), 1, {.run = kRun})
            .distance;
    double mean = 0;
    for (const double v : d) mean += v / static_cast<double>(d.size());
    std::ranges::sort(d);
    return json{mean, sb::quantile(d, 0.5)};
  });
}

json measure_prdc(const Job& job) {
  constexpr std::int64_t kDim = 16;
  const auto real = gaussian(job.rows, kDim, sb::Seed{1}),
             fake = gaussian(job.rows, kDim, sb::Seed{2});
  return measure(job.repetitions, [&] {
    const auto p = sb::prdc(view(real, kDim), view(fake, kDim), {.k = 5, .run = kRun});
    return json{p.precision, p.recall, p.density, p.coverage};
  });
}

json measure_singling_out(const Job& job) {
  const Adult adult(job.rows, false);
  return measure(job.repetitions, [&] {
    const auto risk = sb::singling_out({adult.train, adult.synthetic, adult.control}, 3,
                                       sb::Seed{1}, {.attacks = 200, .run = kRun});
    return json{risk.risk, (risk.rate.lo + risk.rate.hi) / 2};
  });
}

json measure_report(const Job& job) {
  const Adult adult(job.rows, true);
  return measure(job.repetitions, [&] {
    const auto report =
        sb::evaluate({.train = adult.train, .synthetic = adult.synthetic, .holdout = adult.control},
                     sb::Seed{1}, {.run = kRun});
    return json{report.metrics.size()};
  });
}

/// Rows of ten Gaussians whose centres lie 2 deviations apart in every column, about.
std::vector<double> clusters(std::int64_t rows, std::int64_t dim, sb::Seed seed) {
  const auto centres = gaussian(10, dim, sb::Seed{0});
  auto out = gaussian(rows, dim, seed);
  for (std::size_t i = 0; i < out.size(); ++i) {
    const auto row = i / static_cast<std::size_t>(dim), column = i % static_cast<std::size_t>(dim);
    out[i] += 1.5 * centres[row % 10 * static_cast<std::size_t>(dim) + column];
  }
  return out;
}

/// The distance of one query to its nearest row, by all pairs.
double nearest_distance(const sb::MatrixView<double>& queries, std::int64_t i,
                        const sb::MatrixView<double>& rows) {
  double best = HUGE_VAL;
  for (std::int64_t j = 0; j < rows.rows; ++j) {
    double sum = 0;
    for (std::int64_t c = 0; c < rows.dim; ++c) {
      const double gap = queries.row(i)[c] - rows.row(j)[c];
      sum += gap * gap;
    }
    best = std::min(best, sum);
  }
  return std::sqrt(best);
}

/// Rows of 16 columns that follow four hidden factors, with a tenth of their spread as noise: what
/// tables of people mostly look like.
std::vector<double> factors(std::int64_t rows, std::int64_t dim, sb::Seed seed) {
  constexpr std::int64_t kFactors = 4;
  const auto loadings = gaussian(dim, kFactors, sb::Seed{0});
  auto out = gaussian(rows, dim, seed);
  const auto hidden = gaussian(rows, kFactors, sb::derive(seed, "factors"));
  for (std::int64_t i = 0; i < rows; ++i) {
    for (std::int64_t c = 0; c < dim; ++c) {
      double& value = out[static_cast<std::size_t>(i * dim + c)];
      value *= 0.1;
      for (std::int64_t f = 0; f < kFactors; ++f)
        value += view(hidden, kFactors).row(i)[f] * view(loadings, kFactors).row(c)[f] / 2;
    }
  }
  return out;
}

/// Every nearest row; the largest error of 20 distances against all pairs, which is not timed.
json measure_million(const Job& job) {
  constexpr std::int64_t kDim = 16;
  const auto make = job.name == "million"            ? factors
                    : job.name == "million-clusters" ? clusters
                                                     : gaussian;
  const auto a = make(job.rows, kDim, sb::Seed{1}), b = make(job.rows, kDim, sb::Seed{2});
  sb::Neighbours near;
  json out = measure(job.repetitions, [&] {
    near = sb::nearest(view(a, kDim), view(b, kDim), 1, {.run = kRun});
    return json{near.distances(0)[0]};
  });
  double worst = 0;
  for (std::int64_t i = 0; i < job.rows; i += job.rows / 20)
    worst = std::max(
        worst, std::abs(nearest_distance(view(a, kDim), i, view(b, kDim)) - near.distances(i)[0]));
  out["values"].push_back(worst);
  return out;
}

json measure_ours(const Job& job) {
  if (job.name == "dcr") return measure_dcr(job);
  if (job.name == "prdc") return measure_prdc(job);
  if (job.name == "singling-out") return measure_singling_out(job);
  return job.name == "report" ? measure_report(job) : measure_million(job);
}

/// The tables of a job as the peer reads them.
void write_inputs(const Job& job, const fs::path& folder) {
  fs::create_directories(folder);
  if (job.name == "prdc") {
    constexpr std::int64_t kDim = 16;
    const auto write = [&](const char* name, sb::Seed seed) {
      const auto values = gaussian(job.rows, kDim, seed);
      std::vector<float> rows(values.begin(), values.end());
      sb::write_npy(sb::Column::tensors(std::move(rows), {kDim}), folder / name);
    };
    write("real.npy", sb::Seed{1});
    return write("fake.npy", sb::Seed{2});
  }
  const Adult adult(job.rows, false);
  sb::write_csv(adult.train, folder / "train.csv");
  sb::write_csv(adult.synthetic, folder / "synthetic.csv");
  sb::write_csv(adult.control, folder / "control.csv");
  std::ofstream(folder / "schema.json") << sb::to_json(adult.schema);
}

struct Cost {
  std::vector<double> wall, cpu;
  double memory = 0;
  json values = {};
  std::string note = {};

  void add(const json& round) {
    if (!round.is_object()) return void(note = "failed");
    if (round.contains("skip")) return void(note = "skipped: " + round["skip"].get<std::string>());
    for (const double t : round.at("wall")) wall.push_back(t);
    for (const double t : round.at("cpu")) cpu.push_back(t);
    memory = std::max(memory, round.at("memory").get<double>());
    values = round.at("values");
    note = round.value("versions", "");
  }
};

struct Options {
  std::string peers, jobs, only, setup;
  fs::path folder = fs::temp_directory_path() / "semblance_evaluate_bench";
  int rounds = 3;
};

Options parse(int argc, char** argv) {
  Options options;
  for (int i = 1; i + 1 < argc; i += 2) {
    const std::string key = argv[i], value = argv[i + 1];
    if (key == "--peers") options.peers = value;
    if (key == "--jobs") options.jobs = "," + value + ",";
    if (key == "--only") options.only = value;
    if (key == "--folder") options.folder = value;
    if (key == "--rounds") options.rounds = std::stoi(value);
    if (key == "--setup") options.setup = value;
  }
  return options;
}

void compare(const Job& job, const Options& options, const std::string& self) {
  const fs::path folder = options.folder / job.name;
  const bool peered = !job.peer.empty() && !options.peers.empty();
  if (peered) write_inputs(job, folder);
  Cost peer, ours;
  for (int round = 0; round < options.rounds; ++round) {
    if (peered && (peer.note.empty() || !peer.wall.empty()))
      peer.add(output_of(
          fmt::format("OMP_NUM_THREADS={0} OPENBLAS_NUM_THREADS={0} POLARS_MAX_THREADS={0} '{1}' "
                      "'{2}' {3} '{4}' 1",
                      kThreads, options.peers, SEMBLANCE_SOURCE_DIR "/benchmarks/evaluate_peer.py",
                      job.name, folder.string())));
    ours.add(output_of(fmt::format("'{}' --only {}", self, job.name)));
  }
  const double theirs = median(peer.wall), mine = median(ours.wall);
  fmt::print("{:<17}{:>11.4f}{:>11.4f}{:>9.1f}{:>7.0f}{:>10.3f}{:>10.3f}{:>9.0f}{:>9.0f}\n",
             job.name, theirs, mine, theirs / mine, job.goal, median(peer.cpu), median(ours.cpu),
             peer.memory / 1e6, ours.memory / 1e6);
  if (!job.peer.empty())
    fmt::print("  {}: {} {}\n", job.peer, peered ? peer.note : "not asked for (--peers)",
               peer.values.is_null() ? "" : peer.values.dump());
  fmt::print("  ours: {} {}\n", ours.note, ours.values.dump());
  std::fflush(stdout);
}

int set_up(const std::string& folder) {
  const auto command = fmt::format(
      "python3 -m venv '{0}' && '{0}/bin/pip' install --quiet anonymeter prdc sdmetrics", folder);
  return std::system(command.c_str()) == 0 ? 0 : 1;
}

int run(const Options& options, const std::string& self) {
  if (!options.setup.empty()) return set_up(options.setup);
  for (const Job& job : kJobs) {
    if (options.only == job.name) {
      fmt::print("{}\n", measure_ours(job).dump());
      return 0;
    }
  }
  fmt::print("# medians in seconds, {} threads, {} rounds; memory in MB beyond the tables\n",
             kThreads, options.rounds);
  fmt::print("{:<17}{:>11}{:>11}{:>9}{:>7}{:>10}{:>10}{:>9}{:>9}\n", "job", "peer", "ours", "ratio",
             "goal", "peer CPU", "our CPU", "peer MB", "our MB");
  for (const Job& job : kJobs) {
    if (options.jobs.empty() || options.jobs.find("," + job.name + ",") != std::string::npos)
      compare(job, options, self);
  }
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  try {
    return run(parse(argc, argv), fs::read_symlink("/proc/self/exe").string());
  } catch (const std::exception& e) {
    fmt::print(stderr, "evaluate_bench: {}\n", e.what());
    return 1;
  }
}
