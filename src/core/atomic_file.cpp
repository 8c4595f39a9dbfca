// SPDX-License-Identifier: Apache-2.0
#include "core/atomic_file.hpp"

#include <system_error>
#include <utility>

#include "detail/check.hpp"

namespace semblance {
namespace {

namespace fs = std::filesystem;

[[noreturn]] void cannot_write(const fs::path& file) {
  fail<FileError>("{}: cannot be written; check that the folder exists and has space",
                  file.string());
}

/// Where a rename must go: what a link points to.
fs::path target_of(const fs::path& file) {
  std::error_code error;
  const fs::path target = fs::is_symlink(file, error) ? fs::weakly_canonical(file, error) : file;
  return error ? file : target;
}

/// Devices and pipes are there to be written to, never to be replaced.
bool is_special(const fs::path& file) {
  std::error_code error;
  return fs::exists(file, error) && !fs::is_regular_file(file, error);
}

}  // namespace

AtomicFile::AtomicFile(fs::path file) : file_(target_of(file)) {
  if (!is_special(file_)) temporary_ = file_.string() + ".part";
  out_.open(temporary_.empty() ? file_ : temporary_, std::ios::binary | std::ios::trunc);
  if (!out_) cannot_write(file_);
}

AtomicFile::~AtomicFile() {
  if (temporary_.empty()) return;
  out_.close();
  std::error_code ignored;
  fs::remove(temporary_, ignored);
}

void AtomicFile::commit() {
  out_.close();
  if (!out_) cannot_write(file_);
  if (temporary_.empty()) return;
  std::error_code error;
  fs::rename(temporary_, file_, error);
  if (error) cannot_write(file_);
  temporary_.clear();
}

}  // namespace semblance
