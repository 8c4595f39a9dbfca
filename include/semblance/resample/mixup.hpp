// SPDX-License-Identifier: Apache-2.0
// Mixing of batches, for training loops. Row i of a batch is mixed with its partner j:
//
//   inputs  lambda x_i + (1 - lambda) x_j      targets  lambda' y_i + (1 - lambda') y_j
//
// with one lambda ~ Beta(alpha, alpha) a row. What is drawn depends on the seed, the step and the
// row's place in the batch: the same loop mixes the same way, on any device. Partners are chosen on
// the CPU, mixing runs where the batch is, and gradients flow through it, so that hidden layers can
// be mixed as well (manifold mixup).
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <span>

#include "semblance/core/seed.hpp"

namespace semblance {

/// A mixed batch and how it came about.
struct MixedBatch {
  at::Tensor inputs;         ///< [B, ...] as given: type, device, shape.
  at::Tensor targets;        ///< As given.
  at::Tensor partner;        ///< [B] int64: j, on the device of the inputs.
  at::Tensor lambda;         ///< [B] of the inputs' type.
  at::Tensor target_lambda;  ///< [B] of the targets' type: lambda', which is lambda but in Remix.
};

/// Whether every row has a lambda of its own, as the paper writes it, or the batch has one, as its
/// authors' program does.
enum class LambdaFor : std::uint8_t { kRow, kBatch };

/// Every knob of mixup.
struct MixupConfig {
  double alpha = 0.2;  ///< Of Beta(alpha, alpha), > 0; 1: uniform.
  LambdaFor lambda_for = LambdaFor::kRow;

  void validate() const;  ///< \throws InvalidArgument that names the first bad field.
};

/// mixup [1]: partners are a random permutation of the batch.
///
/// \param inputs   [B, ...] floating point, B >= 1.
/// \param targets  [B, ...] floating point: one-hot or soft labels, or numbers.
/// \param step     Which batch of the training this is, >= 0.
/// \throws InvalidArgument if a rule above is broken.
///
/// [1] Zhang, Cisse, Dauphin, Lopez-Paz, "mixup: beyond empirical risk minimization", ICLR 2018.
[[nodiscard]] MixedBatch mixup(const at::Tensor& inputs, const at::Tensor& targets,
                               const MixupConfig& config, Seed seed, std::int64_t step);

/// Every knob of remix.
struct RemixConfig {
  double alpha = 1;  ///< Of Beta(alpha, alpha), > 0.
  double kappa = 3;  ///< A class this many times as large as the other gives way, >= 1.
  double tau = 0.5;  ///< ... where its share of the inputs is below it, in [0, 1].
  LambdaFor lambda_for = LambdaFor::kRow;

  void validate() const;  ///< \throws InvalidArgument that names the first bad field.
};

/// Remix [1]: mixup whose label leans to the rarer class. With n_i, n_j the sizes of both classes
///
///   lambda' = 0  if n_i >= kappa n_j and lambda < tau
///             1  if n_j >= kappa n_i and 1 - lambda < tau
///             lambda  otherwise
///
/// \param inputs      [B, ...] floating point, B >= 1.
/// \param targets     [B, C] floating point; a row's class is its largest entry, the first of
/// equals.
/// \param class_rows  [C] rows of each class in the training data, >= 0.
/// \throws InvalidArgument if a rule above is broken.
///
/// [1] Chou, Chang, Pan, Wei, Juan, "Remix: rebalanced mixup", ECCV workshops 2020.
[[nodiscard]] MixedBatch remix(const at::Tensor& inputs, const at::Tensor& targets,
                               std::span<const std::int64_t> class_rows, const RemixConfig& config,
                               Seed seed, std::int64_t step);

/// Every knob of c_mixup.
struct CMixupConfig {
  double alpha = 2;      ///< Of Beta(alpha, alpha), > 0.
  double bandwidth = 1;  ///< Of the Gaussian kernel, in the targets' unit, > 0.
  LambdaFor lambda_for = LambdaFor::kRow;

  void validate() const;  ///< \throws InvalidArgument that names the first bad field.
};

/// C-Mixup [1]: mixup for regression, whose partners have targets alike (see KernelPartners, which
/// also draws partners from a whole training set).
///
/// \param inputs   [B, ...] floating point, B >= 1.
/// \param targets  [B] or [B, 1] floating point, finite.
/// \throws InvalidArgument if a rule above is broken.
///
/// [1] Yao et al., "C-Mixup: improving generalization in regression", NeurIPS 2022.
[[nodiscard]] MixedBatch c_mixup(const at::Tensor& inputs, const at::Tensor& targets,
                                 const CMixupConfig& config, Seed seed, std::int64_t step);

}  // namespace semblance
