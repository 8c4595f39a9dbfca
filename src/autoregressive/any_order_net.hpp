// SPDX-License-Identifier: Apache-2.0
// The network of AnyOrderModel: tensors in, logits out.
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <span>
#include <vector>

#include "semblance/autoregressive/any_order_model.hpp"
#include "semblance/codec/token_codec.hpp"
#include "semblance/nn/parameters.hpp"

namespace semblance {

/// An order of the columns: the first ones are known to the later ones.
using Order = std::vector<std::int64_t>;

class AnyOrderNet {
 public:
  /// \param parameters  Empty: where the layers take their start values from.
  AnyOrderNet(const TokenCodec& codec, const AnyOrderConfig& config, Seed seed,
              Parameters parameters);

  [[nodiscard]] const Parameters& parameters() const noexcept { return parameters_; }
  [[nodiscard]] std::int64_t columns() const noexcept {
    return static_cast<std::int64_t>(heads_.size());
  }
  [[nodiscard]] std::int64_t width() const noexcept { return width_; }

  /// \param tokens  [n, columns] int64, positions in the concatenated vocabularies.
  /// \return [n, columns * width] embeddings, columns in the given order.
  [[nodiscard]] at::Tensor embed(const at::Tensor& tokens, const Order& order) const;
  /// Embedding of one column's tokens. \param tokens [n] int64 in the concatenated vocabularies.
  /// \return [n, width].
  [[nodiscard]] at::Tensor embed_one(const at::Tensor& tokens) const;

  /// One column's layers with its first layer cut and sorted for a context; see `head`.
  struct Head {
    at::Tensor input, input_bias;          // [context * width, h0], [h0]
    std::vector<at::Tensor> weight, bias;  // [h_i, h_i+1], [h_i+1]; the last gives logits
  };
  /// The layers that predict `order[position]` from the columns before it.
  [[nodiscard]] Head head(const Order& order, std::int64_t position) const;

  /// \param context  [n, position * width]: what `embed` gives for the columns before.
  /// \return [n, vocabulary] logits.
  [[nodiscard]] static at::Tensor logits(const Head& head, const at::Tensor& context);

 private:
  struct Column {
    at::Tensor input, input_bias;  // [columns, width, h0], [h0]
    std::vector<at::Tensor> weight, bias;
  };

  Parameters parameters_;
  std::int64_t width_;
  at::Tensor embedding_;  // [all tokens, width]
  std::vector<Column> heads_;
};

}  // namespace semblance
