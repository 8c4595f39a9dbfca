// SPDX-License-Identifier: Apache-2.0
#include "autoregressive/completion.hpp"

#include <ATen/ATen.h>
#include <c10/core/InferenceMode.h>

#include <cmath>
#include <limits>
#include <map>
#include <numeric>

#include "detail/check.hpp"

namespace semblance {
namespace {

// Rows are computed in blocks of this size, aligned to the stream's row numbers, so that every row
// meets the same matrix kernels whatever was asked for.
constexpr std::int64_t kBlock = 1024;
constexpr std::int64_t kLeastRows =
    64;  // smaller products use other kernels, which round differently

std::vector<std::int64_t> numbers(std::int64_t first, std::int64_t count) {
  std::vector<std::int64_t> out(static_cast<std::size_t>(count));
  std::iota(out.begin(), out.end(), first);
  return out;
}

}  // namespace

Completion::Completion(const TokenCodec& codec, const AnyOrderNet& net, const Schema& schema,
                       const RunOptions& run)
    : codec_(codec),
      net_(net),
      schema_(schema),
      run_(run),
      offsets_(codec.offsets()),
      device_(net.parameters().tensors().front().device()),
      workers_(device_.is_cuda() ? 1 : worker_threads(run)) {}

void Completion::run_blocks(std::string_view stage, std::int64_t blocks,
                            const std::function<void(std::int64_t)>& task) {
  Reporter report(run_, stage, blocks);
  const std::int64_t wave = 4 * static_cast<std::int64_t>(workers_.threads());
  for (std::int64_t first = 0; first < blocks; first += wave) {
    const std::int64_t count = std::min(wave, blocks - first);
    workers_.run(count, [&](std::int64_t i) {
      const c10::InferenceMode guard;
      task(first + i);
    });
    report.step(first + count);
  }
}

Completion::Plan Completion::plan(const std::vector<bool>& known,
                                  const std::vector<at::Tensor>& log_weights,
                                  const std::vector<bool>& early) const {
  Plan out{.log_weights = log_weights};
  const auto add = [&](auto wanted) {
    for (std::size_t c = 0; c < known.size(); ++c) {
      if (wanted(c)) out.order.push_back(static_cast<std::int64_t>(c));
    }
  };
  add([&](std::size_t c) { return known[c]; });
  out.known = static_cast<std::int64_t>(out.order.size());
  add([&](std::size_t c) { return !known[c] && early[c]; });
  add([&](std::size_t c) { return !known[c] && !early[c]; });
  const c10::InferenceMode guard;
  for (std::int64_t p = out.known; p < codec_.size(); ++p)
    out.heads.push_back(net_.head(out.order, p));
  return out;
}

Completion::Block Completion::block(Seed stage, std::span<const std::int64_t> row_numbers) const {
  const auto columns = static_cast<std::size_t>(codec_.size());
  Block out;
  out.tokens.assign(columns, std::vector<std::int32_t>(row_numbers.size(), -1));
  out.choice.assign(columns, std::vector<double>(row_numbers.size()));
  out.place = out.choice;
  for (std::size_t i = 0; i < row_numbers.size(); ++i) {
    Stream stream(stage, static_cast<std::uint64_t>(row_numbers[i]));
    for (std::size_t c = 0; c < columns; ++c) {
      out.choice[c][i] = stream.uniform();
      out.place[c][i] = stream.uniform();
    }
  }
  return out;
}

at::Tensor Completion::indices(std::int64_t column, const std::vector<std::int32_t>& tokens) const {
  at::Tensor out = at::empty({static_cast<std::int64_t>(tokens.size())}, at::kLong);
  auto* values = out.mutable_data_ptr<std::int64_t>();
  for (std::size_t i = 0; i < tokens.size(); ++i)
    values[i] = offsets_[static_cast<std::size_t>(column)] + tokens[i];
  return out.to(device_);
}

at::Tensor Completion::log_of(const std::vector<float>& weights, std::int64_t column) const {
  require(std::any_of(weights.begin(), weights.end(), [](float w) { return w > 0; }),
          "no row can satisfy the condition on column '{}': the training rows have no such value",
          schema_[column].name);
  return at::tensor(weights).log().to(device_);
}

void Completion::draw(const at::Tensor& logits, const std::vector<double>& choice,
                      std::vector<std::int32_t>& tokens) const {
  const at::Tensor chances = at::softmax(logits, 1).to(at::kCPU).contiguous();
  const std::int64_t size = chances.size(1);
  const float* row = chances.const_data_ptr<float>();
  for (std::size_t i = 0; i < tokens.size(); ++i, row += size) {
    double total = 0;
    for (std::int64_t t = 0; t < size; ++t) total += static_cast<double>(row[t]);
    double left = choice[i] * total;
    std::int64_t last = 0;
    for (std::int64_t t = 0; t < size && left >= 0; ++t) {
      if (row[t] <= 0) continue;
      last = t;
      left -= static_cast<double>(row[t]);
    }
    tokens[i] = static_cast<std::int32_t>(last);
  }
}

void Completion::complete(const Plan& plan, Block& block) const {
  const std::int64_t width = net_.width();
  const auto rows = static_cast<std::int64_t>(block.tokens.front().size());
  at::Tensor context = at::empty({rows, codec_.size() * width},
                                 at::TensorOptions().dtype(at::kFloat).device(device_));
  for (std::int64_t p = 0; p < codec_.size(); ++p) {
    const std::int64_t column = plan.order[static_cast<std::size_t>(p)];
    const auto c = static_cast<std::size_t>(column);
    if (p >= plan.known) {
      const auto& head = plan.heads[static_cast<std::size_t>(p - plan.known)];
      at::Tensor logits = AnyOrderNet::logits(head, context.narrow(1, 0, p * width));
      if (p == 0) logits = logits.expand({rows, -1});
      if (plan.log_weights[c].defined()) logits = logits + plan.log_weights[c];
      draw(logits, block.choice[c], block.tokens[c]);
    }
    context.narrow(1, p * width, width).copy_(net_.embed_one(indices(column, block.tokens[c])));
  }
}

Dataset Completion::sample(RowRange rows, const std::vector<ResolvedTerm>& given, Seed seed) {
  const auto columns = static_cast<std::size_t>(codec_.size());
  std::vector<bool> known(columns), restricted(columns);
  std::vector<at::Tensor> log_weights(columns);
  std::vector<std::int32_t> fixed(columns, -1);
  std::vector<const ResolvedTerm*> terms(columns);
  for (const ResolvedTerm& term : given) {
    const auto c = static_cast<std::size_t>(term.column);
    terms[c] = &term;
    known[c] = term.missing || (!term.range && term.values.size() == 1);
    restricted[c] = !known[c];
    if (restricted[c]) log_weights[c] = log_of(codec_[term.column].weights(term), term.column);
    if (known[c])
      fixed[c] = term.missing ? codec_[term.column].missing_token()
                              : codec_[term.column].encode(term.values[0]);
    require(restricted[c] || fixed[c] >= 0,
            "no row can satisfy the condition on column '{}': the training rows have no such value",
            schema_[term.column].name);
  }
  const Plan shared = plan(known, log_weights, restricted);
  const Seed stage = derive(seed, "sample");
  Block all;
  all.tokens.assign(columns, std::vector<std::int32_t>(static_cast<std::size_t>(rows.count)));
  all.place.assign(columns, std::vector<double>(static_cast<std::size_t>(rows.count)));
  const std::int64_t first_block = rows.first / kBlock;
  const std::int64_t blocks =
      rows.count == 0 ? 0 : (rows.first + rows.count - 1) / kBlock - first_block + 1;
  run_blocks("sample", blocks, [&](std::int64_t b) {
    const std::int64_t start = (first_block + b) * kBlock;
    Block part = block(stage, numbers(start, kBlock));
    for (std::size_t c = 0; c < columns; ++c) {
      if (known[c]) std::fill(part.tokens[c].begin(), part.tokens[c].end(), fixed[c]);
    }
    complete(shared, part);
    const std::int64_t from = std::max(start, rows.first),
                       to = std::min(start + kBlock, rows.first + rows.count);
    for (std::size_t c = 0; c < columns; ++c) {
      std::copy(part.tokens[c].begin() + (from - start), part.tokens[c].begin() + (to - start),
                all.tokens[c].begin() + (from - rows.first));
      std::copy(part.place[c].begin() + (from - start), part.place[c].begin() + (to - start),
                all.place[c].begin() + (from - rows.first));
    }
  });
  std::vector<Column> out(columns);
  workers_.run(codec_.size(), [&](std::int64_t column) {
    const auto c = static_cast<std::size_t>(column);
    const bool present = terms[c] != nullptr && !terms[c]->missing;
    out[c] = codec_[column].decode(all.tokens[c], all.place[c], present ? terms[c] : nullptr);
  });
  return {schema_, std::move(out)};
}

Dataset Completion::impute(const Dataset& rows, Seed seed) {
  const auto columns = static_cast<std::size_t>(codec_.size());
  Block all = block(derive(seed, "impute"), numbers(0, rows.rows()));
  std::vector<at::Tensor> log_weights(columns);
  for (std::size_t c = 0; c < columns; ++c) {
    const auto& column = rows.column(static_cast<std::int64_t>(c));
    const TokenColumn& tokens = codec_[static_cast<std::int64_t>(c)];
    if (column.null_count() == 0) continue;
    std::vector<float> allowed(static_cast<std::size_t>(tokens.size()), 1.0F);
    if (tokens.missing_token() >= 0) allowed[static_cast<std::size_t>(tokens.missing_token())] = 0;
    require(std::any_of(allowed.begin(), allowed.end(), [](float w) { return w > 0; }),
            "any-order.impute: column '{}' had no value in the training rows",
            schema_[static_cast<std::int64_t>(c)].name);
    log_weights[c] = log_of(allowed, static_cast<std::int64_t>(c));
  }
  std::map<std::vector<bool>, std::vector<std::int64_t>> groups;  // rows by their known columns
  std::vector<std::vector<std::int32_t>> encoded(columns);
  for (std::size_t c = 0; c < columns; ++c) {
    encoded[c] =
        codec_[static_cast<std::int64_t>(c)].encode(rows.column(static_cast<std::int64_t>(c)));
  }
  for (std::int64_t i = 0; i < rows.rows(); ++i) {
    std::vector<bool> known(columns);
    for (std::size_t c = 0; c < columns; ++c) {
      known[c] = rows.column(static_cast<std::int64_t>(c)).is_valid(i) &&
                 encoded[c][static_cast<std::size_t>(i)] >= 0;
      all.tokens[c][static_cast<std::size_t>(i)] =
          known[c] ? encoded[c][static_cast<std::size_t>(i)] : -1;
    }
    groups[known].push_back(i);
  }
  std::vector<std::pair<Plan, std::vector<std::int64_t>>> work;
  for (auto& [known, members] : groups) {
    if (std::find(known.begin(), known.end(), false) == known.end()) continue;
    work.emplace_back(plan(known, log_weights, std::vector<bool>(columns)), std::move(members));
  }
  run_blocks("impute", static_cast<std::int64_t>(work.size()), [&](std::int64_t g) {
    const auto& [shared, members] = work[static_cast<std::size_t>(g)];
    impute_group(shared, members, seed, all);
  });
  std::vector<Column> out;
  for (std::size_t c = 0; c < columns; ++c) {
    out.push_back(
        filled(static_cast<std::int64_t>(c), rows.column(static_cast<std::int64_t>(c)), all));
  }
  return {schema_, std::move(out)};
}

void Completion::impute_group(const Plan& plan, std::span<const std::int64_t> rows, Seed,
                              Block& all) const {
  const auto size = static_cast<std::int64_t>(rows.size());
  for (std::int64_t first = 0; first < size; first += kBlock) {
    const std::int64_t count = std::min(kBlock, size - first);
    const std::int64_t padded = std::max(count, kLeastRows);
    Block part;
    for (std::size_t c = 0; c < all.tokens.size(); ++c) {
      auto& tokens = part.tokens.emplace_back();
      auto& choice = part.choice.emplace_back();
      for (std::int64_t i = 0; i < padded; ++i) {
        const auto row = static_cast<std::size_t>(
            rows[static_cast<std::size_t>(first + std::min(i, count - 1))]);
        tokens.push_back(all.tokens[c][row]);
        choice.push_back(all.choice[c][row]);
      }
    }
    complete(plan, part);
    for (std::size_t c = 0; c < all.tokens.size(); ++c) {
      for (std::int64_t i = 0; i < count; ++i) {
        all.tokens[c][static_cast<std::size_t>(rows[static_cast<std::size_t>(first + i)])] =
            part.tokens[c][static_cast<std::size_t>(i)];
      }
    }
  }
}

Column Completion::filled(std::int64_t column, const Column& original, const Block& all) const {
  const auto c = static_cast<std::size_t>(column);
  if (original.null_count() == 0) return original;
  std::vector<std::int32_t> tokens;
  std::vector<double> place;
  std::vector<std::int64_t> from(static_cast<std::size_t>(original.size()));
  for (std::int64_t i = 0; i < original.size(); ++i) {
    const auto row = static_cast<std::size_t>(i);
    from[row] =
        original.is_valid(i) ? i : original.size() + static_cast<std::int64_t>(tokens.size());
    if (original.is_valid(i)) continue;
    tokens.push_back(all.tokens[c][row]);
    place.push_back(all.place[c][row]);
  }
  const std::vector<Column> parts = {original, codec_[column].decode(tokens, place)};
  return Column::concat(parts).take(from);
}

std::vector<double> Completion::log_likelihood(const Dataset& rows) {
  const std::vector<bool> none(static_cast<std::size_t>(codec_.size()));
  const Plan shared = plan(none, std::vector<at::Tensor>(none.size()), none);
  std::vector<double> out(static_cast<std::size_t>(rows.rows()));
  run_blocks("likelihood", (rows.rows() + kBlock - 1) / kBlock, [&](std::int64_t b) {
    const std::int64_t first = b * kBlock, count = std::min(kBlock, rows.rows() - first);
    add_log_likelihood(
        shared, rows.slice(first, count), first,
        std::span(out).subspan(static_cast<std::size_t>(first), static_cast<std::size_t>(count)));
  });
  return out;
}

void Completion::add_log_likelihood(const Plan& plan, const Dataset& rows, std::int64_t,
                                    std::span<double> out) const {
  const std::int64_t count = rows.rows(), padded = std::max(count, kLeastRows),
                     width = net_.width();
  at::Tensor context = at::empty({padded, codec_.size() * width},
                                 at::TensorOptions().dtype(at::kFloat).device(device_));
  for (std::int64_t p = 0; p < codec_.size(); ++p) {
    const std::int64_t column = plan.order[static_cast<std::size_t>(p)];
    auto tokens = codec_[column].encode(rows.column(column));
    const std::vector<std::int32_t> own = tokens;
    for (auto& t : tokens) t = std::max(t, 0);
    tokens.resize(static_cast<std::size_t>(padded), 0);
    const auto logits = AnyOrderNet::logits(plan.heads[static_cast<std::size_t>(p)],
                                            context.narrow(1, 0, p * width));
    const at::Tensor logs =
        at::log_softmax(logits.expand({padded, -1}), 1).to(at::kCPU).contiguous();
    const float* row = logs.const_data_ptr<float>();
    for (std::int64_t i = 0; i < count; ++i, row += logs.size(1)) {
      const auto token = own[static_cast<std::size_t>(i)];
      const bool present = rows.column(column).is_valid(i);
      auto& sum = out[static_cast<std::size_t>(i)];
      sum += token < 0
                 ? -std::numeric_limits<double>::infinity()
                 : static_cast<double>(row[token]) +
                       (present ? codec_[column].log_density(token, rows.column(column).number(i))
                                : 0);
    }
    context.narrow(1, p * width, width).copy_(net_.embed_one(indices(column, tokens)));
  }
}

}  // namespace semblance
