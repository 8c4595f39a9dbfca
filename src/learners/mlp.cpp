// SPDX-License-Identifier: Apache-2.0
#include "semblance/learners/mlp.hpp"

#include <ATen/ATen.h>
#include <c10/core/GradMode.h>

#include <algorithm>
#include <cmath>
#include <optional>

#include "detail/check.hpp"
#include "learners/inputs.hpp"
#include "nn/rows.hpp"
#include "semblance/core/parallel.hpp"
#include "semblance/nn/mlp.hpp"
#include "semblance/train/trainer.hpp"
#include "train/holdout.hpp"

namespace semblance {
namespace {

constexpr std::int64_t kBlock = 4096;  // rows predicted together

/// The layers and the head, [n, inputs] -> [n, outputs].
class Network {
 public:
  Network(std::int64_t inputs, std::int64_t outputs, const MlpConfig& config, Seed seed)
      : parameters_(seed),
        hidden_(parameters_, "mlp", inputs, config.hidden),
        head_(parameters_, "head", hidden_.outputs(), outputs) {}

  [[nodiscard]] at::Tensor operator()(const at::Tensor& x) const { return head_(hidden_(x)); }
  [[nodiscard]] const std::vector<at::Tensor>& tensors() const { return parameters_.tensors(); }

 private:
  Parameters parameters_;
  Mlp hidden_;
  Linear head_;
};

/// Training rows: their terms, targets and weights.
struct Lesson {
  Inputs inputs;
  Task task = Task::kBinary;
  TargetScale scale;
  std::vector<Term> terms;
  at::Tensor target;  ///< [n]: class codes (int64), or float.
  at::Tensor weight;  ///< [n], mean 1; undefined: all alike.

  Lesson(const FeatureMatrix& x, const Labels& labels, std::int32_t most)
      : inputs(x, most), task(labels.task), terms(inputs.terms(x)) {
    const auto n = std::ssize(labels.values);
    if (task == Task::kRegression) scale = TargetScale(labels.values);
    target = at::empty({n}, at::dtype(at::kFloat));
    auto* out = target.data_ptr<float>();
    for (const double y : labels.values) *out++ = static_cast<float>(scale(y));
    if (task == Task::kMulticlass) target = target.to(at::kLong);
    if (labels.weights.empty()) return;
    weight = at::tensor(labels.weights).to(at::kFloat);
    weight = weight / weight.mean();
  }

  /// Those rows' inputs, [rows, inputs].
  [[nodiscard]] at::Tensor dense(std::span<const std::int64_t> rows) const {
    const auto d = inputs.encodings().size();
    const std::int64_t width = inputs.size();
    at::Tensor out = at::zeros({std::ssize(rows), width});
    float* row = out.data_ptr<float>();
    for (const auto i : rows) {
      const Term* first = terms.data() + static_cast<std::size_t>(i) * d;
      for (const Term* t = first; t != first + d; ++t)
        row[t->index] += static_cast<float>(t->value);
      row += width;
    }
    return out;
  }

