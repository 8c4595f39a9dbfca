// SPDX-License-Identifier: Apache-2.0
#include "core/records.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <string>
#include <system_error>
#include <utility>

#include "detail/check.hpp"

namespace semblance {
namespace {

std::string reason() { return std::generic_category().message(errno); }

/// A file without a name, in the folder for temporary files.
int open_nameless() {
  std::error_code error;
  const auto folder = std::filesystem::temp_directory_path(error);
  require<FileError>(!error, "there is no folder for temporary files ({})", error.message());
  std::string name = (folder / "semblance-rows-XXXXXX").string();
  const int file = ::mkostemp(name.data(), O_CLOEXEC);
  require<FileError>(file >= 0, "{}: no temporary file can be made ({})", folder.string(),
                     reason());
  ::unlink(name.c_str());
  return file;
}

}  // namespace

Records::Records(std::size_t width, Place place)
    : width_(width), file_(place == Place::kFile ? open_nameless() : -1) {}

Records::Records(Records&& other) noexcept
    : width_(other.width_),
      size_(other.size_),
      memory_(std::move(other.memory_)),
      file_(std::exchange(other.file_, -1)) {}

Records::~Records() {
  if (file_ >= 0) ::close(file_);
}

void Records::append(std::span<const std::byte> records, std::int64_t count) {
  size_ += count;
  if (file_ < 0) {
    memory_.insert(memory_.end(), records.begin(), records.end());
    return;
  }
  while (!records.empty()) {
    const ssize_t done = ::write(file_, records.data(), records.size());
    if (done < 0 && errno == EINTR) continue;
    require<FileError>(done > 0, "the temporary file of rows cannot be written ({})", reason());
    records = records.subspan(static_cast<std::size_t>(done));
  }
}

void Records::read(std::int64_t record, std::byte* to) const {
  const auto at = static_cast<std::size_t>(record) * width_;
  if (file_ < 0) {
    std::memcpy(to, memory_.data() + at, width_);
    return;
  }
  for (std::size_t have = 0; have < width_;) {
    const ssize_t done = ::pread(file_, to + have, width_ - have, static_cast<off_t>(at + have));
    if (done < 0 && errno == EINTR) continue;
    require<FileError>(done > 0, "the temporary file of rows cannot be read ({})", reason());
    have += static_cast<std::size_t>(done);
  }
}

std::vector<std::byte> Records::take(std::span<const std::int64_t> records) const {
  std::vector<std::byte> out(records.size() * width_);
  std::byte* to = out.data();
  for (const std::int64_t record : records) {
    read(record, to);
    to += width_;
  }
  return out;
}

}  // namespace semblance
