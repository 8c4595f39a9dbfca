// SPDX-License-Identifier: Apache-2.0
// docs/command.md is true: its console blocks are run, in order and in one folder, and print what
// they show. A shown line "..." stands for any lines, "..." within a line for any text.
#include <gtest/gtest.h>

#include <sstream>

#include "process.hpp"

namespace semblance::command {
namespace {

namespace fs = std::filesystem;

struct Step {
  std::string command;
  std::vector<std::string> shown;
};

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> out;
  std::istringstream in(text);
  for (std::string line; std::getline(in, line);) out.push_back(line);
  return out;
}

/// The commands of all ```console blocks and what stands below each.
std::vector<Step> steps_of(const std::string& page) {
  std::vector<Step> steps;
  bool inside = false;
  for (const std::string& line : lines_of(page)) {
    if (line.starts_with("```")) {
      inside = line == "```console";
    } else if (inside && line.starts_with("$ ")) {
      steps.push_back({line.substr(2), {}});
    } else if (inside) {
      steps.back().shown.push_back(line);
    }
  }
  return steps;
}

/// Whether a line is as shown.
bool matches(std::string_view shown, std::string_view line) {
  const auto gap = shown.find("...");
  if (gap == std::string_view::npos) return shown == line;
  if (!line.starts_with(shown.substr(0, gap))) return false;
  for (std::size_t at = gap; at <= line.size(); ++at) {
    if (matches(shown.substr(gap + 3), line.substr(at))) return true;
  }
  return false;
}

using Lines = std::span<const std::string>;

bool matches(Lines shown, Lines printed) {
  if (shown.empty()) return printed.empty();
  if (shown[0] == "...") {
    for (std::size_t at = 0; at <= printed.size(); ++at) {
      if (matches(shown.subspan(1), printed.subspan(at))) return true;
    }
    return false;
  }
  return !printed.empty() && matches(std::string_view(shown[0]), printed[0]) &&
         matches(shown.subspan(1), printed.subspan(1));
}

TEST(Transcript, OfTheDocsIsWhatTheCommandPrints) {
  const fs::path root = SEMBLANCE_SOURCE_DIR;
  const Folder folder;
  fs::copy_file(root / "examples/data/german_credit.csv", folder / "credit.csv");
  const std::string path =
      "PATH='" + fs::path(SEMBLANCE_COMMAND).parent_path().string() + "':$PATH ";
  const auto steps = steps_of(text_of(root / "docs/command.md"));
  ASSERT_GE(steps.size(), 10U);
  for (const Step& step : steps) {
    const auto done = folder.shell("export " + path + "; (" + step.command + ") 2>&1");
    EXPECT_TRUE(matches(Lines(step.shown), Lines(lines_of(done.out))))
        << "$ " << step.command << "\n"
        << done.out;
  }
}

}  // namespace
}  // namespace semblance::command
