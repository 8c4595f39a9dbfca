// SPDX-License-Identifier: Apache-2.0
#include "data/csv_tokens.hpp"

#include <algorithm>
#include <cstring>

#include "detail/check.hpp"

namespace semblance::csv {

std::string unescaped(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    out += text[i];
    if (text[i] == '"') ++i;
  }
  return out;
}

Tokens::Tokens(std::string_view text, char delimiter, const std::string& origin,
               const std::vector<std::string>& names)
    : begin_(text.data()),
      position_(begin_),
      end_(begin_ + text.size()),
      origin_(&origin),
      names_(&names) {
  std::fill(classes_.begin() + 0x80, classes_.end(), kHigh);
  classes_['\n'] = kNewline;
  classes_['\r'] = kReturn;
  classes_['"'] = kQuote;
  classes_[static_cast<unsigned char>(delimiter)] = kDelimiter;
}

bool Tokens::only_line_ends_left() const noexcept {
  return std::all_of(position_, end_, [](char c) { return c == '\n' || c == '\r'; });
}

Field Tokens::next_quoted() {
  const char* const open = position_++;
  Field out{.quoted = true};
  for (;; ++position_) {
    const auto left = static_cast<std::size_t>(end_ - position_);
    const auto* close = static_cast<const char*>(std::memchr(position_, '"', left));
    if (close == nullptr) broken_quote(open, "a quote is never closed");
    position_ = close + 1;
    if (position_ == end_ || *position_ != '"') break;
    out.escaped = true;
  }
  out.text = {open + 1, static_cast<std::size_t>(position_ - open - 2)};
  out.non_ascii = std::any_of(out.text.begin(), out.text.end(),
                              [](char c) { return static_cast<unsigned char>(c) >= 0x80; });
  if (position_ != end_) {
    const Class after = classes_[static_cast<unsigned char>(*position_)];
    const bool ends =
        after == kDelimiter || after == kNewline || (after == kReturn && ends_line(position_));
    if (!ends) broken_quote(position_, "text after a closing quote");
  }
  out.last = take_end();
  return out;
}

void Tokens::broken_quote(const char* where, std::string_view what) const {
  error(where, column_ < names_->size() ? std::string_view((*names_)[column_]) : "", what);
}

void Tokens::error(const char* where, std::string_view column, std::string_view what) const {
  const auto line = 1 + std::count(begin_, where, '\n');
  if (column.empty()) fail<FileError>("{}: line {}: {}", *origin_, line, what);
  fail<FileError>("{}: line {}, column '{}': {}", *origin_, line, column, what);
}

}  // namespace semblance::csv
