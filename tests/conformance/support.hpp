// SPDX-License-Identifier: Apache-2.0
// What the checks share: training data, comparison, expected refusals, scratch files.
#pragma once

#include <filesystem>
#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "conformance/conformance.hpp"
#include "semblance/core/error.hpp"

namespace semblance::conformance {

/// The subject's training rows.
[[nodiscard]] Dataset training_rows(const Subject& subject, std::int64_t rows,
                                    Seed seed = Seed{11});
[[nodiscard]] Dataset training_rows(const Subject& subject);

/// A new generator of that kind, fitted to the subject's training rows.
[[nodiscard]] std::unique_ptr<Generator> fitted(const Subject& subject, const RunOptions& run = {});

/// Whether the generator learns columns of that kind.
[[nodiscard]] bool learns(const Subject& subject, Kind kind);

/// Where two data sets differ first, in words; empty if they are equal to the bit.
[[nodiscard]] std::string difference(const Dataset& a, const Dataset& b);

/// Rules of `schema` that `rows` break, in words: another schema, values that are not finite, out
/// of range, not rounded as their format says, missing where not nullable.
[[nodiscard]] std::vector<std::string> broken_rules(const Dataset& rows, const Schema& schema);

/// The data set with column `i` replaced, or one appended for i == schema().size().
[[nodiscard]] Dataset with_column(const Dataset& data, std::int64_t i, Field field, Column column);

/// The schema with the range of each numeric field set to the range of its values, as a CSV reader
/// does.
[[nodiscard]] Dataset with_ranges(const Dataset& data);

/// Adds a violation unless the difference is empty.
void expect_equal(Outcome& out, const Dataset& a, const Dataset& b, std::string_view what);

/// Adds a violation for every broken rule.
void expect_valid(Outcome& out, const Dataset& rows, const Schema& schema, std::string_view what);

/// Adds a violation unless `call` throws `Exception` with `mention` in its message.
template <class Exception>
void expect_refusal(Outcome& out, const std::function<void()>& call, std::string_view mention,
                    std::string_view what) {
  const std::string name(what);
  try {
    call();
    out.violations.push_back(name + " was accepted");
  } catch (const Exception& e) {
    if (std::string_view(e.what()).find(mention) == std::string_view::npos)
      out.violations.push_back(name + ": the message lacks '" + std::string(mention) +
                               "': " + e.what());
  } catch (const std::exception& e) {
    out.violations.push_back(name + " threw another type: " + e.what());
  }
}

/// A folder that ends with the object.
class Scratch {
 public:
  Scratch();
  ~Scratch();
  Scratch(const Scratch&) = delete;
  Scratch& operator=(const Scratch&) = delete;
  [[nodiscard]] std::filesystem::path operator/(std::string_view name) const {
    return folder_ / name;
  }

 private:
  std::filesystem::path folder_;
};

}  // namespace semblance::conformance
