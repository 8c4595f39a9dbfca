// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>
#include <unistd.h>

#include <cmath>
#include <cstdio>
#include <memory>
#include <string>

#include "semblance/core/run.hpp"

namespace semblance {
namespace {

constexpr int kBarWidth = 28;
constexpr double kRedrawSeconds = 0.1;

std::string clock(double seconds) {
  const auto s = std::llround(seconds);
  return s < 3600 ? fmt::format("{}:{:02}", s / 60, s % 60)
                  : fmt::format("{}:{:02}:{:02}", s / 3600, s / 60 % 60, s % 60);
}

std::string line(const Progress& p) {
  const double share =
      p.total > 0 ? std::min(1.0, static_cast<double>(p.step) / static_cast<double>(p.total)) : 0;
  const auto filled = static_cast<std::size_t>(share * kBarWidth);
  const std::string bar = std::string(filled, '#') + std::string(kBarWidth - filled, '.');
  const std::string loss = p.loss != 0 ? fmt::format("  loss {:.4g}", p.loss) : "";
  return fmt::format("\r\x1b[K{:<9} [{}] {:3.0f} %  {:.3g}/s  {} left{}", p.stage, bar, 100 * share,
                     p.rate(), clock(p.eta()), loss);
}

struct Bar {
  std::string stage;
  double drawn = -1;

  Flow operator()(const Progress& p) {
    if (stage != p.stage) {
      stage = p.stage;
      drawn = -1;
    }
    const bool last = p.step >= p.total;
    if (!last && drawn >= 0 && p.seconds - drawn < kRedrawSeconds) return Flow::kContinue;
    drawn = p.seconds;
    fmt::print(stderr, "{}{}", line(p), last ? "\n" : "");
    std::fflush(stderr);
    return Flow::kContinue;
  }
};

}  // namespace

std::function<Flow(const Progress&)> progress_bar() {
  if (isatty(STDERR_FILENO) == 0) return {};
  return [bar = std::make_shared<Bar>()](const Progress& p) { return (*bar)(p); };
}

}  // namespace semblance
