// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "semblance/core/seed.hpp"
#include "semblance/data/column.hpp"
#include "semblance/data/schema.hpp"

namespace semblance {

/// A schema and its columns, all of one length. Immutable; copies share memory.
class Dataset {
 public:
  Dataset() = default;
  /// \throws InvalidArgument that names the column whose kind, length, shape or codes do not fit.
  Dataset(Schema schema, std::vector<Column> columns);

  [[nodiscard]] const Schema& schema() const noexcept { return schema_; }
  [[nodiscard]] std::int64_t rows() const noexcept {
    return columns_.empty() ? 0 : columns_[0].size();
  }
  [[nodiscard]] const std::vector<Column>& columns() const noexcept { return columns_; }
  [[nodiscard]] const Column& column(std::int64_t i) const {
    return columns_.at(static_cast<std::size_t>(i));
  }
  /// \throws InvalidArgument that lists the names there are.
  [[nodiscard]] const Column& column(std::string_view name) const {
    return column(schema_.index(name));
  }

  [[nodiscard]] Dataset slice(std::int64_t first, std::int64_t count) const;  ///< Shares memory.
  [[nodiscard]] Dataset take(
      std::span<const std::int64_t> rows) const;  ///< In that order; repeats allowed.
  [[nodiscard]] Dataset select(
      std::span<const std::string> names) const;  ///< Those columns, in that order.
  [[nodiscard]] Dataset with_schema(
      Schema schema) const;  ///< Same columns under another, compatible schema.

  /// The rows of all parts, in order. \throws InvalidArgument if schemas differ in more than
  /// ranges.
  [[nodiscard]] static Dataset concat(std::span<const Dataset> parts);

  /// One cell as text, as a CSV file would have it without quotes; "" where missing.
  [[nodiscard]] std::string cell(std::int64_t row, std::int64_t column) const;

 private:
  Schema schema_;
  std::vector<Column> columns_;
};

/// A real or integer as CSV writes it under that format.
[[nodiscard]] std::string format_number(double value, const NumberFormat& format);

/// The data set recoded to another schema with the same names: categories by name, integers to
/// reals and back where exact. Categories that `schema` lacks become missing if `unseen` is
/// kMissing, are appended to the vocabulary if it is kAppend, and are an error otherwise.
enum class Unseen { kError, kMissing, kAppend };
[[nodiscard]] Dataset conform(const Dataset& data, const Schema& schema,
                              Unseen unseen = Unseen::kError);

/// How `split` deals rows out.
struct SplitOptions {
  std::string stratify_by =
      {};  ///< A categorical column; empty: the target if it is categorical, else none.
};

/// Two disjoint parts of the rows, in their original order: `share` of them (of every class), and
/// the rest.
///
/// \param share  In (0, 1). Counts are by largest remainder over the classes, so they add up
/// exactly.
/// \throws InvalidArgument for a share outside (0, 1), fewer than 2 rows, or an unknown column.
[[nodiscard]] std::pair<Dataset, Dataset> split(const Dataset& data, double share, Seed seed,
                                                const SplitOptions& options = {});

}  // namespace semblance
