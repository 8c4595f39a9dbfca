// SPDX-License-Identifier: Apache-2.0
// A generator inside another one's model file.
#pragma once

#include <unistd.h>

#include <atomic>
#include <filesystem>
#include <memory>
#include <string>

#include "detail/check.hpp"
#include "semblance/core/archive.hpp"
#include "semblance/registry.hpp"

namespace semblance {

/// A file of its own in the folder for temporary files; removed at the end.
class TemporaryFile {
 public:
  TemporaryFile() : path_(folder() / unique_name()) {}
  ~TemporaryFile() {
    std::error_code ignored;
    std::filesystem::remove(path_, ignored);
  }
  TemporaryFile(const TemporaryFile&) = delete;
  TemporaryFile& operator=(const TemporaryFile&) = delete;
  [[nodiscard]] const std::filesystem::path& path() const noexcept { return path_; }

 private:
  static std::filesystem::path folder() {
    std::error_code error;
    auto out = std::filesystem::temp_directory_path(error);
    require<FileError>(!error, "there is no folder for temporary files ({})", error.message());
    return out;
  }
  static std::string unique_name() {
    static std::atomic<std::uint64_t> count = 0;
    return fmt::format("semblance-{}-{}.semb", getpid(), count++);
  }
  std::filesystem::path path_;
};

/// What `save` writes of a fitted generator.
inline Archive archive_of(const Generator& part) {
  const TemporaryFile file;
  part.save(file.path());
  return Archive::read(file.path());
}

/// The generator in such an archive. \throws FileError.
inline std::unique_ptr<Generator> restore(const Archive& archive) {
  const TemporaryFile file;
  archive.write(file.path());
  return load_generator(file.path());
}

}  // namespace semblance
