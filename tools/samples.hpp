// SPDX-License-Identifier: Apache-2.0
// Signals and images for `evaluate`.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "commands.hpp"
#include "semblance/evaluate/report.hpp"

namespace semblance::command {

/// The report on signals (.npy of [n, T] or [n, T, C], or a long table with --series-key) or images
/// (.npy of [n, C, H, W], or IDX); nothing where the files are tables.
/// \param metrics  What is measured.
/// \throws FileError, InvalidArgument.
[[nodiscard]] std::optional<Report> evaluate_samples(const EvaluateCommand& command,
                                                     const std::vector<std::string>& metrics,
                                                     Console& console);

}  // namespace semblance::command
