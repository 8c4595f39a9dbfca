// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "commands.hpp"
#include "detail/check.hpp"
#include "detail/names.hpp"
#include "listing.hpp"
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
          mark(can.refits),
          mark(can.cuda)};
}

const std::vector<std::string> kHeader = {"model",         "learns",     "missing",
                                          "conditions on", "impute",     "likelihood",
                                          "resume",        "warm start", "CUDA"};

Json json_of(const RegistryEntry& entry) {
  const Capabilities can = entry.make("{}")->capabilities();
  Json out = {{"name", entry.name}, {"summary", entry.summary}, {"kinds", Json::array()}};
  for (const Kind kind : can.kinds) out["kinds"].push_back(semblance::to_string(kind));
  out["missing_values"] = can.missing_values;
  out["conditioning"] = to_string(can.conditioning);
  out["imputes"] = can.imputes;
  out["likelihood"] = can.likelihood;
  out["resumes"] = can.resumes;
  out["refits"] = can.refits;
  out["streams"] = can.streams;
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
