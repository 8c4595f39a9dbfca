// SPDX-License-Identifier: Apache-2.0
#include "semblance/train/trainer.hpp"

#include <ATen/ATen.h>
#include <c10/core/GradMode.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <fstream>
#include <limits>
#include <thread>

#include "semblance/core/archive.hpp"
#include "semblance/core/error.hpp"
#include "semblance/core/log.hpp"
#include "semblance/nn/parameters.hpp"
#include "support/message.hpp"

namespace semblance {
namespace {

using std::chrono::duration;

at::Tensor rows_of(const at::Tensor& x, const Shard& shard) {
  std::vector<std::int64_t> rows(shard.rows.begin(), shard.rows.end());
  return x.index_select(0, at::tensor(rows));
}

at::Tensor leaf(std::vector<double> values) {
  return at::tensor(values).to(at::kFloat).requires_grad_();
}

std::vector<float> values_of(const at::Tensor& t) {
  const auto flat = t.detach().contiguous();
  return {flat.data_ptr<float>(), flat.data_ptr<float>() + flat.numel()};
}

/// Linear regression on 96 rows and 3 features with noise.
struct Regression {
  at::Tensor x = normal_rows(Seed{1}, 0, 96, 3);
  at::Tensor y = at::matmul(x, at::tensor({1.0F, -2.0F, 0.5F})) +
                 0.1 * normal_rows(Seed{2}, 0, 96, 1).squeeze(1);
  at::Tensor held_x = normal_rows(Seed{3}, 0, 20, 3);
  at::Tensor held_y = at::matmul(held_x, at::tensor({1.0F, -2.0F, 0.5F}));
  at::Tensor w = leaf({0, 0, 0});

