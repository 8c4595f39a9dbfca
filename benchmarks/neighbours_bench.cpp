// SPDX-License-Identifier: Apache-2.0
// How fast the exact neighbour search is, beside the floor: LibTorch's matrix product of the same
// rows, which gives the sums of all pairs and selects nothing.
//
//   neighbours_bench [THREADS (2)] [--large]    --large: jobs of seconds to a minute as well
//
// GFLOP/s count 2 m n d for m queries and n references of d columns, whatever was skipped, by the
// processor time of all threads: above the floor where a self-join looks at each pair once or a
// tree leaves pairs out. Medians of the repetitions.
#include <ATen/Parallel.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/mm.h>
#include <ATen/ops/randn.h>
#include <sys/resource.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <functional>

#include "semblance/core/seed.hpp"
#include "semblance/neighbours/gower.hpp"
#include "semblance/neighbours/heterogeneous.hpp"
#include "semblance/neighbours/metrics.hpp"

namespace {

namespace sb = semblance;

double cpu_seconds() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  const auto seconds = [](const timeval& t) {
    return static_cast<double>(t.tv_sec) + 1e-6 * static_cast<double>(t.tv_usec);
  };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

struct Times {
  double wall = 0, cpu = 0;
};

/// Medians over a few calls.
Times measure(int repetitions, const std::function<void()>& call) {
  std::vector<double> wall, cpu;
  for (int i = 0; i < repetitions; ++i) {
    const auto start = std::chrono::steady_clock::now();
    const double before = cpu_seconds();
    call();
    cpu.push_back(cpu_seconds() - before);
    wall.push_back(std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count());
  }
  const auto median = [](std::vector<double>& values) {
    std::sort(values.begin(), values.end());
    return values[values.size() / 2];
  };
  return {median(wall), median(cpu)};
}

/// Rows around a few Gaussian centres.
std::vector<double> clusters(std::int64_t rows, std::int64_t dim, std::uint64_t count) {
  sb::Stream stream(sb::Seed{count}, "neighbours_bench");
  std::vector<double> centres(count * static_cast<std::size_t>(dim));
  for (double& value : centres) value = 2 * stream.normal();
  std::vector<double> out;
  for (std::int64_t i = 0; i < rows; ++i) {
    const double* centre = centres.data() + stream.below(count) * static_cast<std::size_t>(dim);
    for (std::int64_t j = 0; j < dim; ++j) out.push_back(centre[j] + stream.normal());
  }
  return out;
}

sb::MatrixView<double> view(const std::vector<double>& values, std::int64_t dim) {
  return {values, static_cast<std::int64_t>(values.size()) / dim, dim};
}

/// GFLOP/s of one thread's matrix product of tiles of the search's shape.
double floor_rate(std::int64_t dim) {
  at::set_num_threads(1);
  const at::Tensor a = at::randn({512, dim}), b = at::randn({dim, 4096});
  at::Tensor out = at::empty({512, 4096});
  const Times times = measure(9, [&] {
    for (int i = 0; i < 8; ++i) at::mm_out(out, a, b);
  });
  return 8 * 2.0 * 512 * 4096 * static_cast<double>(dim) / times.cpu / 1e9;
}

/// One line of the table.
void job(const char* name, double queries, double references, std::int64_t dim, int repetitions,
         const std::function<void()>& call) {
  const Times times = measure(repetitions, call);
  const double flop = 2 * queries * references * static_cast<double>(dim);
  std::printf("%-46s %8.4f %8.4f %8.1f %8.1f\n", name, times.wall, times.cpu,
              flop / times.cpu / 1e9, floor_rate(dim));
  std::fflush(stdout);
}

class Jobs {
 public:
  explicit Jobs(int threads) { run_.threads = threads; }

  void others(const char* name, std::int64_t rows, std::int64_t dim, std::int64_t k,
              sb::SearchMethod method = sb::SearchMethod::kAuto, int repetitions = 9) const {
    const auto x = clusters(rows, dim, 3);
    const auto n = static_cast<double>(rows);
    job(name, n, n, dim, repetitions,
        [&] { (void)sb::nearest_others(view(x, dim), k, {.method = method, .run = run_}); });
  }

  void between(const char* name, std::int64_t queries, std::int64_t references, std::int64_t dim,
               std::int64_t k, sb::SearchMethod method) const {
    const auto a = clusters(queries, dim, 3), b = clusters(references, dim, 10);
    job(name, static_cast<double>(queries), static_cast<double>(references), dim, 5,
        [&] { (void)sb::nearest(view(a, dim), view(b, dim), k, {.method = method, .run = run_}); });
  }

