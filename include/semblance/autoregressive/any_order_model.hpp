// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "semblance/generator.hpp"

namespace semblance {

/// Every knob of AnyOrderModel. The defaults suit tables of 10^2 to 10^6 rows.
struct AnyOrderConfig {
  std::int64_t embedding_dim = 16;               ///< Width of a token's embedding, >= 1.
  std::vector<std::int64_t> hidden = {128, 64};  ///< Hidden widths of each column, >= 1 each.
  double dropout = 0.25;               ///< Of the context embeddings while training, in [0, 1).
  double schema_order_share = 0.5;     ///< Training orders that are the schema's, in [0, 1].
  std::int64_t max_targets = 32;       ///< Columns that one shard learns to predict, >= 1.
  std::int64_t epochs = 0;             ///< Most passes over the rows, >= 0; 0: 60, and on small
                                       ///< tables as many as make 3,000 steps.
  std::int64_t batch_size = 512;       ///< Rows a step, >= 1; at most an eighth of the table.
  double learning_rate = 2e-3;         ///< Peak of the cosine schedule, > 0.
  double weight_decay = 1.0;           ///< Of AdamW (times the learning rate, a step), >= 0.
  double ema_decay = 0.998;            ///< Of the parameter average, in [0, 1).
  std::int64_t patience = 12;          ///< Epochs without a better validation loss; 0: never stop.
  double validation_share = 0.05;      ///< Rows held back for it, in [0, 0.5]; 0: none, else >= 200
                                       ///< or a fifth of the table.
  std::int64_t max_categories = 1000;  ///< Tokens of a categorical column, >= 2: see TokenConfig.
  std::int64_t max_values = 256;       ///< Tokens of a numeric column without bins, >= 0.
  std::int64_t bins = 128;             ///< Quantile bins of other numeric columns, >= 1.

  void validate() const;  ///< \throws InvalidArgument that names the first bad field.
};

/// Any-order autoregressive network over column tokens.
///
/// Every column becomes one token (TokenCodec), and every column has a small network that predicts
/// its token's distribution from the embeddings of any set of other columns. Training draws a fresh
/// order of the columns for every part of a batch and sums the cross-entropies of p(x_o(i) |
/// x_o(1..i-1)) [1, 2], so one model gives every conditional distribution: sampling given any
/// subset of columns (the given ones come first), imputation, and log-likelihood, all without
/// rejection.
///
/// [1] Uria, Murray, Larochelle, "A deep and tractable density estimator", ICML 2014.
/// [2] Tiwald et al., "TabularARGN", arXiv 2501.12012, 2025.
class AnyOrderModel final : public Generator {
 public:
  /// \throws InvalidArgument if the configuration is not valid.
  explicit AnyOrderModel(AnyOrderConfig config = {});
  ~AnyOrderModel() override;

  [[nodiscard]] const AnyOrderConfig& config() const noexcept { return config_; }

  /// What the last `fit` of this object saw, for learning curves; empty after `load`.
  struct History {
    std::vector<double> training_loss;    ///< Nats a row, by epoch.
    std::vector<double> validation_loss;  ///< Nats a row, by epoch.
    std::int64_t best_epoch = 0;          ///< From 1.
  };
  [[nodiscard]] const History& history() const noexcept { return history_; }

 private:
  void do_fit(const Dataset& train, Seed seed, const RunOptions& run) override;
  void do_fit_rows(const RowSource& train, const RowDigest& digest, Seed seed,
                   const RunOptions& run) override;
  void do_refit(const Dataset& rows, Seed seed, const RunOptions& run) override;
  Dataset do_sample(RowRange rows, const std::vector<ResolvedTerm>& given, Seed seed,
                    const RunOptions& run) const override;
  Dataset do_impute(const Dataset& rows, Seed seed, const RunOptions& run) const override;
  std::vector<double> do_log_likelihood(const Dataset& rows, const RunOptions& run) const override;
  void do_save(Archive& archive) const override;
  void do_load(const Archive& archive, const Schema& schema) override;
  Capabilities do_capabilities() const override;
  std::string do_name() const override { return "any-order"; }
  std::string do_config_json() const override;

  struct Fitted;  // every torch type lives behind this line
  struct Lessons;
  void learn(std::unique_ptr<Fitted> fitted, const Dataset& train, Seed seed, const RunOptions& run,
             const std::string& stage);
  void learn(std::unique_ptr<Fitted> fitted, const Lessons& lessons, Seed seed,
             const RunOptions& run);
  AnyOrderConfig config_;
  History history_;
  std::unique_ptr<const Fitted> fitted_;
};

}  // namespace semblance
