// SPDX-License-Identifier: Apache-2.0
#include <ATen/ATen.h>

#include "detail/check.hpp"
#include "semblance/evaluate/signals.hpp"

namespace semblance {

Signals signals_of(const at::Tensor& tensor, std::vector<std::int64_t> lengths) {
  require(
      tensor.defined() && (tensor.dim() == 2 || tensor.dim() == 3) && tensor.is_floating_point(),
      "signals_of: needs a floating tensor [n, T] or [n, T, C]");
  const at::Tensor x = tensor.detach().to(at::kCPU).to(at::kFloat).contiguous();
  Signals out{x.size(0), x.size(1), x.dim() == 3 ? x.size(2) : 1, {}, std::move(lengths)};
  const auto* first = x.const_data_ptr<float>();
  out.values.assign(first, first + x.numel());
  out.validate();
  return out;
}

}  // namespace semblance
