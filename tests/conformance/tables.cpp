// SPDX-License-Identifier: Apache-2.0
// The training data that checks use where a subject brings none.
#include <algorithm>
#include <cmath>

#include "conformance/support.hpp"

namespace semblance::conformance {
namespace {

/// One column of the mixed table: its values depend on the row's label, so that there is something
/// to learn.
struct Draw {
  std::int64_t rows;
  Seed seed;
  bool gaps;  ///< Whether the generator takes missing values.

  [[nodiscard]] Stream stream(std::string_view column, std::int64_t row) const {
    return {seed, column, static_cast<std::uint64_t>(row)};
  }
  [[nodiscard]] bool label(std::int64_t row) const { return stream("label", row).uniform() < 0.3; }
  [[nodiscard]] Bitmap present(std::string_view column, double share) const {
    Bitmap bits(rows, true);
    for (std::int64_t r = 0; gaps && r < rows; ++r)
      bits.set(r, stream(column, -1 - r).uniform() < share);
    return bits;
  }
  template <class T, class Function>
  [[nodiscard]] std::vector<T> values(std::string_view column, Function value) const {
    std::vector<T> out;
    for (std::int64_t r = 0; r < rows; ++r) {
      Stream s = stream(column, r);
      out.push_back(static_cast<T>(value(s, label(r))));
    }
    return out;
  }
};

void add_reals(const Draw& draw, std::vector<Field>& fields, std::vector<Column>& columns) {
  fields.push_back(
      {.name = "amount", .format = {.style = NumberFormat::Style::kFixed, .decimals = 2}});
  columns.push_back(Column::reals(draw.values<double>("amount", [](Stream& s, bool label) {
    return std::round(std::exp(3 + s.normal() + (label ? 0.8 : 0)) * 100) / 100;
  })));
  fields.push_back({.name = "ratio", .nullable = draw.gaps});
  columns.push_back(Column::reals(
      draw.values<double>("ratio", [](Stream& s, bool label) { return s.uniform() + label; }),
      draw.present("ratio", 0.8)));
}

void add_integer(const Draw& draw, std::vector<Field>& fields, std::vector<Column>& columns) {
  fields.push_back({.name = "age", .kind = Kind::kInteger});
  columns.push_back(Column::integers(draw.values<std::int64_t>(
      "age", [](Stream& s, bool label) { return 18 + s.below(60) + (label ? 10 : 0); })));
}

void add_datetime(const Draw& draw, std::vector<Field>& fields, std::vector<Column>& columns) {
  constexpr std::int64_t kDay = 86'400'000'000;
  fields.push_back({.name = "joined", .kind = Kind::kDatetime});
  fields.back().datetime_format = "%Y-%m-%d";
  columns.push_back(Column::datetimes(draw.values<std::int64_t>("joined", [](Stream& s, bool) {
    return (15'000 + static_cast<std::int64_t>(s.below(2'000))) * kDay;
  })));
}

void add_text(const Draw& draw, std::vector<Field>& fields, std::vector<Column>& columns) {
  fields.push_back({.name = "note", .kind = Kind::kText});
  columns.push_back(Column::texts(draw.values<std::string>("note", [](Stream& s, bool label) {
    return (label ? "yes, " : "no, ") + std::to_string(s.below(1000));
  })));
}

void add_categories(const Draw& draw, std::vector<Field>& fields, std::vector<Column>& columns) {
  fields.push_back({.name = "colour", .kind = Kind::kCategorical});
  fields.back().categories = {"red", "green", "blue, \"dark\""};
  columns.push_back(
      Column::categories(draw.values<std::int32_t>("colour", [](Stream& s, bool label) {
        return label && s.uniform() < 0.7 ? 2 : s.below(3);
      })));
  std::vector<std::string> cities;
  for (int i = 0; i < 12; ++i) cities.push_back("city " + std::to_string(i));
  fields.push_back({.name = "city", .kind = Kind::kCategorical, .nullable = draw.gaps});
  fields.back().categories = Vocabulary(cities);
  columns.push_back(Column::categories(
      draw.values<std::int32_t>("city", [](Stream& s, bool) { return s.below(3) * s.below(5); }),
      draw.present("city", 0.9)));
  fields.push_back({.name = "label", .kind = Kind::kCategorical, .role = Role::kTarget});
  fields.back().categories = {"no", "yes"};
  columns.push_back(Column::categories(
      draw.values<std::int32_t>("none", [](Stream&, bool label) { return label ? 1 : 0; })));
}

}  // namespace

Dataset mixed_table(const Capabilities& can, std::int64_t rows, Seed seed) {
  using Add = void (*)(const Draw&, std::vector<Field>&, std::vector<Column>&);
  constexpr std::pair<Kind, Add> kParts[] = {{Kind::kReal, add_reals},
                                             {Kind::kInteger, add_integer},
                                             {Kind::kDatetime, add_datetime},
                                             {Kind::kText, add_text},
                                             {Kind::kCategorical, add_categories}};
  const Draw draw{rows, seed, can.missing_values};
  std::vector<Field> fields;
  std::vector<Column> columns;
  for (const auto& [kind, add_part] : kParts) {
    if (std::find(can.kinds.begin(), can.kinds.end(), kind) != can.kinds.end())
      add_part(draw, fields, columns);
  }
  return with_ranges({Schema(std::move(fields)), std::move(columns)});
}

Dataset bar_pictures(std::int64_t rows, Seed seed) {
  constexpr std::size_t kSide = 8;
  std::vector<std::uint8_t> pixels(static_cast<std::size_t>(rows) * kSide * kSide);
  std::vector<std::int32_t> labels;
  for (std::size_t r = 0; r < static_cast<std::size_t>(rows); ++r) {
    Stream s(seed, "bar", r);
    const std::size_t bar = 1 + s.below(kSide - 2);
    labels.push_back(static_cast<std::int32_t>(s.below(2)));
    for (std::size_t y = 0; y < kSide; ++y) {
      for (std::size_t x = 0; x < kSide; ++x) {
        const bool lit = (labels.back() == 0 ? x : y) == bar;
        pixels[(r * kSide + y) * kSide + x] =
            static_cast<std::uint8_t>((lit ? 200 : 20) + s.below(30));
      }
    }
  }
  Field picture{.name = "picture", .kind = Kind::kTensor};
  picture.shape = {1, kSide, kSide};
  picture.element = ElementType::kUInt8;
  Field label{.name = "label", .kind = Kind::kCategorical, .role = Role::kTarget};
  label.categories = {"upright", "flat"};
  return {Schema({picture, label}),
          {Column::tensors(std::move(pixels), picture.shape), Column::categories(labels)}};
}

}  // namespace semblance::conformance
