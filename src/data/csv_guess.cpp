// SPDX-License-Identifier: Apache-2.0
#include "data/csv_guess.hpp"

#include <algorithm>
#include <vector>

#include "data/csv_numbers.hpp"
#include "data/datetime.hpp"

namespace semblance::csv {
namespace {

/// All formats that are recognised. Month before day comes first: a day above 12 tells them apart.
const std::vector<std::string>& datetime_formats() {
  static const std::vector<std::string> formats = [] {
    std::vector<std::string> out;
    for (const char* date : {"%Y-%m-%d", "%Y/%m/%d", "%d.%m.%Y", "%m/%d/%Y", "%d/%m/%Y"}) {
      for (const char* clock : {"", "T%H:%M", " %H:%M", "T%H:%M:%S", " %H:%M:%S", "T%H:%M:%S.%3f",
                                " %H:%M:%S.%3f", "T%H:%M:%S.%f", " %H:%M:%S.%f"}) {
        out.push_back(std::string(date) + clock);
        if (*clock != '\0') {
          out.push_back(out.back() + "Z");
          out.push_back(std::string(date) + clock + "%z");
        }
      }
    }
    return out;
  }();
  return formats;
}

bool is_datetime(std::string_view text, const std::string& format) {
  return parse_datetime(text, format).has_value();
}

/// The first format behind `after` that reads the text; empty if there is none.
std::string next_format(const std::string& after, std::string_view text) {
  const auto& formats = datetime_formats();
  auto it = formats.begin();
  if (!after.empty()) it = std::next(std::find(formats.begin(), formats.end(), after));
  it = std::find_if(it, formats.end(),
                    [&](const auto& format) { return is_datetime(text, format); });
  return it == formats.end() ? std::string() : *it;
}

bool is_integer(std::string_view text) {
  NumberText number;
  return scan_number(text, number) && !number.leading_zero && to_integer(number, text);
}

bool is_real(std::string_view text) {
  NumberText number;
  return scan_number(text, number) && !number.leading_zero && to_real(number, text);
}

}  // namespace

bool fits(const Guess& guess, std::string_view text) {
  switch (guess.reading) {
    case Reading::kUnknown:
      return false;
    case Reading::kInteger:
      return is_integer(text);
    case Reading::kReal:
      return is_real(text);
    case Reading::kDatetime:
      return is_datetime(text, guess.datetime_format);
    case Reading::kString:
    case Reading::kText:
      break;
  }
  return true;
}

Guess widened(const Guess& guess, std::string_view text) {
  const bool unknown = guess.reading == Reading::kUnknown;
  if (unknown && is_integer(text)) return {Reading::kInteger};
  if ((unknown || guess.reading == Reading::kInteger) && is_real(text)) return {Reading::kReal};
  const bool any_iso = guess.reading == Reading::kDatetime && guess.datetime_format.empty();
  if (unknown || (guess.reading == Reading::kDatetime && !any_iso)) {
    if (auto format = next_format(guess.datetime_format, text); !format.empty())
      return {Reading::kDatetime, std::move(format)};
    if (!unknown && is_datetime(text, "")) return {Reading::kDatetime};
  }
  return {Reading::kString};
}

}  // namespace semblance::csv
