// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

#include "semblance/neighbours/neighbours.hpp"

namespace semblance {

/// An order in which every 32 rows in a row are near each other, and every 64 of those, and so on:
/// the leaves of a k-d tree that splits the widest column of a sample in the middle.
/// \param rows  Fewer than 2^31; not finite cells end up anywhere.
template <class T>
[[nodiscard]] std::vector<std::int32_t> spatial_order(const MatrixView<T>& rows, int threads);

extern template std::vector<std::int32_t> spatial_order(const MatrixView<float>&, int);
extern template std::vector<std::int32_t> spatial_order(const MatrixView<double>&, int);

}  // namespace semblance
