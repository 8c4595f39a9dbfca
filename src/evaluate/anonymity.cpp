// SPDX-License-Identifier: Apache-2.0
#include "semblance/evaluate/anonymity.hpp"

#include <cmath>
#include <limits>

#include "evaluate/key_index.hpp"

namespace semblance {
namespace {

void check_secrets(const char* call, const KeyRows& keys, std::span<const std::int32_t> secrets) {
  check_keys(call, keys);
  require(std::ssize(secrets) == keys.rows, "{}: one secret a row, got {} for {} rows", call,
          secrets.size(), keys.rows);
}

/// The codes that occur, ascending, and how often.
std::vector<SecretCounts::Entry> totals(std::span<const std::int32_t> secrets) {
  const std::vector<std::int64_t> one(secrets.size(), 0);
  const SecretCounts counts(one, secrets, 1);
  const auto all = counts.of(0);
  return {all.begin(), all.end()};
}

/// Half the sum of absolute differences of the shares, or the mean over the steps between codes of
/// the absolute differences of the cumulative shares.
double distance(std::span<const SecretCounts::Entry> part, double part_rows,
                const std::vector<SecretCounts::Entry>& all, double all_rows, SecretScale scale) {
  double sum = 0, ahead = 0;
  std::size_t next = 0;
  for (const auto& entry : all) {
    double share = -entry.rows / all_rows;
    if (next < part.size() && part[next].secret == entry.secret)
      share += part[next++].rows / part_rows;
    ahead += share;
    sum += std::abs(scale == SecretScale::kNominal ? share : ahead);
  }
  if (scale == SecretScale::kNominal) return sum / 2;
  return all.size() > 1 ? sum / static_cast<double>(all.size() - 1) : 0;
}

}  // namespace

KeyClasses key_classes(const KeyRows& keys) {
  check_keys("key_classes", keys);
  const KeyIndex index(keys);
  return {index.first(), index.count(index.first())};
}

double k_anonymity(const KeyRows& keys) {
  const auto classes = key_classes(keys);
  return classes.size.empty() ? 0 : *std::ranges::min_element(classes.size);
}

double share_below_k(const KeyRows& keys, std::int64_t k) {
  double below = 0;
  for (const double n : key_classes(keys).size) below += n < static_cast<double>(k) ? n : 0;
  return keys.rows > 0 ? below / static_cast<double>(keys.rows) : 0;
}

Diversity l_diversity(const KeyRows& keys, std::span<const std::int32_t> secrets) {
  check_secrets("l_diversity", keys, secrets);
  const auto classes = key_classes(keys);
  const SecretCounts counts(classes.of, secrets, std::ssize(classes.size));
  Diversity out{HUGE_VAL, HUGE_VAL};
  for (std::size_t c = 0; c < classes.size.size(); ++c) {
    const auto entries = counts.of(static_cast<std::int64_t>(c));
    double entropy = 0;
    for (const auto& e : entries) {
      const double share = e.rows / classes.size[c];
      entropy -= share * std::log(share);
    }
    out.distinct = std::min(out.distinct, static_cast<double>(entries.size()));
    out.entropy = std::min(out.entropy, std::exp(entropy));
  }
  return classes.size.empty() ? Diversity{} : out;
}

double t_closeness(const KeyRows& keys, std::span<const std::int32_t> secrets, SecretScale scale) {
  check_secrets("t_closeness", keys, secrets);
  const auto classes = key_classes(keys);
  const SecretCounts counts(classes.of, secrets, std::ssize(classes.size));
  const auto all = totals(secrets);
  double out = 0;
  for (std::size_t c = 0; c < classes.size.size(); ++c)
    out = std::max(out, distance(counts.of(static_cast<std::int64_t>(c)), classes.size[c], all,
                                 static_cast<double>(keys.rows), scale));
  return out;
}

KeyMap k_map(const KeyRows& released, const KeyRows& population) {
  check_same_keys("k_map", released, population);
  const KeyIndex index(released, population);
  const auto there = index.count(index.second());
  KeyMap out;
  const auto n = static_cast<double>(released.rows);
  for (const auto key : index.first()) {
    const double rows = there[static_cast<std::size_t>(key)];
    if (rows == 0) continue;
    out.k = std::min(out.k.value_or(rows), rows);
    out.matched += 1 / n;
    out.unique += rows == 1 ? 1 / n : 0;
  }
  return out;
}

std::optional<Presence> delta_presence(const KeyRows& released, const KeyRows& population) {
  check_same_keys("delta_presence", released, population);
  if (population.rows == 0) return std::nullopt;
  const KeyIndex index(released, population);
  const auto out_there = index.count(index.second()), shown = index.count(index.first());
  Presence out{1, 0};
  for (std::size_t key = 0; key < out_there.size(); ++key) {
    if (out_there[key] == 0) continue;
    const double share = std::min(1.0, shown[key] / out_there[key]);
    out = {std::min(out.lowest, share), std::max(out.highest, share)};
  }
  return out;
}

}  // namespace semblance
