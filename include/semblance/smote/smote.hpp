// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "semblance/generator.hpp"
#include "semblance/smote/provenance.hpp"

namespace semblance {

/// What happens to a class of k rows or fewer, which has no k neighbours.
enum class SmallClass : std::uint8_t {
  kClamp,     ///< Its rows have all the others as neighbours; a class of one row is copied.
  kError,     ///< `fit` throws, naming the class and its rows.
  kDuplicate  ///< Its rows are copied.
};

/// Every knob of Smote.
struct SmoteConfig {
  std::int64_t k = 5;                           ///< Neighbours a row may be joined with, >= 1.
  bool standardize = true;                      ///< Distances on columns of unit variance.
  SmallClass small_class = SmallClass::kClamp;  ///< For classes of k rows or fewer.

  void validate() const;  ///< \throws InvalidArgument that names the first bad field.
};

/// SMOTE [1]: new rows on the lines between a row and its nearest neighbours of the same class.
///
/// x = a + u (b - a) with a uniform in the class, b uniform among its k nearest neighbours in the
/// class, one u ~ U[0, 1) for all numbers. Categories are the most frequent of the k neighbours,
/// ties at random (SMOTE-NC); in a table without numbers of base and neighbours (SMOTE-N).
/// Distances: Euclidean; with categories, the squared median standard deviation of the class for
/// every category that differs; without numbers, the value difference metric (the share of
/// differing columns where there are no classes). Neighbours are exact, ties by row.
///
/// Classes are those of a categorical target; rows without one are a class of their own, and
/// without a categorical target the table is one class. `sample` draws classes as often as the
/// training data has them; balance() draws exact counts.
///
/// Integers and datetimes are rounded to the unit of their column, reals to the decimals of their
/// field; every value lies between those of its two parents. Whether a number is missing is voted
/// like a category; a present one is interpolated between present parents only.
///
/// Not private: the model keeps the training rows, and synthetic rows give them away [2].
///
/// [1] Chawla et al., "SMOTE: synthetic minority over-sampling technique", JAIR 2002.
/// [2] "SMOTE and Mirrors", arXiv 2510.15083.
class Smote final : public Generator {
 public:
  /// \throws InvalidArgument as SmoteConfig::validate.
  explicit Smote(SmoteConfig config = {});
  ~Smote() override;

  [[nodiscard]] const SmoteConfig& config() const noexcept;

  /// The rows of `sample` with the same arguments, and where each comes from.
  [[nodiscard]] TracedRows sample_with_provenance(std::int64_t n, Seed seed,
                                                  const SampleOptions& options = {}) const;

  /// The rows with these parents; `seed` decides tied votes.
  /// \throws NotFitted; InvalidArgument if a parent is not a training row, they are of different
  /// classes, or u is not in [0, 1].
  [[nodiscard]] Dataset interpolate(std::span<const Provenance> parents, Seed seed) const;

  /// The neighbours of a training row in its class, nearest first; at most k.
  /// \throws NotFitted; InvalidArgument if there is no such row.
  [[nodiscard]] std::vector<std::int64_t> neighbours(std::int64_t row) const;

 private:
  void do_fit(const Dataset& train, Seed seed, const RunOptions& run) override;
  Dataset do_sample(RowRange rows, const std::vector<ResolvedTerm>& given, Seed seed,
                    const RunOptions& run) const override;
  void do_save(Archive& archive) const override;
  void do_load(const Archive& archive, const Schema& schema) override;
  Capabilities do_capabilities() const override;
  std::string do_name() const override;
  std::string do_config_json() const override;

  struct Impl;
  SmoteConfig config_;
  std::unique_ptr<const Impl> impl_;
};

}  // namespace semblance