  [[nodiscard]] Problem problem() {
    Problem out{.rows = 96, .fingerprint = "regression"};
    out.players.push_back({.name = "w",
                           .parameters = {w},
                           .adam = {.learning_rate = 0.05},
                           .loss = [this](const Shard& shard) {
                             const auto error =
                                 at::matmul(rows_of(x, shard), w) - rows_of(y, shard);
                             return error.square().mean();
                           }});
    return out;
  }
  [[nodiscard]] Problem with_validation() {
    Problem out = problem();
    out.validation_rows = 20;
    out.validation = [this](const Shard& shard) {
      const c10::NoGradGuard guard;
      return (at::matmul(rows_of(held_x, shard), w) - rows_of(held_y, shard))
          .square()
          .sum()
          .item<double>();
    };
    return out;
  }
  [[nodiscard]] at::Tensor solution() const {
    return at::linalg_solve(at::matmul(x.t(), x), at::matmul(x.t(), y));
  }
};

/// A loss whose gradient is `gradient` at every step.
Problem constant_gradient(const at::Tensor& w, const at::Tensor& gradient, AdamConfig adam) {
  Problem out{.rows = 4};
  out.players.push_back({.name = "w", .parameters = {w}, .adam = adam, .loss = [=](const Shard&) {
                           return (w * gradient).sum();
                         }});
  return out;
}

constexpr Schedule kFlat = {.shape = Schedule::Shape::kConstant, .warmup = 0};

TEST(Trainer, ReachesTheLeastSquaresSolution) {
  Regression task;
  const auto result =
      train(task.problem(), {.epochs = 150, .batch_size = 32, .shards = 3}, Seed{5}, {});
  EXPECT_LT((task.w.detach() - task.solution()).abs().max().item<double>(), 2e-3);
  EXPECT_EQ(result.steps, 450);
  EXPECT_EQ(result.training_loss.size(), 150U);
  EXPECT_EQ(result.best_epoch, 150);
  EXPECT_EQ(result.ending, TrainResult::Ending::kAllEpochs);
}

TEST(Trainer, GivesTheSameBitsForOneAndTwoThreads) {
  const TrainConfig config{
      .epochs = 5, .batch_size = 20, .shards = 4, .clip_norm = 0.5, .ema_decay = 0.9};
  Regression one, two, other;
  (void)train(one.problem(), config, Seed{5}, {.threads = 1});
  (void)train(two.problem(), config, Seed{5}, {.threads = 2});
  (void)train(other.problem(), config, Seed{6}, {.threads = 1});
  EXPECT_TRUE(at::equal(one.w, two.w));
  EXPECT_FALSE(at::equal(one.w, other.w));
}

TEST(Trainer, StepsByTheAdamWFormula) {
  const AdamConfig adam{.learning_rate = 0.1, .epsilon = 0.5, .weight_decay = 0.2};
  const at::Tensor w = leaf({1, -3});
  (void)train(constant_gradient(w, at::tensor({2.0F, -0.5F}), adam),
              {.epochs = 3, .batch_size = 4, .schedule = kFlat}, Seed{1}, {});
  const double gradient[] = {2, -0.5};
  double expected[] = {1, -3};
  for (int i = 0; i < 2; ++i) {
    double mean = 0, square = 0;
    for (int t = 1; t <= 3; ++t) {
      expected[i] *= 1 - adam.learning_rate * adam.weight_decay;
      mean = adam.beta1 * mean + (1 - adam.beta1) * gradient[i];
      square = adam.beta2 * square + (1 - adam.beta2) * gradient[i] * gradient[i];
      const double m = mean / (1 - std::pow(adam.beta1, t));
      const double v = square / (1 - std::pow(adam.beta2, t));
      expected[i] -= adam.learning_rate * m / (std::sqrt(v) + adam.epsilon);
    }
    EXPECT_NEAR(values_of(w)[static_cast<std::size_t>(i)], expected[i], 1e-6);
  }
}

// With epsilon = 1 the first step is lr * g / (|g| + 1); the gradient (3, 4) is cut to (0.6, 0.8).
TEST(Trainer, ClipsTheGradientNorm) {
  const at::Tensor w = leaf({0, 0});
  (void)train(constant_gradient(w, at::tensor({3.0F, 4.0F}), {.learning_rate = 1, .epsilon = 1}),
              {.epochs = 1, .batch_size = 4, .schedule = kFlat, .clip_norm = 1}, Seed{1}, {});
  EXPECT_NEAR(values_of(w)[0], -0.6 / 1.6, 1e-6);
  EXPECT_NEAR(values_of(w)[1], -0.8 / 1.8, 1e-6);
}

// A constant gradient moves w by exactly lr a step (epsilon = 0 up to rounding): w_t = -0.1 t.
TEST(Trainer, AveragesParametersByTheEmaFormula) {
  const at::Tensor w = leaf({0});
  (void)train(constant_gradient(w, at::tensor({2.0F}), {.learning_rate = 0.1, .epsilon = 1e-12}),
              {.epochs = 20, .batch_size = 4, .schedule = kFlat, .ema_decay = 0.6}, Seed{1}, {});
  double average = 0;
  for (int t = 0; t < 20; ++t) {
    const double decay = std::min(0.6, (1.0 + t) / (10.0 + t));
    average = decay * average + (1 - decay) * (-0.1 * (t + 1));
  }
  EXPECT_NEAR(values_of(w)[0], average, 1e-5);
}

TEST(Schedule, HasTheseFactors) {
  const Schedule cosine{.shape = Schedule::Shape::kCosine, .warmup = 0.1, .floor = 0.2};
  EXPECT_DOUBLE_EQ(cosine.factor(0), 0);
  EXPECT_DOUBLE_EQ(cosine.factor(0.05), 0.5);
  EXPECT_DOUBLE_EQ(cosine.factor(0.1), 1);
  EXPECT_NEAR(cosine.factor(0.55), 0.6, 1e-12);
  EXPECT_NEAR(cosine.factor(0.325), 0.2 + 0.8 * (0.5 + std::sqrt(0.125)), 1e-12);
  EXPECT_NEAR(cosine.factor(1), 0.2, 1e-12);
  const Schedule linear{.shape = Schedule::Shape::kLinear, .warmup = 0, .floor = 0.5};
  EXPECT_DOUBLE_EQ(linear.factor(0), 1);
  EXPECT_DOUBLE_EQ(linear.factor(0.5), 0.75);
  EXPECT_DOUBLE_EQ(kFlat.factor(0.9), 1);
}

TEST(Trainer, LearnsEvenInOneStep) {
  const at::Tensor w = leaf({0});
  (void)train(constant_gradient(w, at::tensor({1.0F}), {.learning_rate = 0.1}),
              {.epochs = 1, .batch_size = 4, .schedule = {.warmup = 0}}, Seed{1}, {});
  EXPECT_NEAR(values_of(w)[0], -0.05, 1e-6);  // the cosine's factor in mid-training is 1/2
}

/// Collects warnings while it lives.
class Warnings {
 public:
  Warnings() {
    before_ = set_log_sink([this](LogLevel, std::string_view text) { lines_.emplace_back(text); });
  }
  ~Warnings() { set_log_sink(before_); }
  Warnings(const Warnings&) = delete;
  Warnings& operator=(const Warnings&) = delete;
  [[nodiscard]] const std::vector<std::string>& lines() const { return lines_; }

