// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <stop_token>

#include "console.hpp"

namespace semblance::command {

/// Parses the arguments, runs the subcommand, turns every error into one line and an exit code.
[[nodiscard]] Exit run_command_line(int argc, char** argv, std::stop_token stop);

}  // namespace semblance::command
