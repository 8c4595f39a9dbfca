// SPDX-License-Identifier: Apache-2.0
#include "train/state.hpp"

#include <ATen/ATen.h>
#include <c10/core/GradMode.h>

#include <bit>

#include "detail/check.hpp"
#include "detail/json.hpp"
#include "semblance/core/archive.hpp"

namespace semblance::detail {
namespace {

using Tensors = std::vector<at::Tensor>;

Tensors zeros_like(const Tensors& tensors) {
  Tensors out;
  for (const auto& t : tensors) out.push_back(at::zeros_like(t.detach()));
  return out;
}

Tensors copies(const Tensors& tensors) {
  Tensors out;
  for (const auto& t : tensors) out.push_back(t.detach().clone());
  return out;
}

void copy_values(const Tensors& to, const Tensors& from) {
  const c10::NoGradGuard guard;
  for (std::size_t i = 0; i < to.size(); ++i) to[i].copy_(from[i]);
}

/// Overwrites one tensor by an archived one of the same shape.
void load_values(const at::Tensor& to, const Archive& archive, const std::string& name) {
  const at::Tensor value = archive.tensor(name);
  require(value.sizes() == to.sizes(), "the tensor '{}' has the wrong shape", name);
  copy_values({to}, {value});
}

/// Doubles as the text of their bits: JSON knows no infinities and rounds nothing here.
nlohmann::json bits(const std::vector<double>& values) {
  nlohmann::json out = nlohmann::json::array();
  for (const double v : values) out.push_back(std::bit_cast<std::uint64_t>(v));
  return out;
}

std::vector<double> from_bits(const nlohmann::json& json) {
  std::vector<double> out;
  for (const auto& v : json) out.push_back(std::bit_cast<double>(v.get<std::uint64_t>()));
  return out;
}

std::string to_text(const Counters& c) {
  const nlohmann::json json = {
      {"step", c.step},
      {"retries", c.retries},
      {"best_epoch", c.best_epoch},
      {"numbers", bits({c.seconds, c.learning_factor, c.epoch_loss, c.best_validation})},
      {"training_loss", bits(c.training_loss)},
      {"validation_loss", bits(c.validation_loss)}};
  return json.dump();
}

Counters from_text(const std::string& text) {
  const auto json = parse_json(text, "the checkpoint's counters");
  const auto numbers = from_bits(json.at("numbers"));
  Counters c;
  c.step = json.at("step");
  c.retries = json.at("retries");
  c.best_epoch = json.at("best_epoch");
  c.seconds = numbers.at(0);
  c.learning_factor = numbers.at(1);
  c.epoch_loss = numbers.at(2);
  c.best_validation = numbers.at(3);
  require(c.step >= 0 && c.best_epoch >= 0, "a counter is negative");
  c.training_loss = from_bits(json.at("training_loss"));
  c.validation_loss = from_bits(json.at("validation_loss"));
  return c;
}

}  // namespace

PlayerState::PlayerState(const Player& player, bool average)
    : parameters(player.parameters), mean(zeros_like(parameters)), square(zeros_like(parameters)) {
  for (const auto& p : parameters) steps.push_back(at::zeros({}, p.options().requires_grad(false)));
  if (average) averaged = copies(parameters);
}

void PlayerState::update(const Tensors& gradients, const AdamConfig& adam, double factor) {
  const c10::NoGradGuard guard;
  at::_foreach_add_(steps, 1);
  at::_fused_adamw_(parameters, gradients, mean, square, {}, steps, adam.learning_rate * factor,
                    adam.beta1, adam.beta2, adam.weight_decay, adam.epsilon, /*amsgrad=*/false,
                    /*maximize=*/false);
}

void PlayerState::average(double decay) {
  const c10::NoGradGuard guard;
  at::_foreach_lerp_(averaged, parameters, 1 - decay);
}

void PlayerState::swap_average() {
  const Tensors raw = copies(parameters);
  copy_values(parameters, averaged);
  copy_values(averaged, raw);
}

TrainState::TrainState(const Problem& problem, const TrainConfig& config) {
  for (const Player& player : problem.players) players.emplace_back(player, config.ema_decay > 0);
}

std::vector<Tensors*> TrainState::groups() {
  std::vector<Tensors*> out;
  for (auto& p : players) {
    for (auto* group : {&p.parameters, &p.mean, &p.square, &p.steps, &p.averaged})
      out.push_back(group);
  }
  return out;
}

TrainState::Snapshot TrainState::snapshot() const {
  Snapshot out;
  for (const auto* group : const_cast<TrainState*>(this)->groups())
    out.tensors.push_back(copies(*group));
  out.counters = counters;
  return out;
}

void TrainState::restore(const Snapshot& snapshot) {
  const auto all = groups();
  for (std::size_t i = 0; i < all.size(); ++i) copy_values(*all[i], snapshot.tensors[i]);
  counters = snapshot.counters;
}

void TrainState::save(const std::filesystem::path& file, const std::string& fingerprint) const {
  Archive archive;
  archive.put_text("checkpoint", "semblance.train/1");
  archive.put_text("fingerprint", fingerprint);
  archive.put_text("counters", to_text(counters));
  auto all = const_cast<TrainState*>(this)->groups();
  for (std::size_t i = 0; i < all.size(); ++i) {
    for (std::size_t j = 0; j < all[i]->size(); ++j)
      archive.put_tensor(fmt::format("state.{}.{}", i, j), (*all[i])[j]);
  }
  for (std::size_t i = 0; i < best.size(); ++i) {
    for (std::size_t j = 0; j < best[i].size(); ++j)
      archive.put_tensor(fmt::format("best.{}.{}", i, j), best[i][j]);
  }
  archive.write(file);
}

void TrainState::load(const std::filesystem::path& file, const std::string& fingerprint) {
  const Archive archive = Archive::read(file);
  require<FileError>(archive.has_text("checkpoint"), "{}: not a training checkpoint",
                     file.string());
  require(archive.text("fingerprint") == fingerprint,
          "Checkpoint.file: {} belongs to another configuration, data set or seed; remove it to "
          "start anew",
          file.string());
  try {
    counters = from_text(archive.text("counters"));
    const auto all = groups();
    for (std::size_t i = 0; i < all.size(); ++i) {
      for (std::size_t j = 0; j < all[i]->size(); ++j) {
        load_values((*all[i])[j], archive, fmt::format("state.{}.{}", i, j));
      }
    }
    best.clear();
    for (std::size_t i = 0; counters.best_epoch > 0 && i < players.size(); ++i) {
      best.push_back(copies(players[i].parameters));
      for (std::size_t j = 0; j < best[i].size(); ++j) {
        load_values(best[i][j], archive, fmt::format("best.{}.{}", i, j));
      }
    }
  } catch (const FileError&) {
    throw;
  } catch (const std::exception& e) {
    fail<FileError>("{}: damaged checkpoint ({})", file.string(), e.what());
  }
}

}  // namespace semblance::detail
