// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <stop_token>
#include <string>
#include <string_view>

#include "semblance/core/run.hpp"
#include "semblance/evaluate/report.hpp"

namespace semblance::command {

/// Exit codes, as docs/command.md promises them.
enum class Exit : int {
  kOk = 0,
  kFailure = 1,       ///< Something went wrong while running.
  kUsage = 2,         ///< An argument or an input file is wrong.
  kGate = 3,          ///< A quality gate was not met.
  kInterrupted = 130  ///< Ctrl-C.
};

/// What the user chose for every command.
struct ConsoleOptions {
  bool json = false;   ///< One JSON object on standard output in place of text.
  bool quiet = false;  ///< No progress, no notes.
  int threads = 0;     ///< 0: as many as the machine has.
};

/// How a command talks: results to standard output, all else to standard error. Progress bars and
/// notes are for terminals only.
class Console {
 public:
  Console(std::string command, ConsoleOptions options, std::stop_token stop);
  ~Console();
  Console(const Console&) = delete;
  Console& operator=(const Console&) = delete;

  /// The options for library calls: progress bar, Ctrl-C, threads. The console must outlive them.
  [[nodiscard]] semblance::RunOptions run_options();
  /// Whether standard output is a terminal: then tables are as wide as it is, and in colour.
  [[nodiscard]] TextStyle text_style() const;
  [[nodiscard]] bool json() const noexcept { return options_.json; }
  [[nodiscard]] std::stop_token stop() const noexcept { return stop_; }

  /// A result: text on standard output. \throws FileError if it cannot be written.
  void print(std::string_view text);
  /// A result as JSON: printed if --json was given.
  void result(const nlohmann::ordered_json& object);
  /// What was done, for somebody who watches: on a terminal, unless --quiet.
  void note(std::string_view line);
  /// What the user should know, unless --quiet.
  void warn(std::string_view line);
  /// The exit code of a command that ends without an error.
  void end_with(Exit code) noexcept { exit_ = code; }
  [[nodiscard]] Exit exit() const noexcept { return exit_; }
  /// Why it failed; one line.
  void error(std::string_view line);

 private:
  void line(std::string_view text);

  std::string command_;
  ConsoleOptions options_;
  std::stop_token stop_;
  bool bar_is_open_ = false;
  Exit exit_ = Exit::kOk;
};

/// 32561 -> "32,561".
[[nodiscard]] std::string grouped(std::int64_t number);

/// "1 row", "32,561 rows".
[[nodiscard]] std::string count_of(std::int64_t number, std::string_view noun);

}  // namespace semblance::command
