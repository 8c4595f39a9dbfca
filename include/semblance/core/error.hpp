// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <stdexcept>
#include <string>

namespace semblance {

/// Everything the library throws. A message is one sentence: call or field, rule, what it got.
class Error : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// An argument, a configuration field or a data set breaks a stated rule.
class InvalidArgument final : public Error {
 public:
  using Error::Error;
};

/// A generator was asked for rows before the first successful `fit`.
class NotFitted final : public Error {
 public:
  using Error::Error;
};

/// The caller stopped a call: by its progress callback or by its stop token.
class Cancelled final : public Error {
 public:
  using Error::Error;
};

/// A privacy budget does not cover what was asked.
class BudgetExceeded final : public Error {
 public:
  using Error::Error;
};

/// A file is missing, unreadable, damaged, or not what it should be; names the file and, for text,
/// the line.
class FileError final : public Error {
 public:
  using Error::Error;
};

}  // namespace semblance
