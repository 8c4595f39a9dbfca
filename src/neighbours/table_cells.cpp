// SPDX-License-Identifier: Apache-2.0
#include "neighbours/table_cells.hpp"

#include <limits>

#include "detail/check.hpp"
#include "semblance/core/seed.hpp"

namespace semblance {
namespace {

bool is_number(const Field& field, std::string_view who) {
  require(field.kind != Kind::kText && field.kind != Kind::kTensor,
          "{}: column '{}' is {}; numbers, datetimes and categories have a distance", who,
          field.name, to_string(field.kind));
  return field.kind != Kind::kCategorical;
}

/// The code that a category has in `known`; an unseen one gets one of its own, beyond those.
std::vector<std::int32_t> codes_in(const Vocabulary& known, const Vocabulary& categories) {
  std::vector<std::int32_t> codes;
  for (const std::string& category : categories.categories()) {
    const std::int32_t code = known.code(category);
    const std::uint64_t room = 0x7FFFFFF0U - static_cast<std::uint64_t>(known.size());
    const auto own = static_cast<std::int32_t>(detail::hash(category) % room);
    codes.push_back(code >= 0 ? code : static_cast<std::int32_t>(known.size()) + own);
  }
  return codes;
}

void put_numbers(const Column& column, std::int64_t at, TableCells& cells) {
  for (std::int64_t i = 0; i < cells.rows; ++i) {
    cells.numbers[static_cast<std::size_t>(i * cells.numeric + at)] =
        column.is_valid(i) ? column.number(i) : std::numeric_limits<double>::quiet_NaN();
  }
}

void put_codes(const Column& column, const std::vector<std::int32_t>& codes, std::int64_t at,
               TableCells& cells) {
  for (std::int64_t i = 0; i < cells.rows; ++i) {
    cells.codes[static_cast<std::size_t>(i * cells.categorical + at)] =
        column.is_valid(i)
            ? codes[static_cast<std::size_t>(column.codes()[static_cast<std::size_t>(i)])]
            : -1;
  }
}

}  // namespace

TableCells table_cells(const Dataset& rows, const Schema& schema, std::string_view who) {
  TableCells cells;
  cells.rows = rows.rows();
  for (const Field& field : schema) ++(is_number(field, who) ? cells.numeric : cells.categorical);
  cells.numbers.resize(static_cast<std::size_t>(cells.rows * cells.numeric));
  cells.codes.resize(static_cast<std::size_t>(cells.rows * cells.categorical));
  std::int64_t number = 0, code = 0;
  for (const Field& field : schema) {
    const Field& own = rows.schema()[rows.schema().index(field.name)];
    require(is_number(field, who) == is_number(own, who),
            "{}.encode: column '{}' must be {}, got {}", who, field.name, to_string(field.kind),
            to_string(own.kind));
    const Column& column = rows.column(field.name);
    if (is_number(field, who)) {
      put_numbers(column, number++, cells);
    } else {
      put_codes(column, codes_in(field.categories, own.categories), code++, cells);
    }
  }
  return cells;
}

}  // namespace semblance
