// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "semblance/generator.hpp"

namespace semblance {

/// Every knob of Independent.
struct IndependentConfig {
  std::int64_t max_categories = 1000;  ///< Tokens of a categorical column, >= 2: see TokenConfig.
  std::int64_t max_values = 256;       ///< Tokens of a numeric column without bins, >= 0.
  std::int64_t bins = 256;             ///< Quantile bins of other numeric columns, >= 1.

  void validate() const;  ///< \throws InvalidArgument that names the first bad field.
};

/// Every column on its own, from its empirical distribution: the floor of all models that learn
/// what columns have to do with each other.
///
/// Numbers take the quantile function of the training rows, smoothed inside bins (TokenColumn), so
/// that no row is kept. A condition on one column changes no other: conditions and imputation are
/// exact, and useless.
class Independent final : public Generator {
 public:
  /// \throws InvalidArgument if the configuration is not valid.
  explicit Independent(IndependentConfig config = {});
  ~Independent() override;

  [[nodiscard]] const IndependentConfig& config() const noexcept { return config_; }

 private:
  void do_fit(const Dataset& train, Seed seed, const RunOptions& run) override;
  Dataset do_sample(RowRange rows, const std::vector<ResolvedTerm>& given, Seed seed,
                    const RunOptions& run) const override;
  Dataset do_impute(const Dataset& rows, Seed seed, const RunOptions& run) const override;
  std::vector<double> do_log_likelihood(const Dataset& rows, const RunOptions& run) const override;
  void do_save(Archive& archive) const override;
  void do_load(const Archive& archive, const Schema& schema) override;
  Capabilities do_capabilities() const override;
  std::string do_name() const override { return "independent"; }
  std::string do_config_json() const override;

  struct Fitted;
  IndependentConfig config_;
  std::unique_ptr<const Fitted> fitted_;
};

}  // namespace semblance
