// SPDX-License-Identifier: Apache-2.0
// The privacy group's metrics of quasi-identifiers: what somebody who knows a few columns of a
// person reads off the synthetic rows with the same values.
#include <algorithm>
#include <array>

#include "detail/check.hpp"
#include "evaluate/evaluator.hpp"
#include "evaluate/groups.hpp"
#include "evaluate/half_samples.hpp"
#include "evaluate/pairs.hpp"
#include "semblance/evaluate/attribution.hpp"

namespace semblance {
namespace {

using Codes = std::vector<std::int32_t>;
constexpr std::int64_t kParts = 4;  // of the synthetic rows
constexpr std::array kSecrets = {"cap", "tcap", "l_diversity", "t_closeness"};
constexpr std::array kKeysOnly = {"k_anonymity", "k_map", "delta_presence"};
constexpr const char* kPublished = "the same attack on the training rows themselves, published";
constexpr const char* kUnseen = "the same attack on unseen rows";

/// A table as keys and secrets.
struct Keyed {
  Codes keys, secrets;
  std::int64_t rows = 0, columns = 0;

  [[nodiscard]] KeyRows key_rows() const { return {keys, rows, columns}; }
  [[nodiscard]] KeyedRows view() const { return {key_rows(), secrets}; }
  [[nodiscard]] Keyed take(const std::vector<std::int64_t>& some) const {
    Keyed out;
    out.rows = std::ssize(some);
    out.columns = columns;
    for (const auto i : some) {
      out.keys.insert(out.keys.end(), keys.begin() + i * columns, keys.begin() + (i + 1) * columns);
      if (!secrets.empty()) out.secrets.push_back(secrets[static_cast<std::size_t>(i)]);
    }
    return out;
  }
};

/// Quasi-identifiers and the secret, as columns of the tables.
struct Roles {
  std::vector<std::size_t> keys;
  std::int64_t secret = -1;

