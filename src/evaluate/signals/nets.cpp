// SPDX-License-Identifier: Apache-2.0
#include "evaluate/signals/nets.hpp"

#include <ATen/ATen.h>
#include <c10/core/GradMode.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>

#include "nn/rows.hpp"
#include "semblance/core/parallel.hpp"
#include "semblance/nn/mlp.hpp"
#include "semblance/train/trainer.hpp"

namespace semblance {
namespace {

constexpr std::int64_t kKernel = 3;
constexpr std::int64_t kMostLevels = 6;  // dilations 1 to 32
constexpr std::int64_t kBlock = 256;     // signals computed together
constexpr double kMaskedShare = 0.25;    // of the steps that the encoder has to fill

/// Signals as tensors.
struct Batch {
  at::Tensor x;     ///< [n, T, C], 0 behind a signal's end.
  at::Tensor mask;  ///< [n, T], 1 on its steps.
  at::Tensor last;  ///< [n], position of its last step.

  explicit Batch(const Signals& s)
      : x(at::empty({s.count, s.length, s.channels})),
        mask(at::zeros({s.count, s.length})),
        last(at::empty({s.count}, at::kLong)) {
    std::copy(s.values.begin(), s.values.end(), x.data_ptr<float>());
    for (std::int64_t i = 0; i < s.count; ++i) {
      std::fill_n(mask.data_ptr<float>() + i * s.length, s.steps(i), 1.0F);
      last.data_ptr<std::int64_t>()[i] = s.steps(i) - 1;
    }
    x = x * mask.unsqueeze(2);
  }
  Batch(at::Tensor values, at::Tensor steps, at::Tensor ends)
      : x(std::move(values)), mask(std::move(steps)), last(std::move(ends)) {}

  [[nodiscard]] Batch rows(std::span<const std::int64_t> wanted) const {
    const at::Tensor index = row_index(wanted, at::kCPU);
    return {x.index_select(0, index), mask.index_select(0, index), last.index_select(0, index)};
  }
  [[nodiscard]] Batch block(std::int64_t first) const {
    const std::int64_t n = std::min(kBlock, x.size(0) - first);
    return {x.narrow(0, first, n), mask.narrow(0, first, n), last.narrow(0, first, n)};
  }
};

/// Convolutions with dilations 1, 2, 4, ... and shortcuts, until a step sees the whole signal.
class ConvStack {
 public:
  ConvStack(Parameters& parameters, std::int64_t channels, std::int64_t length,
            const SignalNetConfig& config, bool causal)
      : causal_(causal) {
    std::int64_t in = channels;
    for (std::int64_t level = 0; level < kMostLevels; ++level) {
      const double bound = std::sqrt(6.0 / static_cast<double>(in * kKernel));
      const auto name = "conv." + std::to_string(level);
      weight_.push_back(parameters.uniform(name + ".weight", {config.width, in, kKernel}, bound));
      bias_.push_back(parameters.constant(name + ".bias", {config.width}, 0));
      in = config.width;
      if ((std::int64_t{2} << level) >= length) break;
    }
  }

  /// [n, T, C] -> [n, T, width].
  [[nodiscard]] at::Tensor operator()(const at::Tensor& x) const {
    at::Tensor out = x.transpose(1, 2);
    for (std::size_t i = 0; i < weight_.size(); ++i) {
      const std::int64_t dilation = std::int64_t{1} << i, reach = (kKernel - 1) * dilation;
      const auto padded =
          at::constant_pad_nd(out, causal_ ? std::vector<std::int64_t>{reach, 0}
                                           : std::vector<std::int64_t>{reach / 2, reach / 2});
      const at::Tensor next = at::conv1d(padded, weight_[i], bias_[i], at::IntArrayRef{1},
                                         at::IntArrayRef{0}, at::IntArrayRef{dilation})
                                  .relu();
      out = i == 0 ? next : (next + out) * std::sqrt(0.5);
    }
    return out.transpose(1, 2);
  }

 private:
  bool causal_;
  std::vector<at::Tensor> weight_, bias_;
};

/// One layer of gated recurrent units.
class Gru {
 public:
  Gru(Parameters& parameters, std::int64_t channels, std::int64_t width) : width_(width) {
    const double bound = 1 / std::sqrt(static_cast<double>(width));
    weights_ = {parameters.uniform("gru.input", {3 * width, channels}, bound),
                parameters.uniform("gru.state", {3 * width, width}, bound),
                parameters.uniform("gru.input_bias", {3 * width}, bound),
                parameters.uniform("gru.state_bias", {3 * width}, bound)};
  }

  /// [n, T, C] -> [n, T, width].
  [[nodiscard]] at::Tensor operator()(const at::Tensor& x) const {
    const at::Tensor start = at::zeros({1, x.size(0), width_});
    return std::get<0>(at::gru(x, start, weights_, true, 1, 0.0, false, false, true));
  }

