// SPDX-License-Identifier: Apache-2.0
#include <unordered_map>
#include <utility>

#include "data/datetime.hpp"
#include "data/number_text.hpp"
#include "detail/check.hpp"
#include "detail/names.hpp"
#include "semblance/data/dataset.hpp"

namespace semblance {
namespace {

/// One column on its way to another field.
struct Source {
  const Dataset& data;
  std::int64_t position;

  [[nodiscard]] const Field& field() const { return data.schema()[position]; }
  [[nodiscard]] const Column& column() const { return data.column(position); }
};

/// The cell of each row as `convert` reads its text; rows for which it has nothing are missing.
template <class T, class Convert>
std::pair<std::vector<T>, Bitmap> convert_cells(const Source& from, Convert convert) {
  const std::int64_t rows = from.column().size();
  std::pair<std::vector<T>, Bitmap> out{std::vector<T>(static_cast<std::size_t>(rows)),
                                        Bitmap(rows, true)};
  for (std::int64_t row = 0; row < rows; ++row) {
    std::optional<T> value;
    if (from.column().is_valid(row)) value = convert(from.data.cell(row, from.position));
    if (value) out.first[static_cast<std::size_t>(row)] = std::move(*value);
    if (!value) out.second.set(row, false);
  }
  return out;
}

[[noreturn]] void does_not_fit(const Source& from, const Field& to, const std::string& cell) {
  fail("conform: column '{}' must be {}, got the {} value '{}'", to.name, to_string(to.kind),
       to_string(from.field().kind), cell);
}

/// A vocabulary that may grow.
class Recoder {
 public:
  Recoder(const Field& to, Unseen unseen)
      : to_(to), unseen_(unseen), names_(to.categories.categories()) {}

  std::optional<std::int32_t> code(const std::string& category) {
    const std::int32_t known = to_.categories.code(category);
    if (known >= 0) return known;
    if (unseen_ == Unseen::kMissing) return {};
    require(unseen_ == Unseen::kAppend, "conform: column '{}' has no category '{}'; {}", to_.name,
            category, did_you_mean(category, names_));
    const auto next = static_cast<std::int32_t>(names_.size());
    const auto [it, added] = appended_.emplace(category, next);
    if (added) names_.push_back(category);
    return it->second;
  }

  [[nodiscard]] Vocabulary vocabulary() const {
    return appended_.empty() ? to_.categories : names_;
  }

 private:
  const Field& to_;
  Unseen unseen_;
  std::vector<std::string> names_;
  std::unordered_map<std::string, std::int32_t> appended_;
};

Column recode(const Source& from, Field& to, Unseen unseen) {
  if (from.field().kind == Kind::kCategorical && from.field().categories == to.categories)
    return from.column();
  Recoder recoder(to, unseen);
  auto [codes, valid] = convert_cells<std::int32_t>(
      from, [&](const std::string& cell) { return recoder.code(cell); });
  to.categories = recoder.vocabulary();
  return Column::categories(std::move(codes), std::move(valid));
}

Column to_reals(const Source& from, const Field& to) {
  auto [values, valid] = convert_cells<double>(from, [&](const std::string& cell) {
    const auto value = parse_real(cell);
    if (!value) does_not_fit(from, to, cell);
    return value;
  });
  return Column::reals(std::move(values), std::move(valid));
}

Column to_integers(const Source& from, const Field& to) {
  auto [values, valid] = convert_cells<std::int64_t>(from, [&](const std::string& cell) {
    const auto value = parse_whole(cell);
    if (!value) does_not_fit(from, to, cell);
    return value;
  });
  return Column::integers(std::move(values), std::move(valid));
}

Column to_datetimes(const Source& from, const Field& to) {
  auto [values, valid] = convert_cells<std::int64_t>(from, [&](const std::string& cell) {
    const auto value = parse_datetime(cell, to.datetime_format);
    if (!value) does_not_fit(from, to, cell);
    return value;
  });
  return Column::datetimes(std::move(values), std::move(valid));
}

Column to_texts(const Source& from) {
  auto [values, valid] =
      convert_cells<std::string>(from, [](const std::string& cell) { return std::optional(cell); });
  return Column::texts(values, std::move(valid));
}

Column convert(const Source& from, Field& to, Unseen unseen) {
  if (to.kind == Kind::kCategorical) return recode(from, to, unseen);
  if (from.field().kind == to.kind) return from.column();
  require(from.field().kind != Kind::kTensor && to.kind != Kind::kTensor,
          "conform: column '{}' must be {}, got {}", to.name, to_string(to.kind),
          to_string(from.field().kind));
  switch (to.kind) {
    case Kind::kReal:
      return to_reals(from, to);
    case Kind::kInteger:
      return to_integers(from, to);
    case Kind::kDatetime:
      return to_datetimes(from, to);
    default:
      return to_texts(from);
  }
}

}  // namespace

Dataset conform(const Dataset& data, const Schema& schema, Unseen unseen) {
  for (const auto& field : data.schema()) {
    require(schema.find(field.name) >= 0, "conform: the schema has no column '{}'", field.name);
  }
  std::vector<Field> fields = schema.fields();
  std::vector<Column> columns;
  for (auto& field : fields) {
    const std::int64_t position = data.schema().find(field.name);
    require(position >= 0, "conform: the data has no column '{}'", field.name);
    columns.push_back(convert({data, position}, field, unseen));
    field.nullable = field.nullable || columns.back().null_count() > 0;
  }
  return {Schema(std::move(fields)), std::move(columns)};
}

}  // namespace semblance
