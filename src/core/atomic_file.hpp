// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <fstream>

namespace semblance {

/// A file that appears when it is complete, or not at all: written under a temporary name beside
/// it, then renamed. A device or a pipe is written in place, a symbolic link is followed.
class AtomicFile {
 public:
  /// \throws FileError if the file cannot be opened.
  explicit AtomicFile(std::filesystem::path file);
  ~AtomicFile();  ///< Without commit(), nothing is left.
  AtomicFile(const AtomicFile&) = delete;
  AtomicFile& operator=(const AtomicFile&) = delete;

  [[nodiscard]] std::ostream& stream() noexcept { return out_; }

  /// \throws FileError if not all could be written.
  void commit();

 private:
  std::filesystem::path file_;
  std::filesystem::path temporary_;  ///< Empty: in place, or committed.
  std::ofstream out_;
};

}  // namespace semblance