 private:
  std::int64_t width_;
  std::vector<at::Tensor> weights_;
};

/// Either of the two, and a linear head.
class Network {
 public:
  Network(std::int64_t channels, std::int64_t length, std::int64_t inputs_of_head,
          std::int64_t outputs, const SignalNetConfig& config, bool causal, Seed seed)
      : parameters_(seed) {
    if (config.recurrent) {
      gru_.emplace(parameters_, channels, config.width);
    } else {
      conv_.emplace(parameters_, channels, length, config, causal);
    }
    head_.emplace(parameters_, "head", inputs_of_head, outputs);
  }

  /// [n, T, C] -> [n, T, width].
  [[nodiscard]] at::Tensor states(const at::Tensor& x) const {
    return gru_ ? (*gru_)(x) : (*conv_)(x);
  }
  [[nodiscard]] at::Tensor head(const at::Tensor& h) const { return (*head_)(h); }

  /// [n, 2 width]: mean and largest state over the steps there are; of a GRU the last one, [n,
  /// width].
  [[nodiscard]] at::Tensor summary(const Batch& b) const {
    const at::Tensor h = states(b.x);
    if (gru_) {
      const auto at_end = b.last.view({-1, 1, 1}).expand({-1, 1, h.size(2)});
      return h.gather(1, at_end).squeeze(1);
    }
    const at::Tensor there = b.mask.unsqueeze(2);
    const at::Tensor mean = (h * there).sum(1) / there.sum(1);
    const at::Tensor most =
        h.masked_fill(there == 0, -std::numeric_limits<float>::infinity()).amax(1);
    return at::cat({mean, most}, 1);
  }

  [[nodiscard]] const std::vector<at::Tensor>& tensors() const { return parameters_.tensors(); }

 private:
  Parameters parameters_;
  std::optional<ConvStack> conv_;
  std::optional<Gru> gru_;
  std::optional<Linear> head_;
};

void teach(const Network& net, std::int64_t rows, const SignalNetConfig& config,
           std::function<at::Tensor(const Shard&)> loss, Seed seed) {
  Problem problem{.rows = rows};
  problem.players.push_back({.name = "signals",
                             .parameters = net.tensors(),
                             .adam = {.learning_rate = config.learning_rate},
                             .loss = std::move(loss)});
  const auto shape = config.recurrent ? Schedule::Shape::kConstant : Schedule::Shape::kCosine;
  const TrainConfig loop{.epochs = config.steps,
                         .max_steps = config.steps,
                         .batch_size = config.batch,
                         .shards = 1,
                         .schedule = {.shape = shape, .warmup = 0}};
  train(problem, loop, seed, {.stop = config.stop, .threads = 1});
}

/// Calls `part(block)` for all signals, without gradients, single-threaded.
template <class Part>
void in_blocks(const Batch& all, Part part) {
  const std::int64_t n = all.x.size(0);
  parallel_for(1, (n + kBlock - 1) / kBlock, [&](std::int64_t b) {
    const c10::NoGradGuard guard;
    part(all.block(b * kBlock));
  });
}

void append(std::vector<double>& out, const at::Tensor& values) {
  const at::Tensor flat = values.to(at::kDouble).contiguous();
  const auto* first = flat.const_data_ptr<double>();
  out.insert(out.end(), first, first + flat.numel());
}

/// What a forecaster is shown and asked.
struct Forecasting {
  at::Tensor seen, wanted;  ///< [n, T - 1, .]
  at::Tensor mask;          ///< [n, T - 1], where there is a next step.

  Forecasting(const Batch& b, Forecast forecast) {
    const std::int64_t steps = b.x.size(1) - 1, c = b.x.size(2);
    const bool last = forecast == Forecast::kLast;
    seen = b.x.narrow(1, 0, steps);
    wanted = b.x.narrow(1, 1, steps);
    if (last && c > 1) seen = seen.narrow(2, 0, c - 1);
    if (last) wanted = wanted.narrow(2, c - 1, 1);
    mask = b.mask.narrow(1, 1, steps);
  }
};

at::Tensor forecast_of(const Network& net, const Forecasting& f, Forecast forecast) {
  const at::Tensor out = net.head(net.states(f.seen));
  return forecast == Forecast::kLast ? out.sigmoid() : out;
}

}  // namespace

namespace {

/// Signals with their changes and the changes of those beside them, in units of the training
/// signals' own: roughness that is small beside the values is not small there.
class WithChanges {
 public:
  explicit WithChanges(const Batch& train) : unit_(at::ones({train.x.size(2)})) {
    const at::Tensor once = change(train.x, train.mask, 1), twice = change(once, train.mask, 2);
    const at::Tensor n = train.mask.sum();
    unit_ = at::cat({unit_, (once.square().sum({0, 1}) / n).sqrt().clamp_min(1e-6),
                     (twice.square().sum({0, 1}) / n).sqrt().clamp_min(1e-6)});
  }

