// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "commands.hpp"
#include "detail/check.hpp"
#include "detail/names.hpp"
#include "semblance/registry.hpp"

namespace semblance::command {
namespace {

using Json = nlohmann::ordered_json;

std::string_view to_string(Conditioning conditioning) {
  switch (conditioning) {
    case Conditioning::kExact:
      return "any column";
    case Conditioning::kTarget:
      return "target";
    case Conditioning::kNone:
      break;
  }
  return "-";
}

std::string kinds_of(const Capabilities& can) {
  std::string out;
  for (const Kind kind : can.kinds)
    out += (out.empty() ? "" : ", ") + std::string(semblance::to_string(kind));
  return out;
}

std::string mark(bool yes) { return yes ? "yes" : "-"; }

/// One generator as a row of the table.
std::vector<std::string> row_of(const RegistryEntry& entry) {
  const Capabilities can = entry.make("{}")->capabilities();
  return {entry.name,
          kinds_of(can),
          mark(can.missing_values),
          std::string(to_string(can.conditioning)),
          mark(can.imputes),
          mark(can.likelihood),
          mark(can.resumes),
          mark(can.cuda)};
}

const std::vector<std::string> kHeader = {"model",  "learns",     "missing", "conditions on",
                                          "impute", "likelihood", "resume",  "CUDA"};

std::string line(const std::vector<std::string>& cells, const std::vector<std::size_t>& widths) {
  std::string out;
  for (std::size_t i = 0; i < cells.size(); ++i)
    out += fmt::format("{:<{}}  ", cells[i], widths[i]);
  return out.substr(0, out.find_last_not_of(' ') + 1) + "\n";
}

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

Json json_of(const RegistryEntry& entry) {
  const Capabilities can = entry.make("{}")->capabilities();
  Json out = {{"name", entry.name}, {"summary", entry.summary}, {"kinds", Json::array()}};
  for (const Kind kind : can.kinds) out["kinds"].push_back(semblance::to_string(kind));
  out["missing_values"] = can.missing_values;
  out["conditioning"] = to_string(can.conditioning);
  out["imputes"] = can.imputes;
  out["likelihood"] = can.likelihood;
  out["resumes"] = can.resumes;
  out["cuda"] = can.cuda;
  out["parameters"] = Json::array();
  for (const Parameter& p : entry.parameters)
    out["parameters"].push_back(
        {{"name", p.name}, {"default", Json::parse(p.default_json)}, {"help", p.help}});
  return out;
}

void print_all(const ModelsCommand& command, Console& console) {
  Json list = Json::array();
  std::vector<std::vector<std::string>> rows = {kHeader};
  for (const RegistryEntry& entry : registry()) {
    list.push_back(json_of(entry));
    rows.push_back(row_of(entry));
  }
  if (console.json()) return console.result({{"command", "models"}, {"models", list}});
  console.print(command.format == ModelsFormat::kMarkdown ? markdown_table(rows)
                                                          : text_table(rows));
}

void print_one(const RegistryEntry& entry, const ModelsCommand& command, Console& console) {
  if (console.json()) return console.result(json_of(entry));
  std::vector<std::vector<std::string>> rows = {{"parameter", "default", "meaning"}};
  for (const Parameter& p : entry.parameters) rows.push_back({p.name, p.default_json, p.help});
  const bool markdown = command.format == ModelsFormat::kMarkdown;
  console.print(fmt::format("{}: {}\n\n", entry.name, entry.summary));
  console.print(markdown ? markdown_table(rows) : text_table(rows));
}

}  // namespace

void models(const ModelsCommand& command, Console& console) {
  if (command.name.empty()) return print_all(command, console);
  std::vector<std::string> names;
  for (const RegistryEntry& entry : registry()) {
    if (entry.name == command.name) return print_one(entry, command, console);
    names.push_back(entry.name);
  }
  fail("there is no model '{}'; {}", command.name, did_you_mean(command.name, names));
}

}  // namespace semblance::command
