// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "semblance/core/run.hpp"
#include "semblance/core/seed.hpp"

namespace semblance {

class Archive;

/// The trainable tensors of a network, by name, in order of creation.
///
/// Layers hold shallow copies (LibTorch tensors are handles); the store initialises, saves and
/// loads them. Initialisation draws from the seed and the parameter's name, so that a new layer
/// does not shift others.
class Parameters {
 public:
  explicit Parameters(Seed seed, Device device = Device::kCpu) : seed_(seed), device_(device) {}
  /// Takes every value from `archive` instead of drawing it: a file that is not what its
  /// configuration says is found at the first tensor, before memory is spent on it. The archive
  /// must outlive the construction of the layers. \throws FileError while layers are made.
  explicit Parameters(const Archive& archive, Device device = Device::kCpu)
      : device_(device), source_(&archive) {}

  /// Uniform in (-bound, bound), float32, requires a gradient.
  at::Tensor uniform(const std::string& name, std::vector<std::int64_t> shape, double bound);
  /// Normal with mean 0, float32, requires a gradient.
  at::Tensor normal(const std::string& name, std::vector<std::int64_t> shape, double deviation);
  /// A constant, float32, requires a gradient.
  at::Tensor constant(const std::string& name, std::vector<std::int64_t> shape, double value);
  /// What `value()` returns, as float32 of that shape that requires a gradient.
  at::Tensor given(const std::string& name, std::vector<std::int64_t> shape,
                   const std::function<at::Tensor()>& value);

  [[nodiscard]] const std::vector<at::Tensor>& tensors() const noexcept { return tensors_; }
  [[nodiscard]] std::int64_t count() const;  ///< Number of scalars.

  void save(Archive& archive) const;
  /// Overwrites the values. \throws FileError if a tensor is missing or has another shape.
  void load(const Archive& archive);

 private:
  at::Tensor add(const std::string& name, const std::vector<std::int64_t>& shape,
                 const std::function<at::Tensor()>& value);

  Seed seed_{0};
  Device device_ = Device::kCpu;
  const Archive* source_ = nullptr;  // only while layers are made
  std::vector<std::string> names_;
  std::vector<at::Tensor> tensors_;
};

/// LibTorch's name of a device. \throws InvalidArgument for kCuda without a CUDA device.
[[nodiscard]] at::Device torch_device(Device device);

/// Float32 noise of [count, width] on the CPU; row i is a function of (stage, first + i) only.
[[nodiscard]] at::Tensor normal_rows(Seed stage, std::int64_t first, std::int64_t count,
                                     std::int64_t width);
[[nodiscard]] at::Tensor uniform_rows(Seed stage, std::int64_t first, std::int64_t count,
                                      std::int64_t width);

}  // namespace semblance