 private:
  std::vector<std::string> lines_;
  LogSink before_;
};

TEST(Trainer, GoesBackToTheLastEpochAfterALossThatIsNotFinite) {
  Regression task;
  Problem problem = task.problem();
  std::atomic<int> calls = 0;
  problem.players[0].loss = [loss = problem.players[0].loss, &calls](const Shard& shard) {
    const at::Tensor value = loss(shard);
    return ++calls == 11 ? value * std::numeric_limits<double>::quiet_NaN() : value;
  };
  const Warnings warnings;
  const auto result =
      train(problem, {.epochs = 100, .batch_size = 24, .shards = 1}, Seed{5}, {.threads = 1});
  // Four steps an epoch: the 11th is undone, with it the two good ones of its epoch.
  EXPECT_EQ(calls, 403);
  EXPECT_EQ(result.steps, 400);
  EXPECT_LT((task.w.detach() - task.solution()).abs().max().item<double>(), 2e-2);
  ASSERT_EQ(warnings.lines().size(), 1U);
  EXPECT_EQ(warnings.lines()[0],
            "fit: loss or gradient not finite at step 10; going back to step 8 with half the "
            "learning rate");
}

TEST(Trainer, GivesUpAfterFiveLossesThatAreNotFinite) {
  const at::Tensor w = leaf({0});
  const Problem problem =
      constant_gradient(w, at::full({1}, std::numeric_limits<float>::infinity()), {});
  const Warnings warnings;
  EXPECT_EQ(message_of<Error>([&] { (void)train(problem, {.batch_size = 4}, Seed{1}, {}); }),
            "fit: the loss is not finite at step 0 even at a fraction 0.0312 of the learning rate");
  EXPECT_EQ(warnings.lines().size(), 5U);
}

TEST(Trainer, StopsEarlyAndReturnsTheBestEpoch) {
  const at::Tensor w = leaf({0}), reference = leaf({0});
  const AdamConfig adam{.learning_rate = 0.1};
  Problem problem = constant_gradient(w, at::tensor({1.0F}), adam);
  const std::vector<double> losses = {3, 2, 1, 2, std::nan(""), 0};
  std::size_t epoch = 0;
  problem.validation_rows = 1;
  problem.validation = [&](const Shard&) { return losses.at(epoch++); };
  const auto result = train(
      problem, {.epochs = 50, .batch_size = 4, .schedule = kFlat, .patience = 2}, Seed{1}, {});
  (void)train(constant_gradient(reference, at::tensor({1.0F}), adam),
              {.epochs = 3, .batch_size = 4, .schedule = kFlat}, Seed{1}, {});
  EXPECT_EQ(result.ending, TrainResult::Ending::kEarlyStop);
  EXPECT_EQ(result.best_epoch, 3);
  EXPECT_EQ(result.best_validation, 1);
  EXPECT_EQ(result.validation_loss.size(), 5U);
  EXPECT_TRUE(at::equal(w, reference));
}

TEST(Trainer, EndsWithItsTimeBudget) {
  Regression task;
  Problem problem = task.with_validation();
  problem.players[0].loss = [loss = problem.players[0].loss](const Shard& shard) {
    std::this_thread::sleep_for(duration<double>(1e-3));
    return loss(shard);
  };
  const auto start = std::chrono::steady_clock::now();
  const auto result =
      train(problem, {.epochs = 1'000'000}, Seed{1}, {.budget = duration<double>(0.3)});
  const duration<double> took = std::chrono::steady_clock::now() - start;
  EXPECT_EQ(result.ending, TrainResult::Ending::kBudget);
  EXPECT_GT(result.steps, 0);
  EXPECT_GT(result.best_epoch, 0);
  EXPECT_GE(took.count(), 0.3);
  EXPECT_LT(took.count(), 10);  // a loaded machine may be late, but not by a million epochs
}

TEST(Trainer, TellsShardsTheProgress) {
  Regression task;
  Problem problem = task.problem();
  std::vector<double> seen;
  problem.players[0].loss = [&, loss = problem.players[0].loss](const Shard& shard) {
    seen.push_back(shard.progress);
    return loss(shard);
  };
  (void)train(problem, {.epochs = 1, .batch_size = 24, .shards = 1}, Seed{1}, {});
  EXPECT_EQ(seen, (std::vector<double>{0.125, 0.375, 0.625, 0.875}));
}

TEST(Trainer, EndsAfterMaxSteps) {
  Regression task;
  const auto result =
      train(task.with_validation(), {.max_steps = 7, .batch_size = 24}, Seed{1}, {});
  EXPECT_EQ(result.steps, 7);
  EXPECT_EQ(result.best_epoch, 2);  // judged though its epoch was cut
}

// b goes to 3 by itself, a follows b; b moves twice a step.
TEST(Trainer, MovesTwoPlayersInTurns) {
  const at::Tensor a = leaf({0}), b = leaf({0});
  std::atomic<int> calls_a = 0, calls_b = 0;
  Problem problem{.rows = 1};
  problem.players.push_back(
      {.name = "a", .parameters = {a}, .adam = {.learning_rate = 0.05}, .loss = [&](const Shard&) {
         ++calls_a;
         return (a - b.detach()).square().sum();
       }});
  problem.players.push_back({.name = "b",
                             .parameters = {b},
                             .adam = {.learning_rate = 0.05},
                             .loss =
                                 [&](const Shard&) {
                                   ++calls_b;
                                   return (b - 3).square().sum();
                                 },
                             .turns = 2});
  (void)train(problem, {.epochs = 300, .schedule = {.warmup = 0}}, Seed{1}, {});
  EXPECT_EQ(calls_a, 300);
  EXPECT_EQ(calls_b, 600);
  EXPECT_NEAR(values_of(a)[0], 3, 0.02);
  EXPECT_NEAR(values_of(b)[0], 3, 0.02);
}

std::filesystem::path fresh_file(const std::string& name) {
  const auto file = std::filesystem::path(testing::TempDir()) / name;
  std::filesystem::remove(file);
  return file;
}

/// Stops after `steps` steps, as a kill would, and leaves a checkpoint of all but the last.
void interrupt(const Problem& problem, const TrainConfig& config, const Checkpoint& checkpoint,
               std::int64_t steps) {
  const RunOptions run{
      .on_progress =
          [&](const Progress& p) { return p.step == steps ? Flow::kStop : Flow::kContinue; },
      .checkpoint = checkpoint};
  EXPECT_THROW((void)train(problem, config, Seed{5}, run), Cancelled);
}

TEST(Trainer, ResumesBitExactlyFromAnyStep) {
  const TrainConfig config{
      .epochs = 6, .batch_size = 30, .shards = 2, .clip_norm = 1, .ema_decay = 0.9, .patience = 5};
  Regression whole;
  const auto expected = train(whole.with_validation(), config, Seed{5}, {});
  const Checkpoint checkpoint{fresh_file("resume.safetensors"), duration<double>(1e-9)};
  for (const std::int64_t steps : {1, 2, 4, 5, 13, 24}) {
    Regression first, second;
    interrupt(first.with_validation(), config, checkpoint, steps);
    EXPECT_EQ(std::filesystem::exists(checkpoint.file), steps > 1);
    const auto result =
        train(second.with_validation(), config, Seed{5}, {.checkpoint = checkpoint});
    EXPECT_TRUE(at::equal(second.w, whole.w)) << steps;
    EXPECT_EQ(result.validation_loss, expected.validation_loss) << steps;
    EXPECT_EQ(result.training_loss, expected.training_loss) << steps;
    EXPECT_EQ(result.best_epoch, expected.best_epoch) << steps;
    EXPECT_FALSE(std::filesystem::exists(checkpoint.file));
  }
}

TEST(Trainer, WritesACheckpointAfterEveryEpochIfAsked) {
  Regression task;
  const TrainConfig config{.epochs = 3, .batch_size = 24};
  const Checkpoint checkpoint{fresh_file("epochs.safetensors"), duration<double>(0)};
  interrupt(task.problem(), config, checkpoint, 4);
  EXPECT_FALSE(std::filesystem::exists(checkpoint.file));
  interrupt(task.problem(), config, checkpoint, 5);
  EXPECT_TRUE(std::filesystem::exists(checkpoint.file));
  std::filesystem::remove(checkpoint.file);
}

class BadCheckpoint : public testing::Test {
 protected:
  void SetUp() override { interrupt(task_.problem(), config_, checkpoint_, 3); }
  void TearDown() override { std::filesystem::remove(checkpoint_.file); }
  template <class Exception>
  std::string message(const Problem& problem) {
    return message_of<Exception>(
        [&] { (void)train(problem, config_, Seed{5}, {.checkpoint = checkpoint_}); });
  }

