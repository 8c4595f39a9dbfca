// SPDX-License-Identifier: Apache-2.0
// Reads one CSV text, at once or in chunks.
#pragma once

#include <algorithm>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "data/csv_builder.hpp"
#include "semblance/data/csv.hpp"

namespace semblance::csv {

class Reader {
 public:
  /// All must outlive it. \throws FileError for a broken header.
  Reader(std::string_view text, const CsvOptions& options, const std::string& origin);

  [[nodiscard]] Dataset read();

  /// The schema of all rows, in bounded memory: of `window` rows at a time are values kept.
  /// \param passed  Called with the position in the text after each window.
  [[nodiscard]] Schema infer(std::int64_t window, const std::function<void(const char*)>& passed);
  /// Rows that `infer` has seen.
  [[nodiscard]] std::int64_t rows() const { return builders_.front().rows(); }

  /// A tokeniser behind the header.
  [[nodiscard]] Tokens body() const;
  /// The next rows behind `tokens`, at most `rows` of them; moves it behind them.
  [[nodiscard]] Dataset read(Tokens& tokens, std::int64_t rows);

 private:
  using Builders = std::vector<Builder*>;

  void check_options() const;
  void read_header();
  void add_name(const Tokens& tokens, const char* where, std::string name);
  [[nodiscard]] bool is_mark(std::string_view text) const;
  [[nodiscard]] bool is_missing(const Field& field) const;
  [[noreturn]] void ragged(const Tokens& tokens, const char* where, std::size_t i) const;
  [[nodiscard]] std::vector<Guess> guesses() const;
  void make_builders(std::vector<Guess> guesses, std::int64_t capacity);

  /// Calls `take(column, field, tokens, where)` for every field of the next rows, at most `rows` of
  /// them; checks that each row has as many fields as the header. Returns the rows.
  template <class Take>
  std::int64_t for_each(Tokens& tokens, std::int64_t rows, Take take) const;

  /// Reads the next rows into the active columns; marks those in `again` that need another pass.
  std::int64_t pass(Tokens& tokens, std::int64_t rows, Builders& active, Builders& again);
  /// Passes until no column needs another one.
  void settle(const std::function<void(Builders& active, Builders& again)>& pass);
  [[nodiscard]] std::pair<std::vector<semblance::Field>, std::vector<Column>> finish();
  [[nodiscard]] Schema schema_of(std::vector<semblance::Field> fields) const;

  std::string_view text_;
  const CsvOptions& options_;
  const std::string& origin_;
  char delimiter_;
  bool empty_is_missing_ = is_mark("");
  bool has_marks_ = options_.missing.size() > (empty_is_missing_ ? 1U : 0U);
  std::size_t body_ = 0;
  std::vector<std::string> names_;
  std::vector<Builder> builders_;
};

}  // namespace semblance::csv
