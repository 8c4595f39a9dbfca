// SPDX-License-Identifier: Apache-2.0
#include "semblance/train/trainer.hpp"

#include <ATen/ATen.h>
#include <c10/core/GradMode.h>
#include <torch/csrc/autograd/autograd.h>

#include <algorithm>
#include <chrono>
#include <limits>
#include <numbers>
#include <numeric>

#include "detail/check.hpp"
#include "semblance/core/log.hpp"
#include "train/permutation.hpp"
#include "train/state.hpp"

namespace semblance {
namespace {

constexpr std::int64_t kValidationRows = 1024;  // rows of one validation task
constexpr std::int64_t kMaxRetries = 5;

using Clock = std::chrono::steady_clock;

/// The rows of every epoch in a fresh order, a function of (seed, epoch) only: shuffled, or of so
/// many rows that an order of them is not to be held, permuted one by one.
class Batches {
 public:
  Batches(std::int64_t rows, std::int64_t batch_size, Seed seed)
      : rows_(rows), batch_(std::min(batch_size, rows)), seed_(seed) {}

  [[nodiscard]] std::int64_t per_epoch() const { return (rows_ + batch_ - 1) / batch_; }

  std::span<const std::int64_t> at(std::int64_t step) {
    const std::int64_t epoch = step / per_epoch();
    const std::int64_t first = step % per_epoch() * batch_, count = std::min(batch_, rows_ - first);
    if (rows_ > kMostShuffled) return permuted(epoch, first, count);
    if (epoch != shuffled_) shuffle(epoch);
    return std::span(order_).subspan(static_cast<std::size_t>(first),
                                     static_cast<std::size_t>(count));
  }

 private:
  static constexpr std::int64_t kMostShuffled = 1 << 22;

  std::span<const std::int64_t> permuted(std::int64_t epoch, std::int64_t first,
                                         std::int64_t count) {
    const Permutation order(rows_, derive(seed_, static_cast<std::uint64_t>(epoch)));
    order_.clear();
    for (std::int64_t i = first; i < first + count; ++i) order_.push_back(order[i]);
    return order_;
  }

  void shuffle(std::int64_t epoch) {
    order_.resize(static_cast<std::size_t>(rows_));
    std::iota(order_.begin(), order_.end(), std::int64_t{0});
    Stream(seed_, "batches", static_cast<std::uint64_t>(epoch)).shuffle(order_);
    shuffled_ = epoch;
  }

  std::int64_t rows_;
  std::int64_t batch_;
  Seed seed_;
  std::vector<std::int64_t> order_;  // of the epoch, or of one batch
  std::int64_t shuffled_ = -1;
};

std::vector<Shard> cut(std::span<const std::int64_t> rows, std::int64_t shards,
                       std::int64_t first_number, double progress) {
  std::vector<Shard> out;
  const auto n = static_cast<std::int64_t>(rows.size());
  for (std::int64_t s = 0; s < shards; ++s) {
    const std::int64_t begin = n * s / shards, end = n * (s + 1) / shards;
    if (begin == end) continue;
    out.push_back(
        {rows.subspan(static_cast<std::size_t>(begin), static_cast<std::size_t>(end - begin)),
         first_number + s, 0, progress});
  }
  return out;
}

/// One training, from its state at some step to its end.
class Loop {
 public:
  Loop(const Problem& problem, const TrainConfig& config, Seed seed, const RunOptions& run,
       const GradientPolicy& policy)
      : problem_(problem),
        config_(config),
        run_(run),
        policy_(policy),
        state_(problem, config),
        batches_(problem.rows, config.batch_size, seed),
        workers_(workers_of(run)),
        total_(total_steps()),
        report_(run, "fit", total_),
        saved_(Clock::now()) {
    for (const Player& player : problem.players) gradients_.emplace_back(player.parameters.size());
  }

  TrainResult run() {
    if (run_.checkpoint && std::filesystem::exists(run_.checkpoint->file)) {
      state_.load(run_.checkpoint->file, problem_.fingerprint);
    }
    good_ = state_.snapshot();
    auto ending = TrainResult::Ending::kAllEpochs;
    while (state_.counters.step < total_) {
      if (out_of_time()) {
        ending = TrainResult::Ending::kBudget;
        break;
      }
      if (!step()) continue;
      if (state_.counters.step % batches_.per_epoch() == 0 && !end_epoch()) {
        ending = TrainResult::Ending::kEarlyStop;
        break;
      }
      save_checkpoint();
    }
    return finish(ending);
  }

