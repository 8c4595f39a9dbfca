// SPDX-License-Identifier: Apache-2.0
#include "data/datetime.hpp"

#include <fmt/format.h>

#include <chrono>
#include <iterator>

namespace semblance {
namespace {

constexpr std::int64_t kSecond = 1'000'000;
constexpr std::int64_t kDay = 86'400 * kSecond;

struct Parts {
  int year = 1970, month = 1, day = 1, hour = 0, minute = 0, second = 0;
  std::int64_t fraction = 0;  // microseconds
  std::int64_t offset = 0;    // minutes east of Greenwich
};

/// What is still to be read.
class Cursor {
 public:
  explicit Cursor(std::string_view text) : text_(text) {}

  [[nodiscard]] bool at_end() const { return text_.empty(); }

  bool take(char c) {
    if (text_.empty() || text_[0] != c) return false;
    text_.remove_prefix(1);
    return true;
  }

  /// Between `least` and `most` digits; their number, or 0.
  int digits(int least, int most, int& out) {
    int count = 0, value = 0;
    while (count < most && static_cast<std::size_t>(count) < text_.size() && is_digit(count))
      value = 10 * value + (text_[static_cast<std::size_t>(count++)] - '0');
    if (count < least) return 0;
    out = value;
    text_.remove_prefix(static_cast<std::size_t>(count));
    return count;
  }

 private:
  [[nodiscard]] bool is_digit(int i) const {
    const char c = text_[static_cast<std::size_t>(i)];
    return c >= '0' && c <= '9';
  }

  std::string_view text_;
};

bool read_fraction(Cursor& in, int least, int most, Parts& parts) {
  int value = 0;
  int count = in.digits(least, most, value);
  if (count == 0) return false;
  parts.fraction = value;
  for (; count < 6; ++count) parts.fraction *= 10;
  return true;
}

bool read_zone(Cursor& in, Parts& parts) {
  if (in.take('Z')) return true;
  const bool east = in.take('+');
  int hours = 0, minutes = 0;
  if ((!east && !in.take('-')) || in.digits(2, 2, hours) == 0) return false;
  in.take(':');
  if (in.digits(2, 2, minutes) == 0 || hours > 14 || minutes > 59) return false;
  parts.offset = (east ? 1 : -1) * (60 * hours + minutes);
  return true;
}

bool read_directive(Cursor& in, char directive, Parts& parts) {
  switch (directive) {
    case 'Y':
      return in.digits(4, 4, parts.year) > 0;
    case 'm':
      return in.digits(2, 2, parts.month) > 0;
    case 'd':
      return in.digits(2, 2, parts.day) > 0;
    case 'H':
      return in.digits(2, 2, parts.hour) > 0;
    case 'M':
      return in.digits(2, 2, parts.minute) > 0;
    case 'S':
      return in.digits(2, 2, parts.second) > 0;
    case 'f':
      return read_fraction(in, 1, 6, parts);
    case '3':
      return read_fraction(in, 3, 3, parts);
    case 'z':
      return read_zone(in, parts);
    default:
      return in.take(directive);
  }
}

std::optional<std::int64_t> to_microseconds(const Parts& p) {
  using namespace std::chrono;
  const year_month_day date{year{p.year}, month{static_cast<unsigned>(p.month)},
                            day{static_cast<unsigned>(p.day)}};
  if (!date.ok() || p.hour > 23 || p.minute > 59 || p.second > 59) return {};
  const std::int64_t days = sys_days{date}.time_since_epoch().count();
  const std::int64_t seconds = (p.hour * 60 + p.minute - p.offset) * 60 + p.second;
  return days * kDay + seconds * kSecond + p.fraction;
}

std::optional<std::int64_t> parse_pattern(std::string_view text, std::string_view format) {
  Cursor in(text);
  Parts parts;
  for (std::size_t i = 0; i < format.size(); ++i) {
    const bool directive = format[i] == '%' && i + 1 < format.size();
    if (!directive ? !in.take(format[i]) : !read_directive(in, format[i + 1], parts)) return {};
    if (directive) i += format[i + 1] == '3' ? 2 : 1;
  }
  if (!in.at_end()) return {};
  return to_microseconds(parts);
}

std::optional<std::int64_t> parse_iso(std::string_view text) {
  if (text.size() == 10) return parse_pattern(text, "%Y-%m-%d");
  if (text.size() < 16) return {};
  std::string pattern = std::string("%Y-%m-%d") + (text[10] == ' ' ? ' ' : 'T') + "%H:%M";
  if (text.size() > 16 && text[16] == ':') pattern += ":%S";
  if (text.size() > 19 && text[19] == '.') pattern += ".%f";
  if (text.find_first_of("Z+-", 16) != std::string_view::npos) pattern += "%z";
  return parse_pattern(text, pattern);
}

}  // namespace

std::optional<std::int64_t> parse_datetime(std::string_view text, std::string_view format) {
  return format.empty() ? parse_iso(text) : parse_pattern(text, format);
}

std::string format_datetime(std::int64_t microseconds, std::string_view format) {
  using namespace std::chrono;
  const std::int64_t days = microseconds / kDay - (microseconds % kDay < 0 ? 1 : 0);
  const std::int64_t rest = microseconds - days * kDay;
  const year_month_day date{sys_days{std::chrono::days{days}}};
  if (format.empty()) format = rest % kSecond == 0 ? "%Y-%m-%dT%H:%M:%S" : "%Y-%m-%dT%H:%M:%S.%f";
  std::string out;
  const auto put = [&](int digits, std::int64_t value) {
    fmt::format_to(std::back_inserter(out), "{:0{}}", value, digits);
  };
  for (std::size_t i = 0; i < format.size(); ++i) {
    if (format[i] != '%' || i + 1 == format.size()) {
      out += format[i];
      continue;
    }
    switch (const char directive = format[++i]) {
      case 'Y':
        put(4, static_cast<int>(date.year()));
        break;
      case 'm':
        put(2, static_cast<unsigned>(date.month()));
        break;
      case 'd':
        put(2, static_cast<unsigned>(date.day()));
        break;
      case 'H':
        put(2, rest / (3600 * kSecond));
        break;
      case 'M':
        put(2, rest / (60 * kSecond) % 60);
        break;
      case 'S':
        put(2, rest / kSecond % 60);
        break;
      case 'f':
        put(6, rest % kSecond);
        break;
      case '3':
        put(3, rest % kSecond / 1000);
        ++i;
        break;
      case 'z':
        out += 'Z';
        break;
      default:
        out += directive;
    }
  }
  return out;
}

}  // namespace semblance
