// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

namespace semblance {

/// The text of the `Exception` that `call` throws, or a sentence that says that none came.
template <class Exception, class Call>
std::string message_of(Call call) {
  try {
    call();
  } catch (const Exception& e) {
    return e.what();
  }
  return "(nothing was thrown)";
}

}  // namespace semblance
