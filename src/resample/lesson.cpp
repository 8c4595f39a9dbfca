// SPDX-License-Identifier: Apache-2.0
#include "resample/lesson.hpp"

#include <algorithm>
#include <cmath>

#include "detail/check.hpp"

namespace semblance {
namespace {

/// Moves each number to the nearest one that was learned. Trees of histograms split at a learned
/// value, so what lies between two of them would always fall on the lower side; now the border is
/// midway, and no class grows at the cost of its neighbour.
void snap(FeatureMatrix& asked, const FeatureMatrix& learned) {
  for (std::int64_t j = 0; j < learned.columns; ++j) {
    if (learned.levels[static_cast<std::size_t>(j)] > 0) continue;
    std::vector<float> known;
    for (std::int64_t i = 0; i < learned.rows; ++i) {
      const float value = learned.row(i)[static_cast<std::size_t>(j)];
      if (!std::isnan(value)) known.push_back(value);
    }
    if (known.empty()) continue;
    std::sort(known.begin(), known.end());
    for (std::int64_t i = 0; i < asked.rows; ++i) {
      float& value = asked.values[static_cast<std::size_t>(i * asked.columns + j)];
      const auto above = std::lower_bound(known.begin(), known.end(), value);
      if (std::isnan(value)) continue;
      if (above == known.begin()) {
        value = *above;
      } else {
        const float below = *(above - 1);
        value = above == known.end() || value - below < *above - value ? below : *above;
      }
    }
  }
}

}  // namespace

Lesson::Lesson(const Selection& selection)
    : x_(features(selection.data, selection.data.schema().target()).take(selection.known)) {
  require(x_.columns > 0, "{}: data must have numeric or categorical columns besides the target",
          selection.method);
  const auto sizes = selection.sizes(selection.known);
  std::vector<double> code(sizes.size());
  labels_.classes = 0;
  for (std::size_t c = 0; c < sizes.size(); ++c) {
    if (sizes[c] > 0) code[c] = static_cast<double>(labels_.classes++);
  }
  labels_.task = labels_.classes == 2 ? Task::kBinary : Task::kMulticlass;
  for (const std::int64_t row : selection.known) {
    labels_.values.push_back(code[static_cast<std::size_t>(selection.label_of(row))]);
  }
}

std::vector<double> Lesson::probabilities(const RandomForestConfig& config,
                                          std::span<const std::int64_t> learned,
                                          std::span<const std::int64_t> asked, Seed seed) const {
  const FeatureMatrix lesson = x_.take(learned);
  FeatureMatrix exam = x_.take(asked);
  snap(exam, lesson);
  RandomForest forest(config);
  forest.fit(lesson, labels_.take(learned), seed);
  std::vector<double> predicted = forest.predict(exam);
  if (labels_.task == Task::kMulticlass) return predicted;
  std::vector<double> both;
  for (const double p : predicted) both.insert(both.end(), {1 - p, p});
  return both;
}

std::vector<std::vector<std::int64_t>> Lesson::deal(const std::vector<std::int64_t>& positions,
                                                    std::int64_t folds, Seed seed) const {
  std::vector<std::vector<std::int64_t>> parts(static_cast<std::size_t>(folds));
  std::size_t next = 0;
  for (std::int64_t c = 0; c < classes(); ++c) {
    std::vector<std::int64_t> members;
    for (const std::int64_t position : positions) {
      if (label(position) == c) members.push_back(position);
    }
    Stream(seed, "folds", static_cast<std::uint64_t>(c)).shuffle(members);
    for (const std::int64_t member : members) parts[next++ % parts.size()].push_back(member);
  }
  for (auto& part : parts) std::sort(part.begin(), part.end());
  return parts;
}

}  // namespace semblance