 private:
  static int workers_of(const RunOptions& run) {
    return run.device == Device::kCuda ? 1 : worker_threads(run);
  }

  [[nodiscard]] std::int64_t total_steps() {
    constexpr std::int64_t kMost =
        std::numeric_limits<std::int64_t>::max() / 4096;  // shards are counted too
    const std::int64_t all =
        std::min(config_.epochs, kMost / batches_.per_epoch()) * batches_.per_epoch();
    return config_.max_steps > 0 ? std::min(all, config_.max_steps) : all;
  }

  [[nodiscard]] double seconds() const { return state_.counters.seconds + report_.seconds(); }

  [[nodiscard]] bool out_of_time() const {
    return run_.budget && seconds() >= run_.budget->count();
  }

  /// The share of the training that is done in the middle of this step (so that a training of one
  /// step learns): by steps, or by time where that runs out first.
  [[nodiscard]] double progress() const {
    const double steps =
        (static_cast<double>(state_.counters.step) + 0.5) / static_cast<double>(total_);
    return run_.budget ? std::min(1.0, std::max(steps, seconds() / run_.budget->count())) : steps;
  }

  /// One step of all players; false if it had to be undone.
  bool step() {
    auto& counters = state_.counters;
    const double share = progress();
    auto shards =
        cut(batches_.at(counters.step), config_.shards, counters.step * config_.shards, share);
    const double factor = config_.schedule.factor(share) * counters.learning_factor;
    double loss = 0;
    for (std::size_t p = 0; p < problem_.players.size(); ++p) {
      const Player& player = problem_.players[p];
      for (int turn = 0; turn < player.turns; ++turn) {
        for (Shard& shard : shards) shard.turn = turn;
        const double value = policy_.gradients(player, shards, workers_, gradients_[p]);
        const double norm = clip(gradients_[p]);
        if (!std::isfinite(value) || !std::isfinite(norm)) return recover();
        state_.players[p].update(gradients_[p], player.adam, factor);
        if (p == 0) loss = value;
      }
      if (config_.ema_decay > 0) state_.players[p].average(ema_decay());
    }
    if ((counters.step + 1) % batches_.per_epoch() == 0 && !is_finite()) return recover();
    counters.epoch_loss += loss;
    ++counters.step;
    report_.step(counters.step, loss);
    return true;
  }

  [[nodiscard]] double ema_decay() const {
    const auto t = static_cast<double>(state_.counters.step);
    return std::min(config_.ema_decay, (1 + t) / (10 + t));
  }

  /// Scales the gradients down to clip_norm; returns their norm before, which is not finite if they
  /// are not.
  [[nodiscard]] double clip(std::vector<at::Tensor>& gradients) const {
    const c10::NoGradGuard guard;
    const double norm = at::stack(at::_foreach_norm(gradients)).norm().item<double>();
    if (config_.clip_norm > 0 && norm > config_.clip_norm)
      at::_foreach_mul_(gradients, config_.clip_norm / norm);
    return norm;
  }

  /// Whether all parameters are: an update can overflow though its gradient did not.
  [[nodiscard]] bool is_finite() const {
    const c10::NoGradGuard guard;
    return std::all_of(state_.players.begin(), state_.players.end(), [](const auto& player) {
      return std::isfinite(
          at::stack(at::_foreach_norm(player.parameters)).sum().template item<double>());
    });
  }

  bool recover() {
    const std::int64_t retries = state_.counters.retries + 1;
    require<Error>(
        retries <= kMaxRetries,
        "fit: the loss is not finite at step {} even at a fraction {:.3g} of the learning rate",
        state_.counters.step, state_.counters.learning_factor);
    const double factor = state_.counters.learning_factor / 2;
    log(LogLevel::kWarning,
        fmt::format("fit: loss or gradient not finite at step {}; going back to step {} with half "
                    "the learning rate",
                    state_.counters.step, good_.counters.step));
    state_.restore(good_);
    state_.counters.retries = retries;
    state_.counters.learning_factor = factor;
    return false;
  }

  /// Validates and remembers; false if training should stop.
  bool end_epoch() {
    auto& counters = state_.counters;
    counters.training_loss.push_back(counters.epoch_loss /
                                     static_cast<double>(batches_.per_epoch()));
    counters.epoch_loss = 0;
    const auto epoch = static_cast<std::int64_t>(counters.training_loss.size());
    if (problem_.validation) {
      const double loss = validate();
      counters.validation_loss.push_back(loss);
      if (is_better(loss)) remember(loss, epoch);
      if (config_.patience > 0 && epoch - counters.best_epoch >= config_.patience) return false;
    }
    good_ = state_.snapshot();
    return true;
  }

