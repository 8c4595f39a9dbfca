// SPDX-License-Identifier: Apache-2.0
#include "nn/frozen.hpp"

#include <ATen/ATen.h>

#include "nn/affine_lanes.hpp"

namespace semblance {
namespace {

template <class Number>
Number* numbers(const at::Tensor& tensor) {
  return static_cast<Number*>(tensor.mutable_data_ptr());
}

template <class Number>
AffineTask<Number> task_of(const at::Tensor& product, std::int64_t n, const at::Tensor& table,
                           std::int64_t choices, const at::Tensor& pick) {
  return {numbers<const Number>(product),
          n,
          product.numel() / std::max<std::int64_t>(n, 1),
          table.const_data_ptr<float>(),
          choices,
          pick.defined() ? pick.const_data_ptr<std::int32_t>() : nullptr};
}

}  // namespace

FrozenAffine::FrozenAffine(const at::Tensor& weight, const at::Tensor& bias, bool bfloat16,
                           std::int64_t choices) {
  const at::Tensor all = weight.detach(), base = bias.detach().unsqueeze(0);
  const std::int64_t rest = all.size(1) - choices;
  weight_ = all.narrow(1, 0, rest).to(bfloat16 ? at::kBFloat16 : at::kFloat).contiguous();
  table_ = at::cat({base, base + all.narrow(1, rest, choices).t()}).contiguous();
  columns_table_ = table_.t().contiguous();
}

void FrozenAffine::relu_into(const at::Tensor& out, const at::Tensor& x,
                             const at::Tensor& pick) const {
  const at::Tensor product = at::mm(x, weight_.t());
  if (!product.is_cpu()) {
    const at::Tensor more = pick.defined() ? table_.index_select(0, pick) : table_.narrow(0, 0, 1);
    out.copy_((product + more).relu_());
  } else if (type() == at::kFloat) {
    add_and_cut(task_of<float>(product, x.size(0), table_, table_.size(0), pick),
                numbers<float>(out), out.stride(0));
  } else {
    add_and_cut(task_of<std::uint16_t>(product, x.size(0), table_, table_.size(0), pick),
                numbers<std::uint16_t>(out), out.stride(0));
  }
}

at::Tensor FrozenAffine::columns(const at::Tensor& x, const at::Tensor& pick) const {
  const at::Tensor product = at::mm(weight_, x.t());
  if (!product.is_cpu()) {
    return product +
           (pick.defined() ? columns_table_.index_select(1, pick) : columns_table_.narrow(1, 0, 1));
  }
  at::Tensor out = type() == at::kFloat
                       ? product
                       : at::empty(product.sizes(), product.options().dtype(at::kFloat));
  const std::int64_t n = x.size(0), choices = table_.size(0);
  if (type() == at::kFloat) {
    add_to_columns(task_of<float>(product, n, columns_table_, choices, pick), numbers<float>(out));
  } else {
    add_to_columns(task_of<std::uint16_t>(product, n, columns_table_, choices, pick),
                   numbers<float>(out));
  }
  return out;
}

FrozenMlp::FrozenMlp(const Mlp& mlp, bool bfloat16) {
  for (const Linear& layer : mlp.layers()) layers_.emplace_back(layer, bfloat16);
}

at::Tensor FrozenMlp::operator()(at::Tensor x) const {
  for (const FrozenAffine& layer : layers_) {
    const at::Tensor out = at::empty({x.size(0), layer.width()}, x.options());
    layer.relu_into(out, x);
    x = out;
  }
  return x;
}

}  // namespace semblance
