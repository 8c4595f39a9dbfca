// SPDX-License-Identifier: Apache-2.0
// The suite that every generator passes, a user's own too. One line in a test file adds it:
//
//   const bool kAdded = semblance::conformance::add({.name = "Mine", .make = [] {
//     return std::make_unique<Mine>(); }});
//
// and links the target semblance_conformance. It needs no more than the public interface.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "semblance/generator.hpp"

namespace semblance::conformance {

/// What the suite needs to know of a generator. Everything else it reads from its capabilities.
struct Subject {
  std::string name;  ///< Letters and digits: the name of the test suite.
  std::function<std::unique_ptr<Generator>()> make;  ///< A small, quick, unfitted one.
  /// Training rows; empty: a mixed table of the kinds that the generator learns.
  std::function<Dataset(std::int64_t rows, Seed seed)> data = {};
  std::int64_t rows = 200;  ///< How many of them most checks train on.
  bool own_schema = false;  ///< Learns one schema only, as a simulator does.
};

/// What a check found.
struct Outcome {
  std::vector<std::string> violations = {};  ///< One sentence each; empty: passed.
  std::string not_applicable = {};           ///< Why the check says nothing about this generator.
};

/// One promise of the Generator contract.
struct Check {
  std::string name;  ///< The promise: "SameSeedGivesTheSameRows".
  Outcome (*find)(const Subject& subject);

  /// Runs it; an exception that the check did not expect is a violation.
  [[nodiscard]] Outcome run(const Subject& subject) const;
};

/// All promises, in the order of the docs.
[[nodiscard]] const std::vector<Check>& all_checks();

/// Registers one GoogleTest a check, `Conformance<name>.<check>`. Returns true.
bool add(const Subject& subject);

/// The mixed table: the columns of the kinds in `can` (no tensors), missing cells where it takes
/// them, a categorical target, the ranges of its values.
[[nodiscard]] Dataset mixed_table(const Capabilities& can, std::int64_t rows, Seed seed);

/// A tensor column of 8 x 8 bytes and its label, the target: bright bars, upright or flat.
[[nodiscard]] Dataset bar_pictures(std::int64_t rows, Seed seed);

}  // namespace semblance::conformance
