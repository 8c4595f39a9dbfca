// SPDX-License-Identifier: Apache-2.0
#include "codec/spans.hpp"

#include <ATen/ATen.h>

#include "codec/slot_draw.hpp"
#include "codec/span_loss.hpp"

namespace semblance {
Spans::Spans(const FeatureCodec& codec, at::Device device)
    : scalars_(std::ssize(codec.scalars())), slots_(codec.width() - scalars_) {
  const auto spans = std::ssize(codec.one_hots());
  membership_ = at::zeros({slots_, spans}, at::kFloat);
  for (std::int64_t s = 0; s < spans; ++s) {
    const auto& span = codec.one_hots()[static_cast<std::size_t>(s)];
    membership_.narrow(0, span.first - scalars_, span.width).select(1, s).fill_(1);
    widths_.push_back(span.width);
  }
  std::vector<std::int64_t> gated, gates;
  for (std::size_t i = 0; i < codec.scalars().size(); ++i) {
    if (codec.scalars()[i].gate < 0) continue;
    gated.push_back(static_cast<std::int64_t>(i));
    gates.push_back(codec.scalars()[i].gate);
  }
  membership_ = membership_.to(device);
  gated_ = at::tensor(gated, at::kLong).to(device);
  gates_ = at::tensor(gates, at::kLong).to(device);
}

at::Tensor Spans::probabilities(const at::Tensor& logits) const {
  if (logits.is_cpu()) return span_softmax(logits, widths_, kLogitBound);
  const at::Tensor weight = logits.clamp(-kLogitBound, kLogitBound).exp();
  return weight / at::matmul(at::matmul(weight, membership_), membership_.t());
}

void Spans::weigh_(const at::Tensor& logits) {
  if (logits.is_cpu()) {
    exponentials(logits.mutable_data_ptr<float>(), logits.numel(), kLogitBound);
  } else {
    logits.clamp_(-kLogitBound, kLogitBound).exp_();
  }
}

/// The log normaliser of every span that has a slot, less the slot's logit.
at::Tensor Spans::cross_entropy(const at::Tensor& vector, const at::Tensor& logits) const {
  const at::Tensor slots = vector.narrow(1, scalars_, slots_);
  if (logits.is_cpu()) return span_cross_entropy(slots, logits, widths_, kLogitBound);
  const at::Tensor cut = logits.clamp(-kLogitBound, kLogitBound);
  const at::Tensor normaliser = at::matmul(cut.exp(), membership_).log();
  return (normaliser * at::matmul(slots, membership_)).sum(1) - (cut * slots).sum(1);
}

at::Tensor Spans::present(const at::Tensor& vector, const at::Tensor& terms) const {
  if (gated_.numel() == 0) return terms;
  return terms * at::ones_like(terms).index_copy(1, gated_, 1 - vector.index_select(1, gates_));
}

}  // namespace semblance
