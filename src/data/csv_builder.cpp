// SPDX-License-Identifier: Apache-2.0
#include "data/csv_builder.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <numeric>

#include "data/datetime.hpp"
#include "detail/names.hpp"
#include "semblance/data/dataset.hpp"

namespace semblance::csv {
namespace {

using Column = semblance::Column;

Guess guess_of(const semblance::Field& field) {
  switch (field.kind) {
    case Kind::kInteger:
      return {Reading::kInteger};
    case Kind::kReal:
      return {Reading::kReal};
    case Kind::kDatetime:
      return field.datetime_format.empty() ? Guess{}
                                           : Guess{Reading::kDatetime, field.datetime_format};
    case Kind::kText:
      return {Reading::kText};
    default:
      return {Reading::kString};
  }
}

/// Smallest and largest present value, widened by what the schema states.
template <class T>
std::optional<Range> range_of(const std::vector<T>& values, const std::optional<Bitmap>& valid,
                              std::optional<Range> range) {
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (valid && !(*valid)[static_cast<std::int64_t>(i)]) continue;
    const auto value = static_cast<double>(values[i]);
    if (!range) range = Range{value, value};
    range->min = std::min(range->min, value);
    range->max = std::max(range->max, value);
  }
  return range;
}

bool month_and_day(const std::string& format) {
  return format.starts_with("%m/") || format.starts_with("%d/");
}

int two_digits(std::string_view text) { return 10 * (text[0] - '0') + (text[1] - '0'); }

}  // namespace

Builder::Builder(std::string name, const semblance::Field* given, Guess guess,
                 std::int64_t capacity)
    : name_(std::move(name)),
      given_(given),
      guess_(given == nullptr ? std::move(guess) : guess_of(*given)),
      capacity_(capacity) {
  reserve();
}

void Builder::reserve() {
  const auto rows = static_cast<std::size_t>(capacity_);
  const Reading reading = guess_.reading;
  if (reading == Reading::kInteger || reading == Reading::kDatetime) integers_.reserve(rows);
  if (reading == Reading::kReal) reals_.reserve(rows);
  if (reading == Reading::kInteger || reading == Reading::kReal) decimals_.reserve(rows);
  if (reading == Reading::kString) codes_.reserve(rows);
  if (reading == Reading::kText) offsets_.reserve(rows + 1);
  if (reading == Reading::kText) offsets_.push_back(0);
}

void Builder::restart() {
  Builder fresh(std::move(name_), nullptr, std::move(guess_), capacity_);
  fresh.given_ = given_;
  *this = std::move(fresh);
}

/// Of all values so far, and what the schema states.
std::optional<Range> Builder::range() const {
  const auto before = range_ || given_ == nullptr ? range_ : given_->range;
  return guess_.reading == Reading::kReal ? range_of(reals_, valid_, before)
                                          : range_of(integers_, valid_, before);
}

void Builder::fold() {
  range_ = range();
  folded_ = size_;
  valid_.reset();
  integers_.clear();
  reals_.clear();
  decimals_.clear();
  codes_.clear();
  chars_.clear();
  if (!offsets_.empty()) offsets_.assign(1, 0);
}

void Builder::push_valid() {
  ++size_;
  if (valid_) valid_->push_back(true);
}

void Builder::add_missing() {
  if (!valid_) {
    valid_.emplace(size_ - folded_, true);
  }
  valid_->push_back(false);
  ++size_;
  ++missing_;
  switch (guess_.reading) {
    case Reading::kInteger:
      decimals_.push_back(-1);
      [[fallthrough]];
    case Reading::kDatetime:
      integers_.push_back(0);
      break;
    case Reading::kReal:
      decimals_.push_back(-1);
      reals_.push_back(0);
      break;
    case Reading::kString:
      codes_.push_back(0);
      break;
    case Reading::kText:
      offsets_.push_back(offsets_.back());
      break;
    case Reading::kUnknown:
      break;
  }
}

bool Builder::add(const Field& field) {
  bool taken = false;
  switch (guess_.reading) {
    case Reading::kInteger:
      taken = add_integer(field.text);
      break;
    case Reading::kReal:
      taken = add_real(field.text);
      break;
    case Reading::kDatetime:
      taken = add_datetime(field.text);
      break;
    case Reading::kString:
    case Reading::kText:
      taken = add_string(field);
      break;
    case Reading::kUnknown:
      break;
  }
  if (taken) {
    push_valid();
  } else if (field.quoted && field.text.empty()) {
    empty_text_ = true;  // no number and no date is empty text
    add_missing();
    return true;
  } else {
    guess_ = widened(guess_, field.text);
  }
  return taken;
}

