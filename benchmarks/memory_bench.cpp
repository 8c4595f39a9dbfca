// SPDX-License-Identifier: Apache-2.0
// Memory of fits: a table larger than it (docs/benchmarks.md, "Memory"), and columns of very many
// categories. Each fit runs in a process of its own, whose peak the system reports.
//
//   memory_bench large [--gigabytes 2] [--budget 60s] [--model any-order] [--file big.csv]
//   memory_bench categories [--rows 300000] [--categories 100000] [MODEL]...
#include <fmt/format.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <string>
#include <vector>

#include "semblance/core/seed.hpp"
#include "semblance/registry.hpp"
#include "support/measure.hpp"

namespace semblance::benchmarks {
namespace {

struct Peak {
  double bytes = 0, seconds = 0;
  bool failed = false;
};

/// Runs `work` in a child process.
template <class Work>
Peak measured(Work work) {
  const auto start = std::chrono::steady_clock::now();
  const pid_t child = fork();
  if (child == 0) {
    int code = 1;
    try {
      work();
      code = 0;
    } catch (const std::exception& e) {
      fmt::print(stderr, "{}\n", e.what());
    }
    std::_Exit(code);
  }
  int status = 0;
  rusage used{};
  wait4(child, &status, 0, &used);
  return {1024.0 * static_cast<double>(used.ru_maxrss), seconds_since(start), status != 0};
}

/// Writes a table of twelve columns of every kind, until it has that many bytes.
void write_large(const std::filesystem::path& file, double bytes) {
  std::ofstream out(file);
  out << "id,date,city,kind,flag,a,b,c,d,e,amount,class\n";
  for (std::uint64_t row = 0; static_cast<double>(out.tellp()) < bytes;) {
    std::string block;
    for (int i = 0; i < 10'000; ++i, ++row) {
      Stream s(Seed{1}, row);
      const auto city = s.below(2000), kind = s.below(7);
      const double x = s.normal(), y = x + s.normal();
      block += fmt::format(
          "{},20{:02}-{:02}-{:02},city {},kind {},{},{:.6f},{:.6f},{:.4f},{:.4f},{},{:.2f},{}\n",
          row, s.below(24), 1 + s.below(12), 1 + s.below(28), city, kind, s.below(2), x, y,
          s.uniform(), y * y, s.below(1000), std::exp(x) * 100, x + y > 0 ? "yes" : "no");
    }
    out << block;
  }
}

void large(std::map<std::string, std::string> options) {
  std::filesystem::path file = options["file"];
  const bool own = file.empty();
  if (own) {
    file = std::filesystem::temp_directory_path() / fmt::format("large-{}.csv", getpid());
    write_large(file, 1e9 * std::stod(options["gigabytes"]));
  }
  const std::string command = fmt::format(
      "{} fit {} --model {} --chunk-rows 65536 --budget {} --threads 2 --json -o {}.semb",
      SEMBLANCE_COMMAND, file.string(), options["model"], options["budget"], file.string());
  fmt::print("{:.2f} GB: {}\n", static_cast<double>(std::filesystem::file_size(file)) / 1e9,
             command);
  std::fflush(stdout);
  const Peak peak =
      measured([&] { execl("/bin/sh", "sh", "-c", ("exec " + command).c_str(), nullptr); });
  fmt::print("peak memory {:.0f} MB, {:.0f} s{}\n", peak.bytes / 1e6, peak.seconds,
             peak.failed ? ", FAILED" : "");
  std::filesystem::remove(file.string() + ".semb");
  if (own) std::filesystem::remove(file);
}

/// One column of so many categories, two numbers and a target that depend on it.
Dataset many_categories(std::int64_t rows, std::int32_t categories) {
  std::vector<std::string> names;
  for (std::int32_t k = 0; k < categories; ++k) names.push_back("c" + std::to_string(k));
  std::vector<std::int32_t> code, target;
  std::vector<double> x, y;
  for (std::int64_t i = 0; i < rows; ++i) {
    Stream s(Seed{3}, static_cast<std::uint64_t>(i));
    const double u = s.uniform();  // frequent ones and rare ones
    code.push_back(static_cast<std::int32_t>(u * u * categories));
    target.push_back(s.uniform() < u ? 1 : 0);
    x.push_back(u + s.normal());
    y.push_back(s.normal() * (1 + u));
  }
  Field field{.name = "code", .kind = Kind::kCategorical};
  field.categories = Vocabulary(std::move(names));
  return {
      Schema({field,
              {.name = "x"},
              {.name = "y"},
              {.name = "class",
               .kind = Kind::kCategorical,
               .role = Role::kTarget,
               .categories = {"no", "yes"}}}),
      {Column::categories(code), Column::reals(x), Column::reals(y), Column::categories(target)}};
}

void categories(std::map<std::string, std::string> options, std::vector<std::string> models) {
  if (models.empty())
    models = {"any-order", "ctgan",   "tvae",   "vae",        "diffusion",
              "tabddpm",   "tabdiff", "copula", "forest-flow"};
  const Dataset train = many_categories(
      std::stoll(options["rows"]), static_cast<std::int32_t>(std::stol(options["categories"])));
  const double before = resident_bytes();
  fmt::print("{} rows, {} categories: {:.0f} MB with the table alone\n", train.rows(),
             options["categories"], before / 1e6);
  for (const std::string& name : models) {
    const auto model = make_generator(name);
    const Peak peak = measured([&] {
      model->fit(train, Seed{1}, {.threads = 2, .budget = std::chrono::duration<double>(2)});
      static_cast<void>(model->sample(2'000, Seed{2}, {.run = {.threads = 2}}));
    });
    fmt::print("{:12} peak {:5.0f} MB, {:5.1f} s{}\n", name, peak.bytes / 1e6, peak.seconds,
               peak.failed ? ", FAILED" : "");
    std::fflush(stdout);
  }
}

}  // namespace
}  // namespace semblance::benchmarks

int main(int argc, char** argv) {
  std::map<std::string, std::string> options = {{"gigabytes", "2"},
                                                {"budget", "60s"},
                                                {"model", "any-order"},
                                                {"rows", "300000"},
                                                {"categories", "100000"}};
  std::vector<std::string> words;
  for (int i = 1; i < argc; ++i) {
    const std::string word = argv[i];
    if (word.starts_with("--") && i + 1 < argc) {
      options[word.substr(2)] = argv[++i];
    } else {
      words.push_back(word);
    }
  }
  const std::string what = words.empty() ? "" : words[0];
  if (!words.empty()) words.erase(words.begin());
  if (what == "large") {
    semblance::benchmarks::large(options);
  } else if (what == "categories") {
    semblance::benchmarks::categories(options, words);
  } else {
    fmt::print(stderr, "memory_bench large|categories: see the head of its source\n");
    return 2;
  }
  return 0;
}