  explicit Roles(const Evaluator& e) : secret(e.tables().target) {
    const Tables& t = e.tables();
    const auto& named = e.evaluation().quasi_identifiers;
    for (std::size_t c = 0; c < t.names.size(); ++c) {
      const auto column = static_cast<std::int64_t>(c);
      const bool asked = named.empty() ? t.train.schema()[column].sensitive
                                       : std::ranges::find(named, t.names[c]) != named.end();
      if (asked && column != secret) keys.push_back(c);
    }
  }
};

/// Deciles of the training column, or its categories; a gap is a value.
Keyed coded(const Frame& frame, const SharedBins& bins, const Roles& roles) {
  const CodedTable table = bins.code(frame);
  Keyed out;
  out.rows = frame.rows;
  out.columns = std::ssize(roles.keys);
  for (std::size_t i = 0; i < static_cast<std::size_t>(frame.rows); ++i)
    for (const auto c : roles.keys) out.keys.push_back(table.codes[c][i]);
  if (roles.secret >= 0) out.secrets = table.codes[static_cast<std::size_t>(roles.secret)];
  return out;
}

struct Disclosure {
  Keyed train, own, reference_train, reference;
  bool ordered = false;  ///< The secret is a number.
};

/// A statistic over half-samples of the synthetic and another table.
template <class Statistic>
std::vector<double> halved(Evaluator& e, const char* stage, const Keyed& real, const Keyed& own,
                           Statistic statistic) {
  Replicates values(half_count(e.options()));
  e.workers().run(std::ssize(values), [&](std::int64_t b) {
    const Seed seed = derive(derive(e.seed(), stage), static_cast<std::uint64_t>(b));
    const auto half = [&](const Keyed& rows, const char* which) {
      return rows.take(draw_rows(rows.rows, rows.rows / 2, derive(seed, which)));
    };
    values[static_cast<std::size_t>(b)] = statistic(half(real, "real"), half(own, "own"));
  });
  return present(values);
}

void add_cap(Evaluator& e, const Disclosure& d) {
  const auto own = attribution(d.train.view(), d.own.view());
  const auto published = attribution(d.train.view(), d.train.view());
  Metric m = e.start("cap");
  m.value = own.generalised;
  std::optional<Attribution> unseen;
  if (e.tables().holdout) unseen = attribution(d.reference.view(), d.own.view());
  m.holdout = {unseen ? std::optional(unseen->generalised) : std::nullopt,
               unseen ? kUnseen : kNeedsHoldout};
  m.floor = {published.generalised, kPublished};
  const auto detail = [&](const char* name, double value, double Attribution::* part) {
    m.details.push_back(
        {name, "probability", value, unseen ? std::optional((*unseen).*part) : std::nullopt});
  };
  detail("all rows, nearest keys (Generalised CAP)", own.generalised, &Attribution::generalised);
  detail("all rows, 0 without equal keys (Zero CAP)", own.zero, &Attribution::zero);
  detail("rows with equal keys", own.matched, &Attribution::matched);
  if (own.cap) m.details.push_back({"those rows (CAP)", "probability", *own.cap, {}});
  const auto mean = [&](const Attribution& of, const std::vector<double>& weights) {
    double sum = 0, rows = 0;
    for (std::size_t i = 0; i < weights.size(); ++i)
      sum += weights[i] * of.generalised_rows[i], rows += weights[i];
    return rows > 0 ? std::optional(sum / rows) : std::nullopt;
  };
  const Seed seed = derive(e.seed(), "cap");
  Replicates again(static_cast<std::size_t>(e.options().bootstrap));
  e.workers().run(std::ssize(again), [&](std::int64_t b) {
    again[static_cast<std::size_t>(b)] =
        mean(own, bootstrap_weights(d.train.rows, seed, static_cast<std::uint64_t>(b)));
  });
  const auto halves = half_weights(d.train.rows, seed);
  std::vector<Twice> parts;
  for (const auto& rows : disjoint_parts(d.own.rows, kParts, seed)) {
    if (rows.empty()) continue;
    const auto part = attribution(d.train.view(), d.own.take(rows).view());
    parts.push_back({mean(part, halves[0]), mean(part, halves[1])});
  }
  m.interval = e.spread(m.value, again, parts, 1);
  e.finish(std::move(m));
}

void add_tcap(Evaluator& e, const Disclosure& d) {
  const auto own = targeted_attribution(d.train.view(), d.own.view());
  Metric m = e.start("tcap");
  m.value = own.value;
  if (!own.value) m.reason = "the keys determine the secret of no synthetic row";
  if (e.tables().holdout)
    m.holdout = {targeted_attribution(d.reference.view(), d.own.view()).value, kUnseen};
  m.floor = {targeted_attribution(d.train.view(), d.train.view()).value, kPublished};
  m.details = {{"synthetic rows whose keys determine the secret", "share", own.targets, {}}};
  if (own.value)
    m.interval = half_interval(*own.value,
                               halved(e, "tcap", d.train, d.own,
                                      [](const Keyed& real, const Keyed& half) {
                                        return targeted_attribution(real.view(), half.view()).value;
                                      }),
                               e.options().level);
  if (m.interval) {
    m.interval->lo = std::max(m.interval->lo, 0.0);
    m.interval->hi = std::min(m.interval->hi, 1.0);
  }
  e.finish(std::move(m));
}

/// A number of the synthetic table and of the real rows; an extreme, so without an interval.
template <class Of>
void add_extreme(Evaluator& e, const char* id, const Disclosure& d, Of of) {
  if (!e.wants(id)) return;
  Metric m = e.start(id);
  std::vector<Detail> real_details;
  m.value = of(d.reference_train, d.own, m.details);
  m.holdout = {of(d.reference_train, d.reference, real_details), e.tables().reference_meaning};
  m.floor = {std::nullopt, "none"};
  for (std::size_t i = 0; i < m.details.size() && i < real_details.size(); ++i)
    m.details[i].holdout = real_details[i].value;
  if (!m.value) m.reason = "no synthetic row has the quasi-identifiers of a training row";
  e.finish(std::move(m));
}

using Optional = std::optional<double>;
using Details = std::vector<Detail>;

void add_classes(Evaluator& e, const Disclosure& d) {
  add_extreme(e, "k_anonymity", d, [](const Keyed&, const Keyed& rows, Details& details) {
    for (const std::int64_t k : {2, 5, 10})
      details.push_back({fmt::format("rows in classes of fewer than {}", k),
                         "share",
                         share_below_k(rows.key_rows(), k),
                         {}});
    return Optional(k_anonymity(rows.key_rows()));
  });
  add_extreme(e, "k_map", d, [](const Keyed& train, const Keyed& rows, Details& details) {
    const KeyMap map = k_map(rows.key_rows(), train.key_rows());
    details = {{"rows with the keys of a training row", "share", map.matched, {}},
               {"rows with the keys of one training row", "share", map.unique, {}}};
    return map.k;
  });
  add_extreme(e, "delta_presence", d, [&](const Keyed& train, const Keyed& rows, Details& details) {
    const std::int64_t n = std::min(train.rows, rows.rows);
    const auto some = [&](const Keyed& all, const char* stage) {
      return all.take(draw_rows(all.rows, n, derive(e.seed(), stage)));
    };
    const Keyed a = some(rows, "released"), b = some(train, "population");
    const auto presence = delta_presence(a.key_rows(), b.key_rows());
    details = {{"lowest", "share", presence ? presence->lowest : 0, {}}};
    return presence ? Optional(presence->highest) : std::nullopt;
  });
}

void add_secrets(Evaluator& e, const Disclosure& d) {
  if (e.wants("cap")) add_cap(e, d);
  if (e.wants("tcap")) add_tcap(e, d);
  add_extreme(e, "l_diversity", d, [](const Keyed&, const Keyed& rows, Details& details) {
    const Diversity l = l_diversity(rows.key_rows(), rows.secrets);
    details = {{"exp of the smallest entropy", "secrets", l.entropy, {}}};
    return Optional(l.distinct);
  });
  add_extreme(e, "t_closeness", d, [&](const Keyed&, const Keyed& rows, Details&) {
    return Optional(t_closeness(rows.key_rows(), rows.secrets,
                                d.ordered ? SecretScale::kOrdered : SecretScale::kNominal));
  });
}

}  // namespace

void measure_disclosure(Evaluator& e) {
  if (!e.wants_any(kSecrets) && !e.wants_any(kKeysOnly)) return;
  const Tables& t = e.tables();
  const Roles roles(e);
  const auto skip = [&](const auto& ids, const char* reason) {
    for (const char* id : ids)
      if (e.wants(id)) e.skip(id, Status::kNotApplicable, reason);
  };
  if (roles.keys.empty()) {
    const char* reason = "needs quasi-identifiers: sensitive columns, or those that are named";
    skip(kSecrets, reason);
    return skip(kKeysOnly, reason);
  }
  const SharedBins bins(t.train_frame);
  const auto code = [&](const Frame& frame) { return coded(frame, bins, roles); };
  Disclosure d{code(t.train_frame), code(t.synthetic_frame), code(t.reference_train_frame),
               code(t.reference_frame)};
  d.ordered = roles.secret >= 0 && t.number(static_cast<std::size_t>(roles.secret));
  if (e.wants_any(kKeysOnly)) add_classes(e, d);
  if (roles.secret < 0) return skip(kSecrets, "needs a target, which is the secret");
  if (e.wants_any(kSecrets)) add_secrets(e, d);
}

}  // namespace semblance
