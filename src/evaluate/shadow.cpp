// SPDX-License-Identifier: Apache-2.0
#include "semblance/evaluate/shadow.hpp"

#include <algorithm>
#include <chrono>

#include "detail/check.hpp"
#include "evaluate/ranks.hpp"
#include "evaluate/shadow_features.hpp"
#include "semblance/evaluate/audit.hpp"

namespace semblance {
namespace {

constexpr std::int64_t kMostRows = 1000;  // that a shadow generator learns by default

/// The options with their defaults filled in for a table.
ShadowOptions settle(ShadowOptions o, const Dataset& data) {
  o.validate();
  require(data.rows() >= o.targets + 4, "mia_shadow: {} targets need a table of {} rows, got {}",
          o.targets, o.targets + 4, data.rows());
  const std::int64_t pool = data.rows() - o.targets;
  if (o.rows == 0) o.rows = std::min(pool / 2, kMostRows);
  require(o.rows <= pool,
          "ShadowOptions.rows must be at most the {} rows that are no targets, got {}", pool,
          o.rows);
  if (o.released == 0) o.released = o.rows + o.targets;
  return o;
}

/// Rows of the table: who is guessed about, and the rest.
struct Parts {
  std::vector<std::int64_t> targets, pool;

  Parts(const Dataset& data, const ShadowOptions& o, Seed seed) {
    targets = o.which == ShadowTargets::kRandom ? draw_rows(data.rows(), o.targets, seed)
                                                : isolated(data, o);
    std::ranges::sort(targets);
    for (std::int64_t i = 0; i < data.rows(); ++i)
      if (!std::ranges::binary_search(targets, i)) pool.push_back(i);
  }

 private:
  static std::vector<std::int64_t> isolated(const Dataset& data, const ShadowOptions& o) {
    const Gower gower(data, GowerGap::kMidpoint);
    const auto rows = gower.encode(data);
    const auto self = own_rows(data.rows());
    const auto near = gower.nearest(rows, rows, 1, {.excluded = self, .run = o.run}).distance;
    const auto order = ascending(near);
    std::vector<std::int64_t> out;
    for (auto i = order.size() - static_cast<std::size_t>(o.targets); i < order.size(); ++i)
      out.push_back(static_cast<std::int64_t>(order[i]));
    return out;
  }
};

Coins toss(const ShadowOptions& o, Seed seed) {
  Coins out(static_cast<std::size_t>(o.targets));
  for (std::size_t t = 0; t < out.size(); ++t) {
    Stream coin(seed, t);
    for (std::int64_t k = 0; k < o.shadows; ++k)
      out[t].push_back(static_cast<std::uint8_t>(coin.below(2)));
  }
  return out;
}

/// Fits one generator and draws from it.
Dataset release(const Dataset& data, const GeneratorFactory& make, const Parts& parts,
                const Coins& coins, std::size_t shadow, const ShadowOptions& o, Seed seed) {
  std::vector<std::int64_t> rows;
  for (const auto i : draw_rows(std::ssize(parts.pool), o.rows, derive(seed, "rows")))
    rows.push_back(parts.pool[static_cast<std::size_t>(i)]);
  for (std::size_t t = 0; t < coins.size(); ++t)
    if (coins[t][shadow] != 0) rows.push_back(parts.targets[t]);
  std::ranges::sort(rows);
  const RunOptions run{
      .stop = o.run.stop, .threads = o.run.threads, .device = o.run.device, .budget = o.run.budget};
  const auto generator = make();
  require(generator != nullptr, "mia_shadow: the factory must make a generator");
  generator->fit(data.take(rows), derive(seed, "fit"), run);
  return generator->sample(o.released, derive(seed, "sample"), {.run = run});
}

/// All pairs of target and generator as candidates.
struct Candidates {
  std::vector<double> scores;
  std::vector<std::uint8_t> members;

  Candidates(const ShadowScores& all, const Coins& coins) {
    for (std::size_t t = 0; t < all.size(); ++t) {
      scores.insert(scores.end(), all[t].begin(), all[t].end());
      members.insert(members.end(), coins[t].begin(), coins[t].end());
    }
  }
};

/// 0.5 where the coins all fell alike.
double area(std::span<const double> scores, std::span<const std::uint8_t> members) {
  return auc(scores, members).value_or(0.5);
}

ShadowAttack summarise(const ShadowVerdicts& said, const Coins& coins, const Parts& parts,
                       const ShadowOptions& o, Seed seed) {
  ShadowAttack out;
  const Candidates all(said.combined, coins);
  const auto found =
      membership(all.scores, all.members, seed, {.level = o.level, .delta = o.delta});
  require(found.has_value(), "mia_shadow: all coins fell alike; take another seed or more shadows");
  out.found = *found;
  out.found.epsilon = one_run_epsilon({said.coins, said.guesses, said.correct}, o.level, o.delta);
  for (std::size_t g = 0; g < kShadowFeatures.size(); ++g) {
    const Candidates of(said.by_kind.at(g), coins);
    out.features.push_back({kShadowFeatures.at(g), area(of.scores, of.members)});
  }
  for (std::size_t t = 0; t < coins.size(); ++t)
    out.targets.push_back({parts.targets[t], area(said.combined[t], coins[t])});
  std::ranges::sort(out.targets, [](const auto& a, const auto& b) {
    return a.auc != b.auc ? a.auc > b.auc : a.row < b.row;
  });
  return out;
}

}  // namespace

void ShadowOptions::validate() const {
  require(shadows >= 8 && shadows % 2 == 0, "ShadowOptions.shadows must be >= 8 and even, got {}",
          shadows);
  require(targets >= 1, "ShadowOptions.targets must be >= 1, got {}", targets);
  require(rows >= 0, "ShadowOptions.rows must be >= 0, got {}", rows);
  require(released >= 0, "ShadowOptions.released must be >= 0, got {}", released);
  require(level > 0 && level < 1, "ShadowOptions.level must be in (0, 1), got {}", level);
  require(delta >= 0 && delta < 1, "ShadowOptions.delta must be in [0, 1), got {}", delta);
}

ShadowAttack mia_shadow(const Dataset& data, const GeneratorFactory& make, Seed seed,
                        const ShadowOptions& options) {
  const ShadowOptions o = settle(options, data);
  const Parts parts(data, o, derive(seed, "targets"));
  const Coins coins = toss(o, derive(seed, "coins"));
  const ShadowFeatures features(data, data.take(parts.targets));
  Reporter reporter(o.run, "audit", o.shadows);
  const RunOptions quiet{.stop = o.run.stop, .threads = o.run.threads};
  std::vector<ShadowFeatures::Release> releases;
  double seconds = 0;
  for (std::int64_t k = 0; k < o.shadows; ++k) {
    const auto start = std::chrono::steady_clock::now();
    const auto shadow = static_cast<std::uint64_t>(k);
    const Dataset rows =
        release(data, make, parts, coins, shadow, o, derive(derive(seed, "shadows"), shadow));
    seconds += std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    releases.push_back(features(rows, quiet));
    reporter.step(k + 1);
  }
  ShadowAttack out = summarise(attack_shadows(releases, coins, o.level, o.delta), coins, parts, o,
                               derive(seed, "membership"));
  out.shadows = o.shadows;
  out.rows = o.rows;
  out.released = o.released;
  out.seconds_a_shadow = seconds / static_cast<double>(o.shadows);
  return out;
}

}  // namespace semblance
