// SPDX-License-Identifier: Apache-2.0
// Memory for the columns of one table.
#pragma once

#if defined(__linux__)
#include <sys/mman.h>
#endif

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <new>

namespace semblance {

/// One block that nobody has touched, so that each thread pays for the pages that it fills; in
/// pages of 2 MB where the system has them, since columns of 1 MB cost more in page faults than in
/// arithmetic. It lives as long as a part of it.
class Arena {
 public:
  explicit Arena(std::size_t bytes) {
    const std::size_t size = (bytes + kPage) / kPage * kPage;
    void* block = std::aligned_alloc(kPage, size);
    if (block == nullptr) throw std::bad_alloc();
#if defined(__linux__) && defined(MADV_HUGEPAGE)
    if (bytes > kPage) madvise(block, size, MADV_HUGEPAGE);  // a wish: it may be refused
#endif
    block_ = std::shared_ptr<void>(block, std::free);
  }

  /// The next `count` elements, as many as were counted for by `bytes_of`.
  template <class T>
  [[nodiscard]] std::shared_ptr<T[]> take(std::int64_t count) {
    T* first = reinterpret_cast<T*>(static_cast<std::byte*>(block_.get()) + used_);
    used_ += bytes_of<T>(count);
    return {block_, first};
  }
  template <class T>
  [[nodiscard]] static std::size_t bytes_of(std::int64_t count) {
    return (static_cast<std::size_t>(std::max<std::int64_t>(count, 1)) * sizeof(T) + kLine - 1) /
           kLine * kLine;
  }

 private:
  static constexpr std::size_t kPage = std::size_t{1} << 21, kLine = 64;

  std::shared_ptr<void> block_;
  std::size_t used_ = 0;
};

}  // namespace semblance
