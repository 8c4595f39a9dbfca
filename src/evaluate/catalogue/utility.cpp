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
    Entry{{"calibration_gap", "calibration_gap", "Calibration lost", "", Group::kUtility,
           Direction::kTarget, 0,
           "How much further the stated chances of a model trained on synthetic rows are from what "
           "happens (expected calibration error) than those of the model trained on real rows."},
          ungraded},
    Entry{{"model_rank_agreement", "model_rank_agreement", "Judges ranked alike", "",
           Group::kUtility, Direction::kHigher, 1,
           "Whether synthetic rows choose the same model as real rows: Kendall's tau of the "
           "judges' scores when trained on either."},
          ungraded},
    Entry{{"feature_importance_overlap", "feature_importance_overlap", "Same columns matter", "",
           Group::kUtility, Direction::kHigher, 1,
           "How much of what a model trained on synthetic rows looks at is what a model trained on "
           "real rows looks at: overlap of the columns' shares of importance."},
          grade_by_references},
    Entry{{"coef_overlap", "coef_overlap", "Same conclusions from a regression", "",
           Group::kUtility, Direction::kHigher, 1,
           "Overlap of the confidence intervals of a regression's coefficients, estimated on "
           "synthetic and on real rows."},
          grade_by_references},
};

}  // namespace

std::span<const Entry> utility_entries() { return kEntries; }

}  // namespace semblance