  Regression task_;
  TrainConfig config_{.epochs = 3, .batch_size = 24};
  Checkpoint checkpoint_{fresh_file("bad.safetensors"), duration<double>(1e-9)};
};

TEST_F(BadCheckpoint, OfAnotherFingerprintIsRefused) {
  Problem other = task_.problem();
  other.fingerprint = "something else";
  EXPECT_EQ(message<InvalidArgument>(other),
            "Checkpoint.file: " + checkpoint_.file.string() +
                " belongs to another configuration, data set or seed; remove it to start anew");
}

TEST_F(BadCheckpoint, CutShortIsAFileError) {
  std::filesystem::resize_file(checkpoint_.file, std::filesystem::file_size(checkpoint_.file) / 2);
  EXPECT_THAT(message<FileError>(task_.problem()), testing::HasSubstr(checkpoint_.file.string()));
}

TEST_F(BadCheckpoint, WithoutItsCountersIsAFileError) {
  Archive archive;
  archive.put_text("checkpoint", "semblance.train/1");
  archive.put_text("fingerprint", "regression");
  archive.put_text("counters", "{\"step\": -1}");
  archive.write(checkpoint_.file);
  EXPECT_THAT(message<FileError>(task_.problem()), testing::HasSubstr("damaged checkpoint"));
}

TEST_F(BadCheckpoint, WithAnotherShapeIsAFileError) {
  Archive archive = Archive::read(checkpoint_.file);
  archive.put_tensor("state.0.0", at::zeros({1}));
  archive.write(checkpoint_.file);
  EXPECT_THAT(
      message<FileError>(task_.problem()),
      testing::HasSubstr("damaged checkpoint (the tensor 'state.0.0' has the wrong shape)"));
}

TEST_F(BadCheckpoint, OfAnotherKindIsAFileError) {
  Archive().write(checkpoint_.file);
  EXPECT_EQ(message<FileError>(task_.problem()),
            checkpoint_.file.string() + ": not a training checkpoint");
}

TEST(TrainConfig, NamesTheFirstBadField) {
  const auto message = [](const TrainConfig& config) {
    return message_of<InvalidArgument>([&] { config.validate(); });
  };
  EXPECT_EQ(message({.epochs = 0}), "TrainConfig.epochs must be >= 1, got 0");
  EXPECT_EQ(message({.shards = 0}), "TrainConfig.shards must be >= 1, got 0");
  EXPECT_EQ(message({.schedule = {.warmup = 1}}), "Schedule.warmup must be in [0, 1), got 1");
  EXPECT_EQ(message({.ema_decay = 1}), "TrainConfig.ema_decay must be in [0, 1), got 1");
  EXPECT_EQ(message_of<InvalidArgument>([] { (void)train({}, {}, Seed{1}, {}); }),
            "train: needs at least 1 row and 1 player");
}

}  // namespace
}  // namespace semblance
