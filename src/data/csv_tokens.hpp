// SPDX-License-Identifier: Apache-2.0
// CSV text -> fields, in one pass and without copies.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace semblance::csv {

/// One field, as a view of the file.
struct Field {
  std::string_view text = {};  ///< Without the surrounding quotes.
  bool quoted = false;
  bool escaped = false;    ///< Holds doubled quotes: read it through unescaped().
  bool last = false;       ///< Ends its row.
  bool non_ascii = false;  ///< Has bytes >= 0x80.
};

/// `text` with every doubled quote made one.
[[nodiscard]] std::string unescaped(std::string_view text);

/// Cuts a file into fields.
class Tokens {
 public:
  /// \param names  The columns as far as they are known, for errors.
  Tokens(std::string_view text, char delimiter, const std::string& origin,
         const std::vector<std::string>& names);

  [[nodiscard]] bool at_end() const noexcept { return position_ == end_; }
  /// Whether nothing but line ends is left.
  [[nodiscard]] bool only_line_ends_left() const noexcept;

  /// The next field; not at the end.
  /// \throws FileError for a broken quote.
  Field next() {
    const char* const begin = position_;
    if (*begin == '"') return next_quoted();
    const char* p = begin;
    bool non_ascii = false;
    for (; p != end_; ++p) {
      const Class what = classes_[static_cast<unsigned char>(*p)];
      if (what == kOrdinary) [[likely]]
        continue;
      if (what == kHigh) {
        non_ascii = true;
      } else if (what == kQuote) {
        broken_quote(p, "a quote within an unquoted field");
      } else if (what != kReturn || ends_line(p)) {
        break;
      }
    }
    position_ = p;
    const std::string_view text(begin, static_cast<std::size_t>(p - begin));
    return {text, false, false, take_end(), non_ascii};
  }

  /// The same; at the end an empty field that ends its row (a delimiter was the last byte).
  Field next_or_empty() { return at_end() ? Field{.last = true} : next(); }

  void skip_to(const char* position) noexcept { position_ = position; }
  [[nodiscard]] const char* position() const noexcept { return position_; }

  /// "file: line 12, column 'x': what"; lines are physical, from 1.
  [[noreturn]] void error(const char* where, std::string_view column, std::string_view what) const;

 private:
  enum Class : std::uint8_t { kOrdinary, kHigh, kDelimiter, kNewline, kReturn, kQuote };

  [[nodiscard]] bool ends_line(const char* at) const noexcept {
    return *at != '\r' || (at + 1 != end_ && at[1] == '\n');
  }
  /// Steps over a delimiter or line end; whether the row is over.
  bool take_end() noexcept {
    if (position_ == end_) return true;
    if (*position_ == '\r') ++position_;
    const bool last = *position_++ == '\n';
    column_ = last ? 0 : column_ + 1;
    return last;
  }
  Field next_quoted();
  [[noreturn]] void broken_quote(const char* where, std::string_view what) const;

  std::array<Class, 256> classes_{};
  const char* begin_;
  const char* position_;
  const char* end_;
  const std::string* origin_;
  const std::vector<std::string>* names_;
  std::size_t column_ = 0;
};

}  // namespace semblance::csv
