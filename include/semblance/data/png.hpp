// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>

#include "semblance/data/dataset.hpp"

namespace semblance {

/// Reads a PNG as a tensor column of one uint8 value: [1, H, W] if grey, [3, H, W] if coloured
/// (palettes are expanded, 16 bits become 8, transparency is put on white).
/// \throws FileError if the file cannot be read or is damaged.
[[nodiscard]] Column read_png(const std::filesystem::path& file);

/// Writes one value of a uint8 tensor column of shape [1, H, W] or [3, H, W] as a PNG of 8 bits.
/// \throws InvalidArgument for another column or row; FileError.
void write_png(const Column& images, std::int64_t row, const std::filesystem::path& file);

/// The PNGs of a folder, in the order of their paths: column "image" and, where they lie in
/// sub-folders, the target "label" with the sub-folder's name.
/// \throws FileError if there are none, one is damaged, or their shapes differ.
[[nodiscard]] Dataset read_png_folder(const std::filesystem::path& folder);

}  // namespace semblance
