// SPDX-License-Identifier: Apache-2.0
#include <array>

#include "evaluate/catalogue/entries.hpp"

namespace semblance {
namespace {

constexpr std::array kEntries = {
    Entry{{"utility", "tstr", "Train on synthetic, test on real", "", Group::kUtility,
           Direction::kHigher, 1,
           "How well a model trained on the synthetic rows predicts the target of unseen real "
           "rows, beside the same model trained on the real rows."},
          grade_by_references},
    Entry{{"utility_macro_f1", "tstr_macro_f1", "Train on synthetic, test on real, macro-F1", "",
           Group::kUtility, Direction::kHigher, 1,
           "The same scored by F1, mean over classes, so rare classes count as much as common "
           "ones."},
          grade_by_references},
    Entry{{"utility_gap", "tstr_gap", "Utility lost against real training rows", "",
           Group::kUtility, Direction::kTarget, 0,
           "Score of the model trained on real rows minus that of the model trained on synthetic "
           "rows, on the same test rows."},
          ungraded},
    Entry{{"trts", "trts", "Train on real, test on synthetic", "", Group::kUtility,
           Direction::kTarget, std::nullopt,
           "How well a model of the real training rows predicts the synthetic rows' target; above "
           "real rows where they are easier than real ones."},
          ungraded},
    Entry{{"tsts", "tsts", "Train on synthetic, test on synthetic", "", Group::kUtility,
           Direction::kTarget, std::nullopt,
           "How well a model of one half of the synthetic rows predicts the other half's target: "
           "what one would believe without real rows."},
          ungraded},
    Entry{{"augmentation_gain", "augmentation_gain", "Gained by adding synthetic rows", "",
           Group::kUtility, Direction::kHigher, std::nullopt,
           "Score of the model trained on real and synthetic rows together minus that of the model "
           "trained on the real ones, on the same test rows."},
          ungraded},
};

}  // namespace

std::span<const Entry> utility_entries() { return kEntries; }

}  // namespace semblance
