// SPDX-License-Identifier: Apache-2.0
// The whole error machinery; private, so that fmt stays private.
#pragma once

#include <fmt/format.h>

#include <string>
#include <utility>

#include "semblance/core/error.hpp"

namespace semblance {

template <class Exception = InvalidArgument, class... Args>
void require(bool ok, fmt::format_string<Args...> message, Args&&... args) {
  if (!ok) throw Exception(fmt::format(message, std::forward<Args>(args)...));
}

template <class Exception = InvalidArgument, class... Args>
[[noreturn]] void fail(fmt::format_string<Args...> message, Args&&... args) {
  throw Exception(fmt::format(message, std::forward<Args>(args)...));
}

}  // namespace semblance
