// SPDX-License-Identifier: Apache-2.0
#include "console.hpp"

#include <fmt/format.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <iostream>
#include <nlohmann/json.hpp>

#include "detail/check.hpp"
#include "semblance/core/log.hpp"

namespace semblance::command {

Console::Console(std::string command, ConsoleOptions options, std::stop_token stop)
    : command_(std::move(command)), options_(options), stop_(std::move(stop)) {
  set_log_sink([this](LogLevel level, std::string_view text) {
    if (level == LogLevel::kWarning) warn(text);
  });
}

Console::~Console() { set_log_sink({}); }

semblance::RunOptions Console::run_options() {
  semblance::RunOptions run = {.stop = stop_, .threads = options_.threads};
  auto bar = options_.quiet ? nullptr : progress_bar();
  if (!bar) return run;
  run.on_progress = [this, bar = std::move(bar)](const Progress& progress) {
    bar_is_open_ = progress.step < progress.total;
    return bar(progress);
  };
  return run;
}

TextStyle Console::text_style() const {
  winsize window{};
  if (isatty(STDOUT_FILENO) == 0 || ioctl(STDOUT_FILENO, TIOCGWINSZ, &window) != 0) return {};
  const bool colour = std::getenv("NO_COLOR") == nullptr;
  return {.width = std::clamp<int>(window.ws_col, 60, 200), .colour = colour};
}

void Console::print(std::string_view text) {
  std::cout << text << std::flush;
  require<FileError>(std::cout.good(), "standard output: cannot be written");
}

void Console::result(const nlohmann::ordered_json& object) {
  using Json = nlohmann::ordered_json;
  if (options_.json) print(object.dump(2, ' ', false, Json::error_handler_t::replace) + "\n");
}

void Console::note(std::string_view text) {
  if (!options_.quiet && isatty(STDERR_FILENO) != 0) line(text);
}

void Console::warn(std::string_view text) {
  if (!options_.quiet) line(fmt::format("{}: warning: {}", command_, text));
}

void Console::error(std::string_view text) {
  const auto end = text.find('\n');  // what lies deeper may append a stack
  line(fmt::format("{}: {}", command_, text.substr(0, end)));
}

void Console::line(std::string_view text) {
  if (bar_is_open_) fmt::print(stderr, "\n");
  bar_is_open_ = false;
  fmt::print(stderr, "{}\n", text);
  std::fflush(stderr);
}

std::string grouped(std::int64_t number) {
  std::string text = std::to_string(number);
  const std::size_t first = number < 0 ? 1 : 0;
  for (std::size_t i = text.size(); i > first + 3;) text.insert(i -= 3, ",");
  return text;
}

std::string count_of(std::int64_t number, std::string_view noun) {
  return fmt::format("{} {}{}", grouped(number), noun, number == 1 ? "" : "s");
}

}  // namespace semblance::command
