// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <string>
#include <vector>

#include "semblance/nn/mlp.hpp"
#include "semblance/nn/parameters.hpp"

namespace semblance {

/// How an image or a signal is halved on its way to a vector, and doubled on the way back.
///
/// Images are [C, H, W]; a signal [T, C] is an image of height 1 with C channels; [T] has one
/// channel; a tensor of any other rank is flattened to one. Each of at most two levels halves
/// (rounding down) every extent of at least 4 by a convolution of width 4 and stride 2.
struct PyramidShape {
  struct Extent {
    std::int64_t height = 1, width = 1;
  };

  explicit PyramidShape(const std::vector<std::int64_t>& shape);

  /// [n, shape...] -> [n, channels, height, width], and back.
  [[nodiscard]] at::Tensor to_image(const at::Tensor& x) const;
  [[nodiscard]] at::Tensor from_image(const at::Tensor& image) const;

  std::vector<std::int64_t> shape;
  std::int64_t channels = 1;
  std::vector<Extent> extents;  ///< Of the image and of every level: 1 to 3.
};

/// Convolutions with ReLU down to a flat vector.
class PyramidEncoder {
 public:
  /// \param width  Channels of the first level, >= 1; doubled at the second.
  PyramidEncoder(Parameters& parameters, const std::string& name, PyramidShape shape,
                 std::int64_t width);

  /// [n, shape...] -> [n, outputs()].
  [[nodiscard]] at::Tensor operator()(const at::Tensor& x) const;
  [[nodiscard]] std::int64_t outputs() const noexcept { return outputs_; }

 private:
  PyramidShape shape_;
  std::vector<at::Tensor> weight_, bias_;
  std::int64_t outputs_;
};

/// The mirror image: a linear map, then transposed convolutions with ReLU between them.
class PyramidDecoder {
 public:
  PyramidDecoder(Parameters& parameters, const std::string& name, std::int64_t inputs,
                 PyramidShape shape, std::int64_t width);

  /// [n, inputs] -> [n, shape...], unbounded.
  [[nodiscard]] at::Tensor operator()(const at::Tensor& x) const;

 private:
  PyramidShape shape_;
  Linear first_;
  std::vector<at::Tensor> weight_, bias_;
};

}  // namespace semblance
