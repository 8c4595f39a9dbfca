// SPDX-License-Identifier: Apache-2.0
#include "semblance/autoregressive/any_order_model.hpp"

#include <ATen/ATen.h>
#include <c10/core/GradMode.h>

#include <numeric>

#include "autoregressive/any_order_net.hpp"
#include "autoregressive/completion.hpp"
#include "autoregressive/entry.hpp"
#include "codec/row_view.hpp"
#include "codec/token_rows.hpp"
#include "detail/config.hpp"
#include "detail/fingerprint.hpp"
#include "nn/rows.hpp"
#include "semblance/core/archive.hpp"
#include "semblance/train/trainer.hpp"
#include "train/holdout.hpp"

namespace semblance {

template <class Visitor>
static void visit(AnyOrderConfig& c, Visitor&& v) {
  v("embedding_dim", c.embedding_dim, "Width of a token's embedding, >= 1");
  v("hidden", c.hidden, "Widths of each column's hidden layers, >= 1 each");
  v("dropout", c.dropout, "Of the context embeddings while training, in [0, 1)");
  v("schema_order_share", c.schema_order_share,
    "Share of training orders that are the schema's, in [0, 1]");
  v("max_targets", c.max_targets, "Columns that one shard learns to predict, >= 1");
  v("epochs", c.epochs,
    "Most passes over the rows, >= 0; 0: 60, and on small tables as many as make 3,000 steps");
  v("batch_size", c.batch_size, "Rows a step, >= 1");
  v("learning_rate", c.learning_rate, "Peak of the cosine schedule, > 0");
  v("weight_decay", c.weight_decay, "Of AdamW, >= 0");
  v("ema_decay", c.ema_decay, "Of the parameter average, in [0, 1)");
  v("patience", c.patience, "Epochs without a better validation loss before stopping; 0: never");
  v("validation_share", c.validation_share,
    "Training rows held back for early stopping, in [0, 0.5]");
  v("max_categories", c.max_categories,
    "Tokens of a categorical column; the rarest share one; >= 2");
  v("max_values", c.max_values,
    "Numeric columns with at most that many values get one token each, >= 0");
  v("bins", c.bins, "Quantile bins of other numeric columns, >= 1");
}

namespace {

Order schema_order(std::int64_t columns) {
  Order order(static_cast<std::size_t>(columns));
  std::iota(order.begin(), order.end(), std::int64_t{0});
  return order;
}

/// The order that one shard trains: the schema's, or a random one.
Order training_order(std::int64_t columns, double schema_share, Stream& stream) {
  Order order = schema_order(columns);
  if (stream.uniform() >= schema_share) stream.shuffle(order);
  return order;
}

/// Everything that the training loss needs, shared by all shards.
struct Learner {
  const AnyOrderNet& net;
  const AnyOrderConfig& config;
  std::vector<std::int64_t> offsets;
  Seed seed;

  /// [n, 1] log-probabilities of the tokens at `position` of the order.
  [[nodiscard]] at::Tensor log_probability(const at::Tensor& tokens, const at::Tensor& embedded,
                                           const Order& order, std::int64_t position) const {
    const std::int64_t column = order[static_cast<std::size_t>(position)];
    const auto head = net.head(order, position);
    const auto logits = AnyOrderNet::logits(head, embedded.narrow(1, 0, position * net.width()));
    const auto target = tokens.narrow(1, column, 1) - offsets[static_cast<std::size_t>(column)];
    return at::log_softmax(logits, 1).gather(1, target);
  }

  /// Mean over the rows of the summed cross-entropies, in nats.
  [[nodiscard]] at::Tensor loss(const at::Tensor& tokens, std::int64_t number) const {
    Stream stream(seed, "order", static_cast<std::uint64_t>(number));
    const std::int64_t columns = net.columns();
    const Order order = training_order(columns, config.schema_order_share, stream);
    at::Tensor embedded = net.embed(tokens, order);
    if (config.dropout > 0) embedded = embedded * keep_mask(tokens.size(0), embedded, number);
    Order positions = schema_order(columns);
    if (columns > config.max_targets) stream.shuffle(positions);
    positions.resize(static_cast<std::size_t>(std::min(columns, config.max_targets)));
    at::Tensor sum;
    for (const auto position : positions) {
      const at::Tensor term = log_probability(tokens, embedded, order, position).sum();
      sum = sum.defined() ? sum + term : term;
    }
    return sum * (-static_cast<double>(columns) /
                  static_cast<double>(positions.size() * static_cast<std::size_t>(tokens.size(0))));
  }

  /// Dropout of whole columns' embeddings, scaled to keep the mean.
  [[nodiscard]] at::Tensor keep_mask(std::int64_t rows, const at::Tensor& embedded,
                                     std::int64_t number) const {
    const Seed stage = derive(derive(seed, "dropout"), static_cast<std::uint64_t>(number));
    const at::Tensor keep =
        uniform_rows(stage, 0, 1, rows * embedded.size(1)).reshape({rows, -1}).ge(config.dropout);
    return keep.to(embedded.device(), at::kFloat) * (1 / (1 - config.dropout));
  }

