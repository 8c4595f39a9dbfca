// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "semblance/balance.hpp"
#include "semblance/generator.hpp"
#include "semblance/smote/provenance.hpp"

namespace semblance {

struct Training;
struct MethodOptions;
class Method;

/// What happens to a class of k rows or fewer, which has no k neighbours.
enum class SmallClass : std::uint8_t {
  kClamp,     ///< Its rows have all the others as neighbours; a class of one row is copied.
  kError,     ///< `fit` throws, naming the class and its rows.
  kDuplicate  ///< Its rows are copied.
};

/// A training row that new rows start from.
struct BaseRow {
  std::int64_t row = 0;  ///< Of the training data, from 0.
  double share = 0;      ///< Of the new rows of its class; the shares of a class add up to 1.
};

/// What SMOTE and its relatives have in common: they keep the training rows, and a new row starts
/// from one of them, its base, and is of its class.
///
/// A method says which rows are bases and how often, which rows are their neighbours, and how a
/// point is drawn; docs/over-sampling.md has them all. Everything else is the same for every one:
///
/// Numbers are those of the point: integers and datetimes rounded to the unit of their column,
/// reals to the decimals of their field, within the parents where the point lies between them and
/// within the field's range otherwise. Categories are the most frequent of the base's neighbours,
/// ties at random (SMOTE-NC); in a table without numbers of base and neighbours (SMOTE-N); the
/// base's own in methods without neighbours. Whether a number is missing is voted like a category;
/// a present one is made from present parents only.
///
/// Distances are those of TableSpace. Neighbours are exact, ties by row.
///
/// Classes are those of a categorical target; rows without one are a class of their own, and
/// without a categorical target the table is one class. `sample` draws classes as often as the
/// training data has them; balance() draws exact counts.
///
/// Not private: the model keeps the training rows, and synthetic rows give them away [1].
///
/// [1] "SMOTE and Mirrors", arXiv 2510.15083.
class OverSampler : public Generator {
 public:
  ~OverSampler() override;

  /// The rows of `sample` with the same arguments, and where each comes from.
  [[nodiscard]] TracedRows sample_with_provenance(std::int64_t n, Seed seed,
                                                  const SampleOptions& options = {}) const;

  /// Exactly `n` rows of one class. A method that weighs its bases (ADASYN, k-means SMOTE) gives
  /// each its share of `n` by largest remainder; the others draw bases as `sample` does. Classes
  /// draw independently under one seed.
  ///
  /// \param label  A category of the target; empty where there is no categorical target.
  /// \throws NotFitted; InvalidArgument if n < 0 or the class is unknown or has no training rows;
  /// Cancelled.
  [[nodiscard]] TracedRows generate(std::string_view label, std::int64_t n, Seed seed,
                                    const RunOptions& run = {}) const;

  /// The rows with these parents; `seed` decides tied votes, and the noise of methods that add it.
  /// \throws NotFitted; InvalidArgument if a parent is not a training row, or not of the base's
  /// class in a method that joins rows of one class, or u is outside the method's range.
  [[nodiscard]] Dataset interpolate(std::span<const Provenance> parents, Seed seed) const;

  /// The rows that a training row may be joined with, nearest first, at most k; none for a row that
  /// is never a base.
  /// \throws NotFitted; InvalidArgument if there is no such row.
  [[nodiscard]] std::vector<std::int64_t> neighbours(std::int64_t row) const;

  /// The rows of a class that new rows start from, ascending, and how often.
  /// \param label  As in `generate`.
  /// \throws as `generate`.
  [[nodiscard]] std::vector<BaseRow> bases(std::string_view label) const;

  /// balance() with this generator, and where each new row comes from.
  [[nodiscard]] TracedRows balance_with_provenance(const Dataset& train, Seed seed,
                                                   const BalanceOptions& options = {}) const;

 protected:
  OverSampler();

 private:
  void do_fit(const Dataset& train, Seed seed, const RunOptions& run) final;
  Dataset do_sample(RowRange rows, const std::vector<ResolvedTerm>& given, Seed seed,
                    const RunOptions& run) const final;
  Dataset do_balance(const Dataset& train, const std::vector<std::int64_t>& add, Seed seed,
                     const RunOptions& run) const final;
  void do_save(Archive& archive) const final;
  void do_load(const Archive& archive, const Schema& schema) final;
  Capabilities do_capabilities() const final;

  virtual MethodOptions do_options() const = 0;
  virtual std::unique_ptr<const Method> do_method(const Training& training) const = 0;

  [[nodiscard]] std::int32_t class_of(std::string_view label, const char* call) const;

  struct Impl;
  std::unique_ptr<const Impl> impl_;
};

/// The over-sampler with that configuration: Smote is OverSamplerOf<SmoteConfig>.
template <class Config>
class OverSamplerOf final : public OverSampler {
 public:
  /// \throws InvalidArgument as Config::validate.
  explicit OverSamplerOf(Config config = {});

  [[nodiscard]] const Config& config() const noexcept { return config_; }

 private:
  std::string do_name() const override;
  std::string do_config_json() const override;
  MethodOptions do_options() const override;
  std::unique_ptr<const Method> do_method(const Training& training) const override;

  Config config_;
};

}  // namespace semblance