  [[nodiscard]] Batch operator()(const Batch& b) const {
    const at::Tensor once = change(b.x, b.mask, 1), twice = change(once, b.mask, 2);
    return {at::cat({b.x, once, twice}, 2) / unit_, b.mask, b.last};
  }

 private:
  /// x_t - x_(t-1) from step `first` on, 0 before it and behind the end.
  static at::Tensor change(const at::Tensor& x, const at::Tensor& mask, std::int64_t first) {
    const std::int64_t steps = x.size(1);
    at::Tensor out = at::zeros_like(x);
    if (steps > first)
      out.narrow(1, first, steps - first)
          .copy_(x.narrow(1, first, steps - first) - x.narrow(1, first - 1, steps - first));
    return out * mask.unsqueeze(2);
  }

  at::Tensor unit_;
};

}  // namespace

std::vector<double> classify_signals(const Signals& fit, std::span<const std::uint8_t> positive,
                                     const Signals& test, const SignalNetConfig& config,
                                     Seed seed) {
  const Batch plain(fit);
  const WithChanges with_changes(plain);
  const auto seen = [&](const Batch& b) { return config.recurrent ? b : with_changes(b); };
  const Batch all = seen(plain);
  at::Tensor labels = at::empty({fit.count});
  std::copy(positive.begin(), positive.end(), labels.data_ptr<float>());
  const std::int64_t features = config.recurrent ? config.width : 2 * config.width;
  const Network net(all.x.size(2), fit.length, features, 1, config, false, derive(seed, "net"));
  teach(
      net, fit.count, config,
      [&](const Shard& shard) {
        const at::Tensor logit = net.head(net.summary(all.rows(shard.rows))).squeeze(1);
        return at::binary_cross_entropy_with_logits(
            logit, labels.index_select(0, row_index(shard.rows, at::kCPU)));
      },
      derive(seed, "batches"));
  std::vector<double> out;
  in_blocks(seen(Batch(test)), [&](const Batch& block) {
    append(out, net.head(net.summary(block)).squeeze(1).sigmoid());
  });
  return out;
}

std::vector<double> forecast_errors(const Signals& fit, const Signals& test, Forecast forecast,
                                    const SignalNetConfig& config, Seed seed) {
  if (fit.length < 2 || test.length < 2)
    return std::vector<double>(static_cast<std::size_t>(test.count), 0.0);
  const Batch all(fit);
  const bool last = forecast == Forecast::kLast;
  const std::int64_t in = last && fit.channels > 1 ? fit.channels - 1 : fit.channels;
  const Network net(in, fit.length, config.width, last ? 1 : fit.channels, config, true,
                    derive(seed, "net"));
  teach(
      net, fit.count, config,
      [&](const Shard& shard) {
        const Forecasting f(all.rows(shard.rows), forecast);
        const at::Tensor miss = forecast_of(net, f, forecast) - f.wanted;
        const at::Tensor loss = (last ? miss.abs() : miss.square()).mean(2);
        return (loss * f.mask).sum() / f.mask.sum().clamp_min(1);
      },
      derive(seed, "batches"));
  std::vector<double> out;
  in_blocks(Batch(test), [&](const Batch& block) {
    const Forecasting f(block, forecast);
    const at::Tensor miss = (forecast_of(net, f, forecast) - f.wanted).abs().mean(2);
    append(out, (miss * f.mask).sum(1) / f.mask.sum(1).clamp_min(1));
  });
  return out;
}

struct SignalEncoder::Impl {
  Network net;
  std::int64_t dim;
};

SignalEncoder::SignalEncoder(const Signals& train, const SignalNetConfig& config, Seed seed)
    : impl_(new Impl{Network(train.channels, train.length, config.width, train.channels, config,
                             false, derive(seed, "net")),
                     2 * config.width}) {
  const Batch all(train);
  const Network& net = impl_->net;
  teach(
      net, train.count, config,
      [&](const Shard& shard) {
        const Batch b = all.rows(shard.rows);
        const at::Tensor noise = uniform_rows(derive(seed, "mask"), shard.number * config.batch,
                                              b.x.size(0), b.x.size(1));
        const at::Tensor hidden = (noise < kMaskedShare).to(at::kFloat) * b.mask;
        const at::Tensor guess = net.head(net.states(b.x * (1 - hidden).unsqueeze(2)));
        const at::Tensor miss = (guess - b.x).square().mean(2);
        return (miss * hidden).sum() / hidden.sum().clamp_min(1);
      },
      derive(seed, "batches"));
}

SignalEncoder::~SignalEncoder() = default;

std::int64_t SignalEncoder::dim() const noexcept { return impl_->dim; }

std::vector<double> SignalEncoder::embed(const Signals& signals) const {
  std::vector<double> out;
  in_blocks(Batch(signals), [&](const Batch& block) { append(out, impl_->net.summary(block)); });
  return out;
}

}  // namespace semblance
