// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>

#include "semblance/data/column.hpp"

namespace semblance {

/// Reads a NumPy .npy file: format 1.0 or 2.0, little-endian, C order; float32, float64, uint8,
/// int32, int64.
///
/// The first dimension is rows. One dimension gives reals (floats) or integers; more give tensors
/// without the first: uint8 stays, floats become float32, 32- and 64-bit integers are refused.
/// \throws FileError if the file cannot be read, is damaged, or holds another type or order.
[[nodiscard]] Column read_npy(const std::filesystem::path& file);

/// Writes a real (float64), integer (int64) or tensor (float32, uint8) column.
/// \throws InvalidArgument for other kinds or missing values; FileError.
void write_npy(const Column& column, const std::filesystem::path& file);

}  // namespace semblance
