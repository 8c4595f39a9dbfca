// SPDX-License-Identifier: Apache-2.0
#include "data/file_bytes.hpp"

#include "core/atomic_file.hpp"

namespace semblance {

void write_atomically(const std::filesystem::path& file,
                      const std::function<void(std::ostream&)>& write) {
  AtomicFile out(file);
  write(out.stream());
  out.commit();
}

}  // namespace semblance
