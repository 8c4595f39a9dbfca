// SPDX-License-Identifier: Apache-2.0
#include "gan/game.hpp"

#include <ATen/ATen.h>
#include <c10/core/GradMode.h>

#include "nn/product.hpp"
#include "nn/rows.hpp"

namespace semblance {
namespace {

constexpr std::int64_t kClassifierWidth = 256;
constexpr int kClassifierLayers = 4;

Device kind_of(at::Device device) { return device.is_cuda() ? Device::kCuda : Device::kCpu; }

}  // namespace

GanGame::GanGame(const GanModel& model, const FeatureRows& real, std::int64_t batch_size, Seed seed)
    : model_(model),
      config_(model.config_),
      real_(real),
      device_(model.device()),
      most_((batch_size + config_.pac - 1) / config_.pac * config_.pac),
      seed_(seed),
      critic_parameters_(derive(seed, "critic"), kind_of(device_)),
      classifier_parameters_(derive(seed, "classifier"), kind_of(device_)),
      critic_(critic_parameters_, config_.pac * (model.codec_.width() + model.conditioner_.width()),
              config_) {
  for (const auto& span : model.codec_.one_hots()) {
    if (!model.target_ || span.column != model.target_->column()) continue;
    target_first_ = span.first;
    target_width_ = span.width;
  }
  if (config_.classifier <= 0 || target_first_ < 0) return;
  classifier_.emplace(classifier_parameters_, "classifier", model.codec_.width(),
                      std::vector<std::int64_t>(kClassifierLayers, kClassifierWidth));
  classes_.emplace(classifier_parameters_, "classes", kClassifierWidth, target_width_);
}

std::vector<Player> GanGame::players() {
  const AdamConfig adam = {.learning_rate = config_.learning_rate,
                           .beta1 = config_.beta1,
                           .beta2 = config_.beta2,
                           .weight_decay = config_.weight_decay};
  std::vector<Player> out;
  out.push_back({.name = "critic",
                 .parameters = critic_parameters_.tensors(),
                 .adam = adam,
                 .loss = scoped(&GanGame::critic_loss),
                 .turns = static_cast<int>(config_.critic_turns)});
  if (classifier_) {
    out.push_back({.name = "classifier",
                   .parameters = classifier_parameters_.tensors(),
                   .adam = adam,
                   .loss = scoped(&GanGame::classifier_loss)});
  }
  out.push_back({.name = "generator",
                 .parameters = model_.parameters_.tensors(),
                 .adam = adam,
                 .loss = scoped(&GanGame::generator_loss)});
  return out;
}

Archive GanGame::rivals() const {
  Archive out;
  critic_parameters_.save(out);
  classifier_parameters_.save(out);
  return out;
}

void GanGame::load(const Archive& rivals) {
  critic_parameters_.load(rivals);
  classifier_parameters_.load(rivals);
}

std::function<at::Tensor(const Shard&)> GanGame::scoped(Loss loss) const {
  return [this, loss](const Shard& shard) {
    const ProductScope scope(config_.bfloat16);
    return (this->*loss)(shard);
  };
}

GanGame::Move GanGame::move(const Shard& shard, const char* player) const {
  Move out;
  out.packs = (std::ssize(shard.rows) + config_.pac - 1) / config_.pac;
  out.rows = out.packs * config_.pac;
  out.first = (shard.number * config_.critic_turns + shard.turn) * most_;
  out.seed = derive(seed_, player);
  out.asked = model_.conditioner_.draw(out.first, out.rows, derive(out.seed, "conditions"), true);
  out.asked.codes = out.asked.codes.to(device_);
  return out;
}

at::Tensor GanGame::real_rows(const Shard& shard, const Move& move) const {
  std::vector<std::int64_t> rows;
  if (move.asked.slot.empty()) {
    for (std::int64_t i = 0; i < move.rows; ++i) {
      rows.push_back(shard.rows[static_cast<std::size_t>(i) % shard.rows.size()]);
    }
  } else {
    rows = model_.conditioner_.draw_rows(move.asked, derive(move.seed, "rows"),
                                         static_cast<std::uint64_t>(move.first));
  }
  return real_.take(rows).to(device_);
}

GanGame::Fake GanGame::fake_rows(const Move& move) const {
  const at::Tensor input =
      model_.input(move.first, move.rows, move.asked.codes, derive(move.seed, "noise"));
  const at::Tensor head = model_.generator_.train(input);
  const at::Tensor noise =
      uniform_rows(derive(move.seed, "gumbel"), move.first, move.rows, model_.output_.slots());
  return {model_.output_.relaxed(head, noise.to(device_)), head};
}

at::Tensor GanGame::packed(const at::Tensor& rows, const Move& move) const {
  return at::cat({rows, move.asked.codes}, 1).reshape({move.packs, -1});
}

GanGame::Masks GanGame::masks(const Move& move) const {
  auto masks = critic_.dropout(move.packs, derive(move.seed, "dropout"), move.first);
  for (at::Tensor& mask : masks) mask = mask.to(device_);
  return masks;
}

at::Tensor GanGame::slope_penalty(const at::Tensor& real, const at::Tensor& fake, const Move& move,
                                  const Masks& masks) const {
  const at::Tensor u =
      uniform_rows(derive(move.seed, "between"), move.first, move.packs, 1).to(real.device());
  const at::Tensor between = real.detach() * u + fake.detach() * (1 - u);
  return (critic_.slope(between, masks).norm(2, {1}) - 1).square().mean();
}

at::Tensor GanGame::critic_loss(const Shard& shard) const {
  const Move move = this->move(shard, "critic");
  const at::Tensor real = packed(real_rows(shard, move), move);
  at::Tensor fake;
  {
    const c10::NoGradGuard guard;
    fake = packed(fake_rows(move).rows, move);
  }
  const Masks masks = this->masks(move);
  Masks of_both;
  for (const at::Tensor& mask : masks) of_both.push_back(at::cat({mask, mask}));
  const at::Tensor entered = critic_.enter(at::cat({real, fake}));
  const auto score = critic_.judge(entered, of_both).score.split(move.packs);
  if (config_.loss == GanConfig::Loss::kRelativistic) {
    const at::Tensor slopes = critic_.slope(entered.detach(), of_both);
    return at::softplus(score[1] - score[0]).mean() +
           slopes.square().sum() * (0.5 * config_.penalty / static_cast<double>(move.packs));
  }
  const auto parts = entered.split(move.packs);
  return score[1].mean() - score[0].mean() +
         slope_penalty(parts[0], parts[1], move, masks) * config_.penalty;
}

at::Tensor GanGame::generator_loss(const Shard& shard) const {
  const Move move = this->move(shard, "generator");
  const Fake fake = fake_rows(move);
  const Masks masks = this->masks(move);
  const GanVerdict verdict = critic_(packed(fake.rows, move), masks);
  at::Tensor loss = -verdict.score.mean();
  const bool compares = config_.loss == GanConfig::Loss::kRelativistic || config_.information > 0;
  if (compares) {
    const GanVerdict real = critic_(packed(real_rows(shard, move), move), masks);
    if (config_.loss == GanConfig::Loss::kRelativistic) {
      loss = at::softplus(real.score.detach() - verdict.score).mean();
    }
    if (config_.information > 0) {
      const at::Tensor means = verdict.features.mean(0) - real.features.mean(0).detach();
      const at::Tensor spreads =
          verdict.features.std(0, false) - real.features.std(0, false).detach();
      loss =
          loss + ((means.square().sum() + 1e-12).sqrt() + (spreads.square().sum() + 1e-12).sqrt()) *
                     config_.information;
    }
  }
  if (!move.asked.slot.empty()) {
    const at::Tensor asked = at::zeros_like(fake.head).scatter_(
        1, row_index(move.asked.slot, fake.head.device()).unsqueeze(1), 1);
    loss = loss + model_.output_.disobedience(fake.head, asked).mean();
  }
  if (classifier_) loss = loss + classification(fake.rows) * config_.classifier;
  return loss;
}

at::Tensor GanGame::classification(const at::Tensor& rows) const {
  const at::Tensor target = rows.narrow(1, target_first_, target_width_);
  const std::int64_t after = target_first_ + target_width_;
  const at::Tensor others = at::cat({rows.narrow(1, 0, target_first_), at::zeros_like(target),
                                     rows.narrow(1, after, rows.size(1) - after)},
                                    1);
  const at::Tensor answer = (*classes_)((*classifier_)(others));
  return -(target * answer.log_softmax(1)).sum(1).mean();
}

at::Tensor GanGame::classifier_loss(const Shard& shard) const {
  return classification(real_.take(shard.rows).to(device_));
}

}  // namespace semblance