  /// Sum over the rows of the negative log-likelihood in the schema's order and in a random one,
  /// halved.
  [[nodiscard]] double validation_loss(const at::Tensor& tokens, std::int64_t number) const {
    Stream stream(seed, "validation order", static_cast<std::uint64_t>(number));
    double sum = 0;
    for (const double share : {1.0, 0.0}) {
      const Order order = training_order(net.columns(), share, stream);
      const at::Tensor embedded = net.embed(tokens, order);
      for (std::int64_t p = 0; p < net.columns(); ++p) {
        sum -= 0.5 * log_probability(tokens, embedded, order, p).sum().item<double>();
      }
    }
    return sum;
  }
};

// What `epochs = 0` means.
constexpr std::int64_t kEpochs = 60, kLeastSteps = 3000;

TrainConfig train_config(const AnyOrderConfig& c, std::int64_t rows) {
  const std::int64_t batch = std::min(c.batch_size, std::max<std::int64_t>(1, rows / 8));
  const std::int64_t steps = (rows + batch - 1) / batch;  // of an epoch
  const std::int64_t enough = std::max(kEpochs, (kLeastSteps + steps - 1) / steps);
  return {.epochs = c.epochs > 0 ? c.epochs : enough,
          .batch_size = batch,
          .clip_norm = 10.0,
          .ema_decay = c.ema_decay,
          .patience = c.patience};
}

}  // namespace

struct AnyOrderModel::Fitted {
  Fitted(TokenCodec tokens, const AnyOrderConfig& config, Seed seed, Parameters parameters)
      : codec(std::move(tokens)), net(codec, config, seed, std::move(parameters)) {}
  TokenCodec codec;
  AnyOrderNet net;
};

void AnyOrderConfig::validate() const {
  const auto at_least = [](const char* field, std::int64_t value, std::int64_t least) {
    require(value >= least, "AnyOrderConfig.{} must be >= {}, got {}", field, least, value);
  };
  at_least("embedding_dim", embedding_dim, 1);
  require(!hidden.empty(), "AnyOrderConfig.hidden must have at least one layer, got none");
  for (const auto width : hidden) at_least("hidden", width, 1);
  require(dropout >= 0 && dropout < 1, "AnyOrderConfig.dropout must be in [0, 1), got {}", dropout);
  require(schema_order_share >= 0 && schema_order_share <= 1,
          "AnyOrderConfig.schema_order_share must be in [0, 1], got {}", schema_order_share);
  at_least("max_targets", max_targets, 1);
  at_least("epochs", epochs, 0);
  at_least("batch_size", batch_size, 1);
  require(learning_rate > 0, "AnyOrderConfig.learning_rate must be > 0, got {}", learning_rate);
  require(weight_decay >= 0, "AnyOrderConfig.weight_decay must be >= 0, got {}", weight_decay);
  require(ema_decay >= 0 && ema_decay < 1, "AnyOrderConfig.ema_decay must be in [0, 1), got {}",
          ema_decay);
  at_least("patience", patience, 0);
  require(validation_share >= 0 && validation_share <= 0.5,
          "AnyOrderConfig.validation_share must be in [0, 0.5], got {}", validation_share);
  at_least("max_categories", max_categories, 2);
  at_least("max_values", max_values, 0);
  at_least("bins", bins, 1);
}

AnyOrderModel::AnyOrderModel(AnyOrderConfig config) : config_(std::move(config)) {
  config_.validate();
}
AnyOrderModel::~AnyOrderModel() = default;

/// What a training learns from and is judged by.
struct AnyOrderModel::Lessons {
  RowView<TokenRows> teaching, judging;
  std::string fingerprint;
};

void AnyOrderModel::do_fit(const Dataset& train, Seed seed, const RunOptions& run) {
  TokenCodec codec(train, {config_.max_categories, config_.max_values, config_.bins});
  auto fitted = std::make_unique<Fitted>(std::move(codec), config_, derive(seed, "any-order"),
                                         Parameters(derive(seed, "parameters"), run.device));
  learn(std::move(fitted), train, seed, run, "fit");
}

void AnyOrderModel::do_fit_rows(const RowSource& train, const RowDigest& digest, Seed seed,
                                const RunOptions& run) {
  TokenCodec codec(digest, {config_.max_categories, config_.max_values, config_.bins});
  auto fitted = std::make_unique<Fitted>(std::move(codec), config_, derive(seed, "any-order"),
                                         Parameters(derive(seed, "parameters"), run.device));
  TokenRows teaching(fitted->codec, Records::Place::kFile);
  TokenRows judging(fitted->codec, Records::Place::kMemory);
  deal(
      train, config_.validation_share, seed, run,
      [&](const Dataset& rows) { judging.append(rows, "any-order.fit"); },
      [&](const Dataset& rows) { teaching.append(rows, "any-order.fit"); });
  const Lessons lessons{
      RowView(teaching), RowView(judging),
      fingerprint(std::to_string(train.rows()) + config_json(), digest.sample, seed)};
  learn(std::move(fitted), lessons, seed, run);
}

void AnyOrderModel::do_refit(const Dataset& rows, Seed seed, const RunOptions& run) {
  Archive known;
  fitted_->net.parameters().save(known);
  auto fitted = std::make_unique<Fitted>(fitted_->codec, config_, derive(seed, "any-order"),
                                         Parameters(known, run.device));
  learn(std::move(fitted), rows, seed, run, "refit");
}

void AnyOrderModel::learn(std::unique_ptr<Fitted> fitted, const Dataset& train, Seed seed,
                          const RunOptions& run, const std::string& stage) {
  TokenRows tokens(fitted->codec, Records::Place::kMemory);
  tokens.append(train, "any-order." + stage);
  Holdout dealt = hold_back(train.rows(), config_.validation_share, seed);
  const Lessons lessons{RowView(tokens, std::move(dealt.teaching)),
                        RowView(tokens, std::move(dealt.judging)),
                        fingerprint(stage + config_json(), train, seed)};
  learn(std::move(fitted), lessons, seed, run);
}

void AnyOrderModel::learn(std::unique_ptr<Fitted> fitted, const Lessons& lessons, Seed seed,
                          const RunOptions& run) {
  const at::Device device = torch_device(run.device);
  const Learner learner{fitted->net, config_, fitted->codec.offsets(), derive(seed, "training")};
  Problem problem{.rows = lessons.teaching.size(), .fingerprint = lessons.fingerprint};
  problem.players.push_back(
      {.name = "net",
       .parameters = fitted->net.parameters().tensors(),
       .adam = {.learning_rate = config_.learning_rate, .weight_decay = config_.weight_decay},
       .loss = [&](const Shard& shard) {
         return learner.loss(lessons.teaching.take(shard.rows).to(device), shard.number);
       }});
  if (lessons.judging.size() > 0) {
    problem.validation_rows = lessons.judging.size();
    problem.validation = [&](const Shard& shard) {
      const c10::NoGradGuard guard;
      return learner.validation_loss(lessons.judging.take(shard.rows).to(device), shard.number);
    };
  }
  auto result = semblance::train(problem, train_config(config_, problem.rows), seed, run);
  history_ = {std::move(result.training_loss), std::move(result.validation_loss),
              result.best_epoch};
  fitted_ = std::move(fitted);
}

Dataset AnyOrderModel::do_sample(RowRange rows, const std::vector<ResolvedTerm>& given, Seed seed,
                                 const RunOptions& run) const {
  return Completion(fitted_->codec, fitted_->net, schema(), run).sample(rows, given, seed);
}

Dataset AnyOrderModel::do_impute(const Dataset& rows, Seed seed, const RunOptions& run) const {
  return Completion(fitted_->codec, fitted_->net, schema(), run).impute(rows, seed);
}

std::vector<double> AnyOrderModel::do_log_likelihood(const Dataset& rows,
                                                     const RunOptions& run) const {
  return Completion(fitted_->codec, fitted_->net, schema(), run).log_likelihood(rows);
}

void AnyOrderModel::do_save(Archive& archive) const {
  archive.put_text("tokens", fitted_->codec.to_json());
  fitted_->net.parameters().save(archive);
}

void AnyOrderModel::do_load(const Archive& archive, const Schema& schema) {
  auto fitted = std::make_unique<Fitted>(TokenCodec::from_json(archive.text("tokens"), schema),
                                         config_, Seed{0}, Parameters(archive));
  fitted_ = std::move(fitted);
  history_ = {};
}

Capabilities AnyOrderModel::do_capabilities() const {
  return {.kinds = {Kind::kReal, Kind::kInteger, Kind::kCategorical, Kind::kDatetime},
          .missing_values = true,
          .conditioning = Conditioning::kExact,
          .imputes = true,
          .likelihood = true,
          .cuda = true,
          .resumes = true,
          .refits = true,
          .streams = true};
}

std::string AnyOrderModel::do_config_json() const { return config_to_json(config_).dump(); }

RegistryEntry any_order_entry() {
  return {"any-order", "Any-order autoregressive network: any conditional, imputation, likelihood",
          parameters_of<AnyOrderConfig>(), [](std::string_view json) -> std::unique_ptr<Generator> {
            return std::make_unique<AnyOrderModel>(
                config_from_json<AnyOrderConfig>(json, "AnyOrderConfig"));
          }};
}

}  // namespace semblance
