// SPDX-License-Identifier: Apache-2.0
#include "learners/tree_set.hpp"

#include <algorithm>
#include <cmath>

#include "detail/check.hpp"

namespace semblance {

TreeSet TreeSet::from_arrays(std::int64_t features, std::int64_t outputs,
                             std::vector<std::int32_t> roots, std::vector<std::int32_t> nodes,
                             std::vector<float> numbers) {
  const auto count = static_cast<std::int64_t>(numbers.size());
  bool fits = outputs >= 1 && std::ssize(nodes) == 2 * count && std::ssize(roots) % outputs == 0 &&
              std::all_of(numbers.begin(), numbers.end(), [](float v) { return std::isfinite(v); });
  for (const std::int32_t root : roots) fits = fits && root >= 0 && root < count;
  for (std::int64_t i = 0; fits && i < count; ++i) {
    const std::int64_t feature = nodes[static_cast<std::size_t>(2 * i)];
    const std::int64_t left = nodes[static_cast<std::size_t>(2 * i + 1)];
    // Children stand behind their parent, so that every walk ends.
    fits = feature == -1 || (feature >= 0 && feature < features && left > i && left + 1 < count);
  }
  require<FileError>(fits, "the model file's trees are damaged");
  TreeSet out;
  out.features_ = features;
  out.outputs_ = outputs;
  out.roots_ = std::move(roots);
  out.nodes_ = std::move(nodes);
  out.numbers_ = std::move(numbers);
  return out;
}

std::vector<float> TreeSet::predict(std::span<const float> rows) const {
  const auto width = static_cast<std::size_t>(features_),
             outputs = static_cast<std::size_t>(outputs_);
  const std::size_t n = width == 0 ? 0 : rows.size() / width;
  std::vector<float> out(n * outputs);
  for (std::size_t t = 0; t < roots_.size(); ++t) {  // a tree stays in the cache for all rows
    for (std::size_t i = 0; i < n; ++i) {
      const float* row = rows.data() + i * width;
      auto node = static_cast<std::size_t>(roots_[t]);
      while (nodes_[2 * node] >= 0) {
        const bool right = !(row[static_cast<std::size_t>(nodes_[2 * node])] < numbers_[node]);
        node = static_cast<std::size_t>(nodes_[2 * node + 1]) + (right ? 1 : 0);
      }
      out[i * outputs + t % outputs] += numbers_[node];
    }
  }
  return out;
}

}  // namespace semblance
