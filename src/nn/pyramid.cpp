// SPDX-License-Identifier: Apache-2.0
#include "semblance/nn/pyramid.hpp"

#include <ATen/ATen.h>

#include <cmath>

namespace semblance {
namespace {

constexpr std::size_t kLevels = 2;
constexpr std::int64_t kLeastExtent = 4;  // smaller ones are not halved

using Extent = PyramidShape::Extent;

/// Kernel, stride, padding and output padding between a level and the next smaller one.
struct Window {
  std::vector<std::int64_t> kernel, stride, padding, output_padding;

  Window(Extent large, Extent small) {
    for (const auto& [from, to] :
         {std::pair(large.height, small.height), std::pair(large.width, small.width)}) {
      const bool halves = from != to;
      kernel.push_back(halves ? 4 : 1);
      stride.push_back(halves ? 2 : 1);
      padding.push_back(halves ? 1 : 0);
      output_padding.push_back(halves ? from - 2 * to : 0);
    }
  }
};

std::int64_t channels_at(const PyramidShape& shape, std::size_t level, std::int64_t width) {
  return level == 0 ? shape.channels : width << (level - 1);
}

/// Values a channel-first image of that level has.
std::int64_t size_at(const PyramidShape& shape, std::size_t level, std::int64_t width) {
  const Extent extent = shape.extents[level];
  return channels_at(shape, level, width) * extent.height * extent.width;
}

}  // namespace

PyramidShape::PyramidShape(const std::vector<std::int64_t>& of) : shape(of) {
  Extent extent;
  if (shape.size() == 3) {
    channels = shape[0];
    extent = {shape[1], shape[2]};
  } else if (shape.size() == 2) {
    channels = shape[1];
    extent = {1, shape[0]};
  } else {
    for (const auto length : shape) extent.width *= length;
  }
  const auto halved = [](std::int64_t n) { return n >= kLeastExtent ? n / 2 : n; };
  extents.push_back(extent);
  while (extents.size() <= kLevels &&
         (extent.height >= kLeastExtent || extent.width >= kLeastExtent))
    extents.push_back(extent = {halved(extent.height), halved(extent.width)});
}

at::Tensor PyramidShape::to_image(const at::Tensor& x) const {
  const auto image = shape.size() == 2 ? x.transpose(1, 2) : x;
  return image.reshape({-1, channels, extents[0].height, extents[0].width});
}

at::Tensor PyramidShape::from_image(const at::Tensor& image) const {
  std::vector<std::int64_t> sizes = {image.size(0)};
  sizes.insert(sizes.end(), shape.begin(), shape.end());
  if (shape.size() == 2) return image.squeeze(2).transpose(1, 2);
  return image.reshape(sizes);
}

PyramidEncoder::PyramidEncoder(Parameters& parameters, const std::string& name, PyramidShape shape,
                               std::int64_t width)
    : shape_(std::move(shape)) {
  for (std::size_t level = 1; level < shape_.extents.size(); ++level) {
    const Window window(shape_.extents[level - 1], shape_.extents[level]);
    const std::int64_t in = channels_at(shape_, level - 1, width);
    const std::int64_t out = channels_at(shape_, level, width);
    const double bound =
        std::sqrt(6.0) / std::sqrt(static_cast<double>(in * window.kernel[0] * window.kernel[1]));
    const std::string stem = name + "." + std::to_string(level);
    weight_.push_back(
        parameters.uniform(stem + ".weight", {out, in, window.kernel[0], window.kernel[1]}, bound));
    bias_.push_back(parameters.uniform(stem + ".bias", {out}, bound));
  }
  outputs_ = size_at(shape_, shape_.extents.size() - 1, width);
}

at::Tensor PyramidEncoder::operator()(const at::Tensor& x) const {
  at::Tensor out = shape_.to_image(x);
  for (std::size_t i = 0; i < weight_.size(); ++i) {
    const Window window(shape_.extents[i], shape_.extents[i + 1]);
    out = at::conv2d(out, weight_[i], bias_[i], window.stride, window.padding).relu();
  }
  return out.flatten(1);
}

PyramidDecoder::PyramidDecoder(Parameters& parameters, const std::string& name, std::int64_t inputs,
                               PyramidShape shape, std::int64_t width)
    : shape_(std::move(shape)),
      first_(parameters, name + ".first", inputs,
             size_at(shape_, shape_.extents.size() - 1, width)) {
  for (std::size_t level = shape_.extents.size() - 1; level > 0; --level) {
    const Window window(shape_.extents[level - 1], shape_.extents[level]);
    const std::int64_t in = channels_at(shape_, level, width);
    const std::int64_t out = channels_at(shape_, level - 1, width);
    // A value of the larger image hears kernel / stride values of the smaller one.
    const double fan = static_cast<double>(in * window.kernel[0] * window.kernel[1]) /
                       static_cast<double>(window.stride[0] * window.stride[1]);
    const double gain = level == 1 ? 1 : 6;  // no ReLU behind the last one
    const std::string stem = name + "." + std::to_string(level);
    weight_.push_back(parameters.uniform(
        stem + ".weight", {in, out, window.kernel[0], window.kernel[1]}, std::sqrt(gain / fan)));
    bias_.push_back(parameters.uniform(stem + ".bias", {out}, 1 / std::sqrt(fan)));
  }
}

at::Tensor PyramidDecoder::operator()(const at::Tensor& x) const {
  at::Tensor out = first_(x);
  const std::size_t levels = weight_.size();
  const Extent smallest = shape_.extents.back();
  out = out.reshape({x.size(0), -1, smallest.height, smallest.width});
  for (std::size_t i = 0; i < levels; ++i) {
    const Window window(shape_.extents[levels - 1 - i], shape_.extents[levels - i]);
    out = at::conv_transpose2d(out.relu(), weight_[i], bias_[i], window.stride, window.padding,
                               window.output_padding);
  }
  return shape_.from_image(out);
}

}  // namespace semblance
