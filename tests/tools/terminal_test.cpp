// SPDX-License-Identifier: Apache-2.0
// On a terminal: a progress bar, and Ctrl-C. Needs a pseudo-terminal.
#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <stdlib.h>

#include "process.hpp"

namespace semblance::command {
namespace {

using testing::HasSubstr;
using testing::Not;

/// A terminal nobody looks at; what is written to it can be read.
class Terminal {
 public:
  Terminal() : fd_(posix_openpt(O_RDWR | O_NOCTTY | O_NONBLOCK)) {
    if (fd_ >= 0 && (grantpt(fd_) != 0 || unlockpt(fd_) != 0)) fd_ = -1;
  }
  ~Terminal() {
    if (fd_ >= 0) close(fd_);
  }
  Terminal(const Terminal&) = delete;
  Terminal& operator=(const Terminal&) = delete;

  [[nodiscard]] bool works() const { return fd_ >= 0; }
  [[nodiscard]] std::string name() const { return ptsname(fd_); }
  [[nodiscard]] std::string read() const {
    std::string out(1 << 16, '\0');
    const auto n = ::read(fd_, out.data(), out.size());
    return out.substr(0, n > 0 ? static_cast<std::size_t>(n) : 0);
  }

 private:
  int fd_;
};

/// Opened for the whole test, so that the terminal keeps what was written when the command ends.
Finished run_on(const Terminal& terminal, const Folder& folder, const std::string& arguments) {
  return folder.shell(std::string("\"") + SEMBLANCE_COMMAND + "\" " + arguments + " 2>" +
                      terminal.name());
}

TEST(Terminal, ShowsAProgressBarAndANote) {
  const Terminal terminal;
  if (!terminal.works()) GTEST_SKIP() << "no pseudo-terminal";
  const int keep = open(terminal.name().c_str(), O_RDWR | O_NOCTTY);
  const Folder folder;
  folder.write("train.csv", small_table());
  ASSERT_EQ(run_on(terminal, folder, "fit train.csv -o model.semb" + kQuick).code, 0);
  const std::string shown = terminal.read();
  EXPECT_THAT(shown, HasSubstr("fit       [#"));
  EXPECT_THAT(shown, HasSubstr("100 %"));
  EXPECT_THAT(shown, HasSubstr("any-order learned 150 rows of 4 columns in "));
  ASSERT_EQ(run_on(terminal, folder, "sample model.semb -n 9 --quiet -o a.csv").code, 0);
  EXPECT_EQ(terminal.read(), "");
  close(keep);
}

TEST(Interrupt, EndsWith130AndLeavesNothing) {
  const Folder folder;
  folder.write("train.csv", small_table(400));
  const std::string slow =
      R"( --model any-order --config '{"epochs": 1000000, "patience": 0, "hidden": [8]}' )";
  const auto done = folder.shell(std::string("timeout -s INT --preserve-status 2 \"") +
                                 SEMBLANCE_COMMAND + "\" fit train.csv -o model.semb" + slow);
  EXPECT_EQ(done.code, 130);
  EXPECT_EQ(done.err, "semblance fit: interrupted; nothing was written that is not complete\n");
  EXPECT_FALSE(folder.has("model.semb"));
  EXPECT_FALSE(folder.has("model.semb.part"));
}

TEST(Interrupt, LeavesTheOldTableWhereSampleIsStopped) {
  const Folder folder;
  folder.write("train.csv", small_table());
  folder.write("rows.csv", "the old table\n");
  ASSERT_EQ(folder.run("fit train.csv -o model.semb" + kQuick).code, 0);
  const auto done =
      folder.shell(std::string("timeout -s INT --preserve-status 2 \"") + SEMBLANCE_COMMAND +
                   "\" sample model.semb -n 1000000000 -o rows.csv");
  EXPECT_EQ(done.code, 130);
  EXPECT_EQ(folder.read("rows.csv"), "the old table\n");
  EXPECT_FALSE(folder.has("rows.csv.part"));
}

TEST(Budget, EndsALongFit) {
  const Folder folder;
  folder.write("train.csv", small_table());
  const auto done =
      folder.shell(std::string("timeout 60 \"") + SEMBLANCE_COMMAND +
                   "\" fit train.csv --budget 1s -o model.semb --model any-order --config "
                   R"('{"epochs": 1000000, "patience": 0, "hidden": [8]}')");
  EXPECT_EQ(done.code, 0) << done.err;
  EXPECT_TRUE(folder.has("model.semb"));
}

}  // namespace
}  // namespace semblance::command
