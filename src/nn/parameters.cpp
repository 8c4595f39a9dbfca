// SPDX-License-Identifier: Apache-2.0
#include "semblance/nn/parameters.hpp"

#include <ATen/ATen.h>
#include <ATen/Context.h>
#include <c10/core/GradMode.h>

#include <algorithm>
#include <cmath>
#include <numbers>

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

/// [count, width]; `fill` writes the values of one row from its stream.
template <class Fill>
at::Tensor rows_of(Seed stage, std::int64_t first, std::int64_t count, std::int64_t width,
                   Fill fill) {
  at::Tensor out = at::empty({count, width}, at::kFloat);
  float* values = out.mutable_data_ptr<float>();
  for (std::int64_t row = 0; row < count; ++row, values += width) {
    Stream stream(stage, static_cast<std::uint64_t>(first + row));
    fill(stream, values);
  }
  return out;
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
  const c10::NoGradGuard guard;
  const std::int64_t pairs = (width + 1) / 2;
  // 32 bits reach out to 6.7 standard deviations.
  const at::Tensor u = rows_of(stage, first, count, 2 * pairs, [pairs](Stream& s, float* values) {
    for (std::int64_t i = 0; i < 2 * pairs; ++i) {
      values[i] = (static_cast<float>(s()) + 0.5F) * 0x1.0p-32F;
    }
  });
  // Box-Muller in single precision, by the vector functions of whole blocks.
  const at::Tensor radius = u.narrow(1, 0, pairs).contiguous().log_().mul_(-2).sqrt_();
  const at::Tensor angle = u.narrow(1, pairs, pairs).contiguous().mul_(2 * std::numbers::pi);
  const at::Tensor out = at::cat({radius * angle.cos(), radius * angle.sin_()}, 1);
  return 2 * pairs == width ? out : out.narrow(1, 0, width).contiguous();
}

at::Tensor uniform_rows(Seed stage, std::int64_t first, std::int64_t count, std::int64_t width) {
  return rows_of(stage, first, count, width, [width](Stream& stream, float* values) {
    std::generate(values, values + width, [&] { return stream.uniform_float(); });
  });
}

}  // namespace semblance
