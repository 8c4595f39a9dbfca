// SPDX-License-Identifier: Apache-2.0
#include <ATen/ATen.h>

#include <algorithm>
#include <cmath>

#include "detail/check.hpp"
#include "semblance/evaluate/evaluate_images.hpp"

namespace semblance {

Images Images::take(std::span<const std::int64_t> wanted) const {
  Images out{std::ssize(wanted), channels, height, width, {}, {}};
  const std::int64_t size = channels * height * width;
  for (const auto i : wanted) {
    out.values.insert(out.values.end(), values.begin() + i * size, values.begin() + (i + 1) * size);
    if (!labels.empty()) out.labels.push_back(labels[static_cast<std::size_t>(i)]);
  }
  return out;
}

void Images::validate() const {
  require(channels >= 1 && height >= 1 && width >= 1,
          "Images: channels, height and width must be >= 1, got {} x {} x {}", channels, height,
          width);
  require(std::ssize(values) == count * channels * height * width,
          "Images: there must be count x channels x height x width values, got {} for {} x {} x {} "
          "x {}",
          values.size(), count, channels, height, width);
  require(labels.empty() || std::ssize(labels) == count,
          "Images: there must be one label an image, got {} for {}", labels.size(), count);
  require(std::ranges::all_of(labels, [](auto label) { return label >= 0; }),
          "Images: labels must be >= 0");
  require(std::ranges::all_of(values, [](float v) { return std::isfinite(v); }),
          "Images: values must be finite");
}

Images images_of(const Column& column) {
  const auto& shape = column.shape();
  require(column.kind() == Kind::kTensor && (shape.size() == 2 || shape.size() == 3),
          "images_of: needs a tensor column of shape [H, W] or [C, H, W]");
  require(column.null_count() == 0, "images_of: the column has missing values");
  Images out{column.size(),
             shape.size() == 3 ? shape[0] : 1,
             shape[shape.size() - 2],
             shape.back(),
             {},
             {}};
  if (column.element() == ElementType::kUInt8) {
    for (const auto byte : column.bytes()) out.values.push_back(static_cast<float>(byte) / 255.0F);
  } else {
    out.values.assign(column.floats().begin(), column.floats().end());
  }
  out.validate();
  return out;
}

Images images_of(const Dataset& data) {
  const Schema& schema = data.schema();
  for (std::int64_t c = 0; c < schema.size(); ++c) {
    if (schema[c].kind != Kind::kTensor) continue;
    Images out = images_of(data.column(c));
    const std::int64_t target = schema.target();
    if (target >= 0 && schema[target].kind == Kind::kCategorical &&
        data.column(target).null_count() == 0)
      out.labels.assign(data.column(target).codes().begin(), data.column(target).codes().end());
    return out;
  }
  fail("images_of: the data set has no tensor column");
}

Images images_of(const at::Tensor& tensor, std::vector<std::int32_t> labels) {
  require(tensor.defined() && (tensor.dim() == 3 || tensor.dim() == 4),
          "images_of: needs a tensor [n, H, W] or [n, C, H, W]");
  const at::Tensor all = tensor.dim() == 3 ? tensor.unsqueeze(1) : tensor;
  at::Tensor x = all.detach().to(at::kCPU).to(at::kFloat).contiguous();
  if (tensor.scalar_type() == at::kByte) x = x / 255;
  Images out{x.size(0), x.size(1), x.size(2), x.size(3), {}, std::move(labels)};
  const auto* first = x.const_data_ptr<float>();
  out.values.assign(first, first + x.numel());
  out.validate();
  return out;
}

}  // namespace semblance