  /// The loss of each of those rows, [rows].
  [[nodiscard]] at::Tensor losses(const Network& net, std::span<const std::int64_t> rows) const {
    const at::Tensor index = row_index(rows, at::kCPU);
    const at::Tensor out = net(dense(rows)), y = target.index_select(0, index);
    at::Tensor loss;
    if (task == Task::kMulticlass) {
      loss = at::cross_entropy_loss(out, y, {}, at::Reduction::None);
    } else if (task == Task::kBinary) {
      loss = at::binary_cross_entropy_with_logits(out.squeeze(1), y, {}, {}, at::Reduction::None);
    } else {
      loss = (out.squeeze(1) - y).square();
    }
    return weight.defined() ? loss * weight.index_select(0, index) : loss;
  }
};

/// The rows of a lesson that a shard's positions mean.
std::vector<std::int64_t> rows_of(const Shard& shard, const std::vector<std::int64_t>& rows) {
  std::vector<std::int64_t> out;
  for (const auto i : shard.rows) out.push_back(rows[static_cast<std::size_t>(i)]);
  return out;
}

void teach(const Network& net, const Lesson& lesson, const MlpConfig& config, Seed seed) {
  const Holdout dealt = hold_back(lesson.target.size(0), config.validation_share, seed);
  Problem problem{.rows = std::ssize(dealt.teaching), .validation_rows = std::ssize(dealt.judging)};
  problem.players.push_back(
      {.name = "mlp",
       .parameters = net.tensors(),
       .adam = {.learning_rate = config.learning_rate, .weight_decay = config.weight_decay},
       .loss = [&](const Shard& shard) {
         return lesson.losses(net, rows_of(shard, dealt.teaching)).mean();
       }});
  if (problem.validation_rows > 0) {
    problem.validation = [&](const Shard& shard) {
      const c10::NoGradGuard guard;
      return lesson.losses(net, rows_of(shard, dealt.judging)).sum().item<double>();
    };
  }
  const TrainConfig loop{.epochs = config.epochs,
                         .batch_size = config.batch_size,
                         .shards = 1,
                         .patience = problem.validation_rows > 0 ? config.patience : 0};
  train(problem, loop, derive(seed, "batches"), {.threads = 1});
}

}  // namespace

struct MlpLearner::Impl {
  std::optional<Lesson> lesson;  ///< Terms and targets are dropped after `fit`.
  std::optional<Network> net;
};

void MlpConfig::validate() const {
  for (const auto width : hidden)
    require(width >= 1, "MlpConfig.hidden must be >= 1 everywhere, got {}", width);
  require(epochs >= 1, "MlpConfig.epochs must be >= 1, got {}", epochs);
  require(batch_size >= 1, "MlpConfig.batch_size must be >= 1, got {}", batch_size);
  require(learning_rate > 0 && std::isfinite(learning_rate),
          "MlpConfig.learning_rate must be > 0 and finite, got {}", learning_rate);
  require(weight_decay >= 0 && std::isfinite(weight_decay),
          "MlpConfig.weight_decay must be >= 0 and finite, got {}", weight_decay);
  require(validation_share >= 0 && validation_share < 1,
          "MlpConfig.validation_share must be in [0, 1), got {}", validation_share);
  require(patience >= 0, "MlpConfig.patience must be >= 0, got {}", patience);
  require(max_levels >= 1, "MlpConfig.max_levels must be >= 1, got {}", max_levels);
}

MlpLearner::MlpLearner(MlpConfig config) : config_(std::move(config)) { config_.validate(); }

MlpLearner::~MlpLearner() = default;

std::string MlpLearner::name() const {
  return fmt::format("MLP of {} units", fmt::join(config_.hidden, " and "));
}

void MlpLearner::do_fit(const FeatureMatrix& x, const Labels& labels, Seed seed) {
  auto next = std::make_unique<Impl>();
  next->lesson.emplace(x, labels, config_.max_levels);
  const std::int64_t outputs = labels.task == Task::kMulticlass ? labels.classes : 1;
  next->net.emplace(next->lesson->inputs.size(), outputs, config_, derive(seed, "mlp"));
  teach(*next->net, *next->lesson, config_, derive(seed, "mlp training"));
  next->lesson->terms = {};
  next->lesson->target = at::Tensor();
  next->lesson->weight = at::Tensor();
  impl_ = std::move(next);
}

std::vector<double> MlpLearner::do_predict(const FeatureMatrix& x) const {
  Lesson asked = *impl_->lesson;
  asked.terms = asked.inputs.terms(x);
  std::vector<double> out;
  parallel_for(1, (x.rows + kBlock - 1) / kBlock, [&](std::int64_t block) {
    const c10::NoGradGuard guard;
    std::vector<std::int64_t> rows;
    for (auto i = block * kBlock; i < std::min(x.rows, (block + 1) * kBlock); ++i)
      rows.push_back(i);
    at::Tensor y = (*impl_->net)(asked.dense(rows)).to(at::kDouble);
    if (asked.task == Task::kBinary) y = y.sigmoid();
    if (asked.task == Task::kMulticlass) y = y.softmax(1);
    y = y.contiguous();
    const auto* values = y.const_data_ptr<double>();
    for (std::int64_t i = 0; i < y.numel(); ++i)
      out.push_back(asked.task == Task::kRegression ? asked.scale.back(values[i]) : values[i]);
  });
  return out;
}

std::vector<double> MlpLearner::do_importance() const {
  const at::Tensor squares =
      impl_->net->tensors().front().detach().to(at::kDouble).square().sum(0).contiguous();
  const auto* square = squares.const_data_ptr<double>();
  std::vector<double> out;
  for (const auto& e : impl_->lesson->inputs.encodings()) {
    double sum = 0;
    for (std::int32_t j = 0; j < e.size; ++j) sum += square[e.offset + j];
    out.push_back(std::sqrt(sum));
  }
  return out;
}

}  // namespace semblance
