// SPDX-License-Identifier: Apache-2.0
// Condensed nearest neighbours and one-sided selection.
#include <algorithm>
#include <limits>
#include <numeric>

#include "resample/entries.hpp"
#include "resample/points.hpp"
#include "resample/selector_of.hpp"
#include "semblance/core/parallel.hpp"

namespace semblance {
namespace {

constexpr const char* kRules[] = {"minority", "hart"};
constexpr std::int64_t kWorthATeam = std::int64_t{1} << 19;  ///< Multiplications of a sweep.

/// Rows that wait to be judged by a growing store. Of each it knows the distances to the nearest
/// stored row of its own class and to that of any other; a row that joins the store costs one sweep
/// over those that wait, and no search is ever repeated.
class Waiting {
 public:
  /// \param all     The points of all rows; kept by reference.
  /// \param label   Of each point.
  /// \param places  Which points wait, in order.
  Waiting(const Points& all, const std::vector<std::int32_t>& label,
          std::vector<std::int64_t> places, int threads)
      : all_(all),
        label_(label),
        places_(std::move(places)),
        points_(all.take(places_)),
        own_(places_.size(), std::numeric_limits<double>::infinity()),
        other_(own_),
        workers_(threads) {
    one_class_ = std::all_of(places_.begin(), places_.end(), [&](std::int64_t place) {
      return label_at(place) == label_at(places_.front());
    });
  }

  /// These points join the store.
  void store(std::span<const std::int64_t> places, std::int64_t from = 0) {
    const std::int64_t first = from / Points::kBlock, blocks = points_.blocks() - first;
    const auto task = [&](std::int64_t block) {
      Points::Block measure;
      for (const std::int64_t place : places) sweep(place, first + block, measure);
    };
    const auto cost = static_cast<std::int64_t>(places.size()) * blocks * points_.block_cost();
    if (cost >= kWorthATeam) return workers_.run(blocks, task);
    for (std::int64_t block = 0; block < blocks; ++block) task(block);
  }

  /// One pass in order: rows that the store misclassifies join it. The places that joined.
  std::vector<std::int64_t> pass(const RunOptions& run) {
    std::vector<std::int64_t> joined;
    for (std::size_t i = 0; i < places_.size(); ++i) {
      if (own_[i] <= other_[i]) continue;
      joined.push_back(places_[i]);
      store(std::span(joined).last(1), one_class_ ? static_cast<std::int64_t>(i) : 0);
      require<Cancelled>(!run.stop.stop_requested(), "condensing was cancelled after {} rows",
                         joined.size());
      if (one_class_ && drop_decided(i)) i = static_cast<std::size_t>(-1);
    }
    return joined;
  }

 private:
  [[nodiscard]] std::int32_t label_at(std::int64_t place) const {
    return label_[static_cast<std::size_t>(place)];
  }

  void sweep(std::int64_t place, std::int64_t block, Points::Block& measure) {
    points_.measure(all_, place, block, measure);
    const std::int64_t first = block * Points::kBlock;
    const auto count = static_cast<std::size_t>(std::min(Points::kBlock, points_.size() - first));
    const auto lower = [&](std::vector<double>& nearest) {
      double* to = nearest.data() + first;
      for (std::size_t i = 0; i < count; ++i) to[i] = std::min(to[i], measure[i]);
    };
    if (one_class_) {
      return lower(label_at(place) == label_at(places_.front()) ? own_ : other_);
    }
    for (std::size_t i = 0; i < count; ++i) {
      const auto at = static_cast<std::size_t>(first) + i;
      double& nearest = label_at(places_[at]) == label_at(place) ? own_[at] : other_[at];
      nearest = std::min(nearest, measure[i]);
    }
  }

  /// Forgets rows that are classified right for good (no other class can come nearer, since one
  /// class alone waits) and those up to `last`, if that halves the work.
  bool drop_decided(std::size_t last);

