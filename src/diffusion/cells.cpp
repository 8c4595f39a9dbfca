// SPDX-License-Identifier: Apache-2.0
#include "diffusion/cells.hpp"

#include <ATen/ATen.h>

namespace semblance {

Cells::Cells(const FeatureCodec& codec, std::int64_t columns, at::Device device)
    : membership_(at::zeros({columns, codec.width()})), gates_(at::zeros({codec.width()})) {
  for (std::size_t i = 0; i < codec.scalars().size(); ++i) {
    membership_[codec.scalars()[i].column][static_cast<std::int64_t>(i)].fill_(1);
  }
  for (const auto& span : codec.one_hots()) {
    membership_[span.column].narrow(0, span.first, span.width).fill_(1);
    if (span.gate >= 0) gates_[span.gate].fill_(1);
  }
  membership_ = membership_.to(device);
  gates_ = gates_.to(device);
}

at::Tensor Cells::spread(const at::Tensor& cells) const { return at::mm(cells, membership_); }

at::Tensor Cells::present(const Dataset& rows) {
  at::Tensor out = at::empty({rows.rows(), std::ssize(rows.columns())}, at::kFloat);
  float* cell = out.mutable_data_ptr<float>();
  for (std::int64_t i = 0; i < rows.rows(); ++i) {
    for (const Column& column : rows.columns()) *cell++ = column.is_valid(i) ? 1 : 0;
  }
  return out;
}

at::Tensor Cells::told(const at::Tensor& vector, const at::Tensor& known) const {
  return at::cat({vector * spread(known), known}, 1);
}

at::Tensor KnownCells::draw(Seed stage, std::int64_t first, std::int64_t n) const {
  at::Tensor out = at::zeros({n, columns}, at::kFloat);
  float* cell = out.mutable_data_ptr<float>();
  for (std::int64_t i = 0; i < n; ++i, cell += columns) {
    Stream stream(stage, static_cast<std::uint64_t>(first + i));
    if (stream.uniform() < share) {
      const double known = stream.uniform();
      for (std::int64_t c = 0; c < columns; ++c) cell[c] = stream.uniform() < known ? 1 : 0;
    } else if (target >= 0 && stream.uniform() >= dropped) {
      cell[target] = 1;
    }
  }
  return out;
}

}  // namespace semblance
