// SPDX-License-Identifier: Apache-2.0
// Edited nearest neighbours and what is built on it: RENN, AllKNN, NCR.
#include <algorithm>
#include <functional>

#include "resample/entries.hpp"
#include "resample/selector_of.hpp"

namespace semblance {
namespace {

constexpr const char* kVotes[] = {"all", "mode"};
constexpr const char* kRules[] = {"paper", "imblearn"};
constexpr const char* kVoteHelp = "Neighbours of the same class that a row needs: all or mode";
constexpr const char* kStandardizeHelp = "Distances on columns of unit variance";

/// What edited nearest neighbours leaves of `rows`, whose classes the strategy chooses from.
std::vector<std::int64_t> edit(const Selection& selection, const TableSpace& space,
                               const std::vector<std::int64_t>& rows, std::int64_t k,
                               NeighbourVote vote) {
  const auto asked = selection.rows_of(selection.cleaned(rows), rows);
  if (asked.empty()) return rows;
  const Neighbours near = space.nearest(asked, rows, k, selection.options.run);
  std::vector<std::int64_t> removed;
  for (std::size_t i = 0; i < asked.size(); ++i) {
    const auto neighbours = near.indices(static_cast<std::int64_t>(i));
    if (!agree(selection, selection.label_of(asked[i]), neighbours, vote)) {
      removed.push_back(asked[i]);
    }
  }
  return without(rows, removed);
}

/// How rounds of editing follow each other.
struct Rounds {
  std::int64_t count = 1;
  std::function<std::int64_t(std::int64_t)> k;  ///< Of a round, from 0.
  NeighbourVote vote = NeighbourVote::kAll;
  bool until_stable = false;    ///< Ends after a round that removes nothing.
  bool allow_minority = false;  ///< A class may get smaller than the smallest was.
};

std::vector<std::int64_t> edit_in_rounds(const Selection& selection, bool standardize,
                                         const Rounds& rounds) {
  const TableSpace space = selection.space(standardize);
  const auto first = selection.sizes(selection.known);
  const auto smallest = static_cast<std::size_t>(selection.smallest);
  std::vector<std::int64_t> rows = selection.known;
  for (std::int64_t round = 0; round < rounds.count; ++round) {
    const std::int64_t k = rounds.k(round);
    if (static_cast<std::int64_t>(rows.size()) <= k) break;
    auto left = edit(selection, space, rows, k, rounds.vote);
    const auto sizes = selection.sizes(left);
    bool vanished = false, overtaken = false;
    for (std::size_t c = 0; c < sizes.size(); ++c) {
      vanished = vanished || (first[c] > 0 && sizes[c] == 0);
      overtaken = overtaken || (c != smallest && first[c] > 0 && sizes[c] < first[smallest]);
    }
    if (vanished && round > 0) break;
    const bool stable = left.size() == rows.size();
    rows = std::move(left);
    if (vanished || (overtaken && !rounds.allow_minority)) break;
    if (stable && rounds.until_stable) break;
  }
  return rows;
}

}  // namespace

template <class Json>
static void to_json(Json& json, NeighbourVote value) {
  write_name(json, value, kVotes);
}
template <class Json>
static void from_json(const Json& json, NeighbourVote& value) {
  read_name(json, value, kVotes);
}
template <class Json>
static void to_json(Json& json, NeighbourhoodCleaningConfig::Rule value) {
  write_name(json, value, kRules);
}
template <class Json>
static void from_json(const Json& json, NeighbourhoodCleaningConfig::Rule& value) {
  read_name(json, value, kRules);
}

// ENN

template <class Visitor>
static void visit(EnnConfig& c, Visitor&& v) {
  v("k", c.k, "Neighbours, >= 1");
  v("vote", c.vote, kVoteHelp);
  v("standardize", c.standardize, kStandardizeHelp);
}

void EnnConfig::validate() const { require(k >= 1, "EnnConfig.k must be >= 1, got {}", k); }

static std::string name_of(const EnnConfig&) { return "enn"; }

static std::vector<std::int64_t> select(const EnnConfig& config, const Selection& selection) {
  selection.check_k(config.k);
  return edit(selection, selection.space(config.standardize), selection.known, config.k,
              config.vote);
}

template class SelectorOf<EnnConfig>;

ResamplerEntry enn_entry() {
  return selector_entry<EnnConfig>(ResamplerGroup::kCleaning,
                                   "Edited nearest neighbours: removes rows that their neighbours "
                                   "disagree with.",
                                   "EnnConfig");
}

// RENN

template <class Visitor>
static void visit(RepeatedEnnConfig& c, Visitor&& v) {
  v("k", c.k, "Neighbours, >= 1");
  v("vote", c.vote, kVoteHelp);
  v("rounds", c.rounds, "Most rounds, >= 1");
  v("standardize", c.standardize, kStandardizeHelp);
}

void RepeatedEnnConfig::validate() const {
  require(k >= 1, "RepeatedEnnConfig.k must be >= 1, got {}", k);
  require(rounds >= 1, "RepeatedEnnConfig.rounds must be >= 1, got {}", rounds);
}

static std::string name_of(const RepeatedEnnConfig&) { return "renn"; }

static std::vector<std::int64_t> select(const RepeatedEnnConfig& config,
                                        const Selection& selection) {
  selection.check_k(config.k);
  return edit_in_rounds(selection, config.standardize,
                        {.count = config.rounds,
                         .k = [&](std::int64_t) { return config.k; },
                         .vote = config.vote,
                         .until_stable = true});
}

template class SelectorOf<RepeatedEnnConfig>;

ResamplerEntry renn_entry() {
  return selector_entry<RepeatedEnnConfig>(
      ResamplerGroup::kCleaning,
      "Edited nearest neighbours, repeated until nothing more is removed.", "RepeatedEnnConfig");
}

// AllKNN

template <class Visitor>
static void visit(AllKnnConfig& c, Visitor&& v) {
  v("k", c.k, "Most neighbours, >= 1");
  v("vote", c.vote, kVoteHelp);
  v("allow_minority", c.allow_minority, "Go on when a class gets smaller than the smallest was");
  v("standardize", c.standardize, kStandardizeHelp);
}

void AllKnnConfig::validate() const { require(k >= 1, "AllKnnConfig.k must be >= 1, got {}", k); }

static std::string name_of(const AllKnnConfig&) { return "all-knn"; }

static std::vector<std::int64_t> select(const AllKnnConfig& config, const Selection& selection) {
  selection.check_k(config.k);
  return edit_in_rounds(selection, config.standardize,
                        {.count = config.k,
                         .k = [](std::int64_t round) { return round + 1; },
                         .vote = config.vote,
                         .allow_minority = config.allow_minority});
}

template class SelectorOf<AllKnnConfig>;

ResamplerEntry all_knn_entry() {
  return selector_entry<AllKnnConfig>(
      ResamplerGroup::kCleaning, "Edited nearest neighbours with 1, 2, ..., k neighbours in turn.",
      "AllKnnConfig");
}

// NCR

template <class Visitor>
static void visit(NeighbourhoodCleaningConfig& c, Visitor&& v) {
  v("k", c.k, "Neighbours, >= 1");
  v("threshold", c.threshold,
    "Neighbours of misclassified rows go if their class has more rows than this times those of "
    "the smallest, >= 0");
  v("rule", c.rule, "Whether a row of the smallest class judges itself: paper (no) or imblearn");
  v("standardize", c.standardize, kStandardizeHelp);
}

void NeighbourhoodCleaningConfig::validate() const {
  require(k >= 1, "NeighbourhoodCleaningConfig.k must be >= 1, got {}", k);
  require(threshold >= 0, "NeighbourhoodCleaningConfig.threshold must be >= 0, got {}", threshold);
}

static std::string name_of(const NeighbourhoodCleaningConfig&) { return "ncr"; }

/// Whether a row of the smallest class is misclassified.
static bool misclassified(const NeighbourhoodCleaningConfig& config, const Selection& selection,
                          std::span<const std::int64_t> neighbours) {
  std::vector<std::int32_t> labels;
  for (const std::int64_t row : neighbours) labels.push_back(selection.label_of(row));
  if (config.rule == NeighbourhoodCleaningConfig::Rule::kImblearn) {
    labels.back() = selection.smallest;  // itself in the place of the last
  }
  return most_frequent(std::move(labels)) != selection.smallest;
}

static std::vector<std::int64_t> select(const NeighbourhoodCleaningConfig& config,
                                        const Selection& selection) {
  selection.check_k(config.k);
  const TableSpace space = selection.space(config.standardize);
  const auto left = edit(selection, space, selection.known, config.k, NeighbourVote::kMode);
  auto cleaned = selection.cleaned(selection.known);
  const auto sizes = selection.sizes(selection.known);
  const auto minority = selection.rows_of(selection.smallest);
  for (std::size_t c = 0; c < cleaned.size(); ++c) {
    cleaned[c] = cleaned[c] && static_cast<double>(sizes[c]) >
                                   config.threshold * static_cast<double>(minority.size());
  }
  const Neighbours near = space.nearest(minority, selection.known, config.k, selection.options.run);
  std::vector<std::int64_t> intruders;
  for (std::int64_t i = 0; i < near.queries; ++i) {
    if (!misclassified(config, selection, near.indices(i))) continue;
    const auto found = selection.rows_of(cleaned, near.indices(i));
    intruders.insert(intruders.end(), found.begin(), found.end());
  }
  std::sort(intruders.begin(), intruders.end());
  return without(left, intruders);
}

template class SelectorOf<NeighbourhoodCleaningConfig>;

ResamplerEntry ncr_entry() {
  return selector_entry<NeighbourhoodCleaningConfig>(
      ResamplerGroup::kCleaning,
      "Neighbourhood cleaning rule: also removes the neighbours of misclassified rare rows.",
      "NeighbourhoodCleaningConfig");
}

}  // namespace semblance
