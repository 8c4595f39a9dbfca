// SPDX-License-Identifier: Apache-2.0
// Training and sampling side by side with the ctgan package: the same architecture, batch and
// number of threads on Adult, taking turns in one run.
//
//   training_bench [--peers PYTHON] [--models ctgan,tvae,...] [--precisions float32,bfloat16]
//                  [--threads N] [--steps N] [--rounds N] [--folder F]
//
// A step is all of it, batch preparation included. Beside it stands the floor: the matrix products
// that the step needs, alone, in float32. Needs the shared data folder.
#include <sys/resource.h>

#include <ATen/Parallel.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/mm.h>
#include <ATen/ops/ones.h>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "semblance/codec/feature_codec.hpp"
#include "semblance/semblance.hpp"
#include "support/measure.hpp"
#include "support/tables.hpp"

namespace {

namespace fs = std::filesystem;
namespace sb = semblance;
using sb::benchmarks::cpu_seconds;
using sb::benchmarks::output_of;
using sb::benchmarks::seconds_since;
using Clock = std::chrono::steady_clock;
using nlohmann::json;

constexpr int kWarm = 20;               // steps before the clock starts
constexpr std::int64_t kBatch = 500;    // of the published models
constexpr std::int64_t kRows = 32'561;  // that are drawn

struct Options {
  std::string peers, folder = fs::temp_directory_path() / "semblance-training";
  std::vector<std::string> models = {"ctgan", "tvae"}, precisions = {"float32", "bfloat16"};
  int threads = 1, steps = 200, rounds = 3;
};

/// The training rows of the official split.
sb::Dataset adult() {
  const auto split = sb::benchmarks::read_split("adult", "default");
  return sb::Dataset::concat(std::vector{split.train, split.validation});
}

/// What one side costs: seconds of each step and of each call of sample.
struct Cost {
  std::vector<double> wall, cpu, sampling;
  std::string versions = {};

