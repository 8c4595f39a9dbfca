// SPDX-License-Identifier: Apache-2.0
// Binary files of numbers: byte order, atomic writing.
#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>
#include <filesystem>
#include <functional>
#include <ostream>

namespace semblance {

/// The value whose bytes start at `bytes`, in that order.
template <class T, std::endian kOrder>
T load(const void* bytes) {
  std::array<unsigned char, sizeof(T)> copy{};
  std::memcpy(copy.data(), bytes, sizeof(T));
  if constexpr (kOrder != std::endian::native) std::reverse(copy.begin(), copy.end());
  return std::bit_cast<T>(copy);
}

/// Appends the value's bytes in that order.
template <class T, std::endian kOrder, class Bytes>
void store(T value, Bytes& out) {
  auto bytes = std::bit_cast<std::array<unsigned char, sizeof(T)>>(value);
  if constexpr (kOrder != std::endian::native) std::reverse(bytes.begin(), bytes.end());
  for (const unsigned char byte : bytes)
    out.push_back(static_cast<typename Bytes::value_type>(byte));
}

/// Lets `write` fill a file beside `file` and renames it.
/// \throws FileError
void write_atomically(const std::filesystem::path& file,
                      const std::function<void(std::ostream&)>& write);

}  // namespace semblance
