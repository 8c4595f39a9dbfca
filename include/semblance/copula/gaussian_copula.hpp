// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "semblance/generator.hpp"

namespace semblance {

/// Every knob of GaussianCopula.
struct GaussianCopulaConfig {
  std::int64_t max_categories = 1000;   ///< Tokens of a categorical column, >= 2: see TokenConfig.
  std::int64_t max_values = 256;        ///< Tokens of a numeric column without bins, >= 0.
  std::int64_t bins = 256;              ///< Quantile bins of other numeric columns, >= 1.
  std::int64_t min_category_rows = 10;  ///< Categories of fewer rows share one place, >= 1.
  double ridge = 1e-3;                  ///< Least eigenvalue of the correlations, in (0, 1].
  std::int64_t sweeps = 20;             ///< Gibbs sweeps over cells known to an interval, >= 0.
  bool by_target = false;               ///< One copula a class of a categorical target.
  double class_shrinkage = 10;          ///< Of a class's correlations towards those within all
                                        ///< classes: n rows keep n / (n + this x variables), >= 0.

  void validate() const;  ///< \throws InvalidArgument that names the first bad field.
};

/// Gaussian copula with empirical margins.
///
/// Every column is a monotone function of a standard normal variable, and these are jointly normal:
/// x_j = F_j^-1(Phi(z_j)), z ~ N(0, R) [1]. Numbers take the quantile function of the training
/// rows, smoothed inside bins; a category is an interval of z; a column with gaps has a second
/// variable, which says whether the cell is missing. R is estimated pair by pair from normal
/// scores, corrected for the steps of discrete columns.
///
/// Given values of some columns, the others are drawn from the model's conditional distribution:
/// in closed form for numbers that have a density and for one interval or category; by Gibbs
/// sampling for several.
///
/// With `by_target` a categorical target's classes have a copula each, on the same tokens: margins
/// and correlations of their own, shrunk towards those of all. So the target may depend on the
/// other columns in any way, which suits small tables. Given other columns, a row's class is drawn
/// by Bayes' rule; the probability of several cells known to intervals is estimated (GHK).
///
/// [1] Nelsen, "An introduction to copulas", 2006; Song, "Multivariate dispersion models generated
/// from Gaussian copula", Scandinavian Journal of Statistics, 2000.
class GaussianCopula final : public Generator {
 public:
  /// \throws InvalidArgument if the configuration is not valid.
  explicit GaussianCopula(GaussianCopulaConfig config = {});
  ~GaussianCopula() override;

  [[nodiscard]] const GaussianCopulaConfig& config() const noexcept { return config_; }

  /// The correlation of two columns' normal variables, in [-1, 1]. The sign of a categorical
  /// column's is that of the order which its categories were given.
  /// \throws NotFitted, InvalidArgument for an unknown column.
  [[nodiscard]] double correlation(std::string_view a, std::string_view b) const;

 private:
  void do_fit(const Dataset& train, Seed seed, const RunOptions& run) override;
  Dataset do_sample(RowRange rows, const std::vector<ResolvedTerm>& given, Seed seed,
                    const RunOptions& run) const override;
  Dataset do_impute(const Dataset& rows, Seed seed, const RunOptions& run) const override;
  void do_save(Archive& archive) const override;
  void do_load(const Archive& archive, const Schema& schema) override;
  Capabilities do_capabilities() const override;
  std::string do_name() const override { return "copula"; }
  std::string do_config_json() const override;

  struct Fitted;
  GaussianCopulaConfig config_;
  std::unique_ptr<const Fitted> fitted_;
};

}  // namespace semblance
