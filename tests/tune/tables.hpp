// SPDX-License-Identifier: Apache-2.0
// Tables with a target that depends on the other columns in a known way.
#pragma once

#include <cmath>
#include <cstdint>
#include <utility>
#include <vector>

#include "semblance/data/dataset.hpp"

namespace semblance {

/// Real columns "x" and "y", noise "u" and "v", and a target "label" of the classes "a" and "b": x
/// and y correlate by 0.9 in a and by -0.9 in b, so no single column tells the class. A share
/// `rare` of the rows is b. (Trees that see four fifths of the columns never see two of two.)
inline Dataset crossed_table(std::int64_t rows, double rare = 0.5) {
  std::vector<double> x, y, u, v;
  std::vector<std::int32_t> label;
  for (std::int64_t i = 0; i < rows; ++i) {
    Stream stream(Seed{31}, "crossed", static_cast<std::uint64_t>(i));
    label.push_back(stream.uniform() < rare ? 1 : 0);
    const double rho = label.back() == 1 ? -0.9 : 0.9;
    x.push_back(stream.normal());
    y.push_back(rho * x.back() + std::sqrt(1 - rho * rho) * stream.normal());
    u.push_back(stream.normal());
    v.push_back(stream.normal());
  }
  Field target{.name = "label", .kind = Kind::kCategorical, .role = Role::kTarget};
  target.categories = {"a", "b"};
  return {Schema({{.name = "x"}, {.name = "y"}, {.name = "u"}, {.name = "v"}, target}),
          {Column::reals(x), Column::reals(y), Column::reals(u), Column::reals(v),
           Column::categories(label)}};
}

}  // namespace semblance
