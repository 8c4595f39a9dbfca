// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>

#include "semblance/data/dataset.hpp"

namespace semblance {

/// Reads an IDX file, the format of MNIST; plain or gzipped.
///
/// One dimension gives one number a row: integers for whole element types, else reals. More give
/// tensors without the first dimension; three (n, H, W) are images and get one channel: [1, H, W].
/// Unsigned bytes and float32 stay what they are; other types of tensors are refused.
/// \throws FileError if the file cannot be read, is damaged, or is longer or shorter than it says.
[[nodiscard]] Column read_idx(const std::filesystem::path& file);

/// Writes a tensor, integer or real column; gzipped if the name ends with ".gz". Integers are
/// written as bytes if all are in [0, 255], else as 32 bits; reals as float64.
/// \throws InvalidArgument for other kinds, missing values or integers beyond 32 bits; FileError.
void write_idx(const Column& column, const std::filesystem::path& file);

/// A data set of two columns: "image" and the target "label", categorical with its values in
/// numeric (integers) or bytewise order.
/// \param labels  Integers or texts without missing values, as many as images.
[[nodiscard]] Dataset image_dataset(Column images, const Column& labels);

/// image_dataset(read_idx(images), read_idx(labels)).
[[nodiscard]] Dataset read_idx_dataset(const std::filesystem::path& images,
                                       const std::filesystem::path& labels);

}  // namespace semblance
