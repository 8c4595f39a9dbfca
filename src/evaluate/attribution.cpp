// SPDX-License-Identifier: Apache-2.0
#include "semblance/evaluate/attribution.hpp"

#include <algorithm>
#include <cmath>

#include "evaluate/key_index.hpp"

namespace semblance {
namespace {

void check_tables(const char* call, const KeyedRows& real, const KeyedRows& synthetic) {
  check_same_keys(call, real.keys, synthetic.keys);
  for (const KeyedRows* rows : {&real, &synthetic}) {
    require(rows->keys.rows >= 1, "{}: both tables must have a row", call);
    require(std::ssize(rows->secrets) == rows->keys.rows,
            "{}: one secret a row, got {} for {} rows", call, rows->secrets.size(),
            rows->keys.rows);
  }
}

/// Keys of both tables and the secrets of the synthetic rows.
struct Known {
  KeyIndex index;
  SecretCounts secrets;
  std::vector<double> rows;             ///< Synthetic ones, by key.
  std::vector<std::int64_t> occurring;  ///< Keys of synthetic rows.

  Known(const KeyedRows& real, const KeyedRows& synthetic)
      : index(real.keys, synthetic.keys),
        secrets(index.second(), synthetic.secrets, index.size()),
        rows(index.count(index.second())) {
    for (std::size_t k = 0; k < rows.size(); ++k)
      if (rows[k] > 0) occurring.push_back(static_cast<std::int64_t>(k));
  }

  /// The key itself if it occurs, else the occurring ones that differ in the fewest columns.
  [[nodiscard]] std::vector<std::int64_t> nearest(std::int64_t key) const {
    if (rows[static_cast<std::size_t>(key)] > 0) return {key};
    std::vector<std::int64_t> out;
    std::int64_t best = std::numeric_limits<std::int64_t>::max() - 1;
    for (const auto other : occurring) {
      const auto apart = index.differ(key, other, best);
      if (apart < best) out.clear();
      if (apart <= best) out.push_back(other);
      best = std::min(best, apart);
    }
    return out;
  }

  [[nodiscard]] double share(const std::vector<std::int64_t>& keys, std::int32_t secret) const {
    double hits = 0, all = 0;
    for (const auto key : keys) {
      hits += secrets.rows(key, secret);
      all += rows[static_cast<std::size_t>(key)];
    }
    return hits / all;
  }
};

}  // namespace

Attribution attribution(const KeyedRows& real, const KeyedRows& synthetic) {
  check_tables("attribution", real, synthetic);
  const Known known(real, synthetic);
  const auto n = static_cast<std::size_t>(real.keys.rows);
  std::vector<std::vector<std::size_t>> rows_of(static_cast<std::size_t>(known.index.size()));
  for (std::size_t i = 0; i < n; ++i)
    rows_of[static_cast<std::size_t>(known.index.first()[i])].push_back(i);
  Attribution out;
  out.generalised_rows.resize(n);
  double matched = 0, sum = 0, generalised = 0;
  for (std::size_t key = 0; key < rows_of.size(); ++key) {
    if (rows_of[key].empty()) continue;
    const auto near = known.nearest(static_cast<std::int64_t>(key));
    const bool there = known.rows[key] > 0;
    for (const auto i : rows_of[key]) {
      const double share = known.share(near, real.secrets[i]);
      out.generalised_rows[i] = share;
      generalised += share;
      if (there) matched += 1, sum += share;
    }
  }
  const auto all = static_cast<double>(n);
  if (matched > 0) out.cap = sum / matched;
  out.zero = sum / all;
  out.generalised = generalised / all;
  out.matched = matched / all;
  return out;
}

double attribution_protection(double value, std::int64_t secrets) {
  require(secrets >= 2, "attribution_protection: secrets must be >= 2, got {}", secrets);
  return std::min(1.0, (1 - value) / (1 - 1 / static_cast<double>(secrets)));
}

TargetedAttribution targeted_attribution(const KeyedRows& real, const KeyedRows& synthetic,
                                         double certainty) {
  check_tables("targeted_attribution", real, synthetic);
  require(certainty > 0 && certainty <= 1,
          "targeted_attribution: certainty must be in (0, 1], got {}", certainty);
  const Known known(real, synthetic);
  const SecretCounts truth(known.index.first(), real.secrets, known.index.size());
  const auto real_rows = known.index.count(known.index.first());
  double sum = 0, targets = 0;
  for (const auto key : known.occurring) {
    const auto k = static_cast<std::size_t>(key);
    if (real_rows[k] == 0) continue;
    for (const auto& entry : known.secrets.of(key)) {
      if (entry.rows / known.rows[k] < certainty) continue;
      targets += entry.rows;
      sum += entry.rows * truth.rows(key, entry.secret) / real_rows[k];
    }
  }
  TargetedAttribution out;
  if (targets > 0) out.value = sum / targets;
  out.targets = targets / static_cast<double>(synthetic.keys.rows);
  return out;
}

}  // namespace semblance
