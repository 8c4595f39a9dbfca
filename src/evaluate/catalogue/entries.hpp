// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>

#include "semblance/evaluate/catalogue.hpp"

namespace semblance {

/// What a metric is and how its values are graded.
struct Entry {
  MetricInfo info;
  Grade (*grade)(const Metric&);  ///< Of a metric with a value, its references set.
};

/// `MetricInfo::standard` of a metric that is measured where it is asked for only.
inline constexpr bool kOnRequest = false;

/// The metrics of one part of the report, in its order.
[[nodiscard]] std::span<const Entry> column_entries();
[[nodiscard]] std::span<const Entry> more_column_entries();
[[nodiscard]] std::span<const Entry> fidelity_entries();  ///< Pairs and whole tables.
[[nodiscard]] std::span<const Entry> sample_entries();
[[nodiscard]] std::span<const Entry> diversity_entries();
[[nodiscard]] std::span<const Entry> utility_entries();
[[nodiscard]] std::span<const Entry> copying_entries();
[[nodiscard]] std::span<const Entry> privacy_entries();
[[nodiscard]] std::span<const Entry> fairness_entries();
[[nodiscard]] std::span<const Entry> signal_entries();  ///< Of signals and images.

/// Between floor and real rows: normalised >= 0.97 is excellent, 0.9 good, 0.7 fair, below weak.
/// None where real rows are no better than the floor: the holdout is too small to judge by.
[[nodiscard]] Grade grade_by_references(const Metric& metric);
/// By the distance of an AUC from 0.5: 0.05, 0.15, 0.3.
[[nodiscard]] Grade grade_by_auc(const Metric& metric);
/// Never graded.
[[nodiscard]] Grade ungraded(const Metric& metric);
/// By an excess over what real rows get: none at all, small, large.
[[nodiscard]] Grade grade_by_excess(double excess, double small, double large);

}  // namespace semblance
