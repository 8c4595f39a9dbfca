// SPDX-License-Identifier: Apache-2.0
#include "semblance/core/log.hpp"

#include <spdlog/sinks/stdout_color_sinks.h>
#include <spdlog/spdlog.h>

#include <memory>
#include <mutex>
#include <utility>

static_assert(FMT_VERSION < 120000, "fmt-first must shadow the fmt that LibTorch carries");

namespace semblance {
namespace {

spdlog::level::level_enum spdlog_level(LogLevel level) {
  switch (level) {
    case LogLevel::kDebug:
      return spdlog::level::debug;
    case LogLevel::kInfo:
      return spdlog::level::info;
    case LogLevel::kWarning:
      break;
  }
  return spdlog::level::warn;
}

/// Not registered with spdlog: the library installs no global logger.
LogSink default_sink() {
  auto logger = std::make_shared<spdlog::logger>(
      "semblance", std::make_shared<spdlog::sinks::stderr_color_sink_mt>());
  logger->set_level(spdlog::level::warn);
  logger->set_pattern("%n: %^%l%$: %v");
  return
      [logger](LogLevel level, std::string_view line) { logger->log(spdlog_level(level), line); };
}

struct Shared {
  std::mutex mutex;
  LogSink sink = default_sink();
};

Shared& shared() {
  static Shared instance;
  return instance;
}

}  // namespace

LogSink set_log_sink(LogSink sink) {
  const std::lock_guard lock(shared().mutex);
  return std::exchange(shared().sink, std::move(sink));
}

void log(LogLevel level, std::string_view line) {
  LogSink sink;
  {
    const std::lock_guard lock(shared().mutex);
    sink = shared().sink;
  }
  if (sink) sink(level, line);
}

}  // namespace semblance
