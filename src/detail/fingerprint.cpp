// SPDX-License-Identifier: Apache-2.0
#include "detail/fingerprint.hpp"

#include <fmt/format.h>

#include <bit>

namespace semblance {
namespace {

std::uint64_t hash_column(const Column& column, std::uint64_t h) {
  for (std::int64_t i = 0; i < column.size(); ++i) {
    if (!column.is_valid(i)) {
      h = detail::mix(h + 1);
    } else if (column.kind() == Kind::kText) {
      h = detail::mix(h ^ detail::hash(column.text(i)));
    } else if (column.kind() != Kind::kTensor) {
      h = detail::mix(h ^ std::bit_cast<std::uint64_t>(column.number(i)));
    }
  }
  if (column.kind() == Kind::kTensor && column.element() == ElementType::kFloat32) {
    for (const float v : column.floats()) h = detail::mix(h ^ std::bit_cast<std::uint32_t>(v));
  } else if (column.kind() == Kind::kTensor) {
    for (const auto v : column.bytes()) h = detail::mix(h ^ v);
  }
  return h;
}

}  // namespace

std::string fingerprint(std::string_view config, const Dataset& data, Seed seed) {
  std::uint64_t h = detail::hash(to_json(data.schema()));
  for (const Column& column : data.columns()) h = hash_column(column, h);
  return fmt::format("{:016x}-{:016x}-{:016x}", detail::hash(config), h,
                     static_cast<std::uint64_t>(seed));
}

}  // namespace semblance