  double validate() {
    swap_averages();
    const std::int64_t tasks = (problem_.validation_rows + kValidationRows - 1) / kValidationRows;
    std::vector<double> sums(static_cast<std::size_t>(tasks));
    std::vector<std::int64_t> rows(static_cast<std::size_t>(problem_.validation_rows));
    std::iota(rows.begin(), rows.end(), std::int64_t{0});
    workers_.run(tasks, [&](std::int64_t t) {
      const auto first = static_cast<std::size_t>(t * kValidationRows);
      const auto count = std::min(static_cast<std::size_t>(kValidationRows), rows.size() - first);
      sums[static_cast<std::size_t>(t)] =
          problem_.validation({std::span(rows).subspan(first, count), t});
    });
    swap_averages();
    return std::accumulate(sums.begin(), sums.end(), 0.0) /
           static_cast<double>(problem_.validation_rows);
  }

  void remember(double loss, std::int64_t epoch) {
    state_.counters.best_validation = loss;
    state_.counters.best_epoch = epoch;
    state_.best.clear();
    for (const auto& player : state_.players) {
      state_.best.emplace_back();
      for (const auto& t : config_.ema_decay > 0 ? player.averaged : player.parameters) {
        state_.best.back().push_back(t.detach().clone());
      }
    }
  }

  void swap_averages() {
    if (config_.ema_decay <= 0) return;
    for (auto& player : state_.players) player.swap_average();
  }

  void save_checkpoint() {
    if (!run_.checkpoint) return;
    const bool epoch_ended = state_.counters.step % batches_.per_epoch() == 0;
    const auto waited = Clock::now() - saved_;
    if (run_.checkpoint->every.count() > 0 ? waited < run_.checkpoint->every : !epoch_ended) return;
    const double before = state_.counters.seconds;
    state_.counters.seconds = seconds();
    try {
      state_.save(run_.checkpoint->file, problem_.fingerprint);
    } catch (const FileError& e) {  // a full disk must not cost hours of training
      log(LogLevel::kWarning, fmt::format("fit goes on without a checkpoint: {}", e.what()));
    }
    state_.counters.seconds = before;
    saved_ = Clock::now();
  }

  TrainResult finish(TrainResult::Ending ending) {
    const auto& counters = state_.counters;
    if (problem_.validation && counters.step % batches_.per_epoch() != 0) judge_last();
    if (counters.best_epoch > 0) {
      const c10::NoGradGuard guard;
      for (std::size_t p = 0; p < state_.best.size(); ++p) {
        for (std::size_t i = 0; i < state_.best[p].size(); ++i) {
          state_.players[p].parameters[i].copy_(state_.best[p][i]);
        }
      }
    } else {
      swap_averages();
    }
    TrainResult result{ending,
                       counters.step,
                       counters.best_validation,
                       counters.best_epoch,
                       counters.training_loss,
                       counters.validation_loss};
    if (result.best_epoch == 0)
      result.best_epoch = static_cast<std::int64_t>(counters.training_loss.size());
    return result;
  }

  /// A budget or max_steps usually ends inside an epoch: the state then may still be the best one.
  void judge_last() {
    const double loss = validate();
    const auto epoch = static_cast<std::int64_t>(state_.counters.training_loss.size()) + 1;
    if (is_better(loss)) remember(loss, epoch);
  }

  [[nodiscard]] bool is_better(double validation) const {
    const auto& counters = state_.counters;
    return std::isfinite(validation) &&
           (counters.best_epoch == 0 || validation < counters.best_validation);
  }