void Builder::note_distinct(std::int64_t value) {
  if (distinct_.size() > kMostCodes) return;
  if (std::find(distinct_.begin(), distinct_.end(), value) == distinct_.end())
    distinct_.push_back(value);
}

bool Builder::add_integer(std::string_view text) {
  NumberText number;
  if (!scan_number(text, number) || (number.leading_zero && given_ == nullptr)) return false;
  const auto value = to_integer(number, text);
  if (!value) return false;
  integers_.push_back(*value);
  decimals_.push_back(
      static_cast<std::int8_t>(number.exponent ? -1 : std::min(number.decimals, 127)));
  style_.add(number, text, static_cast<double>(*value));
  note_distinct(*value);
  return true;
}

bool Builder::add_real(std::string_view text) {
  NumberText number;
  if (!scan_number(text, number) || (number.leading_zero && given_ == nullptr)) return false;
  const auto value = to_real(number, text);
  if (!value) return false;
  reals_.push_back(*value);
  decimals_.push_back(
      static_cast<std::int8_t>(number.exponent ? -1 : std::min(number.decimals, 127)));
  style_.add(number, text, *value);
  return true;
}

bool Builder::add_datetime(std::string_view text) {
  const auto value = parse_datetime(text, guess_.datetime_format);
  if (!value) return false;
  integers_.push_back(*value);
  if (swappable_)
    swappable_ = month_and_day(guess_.datetime_format) && two_digits(text) <= 12 &&
                 two_digits(text.substr(3)) <= 12;
  return true;
}

bool Builder::add_string(const Field& field) {
  if (guess_.reading == Reading::kText) {
    add_text(field.escaped ? std::string_view(unescaped(field.text)) : field.text);
    return true;
  }
  const std::int32_t code = field.escaped ? dictionary_.code_of_temporary(unescaped(field.text))
                                          : dictionary_.code(field.text);
  const auto distinct = static_cast<std::size_t>(code) + 1;
  if (given_ != nullptr && distinct > checked_ && given_->categories.size() > 0) {
    if (given_->categories.code(dictionary_.keys().back()) < 0) return false;
    checked_ = distinct;
  }
  codes_.push_back(code);
  string_bytes_ += field.text.size();
  if (given_ == nullptr && distinct > kMostCategories) {
    strings_to_text();
  }
  return true;
}

void Builder::add_text(std::string_view text) {
  chars_.insert(chars_.end(), text.begin(), text.end());
  offsets_.push_back(static_cast<std::int64_t>(chars_.size()));
}

/// The codes' texts, one after the other; from here on fields are appended.
void Builder::strings_to_text() {
  chars_.reserve(string_bytes_);
  offsets_.reserve(static_cast<std::size_t>(capacity_) + 1);
  offsets_.push_back(0);
  for (std::size_t i = 0; i < codes_.size(); ++i) {
    const auto row = static_cast<std::int64_t>(i);
    const bool present = !valid_ || row >= valid_->size() || (*valid_)[row];
    add_text(present ? dictionary_.keys()[static_cast<std::size_t>(codes_[i])] : "");
  }
  codes_ = {};
  dictionary_ = {};
  guess_.reading = Reading::kText;
}

bool Builder::rejects() const noexcept {
  if (given_ == nullptr) return false;
  const bool open_format = given_->kind == Kind::kDatetime && given_->datetime_format.empty();
  return !open_format || guess_.reading != Reading::kDatetime;
}

std::string Builder::complaint(std::string_view text) const {
  if (given_->kind == Kind::kCategorical) {
    return fmt::format("'{}' is not in the schema's categories; {}", text,
                       did_you_mean(text, given_->categories.categories()));
  }
  return fmt::format("'{}' is not {} {}, as the schema says", text,
                     given_->kind == Kind::kInteger ? "an" : "a", to_string(given_->kind));
}

bool Builder::needs_another_pass() {
  if (given_ != nullptr) return false;
  const bool ambiguous = guess_.reading == Reading::kDatetime && swappable_ && size_ > missing_;
  const bool only_empty = guess_.reading == Reading::kUnknown && empty_text_;
  if (ambiguous || only_empty) guess_ = {Reading::kString};
  return ambiguous || only_empty;
}

