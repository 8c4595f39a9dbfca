// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cmath>
#include <span>
#include <string>
#include <vector>

#include "data/datetime.hpp"
#include "detail/check.hpp"
#include "semblance/data/condition.hpp"

namespace semblance {

/// The condition that `resolve` turns into these terms, for generators that ask others.
inline Condition condition_of(std::span<const ResolvedTerm> given, const Schema& schema) {
  std::vector<Condition::Term> out;
  for (const ResolvedTerm& term : given) {
    const Field& field = schema[term.column];
    const auto text = [&](double value) {
      if (field.kind == Kind::kCategorical)
        return field.categories[static_cast<std::int32_t>(value)];
      if (field.kind == Kind::kDatetime)
        return format_datetime(static_cast<std::int64_t>(value), "");
      const bool whole = value == std::round(value) && std::abs(value) < 1e15;
      return whole ? fmt::format("{:.0f}", value) : fmt::format("{:.17g}", value);
    };
    if (term.missing) {
      out.emplace_back(field.name, Requirement{Missing{}});
    } else if (term.range) {
      out.emplace_back(field.name, Requirement{*term.range});
    } else if (term.values.size() == 1 && field.kind != Kind::kCategorical) {
      out.emplace_back(field.name, Requirement{term.values[0]});
    } else {
      OneOf choices;
      for (const double value : term.values) choices.values.push_back(text(value));
      out.emplace_back(field.name, Requirement{std::move(choices)});
    }
  }
  return Condition(std::move(out));
}

}  // namespace semblance
