// SPDX-License-Identifier: Apache-2.0
// Resampling side by side with imbalanced-learn: time and peak memory of the same jobs on the same
// tables, each in a process of its own, taking turns.
//
//   resample_bench --peers PYTHON [--jobs smote,cnn,...] [--rounds N] [--folder F]
//
// Beside them stands the floor: the matrix product of all pairs in float32, on as many threads.
#include <sys/resource.h>
#include <unistd.h>

#include <ATen/Parallel.h>
#include <ATen/ops/mm.h>
#include <ATen/ops/ones.h>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "semblance/data/npy.hpp"
#include "semblance/semblance.hpp"
#include "support/measure.hpp"

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
  std::string name, method;
  std::int64_t rows, dim, codes;  ///< `codes` of the columns are categories.
  double goal;                    ///< Times faster than the peer.
  int repetitions;                ///< A round, for us and the peer.
  double pairs;                   ///< Pairs of rows that are compared, in units of 10^9.
  std::string config = R"({"standardize": false})";
};

// Minority 1 : 10, so 9,090 of 100,000 rows; after SMOTE 181,820 rows.
const std::vector<Job> kJobs = {
    {"smote", "smote", 100'000, 32, 0, 5, 5, 0.0826},
    {"smote-1m", "smote", 1'000'000, 8, 0, 5, 1, 8.26},
    {"borderline-1", "borderline-1", 100'000, 32, 0, 3, 3, 0.909 + 0.0826},
    {"adasyn", "adasyn", 100'000, 32, 0, 3, 3, 0.909 + 0.0826},
    {"smote-nc", "smote-nc", 100'000, 32, 16, 100, 1, 0.0826},
    {"cnn", "cnn", 4'000, 8, 0, 300, 1, 0},
    {"smote-enn", "smote-enn", 100'000, 32, 0, 4, 1, 33.06,
     R"({"smote": {"standardize": false}, "enn": {"standardize": false}})"},
};

/// Ten Gaussians for the majority, three for the minority, each near one of the others; unit
/// deviation within.
void write_table(const Job& job, const fs::path& folder) {
  fs::create_directories(folder);
  sb::Stream centres(sb::Seed{1}, 0);
  std::vector<double> centre(static_cast<std::size_t>(13 * job.dim));
  for (double& c : centre) c = 1.5 * centres.normal();
  for (std::int64_t i = 0; i < 3 * job.dim; ++i) {
    const auto at = static_cast<std::size_t>(i);
    centre[static_cast<std::size_t>(10 * job.dim) + at] = centre[at] + 0.25 * centres.normal();
  }
  const auto n = static_cast<std::size_t>(job.rows);
  std::vector<std::int64_t> label(n);
  std::vector<std::vector<double>> x(static_cast<std::size_t>(job.dim), std::vector<double>(n));
  for (std::size_t i = 0; i < n; ++i) {
    sb::Stream stream(sb::Seed{2}, i);
    label[i] = i % 11 == 0 && static_cast<std::int64_t>(i / 11) < job.rows / 11 ? 1 : 0;
    const auto blob = label[i] == 1 ? 10 + stream.below(3) : stream.below(10);
    for (std::size_t j = 0; j < x.size(); ++j) {
      const double value = centre[blob * x.size() + j] + stream.normal();
      const bool code = static_cast<std::int64_t>(j) >= job.dim - job.codes;
      x[j][i] = code ? std::clamp(std::round(1.5 * value + 4.5), 0.0, 9.0) : value;
    }
  }
  for (std::size_t j = 0; j < x.size(); ++j) {
    sb::write_npy(sb::Column::reals(std::move(x[j])), folder / fmt::format("x{}.npy", j));
  }
  sb::write_npy(sb::Column::integers(std::move(label)), folder / "y.npy");
}

sb::Column as_codes(std::span<const double> values) {
  return sb::Column::categories(std::vector<std::int32_t>(values.begin(), values.end()));
}

sb::Dataset read_table(const Job& job, const fs::path& folder) {
  std::vector<sb::Field> fields;
  std::vector<sb::Column> columns;
  const sb::Vocabulary digits({"0", "1", "2", "3", "4", "5", "6", "7", "8", "9"});
  for (std::int64_t j = 0; j < job.dim; ++j) {
    fields.push_back({.name = fmt::format("x{}", j)});
    columns.push_back(sb::read_npy(folder / fmt::format("x{}.npy", j)));
    if (j < job.dim - job.codes) continue;
    fields.back().kind = sb::Kind::kCategorical;
    fields.back().categories = digits;
    columns.back() = as_codes(columns.back().reals());
  }
  const sb::Column label = sb::read_npy(folder / "y.npy");
  const auto classes = label.integers();
  fields.push_back({.name = "y", .kind = sb::Kind::kCategorical, .role = sb::Role::kTarget});
  fields.back().categories = sb::Vocabulary({"0", "1"});
  columns.push_back(
      sb::Column::categories(std::vector<std::int32_t>(classes.begin(), classes.end())));
  return {sb::Schema(fields), columns};
}

/// What the peer makes, and no more: without provenance where rows are only added.
sb::Dataset resampled(const Job& job, const sb::Dataset& table) {
  const sb::RunOptions run = {.threads = kThreads};
  const bool adds = job.method != "cnn" && job.method != "smote-enn";
  if (!adds) {
    return sb::make_resampler(job.method, job.config)
        ->resample(table, sb::Seed{1}, {.run = run})
        .rows;
  }
  const auto method = sb::make_generator(job.codes > 0 ? "smote" : job.method, job.config);
  method->fit(table, sb::Seed{1}, run);
  return sb::balance(table, *method, sb::Seed{1}, {.run = run});
}

/// Our side of one job, in this process: what resample_peer.py prints for the other.
json measure_ours(const Job& job, const fs::path& folder) {
  const sb::Dataset table = read_table(job, folder);
  std::vector<double> wall, cpu;
  std::int64_t rows = 0;
  const double before = resident_bytes();
  for (int i = 0; i < job.repetitions; ++i) {
    const auto start = Clock::now();
    const double used = cpu_seconds();
    const sb::Dataset made = resampled(job, table);
    wall.push_back(seconds_since(start));
    cpu.push_back(cpu_seconds() - used);
    rows = made.rows();
  }
  rusage used{};
  getrusage(RUSAGE_SELF, &used);
  const double peak = 1024.0 * static_cast<double>(used.ru_maxrss);
  return {{"wall", wall}, {"cpu", cpu}, {"rows", rows}, {"memory", std::max(0.0, peak - before)}};
}

/// The costs of all rounds of one side.
struct Cost {
  std::vector<double> wall, cpu;
  double memory = 0;
  std::int64_t rows = 0;
  std::string versions = {};

  void add(const json& round) {
    if (!round.is_object()) return;
    for (const double t : round.at("wall")) wall.push_back(t);
    for (const double t : round.at("cpu")) cpu.push_back(t);
    memory = std::max(memory, round.at("memory").get<double>());
    rows = round.at("rows");
    versions = round.value("versions", "");
  }
};

/// Multiply-adds a second of float32 matrix products of tiles of rows, on the threads of the job.
double product_rate(std::int64_t dim) {
  at::set_num_threads(kThreads);
  const auto a = at::ones({1024, dim}), b = at::ones({dim, 8192});
  at::Tensor out = at::mm(a, b);
  std::vector<double> seconds;
  for (int i = 0; i < 9; ++i) {
    const auto start = Clock::now();
    for (int j = 0; j < 4; ++j) at::mm_out(out, a, b);
    seconds.push_back(seconds_since(start) / 4);
  }
  return 1024.0 * 8192.0 * static_cast<double>(dim) / median(seconds);
}

void print_row(const Job& job, const Cost& peer, const Cost& ours) {
  const double floor = job.pairs * 1e9 * static_cast<double>(job.dim) / product_rate(job.dim);
  const double theirs = median(peer.wall), mine = median(ours.wall);
  fmt::print("{:<13}{:>10.3f}{:>10.3f}{:>9.1f}{:>7.0f}{:>10.3f}{:>10.3f}{:>9.0f}{:>9.0f}", job.name,
             theirs, mine, theirs / mine, job.goal, median(peer.cpu), median(ours.cpu),
             peer.memory / 1e6, ours.memory / 1e6);
  fmt::print("{:>10}{:>10}{:>10}\n", job.pairs > 0 ? fmt::format("{:.3f}", floor) : "-", peer.rows,
             ours.rows);
  std::fflush(stdout);
}

struct Options {
  std::string peers, jobs, only;
  fs::path folder = fs::temp_directory_path() / "semblance_resample_bench";
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
  }
  return options;
}

void compare(const Job& job, const Options& options, const std::string& self) {
  const fs::path folder = options.folder / fmt::format("{}x{}.{}", job.rows, job.dim, job.codes);
  if (!fs::exists(folder / "y.npy")) write_table(job, folder);
  Cost peer, ours;
  for (int round = 0; round < options.rounds; ++round) {
    if (!options.peers.empty()) {
      peer.add(output_of(
          fmt::format("OMP_NUM_THREADS={0} OPENBLAS_NUM_THREADS={0} '{1}' '{2}' {3} "
                      "'{4}' {5}",
                      kThreads, options.peers, SEMBLANCE_SOURCE_DIR "/benchmarks/resample_peer.py",
                      job.method, folder.string(), job.repetitions)));
    }
    ours.add(
        output_of(fmt::format("'{}' --only {} --folder '{}'", self, job.name, folder.string())));
  }
  if (!peer.versions.empty()) fmt::print("# {}\n", peer.versions);
  print_row(job, peer, ours);
}

int run(const Options& options, const std::string& self) {
  for (const Job& job : kJobs) {
    if (options.only == job.name) {
      fmt::print("{}\n", measure_ours(job, options.folder).dump());
      return 0;
    }
  }
  fmt::print("# medians in seconds, {} threads, {} rounds; memory in MB beyond the table\n",
             kThreads, options.rounds);
  fmt::print("{:<13}{:>10}{:>10}{:>9}{:>7}{:>10}{:>10}{:>9}{:>9}{:>10}{:>10}{:>10}\n", "job",
             "peer", "ours", "ratio", "goal", "peer CPU", "our CPU", "peer MB", "our MB", "product",
             "peer rows", "our rows");
  for (const Job& job : kJobs) {
    if (options.jobs.empty() || options.jobs.find("," + job.name + ",") != std::string::npos) {
      compare(job, options, self);
    }
  }
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  try {
    return run(parse(argc, argv), fs::read_symlink("/proc/self/exe").string());
  } catch (const std::exception& e) {
    fmt::print(stderr, "resample_bench: {}\n", e.what());
    return 1;
  }
}
