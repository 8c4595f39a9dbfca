// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <filesystem>
#include <string_view>

namespace semblance {

/// A file's bytes, mapped read-only: nothing is copied.
class MappedFile {
 public:
  /// \throws FileError if the file cannot be read.
  explicit MappedFile(const std::filesystem::path& file);
  ~MappedFile();
  MappedFile(const MappedFile&) = delete;
  MappedFile& operator=(const MappedFile&) = delete;

  [[nodiscard]] std::string_view bytes() const noexcept { return bytes_; }
  /// Lets go of the memory behind a part of the bytes; they can still be read.
  void release(std::string_view part) const noexcept;

 private:
  std::string_view bytes_;
};

}  // namespace semblance