/// Few integers that recur are codes, unless their texts differ in style.
bool Builder::is_code() const {
  const auto present = size_ - missing_;
  const auto distinct = static_cast<std::int64_t>(distinct_.size());
  return given_ == nullptr && guess_.reading == Reading::kInteger && style_.format() &&
         distinct_.size() <= kMostCodes && (distinct <= 2 || present >= 4 * distinct);
}

/// Mostly unique, and many or long.
bool Builder::is_free_text() const {
  if (given_ != nullptr) return false;
  const auto distinct = dictionary_.keys().size();
  const auto present = static_cast<std::size_t>(size_ - missing_);
  return 2 * distinct > present && (distinct > 100 || string_bytes_ >= 30 * present);
}

std::pair<semblance::Field, Column> Builder::finish() {
  semblance::Field field;
  if (given_ != nullptr) field = *given_;
  field.name = name_;
  field.nullable = field.nullable || missing_ > 0;
  if (is_code()) return finish_codes(std::move(field));
  if (guess_.reading == Reading::kString || guess_.reading == Reading::kText)
    return finish_strings(std::move(field));
  return finish_numbers(std::move(field));
}

std::pair<semblance::Field, Column> Builder::finish_codes(semblance::Field field) {
  const NumberFormat format = style_.format().value();
  for (const std::int64_t value : distinct_)
    static_cast<void>(dictionary_.code_of_temporary(format_integer(value, format)));
  codes_.reserve(integers_.size());
  for (std::size_t i = 0; i < integers_.size(); ++i) {
    const auto it = std::find(distinct_.begin(), distinct_.end(), integers_[i]);
    const bool present = !valid_ || (*valid_)[static_cast<std::int64_t>(i)];
    codes_.push_back(present ? static_cast<std::int32_t>(it - distinct_.begin()) : 0);
  }
  return finish_strings(std::move(field));
}

std::pair<semblance::Field, Column> Builder::finish_strings(semblance::Field field) {
  if (guess_.reading == Reading::kString && is_free_text()) strings_to_text();
  Bitmap valid = valid_ ? std::move(*valid_) : Bitmap();
  if (guess_.reading == Reading::kText) {
    field.kind = Kind::kText;
    return {field, Column::texts(std::move(chars_), std::move(offsets_), std::move(valid))};
  }
  field.kind = Kind::kCategorical;
  const auto& keys = dictionary_.keys();
  std::vector<std::int32_t> order(keys.size()), ranks(std::max<std::size_t>(keys.size(), 1));
  std::iota(order.begin(), order.end(), 0);
  const auto key = [&](std::int32_t code) { return keys[static_cast<std::size_t>(code)]; };
  std::sort(order.begin(), order.end(), [&](auto a, auto b) { return key(a) < key(b); });
  if (field.categories.size() == 0) {
    std::vector<std::string> categories;
    for (const std::int32_t code : order) categories.emplace_back(key(code));
    field.categories = Vocabulary(std::move(categories));
  }
  for (const std::int32_t code : order)
    ranks[static_cast<std::size_t>(code)] = field.categories.code(key(code));
  for (auto& code : codes_) code = ranks[static_cast<std::size_t>(code)];
  return {field, Column::categories(std::move(codes_), std::move(valid))};
}

void Builder::set_format(semblance::Field& field, Column& column) {
  if (const auto format = style_.format()) {
    if (field.format == NumberFormat{}) field.format = *format;
    return;
  }
  if (field.format == NumberFormat{}) field.format.decimals = style_.decimals();
  column = column.with_decimals(std::move(decimals_));
}

std::pair<semblance::Field, Column> Builder::finish_numbers(semblance::Field field) {
  Bitmap valid = valid_ ? *valid_ : Bitmap();
  const auto rows = static_cast<std::size_t>(size_ - folded_);  // all missing: nothing was read
  Column column;
  if (guess_.reading == Reading::kDatetime || field.kind == Kind::kDatetime) {
    field.kind = Kind::kDatetime;
    field.datetime_format = guess_.datetime_format;
    integers_.resize(rows);
    field.range = range();
    return {field, Column::datetimes(std::move(integers_), std::move(valid))};
  }
  field.range = range();
  if (guess_.reading == Reading::kInteger) {
    field.kind = Kind::kInteger;
    column = Column::integers(std::move(integers_), std::move(valid));
  } else {
    field.kind = Kind::kReal;
    reals_.resize(rows);
    column = Column::reals(std::move(reals_), std::move(valid));
  }
  set_format(field, column);
  return {field, std::move(column)};
}

}  // namespace semblance::csv
