// SPDX-License-Identifier: Apache-2.0
#include "diffusion/given.hpp"

#include <ATen/ATen.h>

#include <algorithm>

#include "detail/check.hpp"

namespace semblance {
namespace {

bool is_single(const ResolvedTerm& term) {
  return term.missing || (!term.range && term.values.size() == 1);
}

/// `n` cells of a field, all of them missing.
Column nothing(const Field& field, std::int64_t n) {
  const auto size = static_cast<std::size_t>(n);
  const Bitmap none(n, false);
  switch (field.kind) {
    case Kind::kReal:
      return Column::reals(std::vector<double>(size), none);
    case Kind::kInteger:
      return Column::integers(std::vector<std::int64_t>(size), none);
    case Kind::kDatetime:
      return Column::datetimes(std::vector<std::int64_t>(size), none);
    default:
      return Column::categories(std::vector<std::int32_t>(size), none);
  }
}

}  // namespace

GivenCells::GivenCells(const TokenCodec& margins, const Schema& schema,
                       std::vector<ResolvedTerm> given)
    : margins_(&margins), schema_(&schema), given_(std::move(given)) {
  const ResolvedTerm* several = nullptr;
  for (const ResolvedTerm& term : given_) {
    const auto weights = margins[term.column].weights(term);
    const auto counts = margins[term.column].counts();
    std::vector<double> sums;
    double sum = 0;
    for (std::size_t t = 0; t < weights.size(); ++t)
      sums.push_back(sum += static_cast<double>(weights[t]) * static_cast<double>(counts[t]));
    const bool number = is_single(term) && !term.missing &&
                        schema[term.column].kind != Kind::kCategorical && !weights.empty();
    require(sum > 0 || number,
            "no row can satisfy the condition on column '{}': the training rows have no such value",
            schema[term.column].name);
    cumulative_.push_back(std::move(sums));
    if (is_single(term)) continue;
    require(several == nullptr,
            "diffusion.sample: one column may have a range or several values, got '{}' and '{}'",
            several == nullptr ? "" : schema[several->column].name, schema[term.column].name);
    several = &term;
  }
}

Column GivenCells::cells(const ResolvedTerm& term, std::int64_t first, std::int64_t count,
                         Seed seed) const {
  if (term.missing) return nothing((*schema_)[term.column], count);
  const TokenColumn& margin = (*margins_)[term.column];
  const auto& sums = cumulative_[static_cast<std::size_t>(&term - given_.data())];
  std::vector<std::int32_t> tokens;
  std::vector<double> places;
  for (std::int64_t i = first; i < first + count; ++i) {
    Stream stream(seed, static_cast<std::uint64_t>(i));
    const double u = stream.uniform() * sums.back();
    const auto token = std::upper_bound(sums.begin(), sums.end() - 1, u) - sums.begin();
    tokens.push_back(is_single(term) && sums.back() <= 0 ? margin.encode(term.values[0])
                                                         : static_cast<std::int32_t>(token));
    places.push_back(stream.uniform());
  }
  return margin.decode(tokens, places, &term);
}

GivenCells::Block GivenCells::draw(std::int64_t first, std::int64_t count, Seed seed) const {
  std::vector<Column> columns;
  for (const Field& field : *schema_) columns.push_back(nothing(field, count));
  at::Tensor known = at::zeros({count, schema_->size()});
  for (const ResolvedTerm& term : given_) {
    columns[static_cast<std::size_t>(term.column)] =
        cells(term, first, count, derive(seed, static_cast<std::uint64_t>(term.column)));
    known.select(1, term.column).fill_(1);
  }
  return {{*schema_, std::move(columns)}, std::move(known)};
}

}  // namespace semblance