  const Problem& problem_;
  const TrainConfig& config_;
  const RunOptions& run_;
  const GradientPolicy& policy_;
  detail::TrainState state_;
  detail::TrainState::Snapshot good_;
  Batches batches_;
  Workers workers_;
  std::int64_t total_;
  Reporter report_;
  Clock::time_point saved_;
  std::vector<std::vector<at::Tensor>> gradients_;
};

/// Zeros where a parameter has no part in a loss. A gradient that is shared or broadcast becomes
/// one of its own, since the first shard's are changed in place.
void fill_gaps(std::vector<at::Tensor>& gradients, const std::vector<at::Tensor>& parameters) {
  for (std::size_t p = 0; p < gradients.size(); ++p) {
    if (!gradients[p].defined()) {
      gradients[p] = at::zeros_like(parameters[p].detach());
    } else if (!gradients[p].is_contiguous() || gradients[p].use_count() > 1 ||
               !gradients[p].storage().unique()) {
      gradients[p] = gradients[p].clone(at::MemoryFormat::Contiguous);
    }
  }
}

}  // namespace

double Schedule::factor(double progress) const {
  if (progress < warmup) return progress / warmup;
  const double t = (progress - warmup) / (1 - warmup);
  switch (shape) {
    case Shape::kConstant:
      return 1;
    case Shape::kLinear:
      return 1 - (1 - floor) * t;
    case Shape::kCosine:
      break;
  }
  return floor + (1 - floor) * 0.5 * (1 + std::cos(std::numbers::pi * t));
}

void TrainConfig::validate() const {
  require(epochs >= 1, "TrainConfig.epochs must be >= 1, got {}", epochs);
  require(max_steps >= 0, "TrainConfig.max_steps must be >= 0, got {}", max_steps);
  require(batch_size >= 1, "TrainConfig.batch_size must be >= 1, got {}", batch_size);
  require(shards >= 1, "TrainConfig.shards must be >= 1, got {}", shards);
  require(schedule.warmup >= 0 && schedule.warmup < 1, "Schedule.warmup must be in [0, 1), got {}",
          schedule.warmup);
  require(schedule.floor >= 0 && schedule.floor <= 1, "Schedule.floor must be in [0, 1], got {}",
          schedule.floor);
  require(clip_norm >= 0, "TrainConfig.clip_norm must be >= 0, got {}", clip_norm);
  require(ema_decay >= 0 && ema_decay < 1, "TrainConfig.ema_decay must be in [0, 1), got {}",
          ema_decay);
  require(patience >= 0, "TrainConfig.patience must be >= 0, got {}", patience);
}

double MeanGradient::gradients(const Player& player, std::span<const Shard> shards,
                               Workers& workers, std::vector<at::Tensor>& gradients) const {
  std::vector<std::vector<at::Tensor>> parts(shards.size());
  std::vector<double> losses(shards.size());
  workers.run(static_cast<std::int64_t>(shards.size()), [&](std::int64_t i) {
    const auto s = static_cast<std::size_t>(i);
    const at::Tensor loss = player.loss(shards[s]);
    losses[s] = loss.item<double>();
    parts[s] = torch::autograd::grad({loss}, player.parameters, {}, std::nullopt, false,
                                     /*allow_unused=*/true);
  });
  double rows = 0, loss = 0;
  for (const Shard& shard : shards) rows += static_cast<double>(shard.rows.size());
  const c10::NoGradGuard guard;
  for (std::size_t s = 0; s < shards.size(); ++s) {
    const double weight = static_cast<double>(shards[s].rows.size()) / rows;
    loss += weight * losses[s];
    if (s == 0) {
      gradients = std::move(parts[0]);
      fill_gaps(gradients, player.parameters);
      if (weight != 1) at::_foreach_mul_(gradients, weight);
    } else {
      fill_gaps(parts[s], player.parameters);
      at::_foreach_add_(gradients, parts[s], weight);
    }
  }
  return loss;
}

TrainResult train(const Problem& problem, const TrainConfig& config, Seed seed,
                  const RunOptions& run, const GradientPolicy& policy) {
  config.validate();
  require(problem.rows >= 1 && !problem.players.empty(),
          "train: needs at least 1 row and 1 player");
  for (const Player& player : problem.players) {
    require(std::isfinite(player.adam.learning_rate) && player.adam.learning_rate > 0,
            "AdamConfig.learning_rate must be > 0 and finite, got {}", player.adam.learning_rate);
    require(std::isfinite(player.adam.weight_decay) && player.adam.weight_decay >= 0,
            "AdamConfig.weight_decay must be >= 0 and finite, got {}", player.adam.weight_decay);
  }
  TrainResult result;
  // In a task LibTorch is single-threaded: no norm depends on the machine, no barrier spins.
  parallel_for(1, 1,
               [&](std::int64_t) { result = Loop(problem, config, seed, run, policy).run(); });
  std::error_code ignored;
  if (run.checkpoint) std::filesystem::remove(run.checkpoint->file, ignored);
  return result;
}

}  // namespace semblance
