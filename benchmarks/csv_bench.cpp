// SPDX-License-Identifier: Apache-2.0
// How fast read_csv parses and how much memory it needs beyond the columns.
//
//   csv_bench FILE.csv [MEGABYTES]     repeats the file's rows to that size (200) in a temporary
//   file csv_bench --numeric [MEGABYTES]    the same with 20 columns of random decimals
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <string_view>

#include "semblance/core/seed.hpp"
#include "semblance/data/csv.hpp"

namespace {

namespace fs = std::filesystem;

std::string read_text(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

std::string numeric_table() {
  std::string text;
  for (int c = 0; c < 20; ++c) text += (c == 0 ? "x" : ",x") + std::to_string(c);
  text += '\n';
  semblance::Stream random(semblance::Seed{1}, "csv_bench");
  char cell[32];
  for (int i = 0; i < 20'000 * 20; ++i) {
    std::snprintf(cell, sizeof cell, "%.6g", random.normal() * 100);
    text += cell;
    text += i % 20 == 19 ? '\n' : ',';
  }
  return text;
}

/// A temporary file that repeats the rows of `text` to at least that size.
fs::path repeated(const std::string& text, std::size_t bytes) {
  const fs::path file = fs::temp_directory_path() / "semblance_csv_bench.csv";
  std::ofstream out(file, std::ios::binary);
  const std::string_view body = std::string_view(text).substr(text.find('\n') + 1);
  out << text;
  for (std::size_t size = text.size(); size < bytes; size += body.size()) out << body;
  return file;
}

/// A value of /proc/self/status in bytes: VmHWM counts mapped files, RssAnon does not.
double status(const std::string& key) {
  std::ifstream in("/proc/self/status");
  for (std::string line; std::getline(in, line);) {
    if (line.starts_with(key + ":")) return 1024.0 * std::atof(line.c_str() + key.size() + 1);
  }
  return 0;
}

double column_bytes(const semblance::Dataset& data) {
  double bytes = 0;
  for (const auto& column : data.columns()) {
    const bool codes = column.kind() == semblance::Kind::kCategorical;
    const bool text = column.kind() == semblance::Kind::kText;
    bytes += static_cast<double>(column.size()) * (codes ? 4 : 8);
    if (text) bytes += static_cast<double>(column.layout().offsets[column.size()]);
    if (column.layout().valid != nullptr) bytes += static_cast<double>(column.size()) / 8;
    if (column.layout().decimals != nullptr) bytes += static_cast<double>(column.size());
  }
  return bytes;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 2) {
    std::fprintf(stderr, "usage: csv_bench FILE.csv|--numeric [MEGABYTES]\n");
    return 2;
  }
  const std::size_t wanted = (argc > 2 ? std::strtoull(argv[2], nullptr, 10) : 200) * 1'000'000;
  const std::string text =
      std::string_view(argv[1]) == "--numeric" ? numeric_table() : read_text(argv[1]);
  const fs::path file = repeated(text, wanted);
  const double megabytes = static_cast<double>(fs::file_size(file)) / 1e6;
  for (int run = 0; run < 3; ++run) {
    const auto start = std::chrono::steady_clock::now();
    const std::clock_t cpu = std::clock();
    const semblance::Dataset data = semblance::read_csv(file);
    const std::chrono::duration<double> taken = std::chrono::steady_clock::now() - start;
    const double cpu_s = static_cast<double>(std::clock() - cpu) / CLOCKS_PER_SEC;
    std::printf(
        "%.0f MB, %lld rows, %lld columns: %.2f s, %.0f MB/s (processor time %.2f s, %.0f MB/s)",
        megabytes, static_cast<long long>(data.rows()),
        static_cast<long long>(data.schema().size()), taken.count(), megabytes / taken.count(),
        cpu_s, megabytes / cpu_s);
    std::printf("; columns %.0f MB, anonymous memory now %.0f MB, peak with the map %.0f MB\n",
                column_bytes(data) / 1e6, status("RssAnon") / 1e6, status("VmHWM") / 1e6);
  }
  fs::remove(file);
  return 0;
}
