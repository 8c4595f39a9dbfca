// SPDX-License-Identifier: Apache-2.0
#include <limits>

#include "detail/check.hpp"
#include "semblance/core/seed.hpp"
#include "semblance/data/dataset.hpp"
#include "semblance/neighbours/gower.hpp"

namespace semblance {
namespace {

/// A table's cells as Gower wants them.
struct Cells {
  std::vector<double> numbers;
  std::vector<std::int32_t> codes;
  std::int64_t numeric = 0, categorical = 0, rows = 0;

  [[nodiscard]] MixedView view() const {
    return {{numbers, rows, numeric}, {codes, rows, categorical}, rows};
  }
};

bool is_number(const Field& field) {
  require(field.kind != Kind::kText && field.kind != Kind::kTensor,
          "Gower: column '{}' is {}; numbers, datetimes and categories have a distance", field.name,
          to_string(field.kind));
  return field.kind != Kind::kCategorical;
}

/// The code that a category has in `known`; an unseen one gets one of its own, below -1.
std::vector<std::int32_t> codes_in(const Vocabulary& known, const Vocabulary& categories) {
  std::vector<std::int32_t> codes;
  for (const std::string& category : categories.categories()) {
    const std::int32_t code = known.code(category);
    const auto own = static_cast<std::int32_t>(detail::hash(category) % 0x7FFFFFF0U);
    codes.push_back(code >= 0 ? code : -2 - own);
  }
  return codes;
}

void put_numbers(const Column& column, std::int64_t at, Cells& cells) {
  for (std::int64_t i = 0; i < cells.rows; ++i) {
    cells.numbers[static_cast<std::size_t>(i * cells.numeric + at)] =
        column.is_valid(i) ? column.number(i) : std::numeric_limits<double>::quiet_NaN();
  }
}

void put_codes(const Column& column, const std::vector<std::int32_t>& codes, std::int64_t at,
               Cells& cells) {
  for (std::int64_t i = 0; i < cells.rows; ++i) {
    cells.codes[static_cast<std::size_t>(i * cells.categorical + at)] =
        column.is_valid(i)
            ? codes[static_cast<std::size_t>(column.codes()[static_cast<std::size_t>(i)])]
            : -1;
  }
}

Cells cells_of(const Dataset& rows, const Schema& schema) {
  Cells cells;
  cells.rows = rows.rows();
  for (const Field& field : schema) ++(is_number(field) ? cells.numeric : cells.categorical);
  cells.numbers.resize(static_cast<std::size_t>(cells.rows * cells.numeric));
  cells.codes.resize(static_cast<std::size_t>(cells.rows * cells.categorical));
  std::int64_t number = 0, code = 0;
  for (const Field& field : schema) {
    const Field& own = rows.schema()[rows.schema().index(field.name)];
    require(is_number(field) == is_number(own), "Gower.encode: column '{}' must be {}, got {}",
            field.name, to_string(field.kind), to_string(own.kind));
    const Column& column = rows.column(field.name);
    if (is_number(field)) {
      put_numbers(column, number++, cells);
    } else {
      put_codes(column, codes_in(field.categories, own.categories), code++, cells);
    }
  }
  return cells;
}

}  // namespace

Gower::Gower(const Dataset& scale, GowerGap gap)
    : Gower(cells_of(scale, scale.schema()).view(), gap) {
  schema_ = scale.schema();
}

Gower::Rows Gower::encode(const Dataset& rows) const {
  require(rows.schema().size() == schema_.size(), "Gower.encode: rows must have {} columns, got {}",
          schema_.size(), rows.schema().size());
  return encode(cells_of(rows, schema_).view());
}

}  // namespace semblance
