// SPDX-License-Identifier: Apache-2.0
#include "nn/chain.hpp"

#include <ATen/ATen.h>
#include <torch/csrc/autograd/custom_function.h>

#include "nn/affine_lanes.hpp"
#include "nn/product.hpp"

namespace semblance {
namespace {

using torch::autograd::AutogradContext;
using torch::autograd::Function;
using torch::autograd::tensor_list;

/// Calls `use` with the type of a tensor's numbers, bfloat16 as its bits.
template <class Use>
void with_numbers(const at::Tensor& tensor, const Use& use) {
  if (tensor.scalar_type() == at::kFloat) {
    use(static_cast<float*>(tensor.mutable_data_ptr()));
  } else {
    use(static_cast<std::uint16_t*>(tensor.mutable_data_ptr()));
  }
}

/// ReLU of a product and a bias, in place.
void cut(const at::Tensor& product, const at::Tensor& bias) {
  with_numbers(product, [&](auto* numbers) {
    using Number = std::remove_pointer_t<decltype(numbers)>;
    add_and_cut(AffineTask<Number>{numbers, product.size(0), product.size(1),
                                   bias.const_data_ptr<float>(), 1, nullptr},
                numbers, product.size(1));
  });
}

/// The gradient before a ReLU that gave `shown`, in place; its sum over the rows.
at::Tensor gate(const at::Tensor& gradient, const at::Tensor& shown) {
  at::Tensor sums = at::zeros({gradient.size(1)}, gradient.options().dtype(at::kFloat));
  with_numbers(gradient, [&](auto* numbers) {
    using Number = std::remove_pointer_t<decltype(numbers)>;
    gate_and_sum(static_cast<const Number*>(shown.const_data_ptr()), gradient.size(0),
                 gradient.size(1), numbers, sums.mutable_data_ptr<float>());
  });
  return sums;
}

/// x W^T + b, with a ReLU behind it where it `cuts`; what is cut stays in the products' type.
class Layer : public Function<Layer> {
 public:
  static at::Tensor forward(AutogradContext* context, const at::Tensor& given,
                            const at::Tensor& weight, const at::Tensor& bias, bool bfloat16,
                            bool cuts) {
    const auto type = bfloat16 ? at::kBFloat16 : at::kFloat;
    const at::Tensor x = given.to(type).contiguous(), rounded = weight.to(type);
    at::Tensor y = at::mm(x, rounded.t());
    if (cuts) {
      cut(y, bias);
    } else {
      y = y.to(at::kFloat).add_(bias);
    }
    context->save_for_backward({x, rounded, cuts ? y : at::Tensor()});
    context->saved_data["moves"] = given.requires_grad();
    return y;
  }

  static tensor_list backward(AutogradContext* context, const tensor_list& gradients) {
    const auto saved = context->get_saved_variables();
    const at::Tensor &x = saved[0], &weight = saved[1], &shown = saved[2];
    at::Tensor g = gradients[0].contiguous(), sums;
    if (shown.defined()) {
      g = g.clone();
      sums = gate(g, shown);
    } else {
      sums = g.sum(0);
      g = g.to(x.scalar_type());
    }
    const bool moves = context->saved_data["moves"].toBool();
    return {
        moves ? at::mm(g, weight) : at::Tensor(), at::mm(g.t(), x).to(at::kFloat), sums, {}, {}};
  }
};

}  // namespace

at::Tensor chain(const at::Tensor& x, const Mlp& mlp, const Linear& head) {
  if (!x.is_cpu()) return head(mlp(x));
  const bool rounds = rounds_products();
  at::Tensor h = x;
  for (const Linear& layer : mlp.layers())
    h = Layer::apply(h, layer.weight(), layer.bias(), rounds, true);
  return Layer::apply(h, head.weight(), head.bias(), rounds, false);
}

}  // namespace semblance
