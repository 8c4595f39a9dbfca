// SPDX-License-Identifier: Apache-2.0
// One column of a CSV file while it is read.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "data/csv_dictionary.hpp"
#include "data/csv_guess.hpp"
#include "data/csv_numbers.hpp"
#include "data/csv_tokens.hpp"
#include "semblance/data/column.hpp"

namespace semblance::csv {

/// Takes a column's fields one by one and makes field and column of them.
class Builder {
 public:
  /// \param given     The field of the caller's schema, if it names the column.
  /// \param capacity  Rows, at most.
  Builder(std::string name, const semblance::Field* given, Guess guess, std::int64_t capacity);

  void add_missing();

  /// Takes a field; false if it does not fit the guess, which is then widened by it.
  bool add(const Field& field);

  /// Why a field does not fit the given schema.
  [[nodiscard]] std::string complaint(std::string_view text) const;

  /// Forgets the values so far, but not what they say of the field: `finish` gives the whole
  /// field, and a column of the values since.
  void fold();

  /// Forgets all values, for another pass under the widened guess.
  void restart();

  /// At the end of a pass: true if a further one is needed (dates that could be either way round,
  /// nothing but empty text).
  bool needs_another_pass();

  [[nodiscard]] std::pair<semblance::Field, Column> finish();

  [[nodiscard]] const std::string& name() const noexcept { return name_; }
  [[nodiscard]] std::int64_t rows() const noexcept { return size_; }
  /// Whether the field that `add` did not take breaks the given schema.
  [[nodiscard]] bool rejects() const noexcept;

 private:
  /// At most this many distinct integers are codes.
  static constexpr std::size_t kMostCodes = 12;
  /// More distinct strings than this are free text, whatever the share.
  static constexpr std::size_t kMostCategories = 1'000'000;

  bool add_integer(std::string_view text);
  bool add_real(std::string_view text);
  bool add_datetime(std::string_view text);
  bool add_string(const Field& field);
  void add_text(std::string_view text);
  void push_valid();
  void note_distinct(std::int64_t value);
  void strings_to_text();
  void reserve();
  [[nodiscard]] std::optional<Range> range() const;

  [[nodiscard]] bool is_code() const;
  [[nodiscard]] bool is_free_text() const;
  [[nodiscard]] std::pair<semblance::Field, Column> finish_codes(semblance::Field field);
  [[nodiscard]] std::pair<semblance::Field, Column> finish_strings(semblance::Field field);
  [[nodiscard]] std::pair<semblance::Field, Column> finish_numbers(semblance::Field field);
  void set_format(semblance::Field& field, Column& column);

  std::string name_;
  const semblance::Field* given_;
  Guess guess_;
  std::int64_t capacity_;
  std::int64_t size_ = 0;
  std::int64_t folded_ = 0;  // of them without values here
  std::int64_t missing_ = 0;
  std::optional<Range> range_;  // of what was folded

  std::optional<Bitmap> valid_;
  std::vector<std::int64_t> integers_;
  std::vector<double> reals_;
  std::vector<std::int8_t> decimals_;
  StyleFinder style_;
  std::vector<std::int64_t> distinct_;
  bool empty_text_ = false;  // a quoted empty field was taken as missing
  bool swappable_ = true;    // day and month of every date so far could be exchanged

  Dictionary dictionary_;
  std::vector<std::int32_t> codes_;
  std::size_t string_bytes_ = 0;
  std::size_t checked_ = 0;  // distinct strings that were looked up in the given categories
  std::vector<char> chars_;
  std::vector<std::int64_t> offsets_;
};

}  // namespace semblance::csv