  void metric(const char* name, const sb::NumericMetric& metric) const {
    const auto x = clusters(9090, 32, 3);
    job(name, 9090, 9090, 32, 5,
        [&] { (void)sb::nearest_others(view(x, 32), 5, metric, {.run = run_}); });
  }

  void mixed(double missing) const {
    auto x = clusters(9090, 16, 3);
    sb::Stream stream(sb::Seed{7}, "codes");
    std::vector<std::int32_t> codes(x.size()), labels(9090);
    for (auto& code : codes) code = static_cast<std::int32_t>(stream.below(10));
    for (auto& label : labels) label = static_cast<std::int32_t>(stream.below(2));
    const sb::MixedView rows{{x, 9090, 16}, {codes, 9090, 16}, 9090};
    const auto self = sb::own_rows(9090);
    const sb::NeighbourOptions options{.excluded = self, .run = run_};
    const std::vector<double> weights(16, 1.5);
    job("SMOTE-NC 9,090 x (16 + 16), k 5", 9090, 9090, 32, 9,
        [&] { (void)sb::nearest_mixed(rows, rows, weights, 5, options); });
    for (double& value : x) value = stream.uniform() < missing ? NAN : value;
    const sb::Gower gower(rows);
    const auto cells = gower.encode(rows);
    job("Gower 9,090 x (16 + 16), 5 % missing, k 5", 9090, 9090, 32, 5,
        [&] { (void)gower.nearest(cells, cells, 5, options); });
    const auto heom = sb::Heterogeneous::heom(rows), hvdm = sb::Heterogeneous::hvdm(rows, labels);
    const auto a = heom.encode(rows), b = hvdm.encode(rows);
    job("HEOM 9,090 x (16 + 16), 5 % missing, k 5", 9090, 9090, 32, 5,
        [&] { (void)heom.nearest(a, a, 5, options); });
    job("HVDM 9,090 x (16 + 16), 5 % missing, k 5", 9090, 9090, 32, 5,
        [&] { (void)hvdm.nearest(b, b, 5, options); });
  }

 private:
  sb::RunOptions run_;
};

void small(const Jobs& jobs) {
  using enum sb::SearchMethod;
  jobs.others("SMOTE 9,090 x 32 among themselves, k 5", 9090, 32, 5);
  jobs.between("Borderline, ADASYN 9,090 in 100,000 x 32, k 10", 9090, 100000, 32, 10, kBlocked);
  jobs.mixed(0.05);
  jobs.metric("Manhattan 9,090 x 32, k 5", sb::Manhattan{});
  jobs.metric("Chebyshev 9,090 x 32, k 5", sb::Chebyshev{});
  jobs.metric("Minkowski p = 3 9,090 x 32, k 5", sb::Minkowski{3});
  jobs.metric("Cosine 9,090 x 32, k 5", sb::Cosine{});
  jobs.metric("Mahalanobis 9,090 x 32, k 5", sb::Mahalanobis::of(view(clusters(9090, 32, 3), 32)));
  jobs.others("LibTorch on the CPU: 9,090 x 32, k 5", 9090, 32, 5, kTensor);
  for (const std::int64_t dim : {2, 4, 6, 8}) {
    for (const std::int64_t rows : {1000, 10000}) {
      for (const auto method : {kBlocked, kTree}) {
        const std::string name = std::string(method == kTree ? "tree " : "blocked ") +
                                 std::to_string(rows) + " x " + std::to_string(dim) + ", k 5";
        jobs.others(name.c_str(), rows, dim, 5, method, 5);
      }
    }
  }
}

void large(const Jobs& jobs) {
  using enum sb::SearchMethod;
  for (const std::int64_t dim : {2, 4, 6, 8}) {
    for (const auto method : {kBlocked, kTree}) {
      const std::string name = std::string(method == kTree ? "tree" : "blocked") + " 90,909 x " +
                               std::to_string(dim) + ", k 5";
      jobs.others(name.c_str(), 90909, dim, 5, method, 1);
    }
  }
  jobs.others("ENN 181,820 x 32 among themselves, k 3", 181820, 32, 3, kAuto, 1);
  jobs.others("blocked 1,000,000 x 8, k 5", 1000000, 8, 5, kBlocked, 1);
}

}  // namespace

int main(int argc, char** argv) {
  const bool all = argc > 1 && std::strcmp(argv[argc - 1], "--large") == 0;
  const int threads = argc > (all ? 2 : 1) ? std::atoi(argv[1]) : 2;
  std::printf("%-46s %8s %8s %8s %8s\n", "threads: see the call", "wall s", "cpu s", "GFLOP/s",
              "floor");
  const Jobs jobs(threads);
  small(jobs);
  if (all) large(jobs);
}