  const Points& all_;
  const std::vector<std::int32_t>& label_;
  std::vector<std::int64_t> places_;
  Points points_;
  std::vector<double> own_, other_;  ///< Measures, one a waiting row.
  bool one_class_ = false;
  std::size_t judged_ = 0;  ///< Rows judged since the work was last halved.
  Workers workers_;
};

bool Waiting::drop_decided(std::size_t last) {
  if (++judged_ % 32 != 0) return false;
  std::vector<std::int64_t> stay;
  for (std::size_t i = last + 1; i < places_.size(); ++i) {
    if (own_[i] > other_[i]) stay.push_back(static_cast<std::int64_t>(i));
  }
  const std::size_t left = places_.size() - last - 1;
  if (left < 2 * Points::kBlock || stay.size() * 2 > left) return false;
  points_ = points_.take(stay);
  const auto gather = [&](auto& values) {
    for (std::size_t i = 0; i < stay.size(); ++i)
      values[i] = values[static_cast<std::size_t>(stay[i])];
    values.resize(stay.size());
  };
  gather(places_);
  gather(own_);
  gather(other_);
  return true;
}

/// The rows that start the store, ascending: those that the user named, or drawn ones.
std::vector<std::int64_t> first_rows(const Selection& selection, const std::vector<bool>& cleaned,
                                     const std::vector<std::int64_t>& named, std::int64_t seeds) {
  std::vector<std::int64_t> rows;
  for (const std::int64_t row : named) {
    require(row >= 0 && row < selection.data.rows() && selection.label_of(row) >= 0 &&
                cleaned[static_cast<std::size_t>(selection.label_of(row))],
            "{}: start_rows must be rows of the classes to be cleaned, got {}", selection.method,
            row);
    rows.push_back(row);
  }
  const auto present = selection.sizes(rows);
  for (std::size_t c = 0; c < cleaned.size(); ++c) {
    if (!cleaned[c]) continue;
    const auto label = static_cast<std::int32_t>(c);
    require(named.empty() || present[c] > 0, "{}: start_rows has no row of class '{}'",
            selection.method, selection.classes[label]);
    if (!named.empty()) continue;
    const auto drawn = draw_rows(selection.rows_of(label), seeds,
                                 Stream(selection.seed, "store", static_cast<std::uint64_t>(c)));
    rows.insert(rows.end(), drawn.begin(), drawn.end());
  }
  std::sort(rows.begin(), rows.end());
  rows.erase(std::unique(rows.begin(), rows.end()), rows.end());
  return rows;
}

/// The classes to be cleaned; the smallest, which the others are compared with, is not one.
std::vector<bool> cleaned_against_smallest(const Selection& selection) {
  const auto cleaned = selection.cleaned(selection.known);
  require(!cleaned[static_cast<std::size_t>(selection.smallest)],
          "{}: class '{}' is the smallest, which the others are compared with; the strategy may "
          "not name it",
          selection.method, selection.classes[selection.smallest]);
  return cleaned;
}

/// The points of a selection's rows, and the condensing of some classes against others.
class Condenser {
 public:
  Condenser(const Selection& selection, bool standardize)
      : selection_(selection),
        all_(selection.space(standardize), selection.known, selection.label) {
    for (const std::int64_t row : selection.known) label_.push_back(selection.label_of(row));
  }

  /// The rows of the marked classes that stay: the starting ones and those that join them.
  [[nodiscard]] std::vector<std::int64_t> condense(const std::vector<bool>& marked,
                                                   const std::vector<bool>& stored,
                                                   std::span<const std::int64_t> start) const {
    std::vector<std::int64_t> waiting, first, kept;
    for (std::size_t i = 0; i < label_.size(); ++i) {
      const auto c = static_cast<std::size_t>(label_[i]);
      const bool starts =
          marked[c] && std::binary_search(start.begin(), start.end(), selection_.known[i]);
      if (starts) kept.push_back(selection_.known[i]);
      if (starts || stored[c]) first.push_back(static_cast<std::int64_t>(i));
      if (marked[c] && !starts) waiting.push_back(static_cast<std::int64_t>(i));
    }
    if (waiting.empty()) return kept;
    Waiting rows(all_, label_, waiting, worker_threads(selection_.options.run));
    rows.store(first);
    for (auto joined = rows.pass(selection_.options.run); !joined.empty();
         joined = rows.pass(selection_.options.run)) {
      for (const std::int64_t place : joined) {
        kept.push_back(selection_.known[static_cast<std::size_t>(place)]);
      }
    }
    return kept;
  }

