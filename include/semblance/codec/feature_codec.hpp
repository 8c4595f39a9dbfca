// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

#include "semblance/core/seed.hpp"
#include "semblance/data/dataset.hpp"

namespace semblance {

class Archive;
struct RowDigest;

/// How a number becomes network input.
enum class NumberCoding : std::uint8_t {
  kQuantile,  ///< One scalar: the normal score of the value's rank.
  kModes      ///< Mode-specific normalisation [1]: a mixture component and the offset inside it.
};

/// Where the values of tensor columns are mapped to.
enum class TensorScale : std::uint8_t {
  kSigned,  ///< [-1, 1]
  kUnit     ///< [0, 1]
};

/// How columns become vectors.
struct FeatureConfig {
  NumberCoding numbers = NumberCoding::kQuantile;
  std::int64_t max_categories =
      256;                        ///< Slots of a categorical column, >= 2; the rarest share one.
  std::int64_t rare_count = 5;    ///< Categories with fewer training rows share one slot, >= 1.
  std::int64_t quantiles = 1000;  ///< Most reference quantiles of a number, >= 2.
  TensorScale tensors = TensorScale::kSigned;

  void validate() const;  ///< \throws InvalidArgument that names the first bad field.
};

/// One scalar of the encoded vector.
struct ScalarFeature {
  std::int64_t column = 0;  ///< Position in the schema.
  std::int64_t gate = -1;  ///< Position of the slot "missing" of that column, or -1. Where it is 1,
                           ///< the scalar says nothing and belongs in no loss.
};

/// A one-hot span of the encoded vector; all its entries are 0 for a category or gap that the
/// training rows lack.
struct OneHotFeature {
  std::int64_t column = 0;  ///< Position in the schema.
  std::int64_t first = 0;   ///< Position of its first slot in the vector.
  std::int64_t width = 0;   ///< Slots, >= 2.
  std::int64_t gate = -1;   ///< Position of its slot "missing", or -1.
};

/// A tensor column.
struct TensorFeature {
  std::int64_t column = 0;  ///< Position in the schema.
  std::vector<std::int64_t> shape;
  std::int64_t gate = -1;  ///< As in ScalarFeature.
};

/// Rows as a network takes them.
struct Features {
  at::Tensor vector;                ///< [n, width] float32: scalars first, then one-hot spans.
  std::vector<at::Tensor> tensors;  ///< [n, shape...] float32 each, one a tensor column.
};

/// The columns of a data set as vectors and tensors, and back.
///
/// A number gives a scalar: by kQuantile, the normal score z of its rank, by linear interpolation
/// between reference quantiles (repeated values share the score of their middle rank); by kModes,
/// clip((x - mean_k) / (4 sigma_k), -0.99, 0.99) for a component k of a variational Gaussian
/// mixture with at most 10 components, drawn from the value's responsibilities, and k's one-hot
/// code. A category gives a one-hot code; those with fewer than rare_count rows, and those beyond
/// max_categories, share one slot, which decodes by their frequencies. A gap is one more slot of
/// the column's one-hot code. Columns that never vary take no room. Tensor columns are scaled
/// linearly: uint8 from [0, 255], float32 from each channel's range in the training rows.
///
/// Decoding gives values inside the range of the training rows, integers where the field is, on the
/// grid of the training rows (their greatest common step; a real's decimals), and no category that
/// the training rows lack.
///
/// [1] Xu et al., "Modeling tabular data using conditional GAN", NeurIPS 2019.
class FeatureCodec {
 public:
  /// Learns the codes of some columns.
  /// \param columns  Positions in the schema, without repetition; text columns are not allowed.
  /// \throws InvalidArgument that names the column, for text or a number that is not finite.
  FeatureCodec(const Dataset& train, std::vector<std::int64_t> columns, const FeatureConfig& config,
               Seed seed);
  FeatureCodec(const RowDigest& train, std::vector<std::int64_t> columns,
               const FeatureConfig& config, Seed seed);
  ~FeatureCodec();
  FeatureCodec(FeatureCodec&&) noexcept;
  FeatureCodec& operator=(FeatureCodec&&) noexcept;

  [[nodiscard]] std::int64_t width() const noexcept;  ///< Of the encoded vector, >= 0.
  /// The scalars, at positions 0, 1, ... of the vector.
  [[nodiscard]] const std::vector<ScalarFeature>& scalars() const noexcept;
  /// The one-hot spans, one after the other behind the scalars.
  [[nodiscard]] const std::vector<OneHotFeature>& one_hots() const noexcept;
  [[nodiscard]] const std::vector<TensorFeature>& tensors() const noexcept;
  /// Whether scalars lie in [-1, 1] (kModes) or are normal scores (kQuantile).
  [[nodiscard]] bool bounded() const noexcept;

  /// \param rows  Of the training schema.
  /// \param seed  Of the draws of kModes; row i draws from its own stream, first_row + i.
  /// \throws InvalidArgument that names the column of a number that is not finite.
  [[nodiscard]] Features encode(const Dataset& rows, Seed seed, std::int64_t first_row = 0) const;

  /// Whether every category and gap has a code.
  /// \param call  Named in the message: "gan.refit".
  /// \throws InvalidArgument that names column and row of one that the training rows lack.
  void check_known(const Dataset& rows, std::string_view call) const;

  /// Values for vectors; the inverse of encode where one-hot spans are one-hot.
  ///
  /// \param features   On the CPU. One-hot spans may hold any weights >= 0: the slot is drawn from
  ///                   them. Scalars and tensors of any value.
  /// \param seed       Of the draws; row i is a function of its features, the seed and first_row +
  /// i.
  /// \return one column for each of `columns`, in that order.
  [[nodiscard]] std::vector<Column> decode(const Features& features, Seed seed,
                                           std::int64_t first_row) const;

  void save(Archive& archive) const;
  /// Reads what save has written. \throws FileError.
  [[nodiscard]] static FeatureCodec load(const Archive& archive, const Schema& schema);

 private:
  struct Impl;
  explicit FeatureCodec(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace semblance
