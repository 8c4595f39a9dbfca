// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <string_view>

namespace semblance {

enum class LogLevel { kDebug, kInfo, kWarning };

/// Receives the library's log lines; may be called from several threads at once.
using LogSink = std::function<void(LogLevel, std::string_view)>;

/// Replaces the sink and returns the old one. The default writes warnings to standard error through
/// spdlog; an empty function silences the library.
LogSink set_log_sink(LogSink sink);

/// Hands one line to the sink.
void log(LogLevel level, std::string_view line);

}  // namespace semblance
