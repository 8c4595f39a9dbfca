// SPDX-License-Identifier: Apache-2.0
#include "autoregressive/any_order_net.hpp"

#include <ATen/ATen.h>

#include <cmath>
#include <numbers>

namespace semblance {
namespace {

/// Start values of the embeddings: random, but smooth along ordered vocabularies (cosines of the
/// token's rank at random frequencies), so that neighbouring numbers begin alike.
at::Tensor initial_embedding(const TokenCodec& codec, std::int64_t width, Seed seed) {
  const auto offsets = codec.offsets();
  at::Tensor out = at::empty({offsets.back(), width}, at::kFloat);
  float* values = out.mutable_data_ptr<float>();
  for (std::int64_t c = 0; c < codec.size(); ++c) {
    Stream stream(seed, "embedding", static_cast<std::uint64_t>(c));
    const auto positions = codec[c].positions();
    for (std::int64_t w = 0; w < width; ++w) {
      const double frequency = std::exp2(4 * stream.uniform()) - 0.5, phase = stream.uniform();
      for (std::int32_t t = 0; t < codec[c].size(); ++t) {
        const double angle =
            std::numbers::pi *
            (frequency * static_cast<double>(positions[static_cast<std::size_t>(t)]) + 2 * phase);
        const bool smooth = codec[c].is_ordered() && t != codec[c].missing_token();
        const double value = smooth ? std::numbers::sqrt2 * std::cos(angle) : stream.normal();
        values[(offsets[static_cast<std::size_t>(c)] + t) * width + w] = static_cast<float>(value);
      }
    }
  }
  return out;
}

/// Log frequencies with add-half smoothing: the best guess without any context.
at::Tensor initial_bias(const TokenColumn& column) {
  const auto counts = column.counts();
  double total = 0;
  for (const auto n : counts) total += static_cast<double>(n) + 0.5;
  at::Tensor out = at::empty({column.size()}, at::kFloat);
  for (std::int32_t t = 0; t < column.size(); ++t) {
    out.mutable_data_ptr<float>()[t] = static_cast<float>(
        std::log((static_cast<double>(counts[static_cast<std::size_t>(t)]) + 0.5) / total));
  }
  return out;
}

}  // namespace

AnyOrderNet::AnyOrderNet(const TokenCodec& codec, const AnyOrderConfig& config, Seed seed,
                         Parameters parameters)
    : parameters_(std::move(parameters)), width_(config.embedding_dim) {
  embedding_ = parameters_.given("embedding", {codec.offsets().back(), width_},
                                 [&] { return initial_embedding(codec, width_, seed); });
  for (std::int64_t c = 0; c < codec.size(); ++c) {
    const std::string name = "column." + std::to_string(c);
    Column column;
    std::int64_t wide = config.hidden.front();
    const double fan_in = static_cast<double>(std::max<std::int64_t>(1, codec.size() / 2) * width_);
    column.input =
        parameters_.uniform(name + ".input", {codec.size(), width_, wide}, std::sqrt(3.0 / fan_in));
    column.input_bias = parameters_.constant(name + ".input_bias", {wide}, 0);
    for (std::size_t layer = 1; layer <= config.hidden.size(); ++layer) {
      const bool last = layer == config.hidden.size();
      const std::int64_t next = last ? codec[c].size() : config.hidden[layer];
      const std::string at = name + "." + std::to_string(layer);
      const double bound = last ? 0.1 * std::sqrt(3.0 / static_cast<double>(wide))
                                : std::sqrt(6.0 / static_cast<double>(wide));
      column.weight.push_back(parameters_.uniform(at + ".weight", {wide, next}, bound));
      column.bias.push_back(
          last ? parameters_.given(at + ".bias", {next}, [&] { return initial_bias(codec[c]); })
               : parameters_.constant(at + ".bias", {next}, 0));
      wide = next;
    }
    heads_.push_back(std::move(column));
  }
}

at::Tensor AnyOrderNet::embed(const at::Tensor& tokens, const Order& order) const {
  const at::Tensor sorted = tokens.index_select(1, at::tensor(order, tokens.options()));
  return at::embedding(embedding_, sorted).flatten(1);
}

at::Tensor AnyOrderNet::embed_one(const at::Tensor& tokens) const {
  return at::embedding(embedding_, tokens);
}

AnyOrderNet::Head AnyOrderNet::head(const Order& order, std::int64_t position) const {
  const Column& column =
      heads_[static_cast<std::size_t>(order[static_cast<std::size_t>(position)])];
  Head out{{}, column.input_bias, column.weight, column.bias};
  if (position > 0) {
    const Order before(order.begin(), order.begin() + position);
    const auto index =
        at::tensor(before, at::TensorOptions().dtype(at::kLong).device(column.input.device()));
    out.input = column.input.index_select(0, index).flatten(0, 1);
  }
  return out;
}

at::Tensor AnyOrderNet::logits(const Head& head, const at::Tensor& context) {
  at::Tensor h = head.input.defined() ? at::addmm(head.input_bias, context, head.input)
                                      : head.input_bias.unsqueeze(0).expand({context.size(0), -1});
  for (std::size_t layer = 0; layer < head.weight.size(); ++layer) {
    h = at::addmm(head.bias[layer], h.relu(), head.weight[layer]);
  }
  return h;
}

}  // namespace semblance