 private:
  const Selection& selection_;
  Points all_;
  std::vector<std::int32_t> label_;  ///< Of each point.
};

/// The rows of the classes that are not marked, then `chosen`; ascending.
std::vector<std::int64_t> with_others(const Selection& selection, std::vector<bool> marked,
                                      std::vector<std::int64_t> chosen) {
  marked.flip();
  const auto others = selection.rows_of(marked, selection.known);
  chosen.insert(chosen.end(), others.begin(), others.end());
  std::sort(chosen.begin(), chosen.end());
  return chosen;
}

std::vector<bool> only(std::size_t label, std::size_t classes) {
  std::vector<bool> out(classes);
  out[label] = true;
  return out;
}

void check_seeds(const char* type, std::int64_t seeds) {
  require(seeds >= 1, "{}.seeds must be >= 1, got {}", type, seeds);
}

}  // namespace

template <class Json>
static void to_json(Json& json, CondensedConfig::Rule value) {
  write_name(json, value, kRules);
}
template <class Json>
static void from_json(const Json& json, CondensedConfig::Rule& value) {
  read_name(json, value, kRules);
}

// CNN

template <class Visitor>
static void visit(CondensedConfig& c, Visitor&& v) {
  v("rule", c.rule,
    "Compare a class with the smallest one (minority), or with all others until all is consistent "
    "(hart)");
  v("seeds", c.seeds, "Rows of each class drawn at first, >= 1");
  v("start_rows", c.start_rows, "These instead, one of each class at least");
  v("standardize", c.standardize, "Distances on columns of unit variance");
}

void CondensedConfig::validate() const { check_seeds("CondensedConfig", seeds); }

static std::string name_of(const CondensedConfig&) { return "cnn"; }

static std::vector<std::int64_t> select(const CondensedConfig& config, const Selection& selection) {
  const bool hart = config.rule == CondensedConfig::Rule::kHart;
  auto cleaned = hart ? selection.cleaned(selection.known) : cleaned_against_smallest(selection);
  const auto start = first_rows(selection, cleaned, config.start_rows, config.seeds);
  const Condenser condenser(selection, config.standardize);
  std::vector<std::int64_t> chosen;
  if (hart) {
    auto stored = cleaned;
    stored.flip();
    chosen = condenser.condense(cleaned, stored, start);
  }
  for (std::size_t c = 0; !hart && c < cleaned.size(); ++c) {
    if (!cleaned[c]) continue;
    const auto store = only(static_cast<std::size_t>(selection.smallest), cleaned.size());
    const auto kept = condenser.condense(only(c, cleaned.size()), store, start);
    chosen.insert(chosen.end(), kept.begin(), kept.end());
  }
  return with_others(selection, std::move(cleaned), std::move(chosen));
}

template class SelectorOf<CondensedConfig>;

ResamplerEntry condensed_entry() {
  return selector_entry<CondensedConfig>(
      ResamplerGroup::kCleaning,
      "Condensed nearest neighbours: keeps rows near the border with another class.",
      "CondensedConfig");
}

// OSS

template <class Visitor>
static void visit(OneSidedConfig& c, Visitor&& v) {
  v("seeds", c.seeds, "Rows of each class drawn at first, >= 1");
  v("start_rows", c.start_rows, "These instead, one of each class at least");
  v("standardize", c.standardize, "Distances on columns of unit variance");
}

void OneSidedConfig::validate() const { check_seeds("OneSidedConfig", seeds); }

static std::string name_of(const OneSidedConfig&) { return "oss"; }

static std::vector<std::int64_t> select(const OneSidedConfig& config, const Selection& selection) {
  const auto cleaned = cleaned_against_smallest(selection);
  const auto start = first_rows(selection, cleaned, config.start_rows, config.seeds);
  const TableSpace space = selection.space(config.standardize);
  std::vector<std::int64_t> chosen = start;
  for (std::size_t c = 0; c < cleaned.size(); ++c) {
    if (!cleaned[c]) continue;
    auto store = selection.rows_of(selection.smallest);
    const auto seeds = selection.rows_of(only(c, cleaned.size()), start);
    store.insert(store.end(), seeds.begin(), seeds.end());
    std::sort(store.begin(), store.end());
    const auto asked = without(selection.rows_of(static_cast<std::int32_t>(c)), seeds);
    if (asked.empty()) continue;
    const Neighbours near = space.nearest(asked, store, 1, selection.options.run);
    for (std::size_t i = 0; i < asked.size(); ++i) {
      if (selection.label_of(near.index[i]) == selection.smallest) chosen.push_back(asked[i]);
    }
  }
  return without_links(selection, space, with_others(selection, cleaned, chosen), cleaned);
}

template class SelectorOf<OneSidedConfig>;

ResamplerEntry one_sided_entry() {
  return selector_entry<OneSidedConfig>(
      ResamplerGroup::kCleaning,
      "One-sided selection: keeps rows that one row of the class does not stand for, then removes "
      "Tomek links.",
      "OneSidedConfig");
}

}  // namespace semblance
