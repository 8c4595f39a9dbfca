// SPDX-License-Identifier: Apache-2.0
// Memory for large arrays.
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
/// arithmetic. It lives as long as a part of it; a large one goes back to the system at once, where
/// the heap would keep tens of megabytes for the next.
class Arena {
 public:
  explicit Arena(std::size_t bytes) : block_(bytes < kPage ? small(bytes) : large(bytes)) {}

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
  [[nodiscard]] static std::shared_ptr<void> checked(void* block) {
    if (block == nullptr) throw std::bad_alloc();
    return {block, std::free};
  }
  [[nodiscard]] static std::shared_ptr<void> small(std::size_t bytes) {
    return checked(std::aligned_alloc(kLine, (bytes + kLine) / kLine * kLine));
  }

#if defined(__linux__) && defined(MADV_HUGEPAGE)
  [[nodiscard]] static std::shared_ptr<void> large(std::size_t bytes) {
    const std::size_t size = (bytes + kPage) / kPage * kPage + kPage;  // room to align
    void* mapped = mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (mapped == MAP_FAILED) throw std::bad_alloc();
    const std::shared_ptr<void> owner(mapped, [size](void* block) { munmap(block, size); });
    void* first = mapped;
    std::size_t space = size;
    std::align(kPage, size - kPage, first, space);
    madvise(first, size - kPage, MADV_HUGEPAGE);  // a wish: it may be refused
    return {owner, first};
  }
#else
  [[nodiscard]] static std::shared_ptr<void> large(std::size_t bytes) {
    return checked(std::aligned_alloc(kPage, (bytes + kPage) / kPage * kPage));
  }
#endif

  static constexpr std::size_t kPage = std::size_t{1} << 21, kLine = 64;

  std::shared_ptr<void> block_;
  std::size_t used_ = 0;
};

}  // namespace semblance
