// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "semblance/learners/learner.hpp"

namespace semblance {

/// Every knob of MlpLearner. The defaults suit tables of 10^3 to 10^5 rows.
struct MlpConfig {
  std::vector<std::int64_t> hidden = {64, 64};  ///< Widths, each >= 1.
  std::int64_t epochs = 30;                     ///< Most passes over the rows, >= 1.
  std::int64_t batch_size = 256;                ///< Rows a step, >= 1.
  double learning_rate = 2e-3;                  ///< Peak of AdamW, > 0; falls along a cosine.
  double weight_decay = 1e-2;                   ///< Of AdamW, >= 0.
  double validation_share = 0.1;                ///< Rows held back for early stopping, in [0, 1).
  std::int64_t patience = 5;  ///< Epochs without a better validation loss; 0: all epochs.
  std::int32_t max_levels =
      50;  ///< Categories a column keeps by frequency; others share one, >= 1.

  void validate() const;  ///< \throws InvalidArgument that names the first bad field.
};

/// A multi-layer perceptron: ReLU layers on the inputs of LinearLearner (standardised numbers, an
/// indicator of missingness, one-hot categories), trained on cross-entropy or squared error by
/// AdamW [1]; the weights of the best epoch on held-back training rows are kept.
///
/// Single-threaded, so the network depends on the seed only; fit several learners in parallel
/// instead. The importance of a feature is the norm of the first layer's weights behind it.
///
/// [1] Loshchilov, Hutter, "Decoupled weight decay regularization", ICLR 2019.
class MlpLearner final : public Learner {
 public:
  /// \throws InvalidArgument as MlpConfig::validate.
  explicit MlpLearner(MlpConfig config = {});
  ~MlpLearner() override;

  [[nodiscard]] const MlpConfig& config() const noexcept { return config_; }
  [[nodiscard]] std::string name() const override;

 private:
  void do_fit(const FeatureMatrix& x, const Labels& labels, Seed seed) override;
  [[nodiscard]] std::vector<double> do_predict(const FeatureMatrix& x) const override;
  [[nodiscard]] std::vector<double> do_importance() const override;

  struct Impl;
  MlpConfig config_;
  std::unique_ptr<Impl> impl_;
};

}  // namespace semblance
