// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace semblance {

/// The library's version, as in CMake's project().
inline constexpr const char* kVersion = "0.1.0";

/// The version of the model file format that this library writes. It reads this and every older
/// one.
inline constexpr int kModelFormat = 1;

}  // namespace semblance