  void add(const json& other) {
    const auto append = [&](std::vector<double>& to, const char* key) {
      const auto values = other.at(key).get<std::vector<double>>();
      to.insert(to.end(), values.begin(), values.end());
    };
    append(wall, "wall");
    append(cpu, "cpu");
    append(sampling, "sampling");
    versions = other.value("versions", "");
  }
};

/// The p-quantile of some numbers, in thousandths; 0 of none.
double quantile(std::vector<double> values, double p) {
  if (values.empty()) return 0;
  std::sort(values.begin(), values.end());
  return 1000 * values[static_cast<std::size_t>(p * static_cast<double>(values.size() - 1))];
}

json measure_ours(const std::string& model, const std::string& precision, const sb::Dataset& train,
                  const Options& options) {
  std::vector<double> wall, cpu, sampling;
  int step = 0;
  double last_cpu = 0;
  auto last = Clock::now();
  const auto mark = [&](const sb::Progress& progress) {
    if (progress.stage != "fit") return sb::Flow::kContinue;
    if (++step > kWarm) {
      wall.push_back(seconds_since(last));
      cpu.push_back(cpu_seconds() - last_cpu);
    }
    last = Clock::now();
    last_cpu = cpu_seconds();
    return sb::Flow::kContinue;
  };
  const std::int64_t an_epoch = train.rows() / kBatch;
  json config = {{"epochs", (options.steps + kWarm) / an_epoch + 1}};
  if (precision == "bfloat16") config["bfloat16"] = true;
  const auto generator = sb::make_generator(model, config.dump());
  generator->fit(train, sb::Seed{1}, {.on_progress = mark, .threads = options.threads});
  for (std::uint64_t i = 0; i < 3; ++i) {
    const auto start = Clock::now();
    (void)generator->sample(kRows, sb::Seed{i}, {.run = {.threads = options.threads}});
    sampling.push_back(seconds_since(start));
  }
  return {{"wall", wall}, {"cpu", cpu}, {"sampling", sampling}};
}

json measure_peer(const std::string& model, const Options& options) {
  return output_of(
      fmt::format("'{}' '{}/benchmarks/training_peer.py' {} '{}/train.csv' '{}' {} {} {}",
                  options.peers, SEMBLANCE_SOURCE_DIR, model, options.folder,
                  (sb::benchmarks::shared_folder() / "data/tabular/schema/adult.json").string(),
                  options.steps, options.threads, kRows));
}

/// A matrix product [m, k] x [k, n], done `times` times a step.
struct Product {
  std::int64_t m, k, n;
  int times = 1;
};

/// Widths of the encoded row and of what a conditional generator is asked.
std::pair<std::int64_t, std::int64_t> widths(const sb::Dataset& train) {
  std::vector<std::int64_t> columns;
  for (std::int64_t c = 0; c < train.schema().size(); ++c) columns.push_back(c);
  const sb::FeatureCodec codec(
      train, columns,
      {.numbers = sb::NumberCoding::kModes, .max_categories = 1000, .rare_count = 1}, sb::Seed{1});
  std::int64_t asked = 0;
  for (const auto& span : codec.one_hots()) {
    if (train.schema()[span.column].kind == sb::Kind::kCategorical) asked += span.width;
  }
  return {codec.width(), asked};
}

/// A layer with its two gradients.
void add_layer(std::vector<Product>& out, std::int64_t rows, std::int64_t in, std::int64_t width) {
  out.push_back({rows, in, width});
  out.push_back({width, rows, in});
  out.push_back({rows, width, in});
}

/// The products of a step of CTGAN: the generator forward for the critic; the critic at real,
/// synthetic and mixed packs with the penalty's slope and its gradient; both for the generator.
std::vector<Product> ctgan_products(std::int64_t width, std::int64_t asked) {
  const std::int64_t packs = kBatch / 10, in = 10 * (width + asked), z = 128 + asked, h = 256;
  std::vector<Product> out;
  for (const auto& [from, to] :
       {std::pair(z, h), std::pair(z + h, h), std::pair(z + 2 * h, width)}) {
    out.push_back({kBatch, from, to});
    add_layer(out, kBatch, from, to);
  }
  out.push_back({3 * packs, in, h});  // real, synthetic, mixed
  out.push_back({h, 2 * packs, in});  // gradient of the first weights
  out.push_back({packs, h, in, 1});   // slope
  out.push_back({h, packs, in});      // its gradients
  out.push_back({packs, in, h});
  out.push_back({3 * packs, h, h, 3});  // the second layer
  out.push_back({packs, in, h});        // the generator's turn: there
  out.push_back({packs, h, in});        // and back
  out.push_back({packs, h, h, 2});
  return out;
}

std::vector<Product> tvae_products(std::int64_t width) {
  std::vector<Product> out;
  for (const auto& [from, to] :
       {std::pair(width, std::int64_t{128}), std::pair<std::int64_t, std::int64_t>(128, 128),
        std::pair<std::int64_t, std::int64_t>(128, 256),
        std::pair<std::int64_t, std::int64_t>(128, 128),
        std::pair<std::int64_t, std::int64_t>(128, 128), std::pair(std::int64_t{128}, width)}) {
    add_layer(out, kBatch, from, to);
  }
  return out;
}

/// Seconds of the products, the best of 20 turns.
double floor_of(const std::vector<Product>& products, int threads) {
  at::set_num_threads(threads);
  double best = 1e9;
  std::vector<std::array<at::Tensor, 3>> operands;
  for (const Product& p : products) {
    operands.push_back({at::ones({p.m, p.k}), at::ones({p.k, p.n}), at::empty({p.m, p.n})});
  }
  for (int turn = 0; turn < 20; ++turn) {
    const auto start = Clock::now();
    for (std::size_t i = 0; i < products.size(); ++i) {
      auto& [a, b, c] = operands[i];
      for (int t = 0; t < products[i].times; ++t) at::mm_out(c, a, b);
    }
    best = std::min(best, seconds_since(start));
  }
  at::set_num_threads(1);
  return best;
}

void print(const char* side, const std::string& precision, const Cost& cost, const Cost& base) {
  const auto ratio = [](double of, double to) { return of > 0 && to > 0 ? of / to : 0; };
  fmt::print("  {:<9}{:<10}{:>9.2f}{:>9.2f}{:>9.2f}{:>8.2f}x{:>10.0f}{:>8.1f}x\n", side, precision,
             quantile(cost.wall, 0.1), quantile(cost.wall, 0.5), quantile(cost.cpu, 0.1),
             ratio(quantile(base.cpu, 0.1), quantile(cost.cpu, 0.1)), quantile(cost.sampling, 0),
             ratio(quantile(base.sampling, 0), quantile(cost.sampling, 0)));
}

void compare(const std::string& model, const sb::Dataset& train, const Options& options) {
  std::map<std::string, Cost> ours;
  Cost peer;
  const bool has_peer = !options.peers.empty() && (model == "ctgan" || model == "tvae");
  for (int round = 0; round < options.rounds; ++round) {
    for (const auto& precision : options.precisions) {
      ours[precision].add(measure_ours(model, precision, train, options));
    }
    if (!has_peer) continue;
    const json cost = measure_peer(model, options);
    if (cost.is_object()) peer.add(cost);
  }
  fmt::print("{}, {} threads{}\n", model, options.threads,
             peer.versions.empty() ? "" : " (" + peer.versions + ")");
  fmt::print("  {:<19}{:>9}{:>9}{:>9}{:>9}{:>10}{:>9}\n", "", "step, ms", "median", "cpu", "faster",
             "rows, ms", "faster");
  if (has_peer) print("peer", "float32", peer, peer);
  for (const auto& precision : options.precisions) print("ours", precision, ours[precision], peer);
  const auto [width, asked] = widths(train);
  if (!has_peer) return;
  fmt::print("  {:<19}{:>9.2f}\n\n", "products alone",
             1000 * floor_of(model == "ctgan" ? ctgan_products(width, asked) : tvae_products(width),
                             options.threads));
}

std::vector<std::string> words(std::string_view text) {
  std::vector<std::string> out;
  while (!text.empty()) {
    const auto end = std::min(text.find(','), text.size());
    out.emplace_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return out;
}

Options parse(int argc, char** argv) {
  Options out;
  for (int i = 1; i + 1 < argc; i += 2) {
    const std::string_view name = argv[i], value = argv[i + 1];
    if (name == "--peers") out.peers = value;
    if (name == "--folder") out.folder = value;
    if (name == "--models") out.models = words(value);
    if (name == "--precisions") out.precisions = words(value);
    if (name == "--threads") out.threads = std::atoi(argv[i + 1]);
    if (name == "--steps") out.steps = std::atoi(argv[i + 1]);
    if (name == "--rounds") out.rounds = std::atoi(argv[i + 1]);
  }
  return out;
}

}  // namespace

int main(int argc, char** argv) {
  const Options options = parse(argc, argv);
  const sb::Dataset train = adult();
  fs::create_directories(options.folder);
  sb::write_csv(train, fs::path(options.folder) / "train.csv");
  fmt::print("Adult, {} rows, batch {}, {} steps in each of {} rounds; step: the fastest tenth\n\n",
             train.rows(), kBatch, options.steps, options.rounds);
  for (const auto& model : options.models) compare(model, train, options);
}
