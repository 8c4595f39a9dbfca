// SPDX-License-Identifier: Apache-2.0
#include "semblance/nn/parameters.hpp"

#include <ATen/ATen.h>
#include <ATen/Context.h>
#include <c10/core/GradMode.h>

#include <algorithm>
#include <cmath>

#include "core/noise.hpp"
#include "detail/check.hpp"
#include "semblance/core/archive.hpp"

namespace semblance {
namespace {

template <class Draw>
at::Tensor filled(std::int64_t count, Draw draw) {
  at::Tensor out = at::empty({count}, at::kFloat);
  float* values = out.mutable_data_ptr<float>();
  for (std::int64_t i = 0; i < count; ++i) values[i] = draw();
  return out;
}

std::int64_t product(const std::vector<std::int64_t>& shape) {
  std::int64_t n = 1;
  for (const auto extent : shape) n *= extent;
  return n;
}

/// Calls `use(words, row)` with the first words of each row's stream.
template <class Use>
void for_words(Seed stage, std::int64_t first, std::int64_t count, std::int64_t width, Use use) {
  std::vector<std::uint32_t> words(static_cast<std::size_t>(width));
  for (std::int64_t i = 0; i < count; ++i) {
    stream_rows(stage, first + i, 1, width, words.data());
    use(words.data(), i);
  }
}

/// The tensor of that name and shape. \throws FileError if it is another.
at::Tensor stored(const Archive& archive, const std::string& name, at::IntArrayRef shape) {
  const at::Tensor value = archive.tensor(name);
  require<FileError>(value.sizes() == shape && value.scalar_type() == at::kFloat,
                     "the model file's tensor '{}' has the wrong shape or type", name);
  return value.clone();
}

}  // namespace

at::Tensor Parameters::uniform(const std::string& name, std::vector<std::int64_t> shape,
                               double bound) {
  return add(name, shape, [&] {
    Stream stream(seed_, name);
    return filled(product(shape),
                  [&] { return static_cast<float>((2 * stream.uniform() - 1) * bound); });
  });
}

at::Tensor Parameters::normal(const std::string& name, std::vector<std::int64_t> shape,
                              double deviation) {
  return add(name, shape, [&] {
    Stream stream(seed_, name);
    return filled(product(shape), [&] { return static_cast<float>(stream.normal() * deviation); });
  });
}

at::Tensor Parameters::constant(const std::string& name, std::vector<std::int64_t> shape,
                                double value) {
  return add(name, shape, [&] { return at::full(shape, value, at::kFloat); });
}

at::Tensor Parameters::given(const std::string& name, std::vector<std::int64_t> shape,
                             const std::function<at::Tensor()>& value) {
  return add(name, shape, value);
}

at::Tensor Parameters::add(const std::string& name, const std::vector<std::int64_t>& shape,
                           const std::function<at::Tensor()>& value) {
  const at::Tensor start =
      source_ != nullptr ? stored(*source_, name, shape) : value().to(at::kFloat).reshape(shape);
  tensors_.push_back(start.to(torch_device(device_)).requires_grad_());
  names_.push_back(name);
  return tensors_.back();
}

std::int64_t Parameters::count() const {
  std::int64_t n = 0;
  for (const auto& tensor : tensors_) n += tensor.numel();
  return n;
}

void Parameters::save(Archive& archive) const {
  for (std::size_t i = 0; i < names_.size(); ++i) archive.put_tensor(names_[i], tensors_[i]);
}

void Parameters::load(const Archive& archive) {
  const c10::NoGradGuard guard;
  for (std::size_t i = 0; i < names_.size(); ++i) {
    tensors_[i].copy_(stored(archive, names_[i], tensors_[i].sizes()));
  }
}

at::Device torch_device(Device device) {
  if (device == Device::kCpu) return at::kCPU;
  require(at::hasCUDA(),
          "RunOptions.device: kCuda needs a CUDA build of LibTorch and a CUDA device; this one has "
          "none");
  return at::Device(at::kCUDA, 0);
}

at::Tensor normal_rows(Seed stage, std::int64_t first, std::int64_t count, std::int64_t width) {
  const std::int64_t pairs = (width + 1) / 2;
  at::Tensor out = at::empty({count, 2 * pairs}, at::kFloat);
  float* values = out.mutable_data_ptr<float>();
  for_words(stage, first, count, 2 * pairs, [&](const std::uint32_t* words, std::int64_t i) {
    float* row = values + i * 2 * pairs;
    normal_pairs(words, words + pairs, pairs, row, row + pairs);
  });
  return 2 * pairs == width ? out : out.narrow(1, 0, width).contiguous();
}

at::Tensor uniform_rows(Seed stage, std::int64_t first, std::int64_t count, std::int64_t width) {
  at::Tensor out = at::empty({count, width}, at::kFloat);
  float* values = out.mutable_data_ptr<float>();
  for_words(stage, first, count, width, [&](const std::uint32_t* words, std::int64_t i) {
    std::transform(words, words + width, values + i * width,
                   [](std::uint32_t word) { return static_cast<float>(word >> 8) * 0x1.0p-24F; });
  });
  return out;
}

}  // namespace semblance
