// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdlib>
#include <filesystem>
#include <optional>

namespace semblance {

/// The folder with real data sets: $SEMBLANCE_SHARED/data, else ../shared/data beside the
/// repository; nothing where neither is there (such tests skip and say so).
inline std::optional<std::filesystem::path> shared_data() {
  const char* variable = std::getenv("SEMBLANCE_SHARED");
  const std::filesystem::path root =
      variable != nullptr ? std::filesystem::path(variable)
                          : std::filesystem::path(SEMBLANCE_SOURCE_DIR) / "../shared";
  const auto data = root / "data";
  if (!std::filesystem::is_directory(data)) return {};
  return data;
}

}  // namespace semblance
