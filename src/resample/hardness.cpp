// SPDX-License-Identifier: Apache-2.0
// Methods that ask a classifier: the instance hardness threshold and the iterative partitioning
// filter.
#include <algorithm>

#include "resample/entries.hpp"
#include "resample/lesson.hpp"
#include "resample/selector_of.hpp"
#include "semblance/core/parallel.hpp"
#include "semblance/resample/under_samplers.hpp"

namespace semblance {
namespace {

constexpr const char* kFilterVotes[] = {"majority", "consensus"};

void check_stop(const Selection& selection) {
  require<Cancelled>(!selection.options.run.stop.stop_requested(), "{} was cancelled",
                     selection.method);
}

/// The positions of all rows with a class.
std::vector<std::int64_t> all_of(const Selection& selection) {
  return own_rows(static_cast<std::int64_t>(selection.known.size()));
}

/// P(own class) of each row with a class, by a forest that did not see the row.
std::vector<double> own_probabilities(const InstanceHardnessConfig& config,
                                      const Selection& selection) {
  const Lesson lesson(selection);
  const auto all = all_of(selection);
  const auto folds = lesson.deal(all, config.folds, derive(selection.seed, "hardness"));
  std::vector<double> out(all.size());
  parallel_for(worker_threads(selection.options.run), config.folds, [&](std::int64_t f) {
    const auto& asked = folds[static_cast<std::size_t>(f)];
    const auto learned = without(all, asked);
    if (asked.empty() || learned.empty()) return;
    check_stop(selection);
    const auto p = lesson.probabilities({.trees = config.trees}, learned, asked,
                                        derive(selection.seed, static_cast<std::uint64_t>(f)));
    for (std::size_t i = 0; i < asked.size(); ++i) {
      out[static_cast<std::size_t>(asked[i])] = p[i * static_cast<std::size_t>(lesson.classes()) +
                                                  static_cast<std::size_t>(lesson.label(asked[i]))];
    }
  });
  return out;
}

/// How many of the trees, one learned on each part, get each of `positions` wrong.
std::vector<std::int64_t> mistakes(const IterativePartitioningConfig& config,
                                   const Selection& selection, const Lesson& lesson,
                                   const std::vector<std::int64_t>& positions, Seed seed) {
  const auto parts = lesson.deal(positions, config.folds, seed);
  const auto classes = static_cast<std::size_t>(lesson.classes());
  std::vector<std::vector<bool>> wrong(parts.size());
  RandomForestConfig tree = presets::decision_tree();
  tree.min_leaf = config.min_leaf;
  parallel_for(worker_threads(selection.options.run), config.folds, [&](std::int64_t f) {
    const auto& part = parts[static_cast<std::size_t>(f)];
    if (part.empty()) return;
    check_stop(selection);
    const auto p =
        lesson.probabilities(tree, part, positions, derive(seed, static_cast<std::uint64_t>(f)));
    for (std::size_t i = 0; i < positions.size(); ++i) {
      const auto first = p.begin() + static_cast<std::ptrdiff_t>(i * classes);
      const auto best = std::max_element(first, first + lesson.classes()) - first;
      wrong[static_cast<std::size_t>(f)].push_back(best != lesson.label(positions[i]));
    }
  });
  std::vector<std::int64_t> out(positions.size());
  for (const auto& part : wrong) {
    for (std::size_t i = 0; i < part.size(); ++i) out[i] += part[i] ? 1 : 0;
  }
  return out;
}

/// The rows of some positions.
std::vector<std::int64_t> rows_at(const Selection& selection,
                                  const std::vector<std::int64_t>& positions) {
  std::vector<std::int64_t> rows;
  for (const std::int64_t i : positions) {
    rows.push_back(selection.known[static_cast<std::size_t>(i)]);
  }
  return rows;
}

/// What one round of the filter leaves.
std::vector<std::int64_t> filtered(const IterativePartitioningConfig& config,
                                   const Selection& selection, const Lesson& lesson,
                                   const std::vector<std::int64_t>& positions, Seed seed) {
  const auto cleaned = selection.cleaned(rows_at(selection, positions));
  const auto wrong = mistakes(config, selection, lesson, positions, seed);
  const std::int64_t trees = std::min(config.folds, static_cast<std::int64_t>(positions.size()));
  std::vector<std::int64_t> left;
  for (std::size_t i = 0; i < positions.size(); ++i) {
    const bool noise = config.vote == IterativePartitioningConfig::Vote::kMajority
                           ? wrong[i] * 2 > trees
                           : wrong[i] == trees;
    const std::int64_t row = selection.known[static_cast<std::size_t>(positions[i])];
    if (!noise || !cleaned[static_cast<std::size_t>(selection.label_of(row))]) {
      left.push_back(positions[i]);
    }
  }
  return left;
}

}  // namespace

// IHT

template <class Visitor>
static void visit(InstanceHardnessConfig& c, Visitor&& v) {
  v("folds", c.folds, "Parts of the rows, each judged by what the others teach, >= 2");
  v("trees", c.trees, "Of each forest, 1 to 100000");
}

void InstanceHardnessConfig::validate() const {
  require(folds >= 2, "InstanceHardnessConfig.folds must be >= 2, got {}", folds);
  require(trees >= 1 && trees <= 100'000,
          "InstanceHardnessConfig.trees must be in [1, 100000], got {}", trees);
}

static std::string name_of(const InstanceHardnessConfig&) { return "iht"; }

static std::vector<std::int64_t> select(const InstanceHardnessConfig& config,
                                        const Selection& selection) {
  const auto wanted = selection.wanted();
  const auto probability = own_probabilities(config, selection);
  std::vector<std::vector<double>> hardness(wanted.size());
  for (std::size_t i = 0; i < selection.known.size(); ++i) {
    const auto label = static_cast<std::size_t>(selection.label_of(selection.known[i]));
    hardness[label].push_back(-probability[i]);
  }
  std::vector<std::int64_t> kept;
  for (std::size_t c = 0; c < wanted.size(); ++c) {
    const auto rows =
        lowest(selection.rows_of(static_cast<std::int32_t>(c)), hardness[c], wanted[c]);
    kept.insert(kept.end(), rows.begin(), rows.end());
  }
  std::sort(kept.begin(), kept.end());
  return kept;
}

template class SelectorOf<InstanceHardnessConfig>;

ResamplerEntry hardness_entry() {
  return selector_entry<InstanceHardnessConfig>(
      ResamplerGroup::kUnderSampling,
      "Instance hardness threshold: keeps the rows that a random forest is surest of.",
      "InstanceHardnessConfig");
}

// IPF

template <class Json>
static void to_json(Json& json, IterativePartitioningConfig::Vote value) {
  write_name(json, value, kFilterVotes);
}
template <class Json>
static void from_json(const Json& json, IterativePartitioningConfig::Vote& value) {
  read_name(json, value, kFilterVotes);
}

template <class Visitor>
static void visit(IterativePartitioningConfig& c, Visitor&& v) {
  v("folds", c.folds, "Parts of the rows, a tree each, >= 2");
  v("vote", c.vote, "A row goes if most trees get it wrong (majority), or all (consensus)");
  v("rounds", c.rounds, "Quiet rounds in a row that end it, >= 1");
  v("share", c.share, "A round is quiet that removes fewer rows than this share, in [0, 1)");
  v("min_leaf", c.min_leaf, "Fewest rows of a leaf of the trees, >= 1");
}

void IterativePartitioningConfig::validate() const {
  require(folds >= 2, "IterativePartitioningConfig.folds must be >= 2, got {}", folds);
  require(rounds >= 1, "IterativePartitioningConfig.rounds must be >= 1, got {}", rounds);
  require(share >= 0 && share < 1, "IterativePartitioningConfig.share must be in [0, 1), got {}",
          share);
  require(min_leaf >= 1, "IterativePartitioningConfig.min_leaf must be >= 1, got {}", min_leaf);
}

static std::string name_of(const IterativePartitioningConfig&) { return "ipf"; }

static std::vector<std::int64_t> select(const IterativePartitioningConfig& config,
                                        const Selection& selection) {
  const Lesson lesson(selection);
  const double few = config.share * static_cast<double>(selection.known.size());
  const auto present = [&](const std::vector<std::int64_t>& positions) {
    const auto sizes = selection.sizes(rows_at(selection, positions));
    return std::count_if(sizes.begin(), sizes.end(), [](auto n) { return n > 0; });
  };
  std::vector<std::int64_t> positions = all_of(selection);
  std::int64_t quiet = 0;
  for (std::uint64_t round = 0; quiet < config.rounds; ++round) {
    const Seed seed = derive(derive(selection.seed, "ipf"), round);
    auto left = filtered(config, selection, lesson, positions, seed);
    if (round > 0 && present(left) < lesson.classes()) break;
    const std::size_t removed = positions.size() - left.size();
    quiet = removed == 0 || static_cast<double>(removed) < few ? quiet + 1 : 0;
    positions = std::move(left);
    if (present(positions) < lesson.classes()) break;
  }
  return rows_at(selection, positions);
}

template class SelectorOf<IterativePartitioningConfig>;

ResamplerEntry partitioning_entry() {
  return selector_entry<IterativePartitioningConfig>(
      ResamplerGroup::kCleaning,
      "Iterative partitioning filter: removes rows that trees on parts of the table get wrong.",
      "IterativePartitioningConfig");
}

}  // namespace semblance
