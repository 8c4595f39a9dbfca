// SPDX-License-Identifier: Apache-2.0
#include "data/file_bytes.hpp"

#include <fstream>
#include <system_error>

#include "detail/check.hpp"

namespace semblance {

void write_atomically(const std::filesystem::path& file,
                      const std::function<void(std::ostream&)>& write) {
  const std::filesystem::path temporary = file.string() + ".part";
  std::ofstream out(temporary, std::ios::binary | std::ios::trunc);
  if (out) write(out);
  out.close();
  std::error_code error;
  if (out) std::filesystem::rename(temporary, file, error);
  if (!out || error) {
    std::error_code ignored;
    std::filesystem::remove(temporary, ignored);
    fail<FileError>("{}: cannot be written; check that the folder exists and has space",
                    file.string());
  }
}

}  // namespace semblance
