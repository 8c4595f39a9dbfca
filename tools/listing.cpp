// SPDX-License-Identifier: Apache-2.0
#include "listing.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace semblance::command {
namespace {

std::string line(const std::vector<std::string>& cells, const std::vector<std::size_t>& widths) {
  std::string out;
  for (std::size_t i = 0; i < cells.size(); ++i)
    out += fmt::format("{:<{}}  ", cells[i], widths[i]);
  return out.substr(0, out.find_last_not_of(' ') + 1) + "\n";
}

}  // namespace

std::string text_table(const std::vector<std::vector<std::string>>& rows) {
  std::vector<std::size_t> widths;
  for (std::size_t i = 0; i < rows[0].size(); ++i) {
    const auto widest =
        std::max_element(rows.begin(), rows.end(),
                         [i](const auto& a, const auto& b) { return a[i].size() < b[i].size(); });
    widths.push_back((*widest)[i].size());
  }
  std::string out;
  for (const auto& row : rows) out += line(row, widths);
  return out;
}

std::string markdown_table(const std::vector<std::vector<std::string>>& rows) {
  std::string out;
  for (const auto& row : rows) {
    out += fmt::format("| {} |\n", fmt::join(row, " | "));
    if (&row == &rows.front()) {
      for (std::size_t i = 0; i < row.size(); ++i) out += "|---";
      out += "|\n";
    }
  }
  return out;
}

}  // namespace semblance::command
