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

std::vector<std::string_view> parts_of(std::string_view text) {
  std::vector<std::string_view> parts;
  while (!text.empty()) {
    const auto comma = std::min(text.find(','), text.size());
    parts.push_back(text.substr(0, comma));
    text.remove_prefix(std::min(comma + 1, text.size()));
  }
  return parts;
}

Counts parse_counts(std::string_view text) {
  Counts counts;
  for (const std::string_view part : parts_of(text)) {
    const auto equals = part.rfind('=');
    const auto rows = equals == std::string_view::npos
                          ? std::nullopt
                          : parse<std::int64_t>(part.substr(equals + 1));
    require(rows.has_value(), "balance strategy: sizes must read class=rows,..., got '{}'", text);
    counts.rows.emplace_back(part.substr(0, equals), *rows);
  }
  return counts;
}

const std::vector<std::pair<std::string, BalanceStrategy>>& named_strategies() {
  static const std::vector<std::pair<std::string, BalanceStrategy>> all = {
      {"auto", Automatic{}},           {"not-majority", NotMajority{}}, {"minority", Minority{}},
      {"not-minority", NotMinority{}}, {"majority", Majority{}},        {"all", All{}}};
  return all;
}

enum class Purpose { kAdd, kRemove, kClean };

/// The sizes of the classes, and which is the largest and the smallest.
struct Sizes {
  const Vocabulary& classes;
  const std::vector<std::int64_t>& rows;
  Purpose purpose;
  std::size_t largest = 0, smallest = 0;

  Sizes(const char* call, const Vocabulary& names, const std::vector<std::int64_t>& sizes,
        Purpose what)
      : classes(names), rows(sizes), purpose(what) {
    require(static_cast<std::int64_t>(rows.size()) == classes.size(),
            "{}: there must be one size a class ({}), got {}", call, classes.size(), rows.size());
    const std::int32_t first = smallest_class(rows);
    require(first >= 0, "balance: no row has a class");
    smallest = static_cast<std::size_t>(first);
    largest = static_cast<std::size_t>(std::max_element(rows.begin(), rows.end()) - rows.begin());
  }

  [[nodiscard]] std::size_t index_of(const std::string& name, const char* who) const {
    const std::int32_t code = classes.code(name);
    require(code >= 0, "{}: there is no class '{}'; {}", who, name,
            did_you_mean(name, classes.categories()));
    return static_cast<std::size_t>(code);
  }
};

/// Which classes a strategy names.
struct Chosen {
  const Sizes& sizes;

  template <class Is>
  [[nodiscard]] std::vector<bool> where(const Is& is) const {
    std::vector<bool> out(sizes.rows.size());
    for (std::size_t i = 0; i < out.size(); ++i) out[i] = sizes.rows[i] > 0 && is(i);
    return out;
  }

  [[nodiscard]] std::vector<bool> operator()(const Automatic&) const {
    return sizes.purpose == Purpose::kAdd ? (*this)(NotMajority{}) : (*this)(NotMinority{});
  }
  [[nodiscard]] std::vector<bool> operator()(const NotMajority&) const {
    return where([&](std::size_t i) { return i != sizes.largest; });
  }
  [[nodiscard]] std::vector<bool> operator()(const NotMinority&) const {
    return where([&](std::size_t i) { return i != sizes.smallest; });
  }
  [[nodiscard]] std::vector<bool> operator()(const All&) const {
    return where([](std::size_t) { return true; });
  }
  [[nodiscard]] std::vector<bool> operator()(const Minority&) const {
    require(sizes.purpose == Purpose::kAdd,
            "balance strategy: 'minority' is for methods that add rows; those that remove some "
            "take auto, majority, not-minority, not-majority, all or classes");
    return where([&](std::size_t i) { return i == sizes.smallest; });
  }
  [[nodiscard]] std::vector<bool> operator()(const Majority&) const {
    require(sizes.purpose != Purpose::kAdd,
            "balance strategy: 'majority' is for methods that remove rows; those that add some "
            "take auto, minority, not-majority, not-minority, all or classes");
    return where([&](std::size_t i) { return i == sizes.largest; });
  }
  [[nodiscard]] std::vector<bool> operator()(const ClassList& list) const {
    std::vector<bool> out(sizes.rows.size());
    for (const std::string& name : list.names) {
      std::vector<std::string> known = sizes.classes.categories();
      for (const auto& [strategy, value] : named_strategies()) known.push_back(strategy);
      require(sizes.classes.code(name) >= 0,
              "balance strategy: there is no class or strategy '{}'; {}", name,
              did_you_mean(name, known));
      const std::size_t i = sizes.index_of(name, "balance strategy");
      require(!out[i], "balance strategy: class '{}' is named twice", name);
      require(sizes.rows[i] > 0, "balance strategy: class '{}' has no rows", name);
      out[i] = true;
    }
    return out;
  }
  [[nodiscard]] std::vector<bool> operator()(const Ratio&) const {
    fail(
        "balance strategy: a cleaner decides itself how many rows it removes; name classes "
        "instead of a ratio");
  }
  [[nodiscard]] std::vector<bool> operator()(const Counts&) const {
    fail(
        "balance strategy: a cleaner decides itself how many rows it removes; name classes "
        "instead of sizes");
  }
};

/// The size that a strategy wants of each class.
struct Wanted {
  const Sizes& sizes;

