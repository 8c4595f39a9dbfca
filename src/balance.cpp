// SPDX-License-Identifier: Apache-2.0
#include "semblance/balance.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <optional>

#include "detail/check.hpp"
#include "detail/names.hpp"

namespace semblance {
namespace {

template <class Number>
std::optional<Number> parse(std::string_view text) {
  Number value{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size()) return {};
  return value;
}

Counts parse_counts(std::string_view text) {
  Counts counts;
  const std::string whole(text);
  while (!text.empty()) {
    const auto comma = std::min(text.find(','), text.size());
    const std::string_view part = text.substr(0, comma);
    const auto equals = part.rfind('=');
    const auto rows = equals == std::string_view::npos
                          ? std::nullopt
                          : parse<std::int64_t>(part.substr(equals + 1));
    require(rows.has_value(),
            "balance strategy: must be not-majority, minority, not-minority, all, a ratio or "
            "class=rows,..., got '{}'",
            whole);
    counts.rows.emplace_back(part.substr(0, equals), *rows);
    text.remove_prefix(std::min(comma + 1, text.size()));
  }
  return counts;
}

/// The sizes of the classes, and which is the largest and the smallest.
struct Sizes {
  const Vocabulary& classes;
  const std::vector<std::int64_t>& rows;
  std::size_t largest = 0, smallest = 0;

  Sizes(const Vocabulary& names, const std::vector<std::int64_t>& sizes)
      : classes(names), rows(sizes) {
    largest = static_cast<std::size_t>(std::max_element(rows.begin(), rows.end()) - rows.begin());
    require(!rows.empty() && rows[largest] > 0, "balance: no row has a class");
    smallest = largest;
    for (std::size_t i = rows.size(); i-- > 0;) {
      if (rows[i] > 0 && rows[i] <= rows[smallest]) smallest = i;
    }
  }

  /// Missing rows of the classes that `grows` names.
  template <class Grows>
  [[nodiscard]] std::vector<std::int64_t> fill(const Grows& grows) const {
    std::vector<std::int64_t> add(rows.size(), 0);
    for (std::size_t i = 0; i < rows.size(); ++i) {
      if (rows[i] > 0 && grows(i)) add[i] = rows[largest] - rows[i];
    }
    return add;
  }

  [[nodiscard]] std::vector<std::int64_t> operator()(const NotMajority&) const {
    return fill([&](std::size_t i) { return i != largest; });
  }
  [[nodiscard]] std::vector<std::int64_t> operator()(const Minority&) const {
    return fill([&](std::size_t i) { return i == smallest; });
  }
  [[nodiscard]] std::vector<std::int64_t> operator()(const NotMinority&) const {
    return fill([&](std::size_t i) { return i != smallest; });
  }
  [[nodiscard]] std::vector<std::int64_t> operator()(const All&) const {
    return fill([](std::size_t) { return true; });
  }

  [[nodiscard]] std::vector<std::int64_t> operator()(const Ratio& ratio) const {
    require(ratio.value > 0 && ratio.value <= 1, "Ratio.value must be in (0, 1], got {}",
            ratio.value);
    const auto present =
        std::count_if(rows.begin(), rows.end(), [](std::int64_t n) { return n > 0; });
    require(present == 2, "Ratio: the target must have 2 classes, got {}; give Counts instead",
            present);
    std::size_t other = 0;
    while (other == largest || rows[other] == 0) ++other;
    const auto wanted =
        static_cast<std::int64_t>(std::floor(ratio.value * static_cast<double>(rows[largest])));
    require(wanted >= rows[other],
            "Ratio.value: class '{}' has {} rows, more than the {} that ratio {} asks for",
            classes[static_cast<std::int32_t>(other)], rows[other], wanted, ratio.value);
    std::vector<std::int64_t> add(rows.size(), 0);
    add[other] = wanted - rows[other];
    return add;
  }

  [[nodiscard]] std::vector<std::int64_t> operator()(const Counts& counts) const {
    std::vector<std::int64_t> add(rows.size(), 0);
    std::vector<bool> named(rows.size());
    for (const auto& [name, wanted] : counts.rows) {
      const std::int32_t code = classes.code(name);
      require(code >= 0, "Counts: there is no class '{}'; {}", name,
              did_you_mean(name, classes.categories()));
      const auto i = static_cast<std::size_t>(code);
      require(!named[i], "Counts: class '{}' is named twice", name);
      require(wanted >= rows[i], "Counts: class '{}' has {} rows already, got {}", name, rows[i],
              wanted);
      require(rows[i] > 0 || wanted == 0, "Counts: class '{}' has no rows to learn from", name);
      named[i] = true;
      add[i] = wanted - rows[i];
    }
    return add;
  }
};

std::vector<std::int64_t> class_sizes(const Column& labels, const Vocabulary& classes) {
  std::vector<std::int64_t> rows(static_cast<std::size_t>(classes.size()));
  for (std::int64_t i = 0; i < labels.size(); ++i) {
    if (labels.is_valid(i)) {
      ++rows[static_cast<std::size_t>(labels.codes()[static_cast<std::size_t>(i)])];
    }
  }
  return rows;
}

}  // namespace

BalanceStrategy parse_balance_strategy(std::string_view text) {
  if (text == "not-majority") return NotMajority{};
  if (text == "minority") return Minority{};
  if (text == "not-minority") return NotMinority{};
  if (text == "all") return All{};
  if (const auto ratio = parse<double>(text)) return Ratio{*ratio};
  require(!text.empty(), "balance strategy: must not be empty");
  return parse_counts(text);
}

std::vector<std::int64_t> rows_to_add(const BalanceStrategy& strategy, const Vocabulary& classes,
                                      const std::vector<std::int64_t>& rows) {
  require(static_cast<std::int64_t>(rows.size()) == classes.size(),
          "rows_to_add: there must be one size a class ({}), got {}", classes.size(), rows.size());
  return std::visit(Sizes(classes, rows), strategy);
}

std::vector<std::int64_t> balance_counts(const Dataset& train, const Generator& generator,
                                         const BalanceStrategy& strategy) {
  const Schema& schema = generator.schema();
  require(schema.target() >= 0, "balance: the generator was fitted without a target column");
  const Field& target = schema[schema.target()];
  require(target.kind == Kind::kCategorical, "balance: the target '{}' must be categorical, got {}",
          target.name, to_string(target.kind));
  require(train.schema().find(target.name) == schema.target() &&
              train.schema()[schema.target()].categories == target.categories,
          "balance: train must have the generator's target '{}', with the same categories",
          target.name);
  return rows_to_add(strategy, target.categories,
                     class_sizes(train.column(target.name), target.categories));
}

Dataset balance(const Dataset& train, const Generator& generator, Seed seed,
                const BalanceOptions& options) {
  return generator.do_balance(train, balance_counts(train, generator, options.strategy), seed,
                              options.run);
}

Dataset Generator::do_balance(const Dataset& train, const std::vector<std::int64_t>& add, Seed seed,
                              const RunOptions& run) const {
  const Field& target = schema()[schema().target()];
  std::vector<Dataset> parts = {train};
  for (std::int32_t c = 0; c < target.categories.size(); ++c) {
    const std::int64_t n = add[static_cast<std::size_t>(c)];
    if (n == 0) continue;
    const Condition given({Condition::Term(target.name, OneOf{{target.categories[c]}})});
    parts.push_back(
        sample(n, derive(seed, static_cast<std::uint64_t>(c)), {.given = given, .run = run}));
  }
  return Dataset::concat(parts);
}

}  // namespace semblance
