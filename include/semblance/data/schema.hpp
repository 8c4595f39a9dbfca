// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <initializer_list>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace semblance {

/// What the values of a column are.
enum class Kind : std::uint8_t {
  kReal,         ///< double
  kInteger,      ///< 64-bit signed
  kCategorical,  ///< one of a finite vocabulary, without order
  kDatetime,     ///< microseconds since 1970-01-01T00:00:00 UTC, 64-bit signed
  kText,         ///< free UTF-8 text
  kTensor        ///< an array of fixed shape: an image [C, H, W], a signal [T, C]
};

/// The element type of a tensor column.
enum class ElementType : std::uint8_t { kUInt8, kFloat32 };

/// What a column is for.
enum class Role : std::uint8_t { kFeature, kTarget, kKey, kTime };

/// "real", "integer", "categorical", "datetime", "text", "tensor".
[[nodiscard]] std::string_view to_string(Kind kind);
[[nodiscard]] std::string_view to_string(Role role);

/// The categories of a column, in the order of their codes. Copies share one list; look-up is O(1).
class Vocabulary {
 public:
  Vocabulary();
  /// \throws InvalidArgument if a category is there twice.
  Vocabulary(
      std::vector<std::string> categories);  // NOLINT(google-explicit-constructor): reads as a list
  Vocabulary(std::initializer_list<std::string> categories);

  [[nodiscard]] std::int32_t size() const noexcept;
  /// The category with this code, 0 <= code < size().
  [[nodiscard]] const std::string& operator[](std::int32_t code) const;
  /// The code of a category, or -1.
  [[nodiscard]] std::int32_t code(std::string_view category) const;
  [[nodiscard]] const std::vector<std::string>& categories() const noexcept;

  friend bool operator==(const Vocabulary& a, const Vocabulary& b);

 private:
  struct Shared;
  std::shared_ptr<const Shared> shared_;
};

/// How a number is written in text.
struct NumberFormat {
  enum class Style : std::uint8_t {
    kShortest,  ///< the shortest text that reads back to the same value: 12.5, 3
    kPoint,     ///< the same, with ".0" where there would be no point: 12.5, 3.0
    kFixed,     ///< exactly `decimals` digits after the point: 12.50, 3.00
    kCompact    ///< the fewest characters that read back to the same value: 20000, 1e+05
  };
  Style style = Style::kShortest;
  int decimals = -1;  ///< Most digits after the point in the source; -1: unknown. New values are
                      ///< rounded to it.

  friend bool operator==(const NumberFormat&, const NumberFormat&) = default;
};

/// A closed interval, in the column's own unit (datetimes: microseconds).
struct Range {
  double min = 0;
  double max = 0;
  friend bool operator==(const Range&, const Range&) = default;
};

/// One column's name and type, and what is known of its values.
struct Field {
  std::string name;
  Kind kind = Kind::kReal;
  Role role = Role::kFeature;
  bool sensitive = false;           ///< Personal attribute: fairness measures group by it.
  bool nullable = false;            ///< Missing values occur.
  Vocabulary categories = {};       ///< kCategorical: all values.
  std::optional<Range> range = {};  ///< kReal, kInteger, kDatetime: smallest and largest value.
  NumberFormat format = {};         ///< kReal, kInteger: how numbers are written.
  std::string datetime_format =
      {};  ///< kDatetime: strftime pattern; %f is microseconds, %3f milliseconds. Empty: ISO 8601.
  std::vector<std::int64_t> shape = {};         ///< kTensor: of one value; [C, H, W] or [T, C].
  ElementType element = ElementType::kFloat32;  ///< kTensor.
  std::string positive_class = {};  ///< kCategorical target: the favourable class; empty: not said.

  friend bool operator==(const Field&, const Field&) = default;
};

/// Named, typed columns, in order. Names are unique and not empty.
class Schema {
 public:
  Schema() = default;
  /// \throws InvalidArgument if two fields share a name, a name is empty, or a tensor's shape is
  /// not positive.
  Schema(std::vector<Field> fields);  // NOLINT(google-explicit-constructor): reads as a list
  Schema(std::initializer_list<Field> fields);

  [[nodiscard]] std::int64_t size() const noexcept {
    return static_cast<std::int64_t>(fields_.size());
  }
  [[nodiscard]] const Field& operator[](std::int64_t i) const {
    return fields_.at(static_cast<std::size_t>(i));
  }
  [[nodiscard]] const std::vector<Field>& fields() const noexcept { return fields_; }
  [[nodiscard]] auto begin() const noexcept { return fields_.begin(); }
  [[nodiscard]] auto end() const noexcept { return fields_.end(); }

  /// Position of a column, or -1.
  [[nodiscard]] std::int64_t find(std::string_view name) const noexcept;
  /// Position of a column. \throws InvalidArgument that lists the names there are.
  [[nodiscard]] std::int64_t index(std::string_view name) const;
  /// Position of the column with role kTarget, or -1.
  [[nodiscard]] std::int64_t target() const noexcept;

  /// The same schema with that column as the only target.
  [[nodiscard]] Schema with_target(std::string_view name) const;

  friend bool operator==(const Schema&, const Schema&) = default;

 private:
  std::vector<Field> fields_;
};

/// JSON text of a schema; `parse_schema` reads it back. Also accepts the summaries that data sets
/// are published with: {"target": ..., "sensitive": [...], "columns": [{"name", "type",
/// "categories", ...}]} with type continuous, integer, categorical, datetime, text or tensor.
[[nodiscard]] std::string to_json(const Schema& schema);
/// \throws InvalidArgument that names the column and key at fault.
[[nodiscard]] Schema parse_schema(std::string_view json);
/// \throws FileError if the file cannot be read; InvalidArgument as parse_schema, with the file's
/// name.
[[nodiscard]] Schema read_schema(const std::filesystem::path& file);

}  // namespace semblance