  [[nodiscard]] bool adds() const { return sizes.purpose == Purpose::kAdd; }

  template <class Named>
  [[nodiscard]] std::vector<std::int64_t> operator()(const Named& named) const {
    const std::vector<bool> chosen = Chosen{sizes}(named);
    std::vector<std::int64_t> out = sizes.rows;
    for (std::size_t i = 0; i < out.size(); ++i) {
      if (chosen[i]) out[i] = sizes.rows[adds() ? sizes.largest : sizes.smallest];
    }
    return out;
  }

  [[nodiscard]] std::vector<std::int64_t> operator()(const Ratio& ratio) const {
    require(ratio.value > 0 && ratio.value <= 1, "Ratio.value must be in (0, 1], got {}",
            ratio.value);
    const auto& rows = sizes.rows;
    const auto present =
        std::count_if(rows.begin(), rows.end(), [](std::int64_t n) { return n > 0; });
    require(present == 2, "Ratio: the target must have 2 classes, got {}; give Counts instead",
            present);
    std::size_t small = 0;
    while (small == sizes.largest || rows[small] == 0) ++small;
    const std::size_t changed = adds() ? small : sizes.largest;
    // of 100 rows, 0.29 are 28.999999999999996 in float64
    const double exact = std::floor((adds() ? ratio.value * static_cast<double>(rows[sizes.largest])
                                            : static_cast<double>(rows[small]) / ratio.value) +
                                    1e-9);
    const auto now = static_cast<double>(rows[changed]);
    require(adds() ? exact >= now : exact <= now,
            "Ratio.value: class '{}' has {} rows, {} than the {} that ratio {} asks for",
            sizes.classes[static_cast<std::int32_t>(changed)], rows[changed],
            adds() ? "more" : "fewer", exact, ratio.value);
    std::vector<std::int64_t> out = rows;
    out[changed] = static_cast<std::int64_t>(exact);
    return out;
  }

  [[nodiscard]] std::vector<std::int64_t> operator()(const Counts& counts) const {
    std::vector<std::int64_t> out = sizes.rows;
    std::vector<bool> named(out.size());
    for (const auto& [name, wanted] : counts.rows) {
      const std::size_t i = sizes.index_of(name, "Counts");
      require(!named[i], "Counts: class '{}' is named twice", name);
      check_count(name, wanted, sizes.rows[i]);
      named[i] = true;
      out[i] = wanted;
    }
    return out;
  }

  void check_count(const std::string& name, std::int64_t wanted, std::int64_t rows) const {
    if (adds()) {
      require(wanted >= rows, "Counts: class '{}' has {} rows already, got {}", name, rows, wanted);
      require(rows > 0 || wanted == 0, "Counts: class '{}' has no rows to learn from", name);
      return;
    }
    require(wanted <= rows, "Counts: class '{}' has {} rows to keep, got {}", name, rows, wanted);
    require(wanted >= 1 || rows == 0, "Counts: class '{}' must keep at least 1 row, got {}", name,
            wanted);
  }
};

}  // namespace

BalanceStrategy parse_balance_strategy(std::string_view text) {
  require(!text.empty(), "balance strategy: must not be empty");
  for (const auto& [name, strategy] : named_strategies()) {
    if (text == name) return strategy;
  }
  if (const auto ratio = parse<double>(text)) return Ratio{*ratio};
  if (text.find('=') != std::string_view::npos) return parse_counts(text);
  ClassList list;
  for (const std::string_view part : parts_of(text)) list.names.emplace_back(part);
  return list;
}

std::vector<std::int64_t> class_sizes(const Column& labels, const Vocabulary& classes) {
  std::vector<std::int64_t> rows(static_cast<std::size_t>(classes.size()));
  for (std::int64_t i = 0; i < labels.size(); ++i) {
    if (labels.is_valid(i)) {
      ++rows[static_cast<std::size_t>(labels.codes()[static_cast<std::size_t>(i)])];
    }
  }
  return rows;
}

std::int32_t smallest_class(const std::vector<std::int64_t>& rows) {
  std::int32_t smallest = -1;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    if (rows[i] == 0) continue;
    if (smallest < 0 || rows[i] < rows[static_cast<std::size_t>(smallest)]) {
      smallest = static_cast<std::int32_t>(i);
    }
  }
  return smallest;
}

std::vector<std::int64_t> rows_to_add(const BalanceStrategy& strategy, const Vocabulary& classes,
                                      const std::vector<std::int64_t>& rows) {
  const Sizes sizes("rows_to_add", classes, rows, Purpose::kAdd);
  std::vector<std::int64_t> out = std::visit(Wanted{sizes}, strategy);
  for (std::size_t i = 0; i < out.size(); ++i) out[i] -= rows[i];
  return out;
}

std::vector<std::int64_t> rows_to_keep(const BalanceStrategy& strategy, const Vocabulary& classes,
                                       const std::vector<std::int64_t>& rows) {
  const Sizes sizes("rows_to_keep", classes, rows, Purpose::kRemove);
  return std::visit(Wanted{sizes}, strategy);
}

std::vector<bool> classes_to_clean(const BalanceStrategy& strategy, const Vocabulary& classes,
                                   const std::vector<std::int64_t>& rows) {
  const Sizes sizes("classes_to_clean", classes, rows, Purpose::kClean);
  return std::visit(Chosen{sizes}, strategy);
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
