// SPDX-License-Identifier: Apache-2.0
// The real tables that benchmarks read, their splits, and the models of their command lines.
#pragma once

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <memory>
#include <string>
#include <vector>

#include "semblance/semblance.hpp"

namespace semblance::benchmarks {

/// $SEMBLANCE_SHARED, or ../shared beside the repository.
inline std::filesystem::path shared_folder() {
  const char* named = std::getenv("SEMBLANCE_SHARED");
  return named != nullptr ? std::filesystem::path(named)
                          : std::filesystem::path(SEMBLANCE_SOURCE_DIR) / ".." / "shared";
}

inline bool has_table(const std::string& name) {
  return std::filesystem::exists(shared_folder() / "data/tabular" / (name + ".csv"));
}

inline Dataset read_table(const std::string& name) {
  const auto folder = shared_folder() / "data/tabular";
  const Schema schema = read_schema(folder / "schema" / (name + ".json"));
  return read_csv(folder / (name + ".csv"), {.schema = schema});
}

/// Rows to learn from, to choose by, and to report on.
struct Split {
  Dataset train, validation, test;
};

/// A published split of a table: "default", "tabddpm", "tabsyn". Rows marked 0 train, 1 validate,
/// 2 test.
inline Split read_split(const std::string& name, const std::string& split) {
  const Dataset data = read_table(name);
  std::ifstream marks(shared_folder() / "data/tabular/splits" / (name + "." + split + ".txt"));
  std::vector<std::int64_t> rows[3];
  int mark = 0;
  for (std::int64_t row = 0; marks >> mark; ++row) {
    if (mark >= 0 && mark <= 2) rows[mark].push_back(row);
  }
  return {data.take(rows[0]), data.take(rows[1]), data.take(rows[2])};
}

/// The parts of a list that are not empty.
inline std::vector<std::string> parts_of(const std::string& list, char separator) {
  std::vector<std::string> out;
  std::size_t first = 0;
  while (first <= list.size()) {
    const std::size_t end = std::min(list.find(separator, first), list.size());
    if (end > first) out.push_back(list.substr(first, end - first));
    first = end + 1;
  }
  return out;
}

/// A registered generator, with its configuration behind the name where wanted: 'smote{"k": 3}'.
inline std::unique_ptr<Generator> make_model(const std::string& text) {
  const std::size_t brace = std::min(text.find('{'), text.size());
  return make_generator(text.substr(0, brace), brace < text.size() ? text.substr(brace) : "{}");
}

}  // namespace semblance::benchmarks
