// SPDX-License-Identifier: Apache-2.0
// The command as a user runs it: a process, its output, its exit code.
#pragma once

#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>
#include <string>

namespace semblance::command {

inline std::string text_of(const std::filesystem::path& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

struct Finished {
  int code = -1;
  std::string out = {};
  std::string err = {};

  [[nodiscard]] nlohmann::json json() const { return nlohmann::json::parse(out, nullptr, false); }
};

/// A folder of its own, in which commands run; it ends with the object.
class Folder {
 public:
  Folder() {
    static int count = 0;
    path_ = std::filesystem::temp_directory_path() /
            ("semblance-tools-" + std::to_string(getpid()) + "-" + std::to_string(count++));
    std::filesystem::create_directories(path_);
  }
  ~Folder() { std::filesystem::remove_all(path_); }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;

  [[nodiscard]] std::filesystem::path operator/(const std::string& name) const {
    return path_ / name;
  }
  [[nodiscard]] std::string read(const std::string& name) const { return text_of(path_ / name); }
  void write(const std::string& name, const std::string& text) const {
    std::ofstream(path_ / name, std::ios::binary) << text;
  }
  [[nodiscard]] bool has(const std::string& name) const {
    return std::filesystem::exists(path_ / name);
  }

  /// Runs `semblance <arguments>` (shell syntax) in the folder, its input and output not terminals.
  [[nodiscard]] Finished run(const std::string& arguments) const {
    return shell(std::string("\"") + SEMBLANCE_COMMAND + "\" " + arguments);
  }
  [[nodiscard]] Finished shell(const std::string& line) const {
    const std::filesystem::path out = path_.string() + ".out", err = path_.string() + ".err";
    const std::string command = "cd '" + path_.string() + "' && (" + line + ") </dev/null >'" +
                                out.string() + "' 2>'" + err.string() + "'";
    const int status = std::system(command.c_str());  // NOLINT(cert-env33-c): that is the point
    Finished done = {WIFEXITED(status) ? WEXITSTATUS(status) : -1, text_of(out), text_of(err)};
    std::filesystem::remove(out);
    std::filesystem::remove(err);
    return done;
  }

 private:
  std::filesystem::path path_;
};

/// A small table: two numbers, two categories, some missing cells, a target.
inline std::string small_table(int rows = 150) {
  std::string csv = "age,income,city,class\n";
  for (int i = 0; i < rows; ++i) {
    const bool good = i * 7 % 10 < 6;
    csv += std::to_string(20 + i * 37 % 45) + ",";
    csv += i % 11 == 0 ? ","
                       : std::to_string(1000 + i * 613 % 900) + "." + std::to_string(i % 10) + "5,";
    csv += std::string(i % 3 == 0 ? "\"Rome, old\"" : i % 5 == 0 ? "Oslo" : "Paris") + ",";
    csv += good ? "good\n" : "bad\n";
  }
  return csv;
}

/// A configuration of any-order that is fitted in a moment.
inline const std::string kQuick =
    R"( --model any-order --config '{"epochs": 2, "hidden": [8], "embedding_dim": 4, "batch_size": 50}' )";

}  // namespace semblance::command
