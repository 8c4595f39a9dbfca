// SPDX-License-Identifier: Apache-2.0
#include "semblance/evaluate/attacks.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "evaluate/attack_tables.hpp"
#include "semblance/neighbours/gower.hpp"

namespace semblance {
namespace {

std::vector<std::int64_t> permutation(std::int64_t n, Seed seed) {
  std::vector<std::int64_t> out(static_cast<std::size_t>(n));
  std::iota(out.begin(), out.end(), std::int64_t{0});
  Stream(seed).shuffle(out);
  return out;
}

/// The synthetic rows in random order, so that a search breaks ties at random.
struct Search {
  Search(const Dataset& scale, const Dataset& synthetic, Seed seed)
      : gower(scale),
        order(permutation(synthetic.rows(), seed)),
        references(gower.encode(synthetic.take(order))) {}

  /// Rows of the synthetic table, k for each query; equal distances in random order.
  [[nodiscard]] std::vector<std::int64_t> nearest(const Dataset& queries, std::int64_t k,
                                                  const RunOptions& run) const {
    auto found = gower.nearest(gower.encode(queries), references, k, {.run = run}).index;
    for (auto& i : found) i = order[static_cast<std::size_t>(i)];
    return found;
  }

  Gower gower;
  std::vector<std::int64_t> order;
  Gower::Rows references;
};

// Inference: secrets.

bool same_secret(const Column& truth, std::int64_t row, const Column& guess, std::int64_t at,
                 double tolerance) {
  if (!truth.is_valid(row) || !guess.is_valid(at)) return truth.is_valid(row) == guess.is_valid(at);
  if (truth.kind() == Kind::kCategorical) {
    return truth.codes()[static_cast<std::size_t>(row)] ==
           guess.codes()[static_cast<std::size_t>(at)];
  }
  return std::abs(guess.number(at) - truth.number(row)) <= tolerance * std::abs(truth.number(row));
}

}  // namespace

AttackRisk linkability(const AttackTables& tables, const std::vector<std::string>& first,
                       const std::vector<std::string>& second, std::int64_t k, Seed seed,
                       const AttackOptions& options) {
  const std::int64_t n = rows_to_attack(tables, checked(options).attacks);
  require(!first.empty() && !second.empty(), "linkability: both parts must have a column");
  for (const auto& name : second)
    require(std::ranges::find(first, name) == first.end(),
            "linkability: column '{}' is in both parts", name);
  require(k >= 1 && k <= tables.synthetic.rows(),
          "linkability: k must be 1 to the {} synthetic rows, got {}", tables.synthetic.rows(), k);
  const Conformed all(tables);
  const Search a(all.train.select(first), all.synthetic.select(first), derive(seed, "first"));
  const Search b(all.train.select(second), all.synthetic.select(second), derive(seed, "second"));
  const auto share_a_row = [k](auto i, const auto& x, const auto& y) {
    const auto part = [&](const auto& all_of) {
      return std::span(all_of).subspan(i * static_cast<std::size_t>(k),
                                       static_cast<std::size_t>(k));
    };
    return std::ranges::any_of(
        part(x), [&](auto row) { return std::ranges::find(part(y), row) != part(y).end(); });
  };
  const auto links = [&](const Dataset& rows) {
    const auto x = a.nearest(rows.select(first), k, options.run);
    const auto y = b.nearest(rows.select(second), k, options.run);
    double hits = 0;
    for (std::size_t i = 0; i < static_cast<std::size_t>(rows.rows()); ++i)
      hits += share_a_row(i, x, y) ? 1 : 0;
    return hits;
  };
  const auto attacks = static_cast<double>(n);
  AttackRisk out{.attacks = attacks, .hits = links(draw(all.train, n, derive(seed, "train")))};
  if (all.control.rows() > 0) {
    out.control_attacks = attacks;
    out.control_hits = links(draw(all.control, n, derive(seed, "control")));
  }
  std::vector<std::int64_t> x, y;
  for (std::int64_t i = 0; i < n; ++i) {
    const Seed guess = derive(derive(seed, "baseline"), static_cast<std::uint64_t>(i));
    for (const auto row : draw_rows(all.synthetic.rows(), k, derive(guess, "first")))
      x.push_back(row);
    for (const auto row : draw_rows(all.synthetic.rows(), k, derive(guess, "second")))
      y.push_back(row);
    out.baseline_hits += share_a_row(static_cast<std::size_t>(i), x, y) ? 1 : 0;
  }
  out.baseline_attacks = attacks;
  return attack_risk(std::move(out), options.level);
}

AttackRisk inference(const AttackTables& tables, const std::string& secret,
                     const std::vector<std::string>& known, Seed seed, double tolerance,
                     const AttackOptions& options) {
  const std::int64_t n = rows_to_attack(tables, checked(options).attacks);
  require(tolerance >= 0, "inference: tolerance must be >= 0, got {}", tolerance);
  std::vector<std::string> columns = known;
  for (const Field& field : tables.train.schema())
    if (known.empty() && field.name != secret) columns.push_back(field.name);
  require(
      !columns.empty() && std::ranges::find(columns, secret) == columns.end(),
      "inference: the secret '{}' may not be among the known columns, of which there must be one",
      secret);
  const Conformed all(tables);
  const Search search(all.train.select(columns), all.synthetic.select(columns),
                      derive(seed, "search"));
  const Column& secrets = all.synthetic.column(secret);
  const auto guessed = [&](const Dataset& rows, const std::vector<std::int64_t>& at) {
    double hits = 0;
    for (std::int64_t i = 0; i < rows.rows(); ++i)
      hits +=
          same_secret(rows.column(secret), i, secrets, at[static_cast<std::size_t>(i)], tolerance)
              ? 1
              : 0;
    return hits;
  };
  const auto attack = [&](const Dataset& rows) {
    return guessed(rows, search.nearest(rows.select(columns), 1, options.run));
  };
  const auto attacks = static_cast<double>(n);
  const Dataset train = draw(all.train, n, derive(seed, "train"));
  AttackRisk out{.attacks = attacks, .hits = attack(train)};
  if (all.control.rows() > 0) {
    out.control_attacks = attacks;
    out.control_hits = attack(draw(all.control, n, derive(seed, "control")));
  }
  std::vector<std::int64_t> blind;
  for (std::int64_t i = 0; i < n; ++i)
    blind.push_back(
        static_cast<std::int64_t>(Stream(seed, "baseline", static_cast<std::uint64_t>(i))
                                      .below(static_cast<std::uint64_t>(all.synthetic.rows()))));
  out.baseline_attacks = attacks;
  out.baseline_hits = guessed(train, blind);
  return attack_risk(std::move(out), options.level);
}

}  // namespace semblance
