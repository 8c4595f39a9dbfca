// SPDX-License-Identifier: Apache-2.0
#include "semblance/learners/features.hpp"

#include <algorithm>
#include <limits>

#include "detail/check.hpp"

namespace semblance {
namespace {

bool is_feature(const Field& field) {
  return field.role != Role::kKey && field.kind != Kind::kText && field.kind != Kind::kTensor;
}

void fill(FeatureMatrix& out, std::int64_t position, const Column& column) {
  float* cell = out.values.data() + position;
  for (std::int64_t i = 0; i < out.rows; ++i, cell += out.columns) {
    constexpr double kMost = std::numeric_limits<float>::max();
    *cell = column.is_valid(i) ? static_cast<float>(std::clamp(column.number(i), -kMost, kMost))
                               : std::numeric_limits<float>::quiet_NaN();
  }
}

}  // namespace

FeatureMatrix features(const Dataset& data, std::int64_t without) {
  FeatureMatrix out{.rows = data.rows()};
  for (std::int64_t c = 0; c < data.schema().size(); ++c) {
    const Field& field = data.schema()[c];
    if (c == without || !is_feature(field)) continue;
    out.sources.push_back(c);
    out.levels.push_back(
        field.kind == Kind::kCategorical ? std::max<std::int32_t>(field.categories.size(), 1) : 0);
  }
  out.columns = std::ssize(out.sources);
  out.values.resize(static_cast<std::size_t>(out.rows * out.columns));
  for (std::int64_t p = 0; p < out.columns; ++p)
    fill(out, p, data.column(out.sources[static_cast<std::size_t>(p)]));
  return out;
}

FeatureMatrix FeatureMatrix::take(std::span<const std::int64_t> wanted) const {
  FeatureMatrix out{std::ssize(wanted), columns, {}, levels, sources};
  out.values.reserve(wanted.size() * static_cast<std::size_t>(columns));
  for (const auto i : wanted) {
    require(i >= 0 && i < rows, "FeatureMatrix::take: row {} of {}", i, rows);
    const auto source = row(i);
    out.values.insert(out.values.end(), source.begin(), source.end());
  }
  return out;
}

FeatureMatrix stack(const FeatureMatrix& a, const FeatureMatrix& b) {
  require(a.levels == b.levels, "stack: both parts must have the same columns, got {} and {}",
          a.columns, b.columns);
  FeatureMatrix out = a;
  out.rows += b.rows;
  out.values.insert(out.values.end(), b.values.begin(), b.values.end());
  return out;
}

}  // namespace semblance
