// SPDX-License-Identifier: Apache-2.0
#include "smote/neighbourhood.hpp"

#include <algorithm>
#include <optional>

#include "detail/check.hpp"
#include "semblance/neighbours/value_difference.hpp"

namespace semblance {
namespace {

constexpr std::int64_t kLargestTable = 10'000'000;  ///< Categories x classes of a value difference.
constexpr std::int64_t kWorthATeam = 1'000;  ///< Rows of a class that several threads search.

/// Finds neighbours inside a class; which metric depends on the columns only.
class ClassSearch {
 public:
  ClassSearch(const Dataset& data, const Classes& classes, const FeatureTable& features)
      : features_(features) {
    if (features.numeric() > 0 || features.categorical() == 0 || !comparable(data, classes)) return;
    const ClassRows all = features.gather(own_rows(data.rows()));
    difference_.emplace(all.view().codes, classes.label);
  }

  [[nodiscard]] Neighbours find(const std::vector<std::int64_t>& rows, std::int64_t k,
                                const RunOptions& run) const {
    const ClassRows table = features_.gather(rows);
    const MixedView view = table.view();
    const auto self = own_rows(table.rows);
    const NeighbourOptions options{.excluded = self, .run = run};
    if (difference_) return difference_->nearest(view.codes, view.codes, k, options);
    if (table.categorical == 0) return nearest(view.numbers, view.numbers, k, options);
    const double deviation = table.numeric > 0 ? median_deviation(table) : 1.0;
    const std::vector<double> mismatch(static_cast<std::size_t>(table.categorical),
                                       deviation * deviation);
    return nearest_mixed(view, view, mismatch, k, options);
  }

 private:
  /// Whether there are classes to compare categories by, and room for their shares.
  static bool comparable(const Dataset& data, const Classes& classes) {
    const auto present = std::count_if(classes.rows.begin(), classes.rows.end(),
                                       [](const auto& rows) { return !rows.empty(); });
    std::int64_t categories = 0;
    for (const Field& field : data.schema()) categories += field.categories.size() + 1;
    return present > 1 &&
           categories * static_cast<std::int64_t>(classes.rows.size()) <= kLargestTable;
  }

  const FeatureTable& features_;
  std::optional<ValueDifference> difference_;
};

std::string class_name(const Dataset& data, const Classes& classes, std::size_t label) {
  if (classes.target < 0) return "the table";
  const Vocabulary& names = data.schema()[classes.target].categories;
  const auto code = static_cast<std::int32_t>(label);
  return code < names.size() ? "class '" + names[code] + "'" : "the class of missing targets";
}

/// How many neighbours the rows of a class of n have.
std::int64_t usable(std::int64_t n, const SmoteConfig& config, const std::string& name) {
  if (n > config.k) return config.k;
  require(config.small_class != SmallClass::kError,
          "smote.fit: {} has {} rows, k = {} neighbours need at least {}", name, n, config.k,
          config.k + 1);
  return config.small_class == SmallClass::kClamp ? n - 1 : 0;
}

}  // namespace

Neighbourhood find_neighbours(const Dataset& data, const Classes& classes,
                              const SmoteConfig& config, const RunOptions& run) {
  const FeatureTable features(data, classes.target, config.standardize);
  const ClassSearch search(data, classes, features);
  const std::int64_t width = std::min(config.k, std::max<std::int64_t>(1, data.rows() - 1));
  Neighbourhood out{width,
                    std::vector<std::int64_t>(static_cast<std::size_t>(data.rows() * width), -1)};
  Reporter reporter(run, "fit", static_cast<std::int64_t>(classes.rows.size()));
  for (std::size_t c = 0; c < classes.rows.size(); ++c) {
    reporter.step(static_cast<std::int64_t>(c) + 1);
    const auto& rows = classes.rows[c];
    const auto size = static_cast<std::int64_t>(rows.size());
    const std::int64_t k = size == 0 ? 0 : usable(size, config, class_name(data, classes, c));
    if (k == 0 || features.numeric() + features.categorical() == 0) continue;
    const int threads = size < kWorthATeam ? 1 : worker_threads(run);
    const Neighbours found = search.find(rows, k, {.stop = run.stop, .threads = threads});
    for (std::size_t i = 0; i < rows.size(); ++i) {
      const auto near = found.indices(static_cast<std::int64_t>(i));
      std::transform(near.begin(), near.end(), out.rows.begin() + rows[i] * width,
                     [&](std::int64_t j) { return rows[static_cast<std::size_t>(j)]; });
    }
  }
  return out;
}

}  // namespace semblance
