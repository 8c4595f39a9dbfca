// SPDX-License-Identifier: Apache-2.0
#include "autoregressive/completion.hpp"

#include <ATen/ATen.h>
#include <c10/core/InferenceMode.h>

#include <cmath>
#include <limits>

#include "detail/check.hpp"
#include "nn/rows.hpp"

namespace semblance {
namespace {

// Rows are computed in blocks of this size, aligned to the stream's row numbers, so that every row
// meets the same matrix kernels whatever was asked for.
constexpr std::int64_t kBlock = 1024;
constexpr std::int64_t kLeastRows =
    64;  // smaller products use other kernels, which round differently

constexpr const char* kImpossible =
    "no row can satisfy the condition on column '{}': the training rows have no such value";

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

Completion::Block::Block(std::size_t columns, std::size_t rows)
    : tokens(columns, std::vector<std::int32_t>(rows, -1)),
      choice(columns, std::vector<double>(rows)),
      place(choice) {}

void Completion::Block::copy(const Block& from, std::int64_t first, std::int64_t count,
                             std::int64_t to) {
  for (std::size_t c = 0; c < tokens.size(); ++c) {
    std::copy_n(from.tokens[c].begin() + first, count, tokens[c].begin() + to);
    std::copy_n(from.place[c].begin() + first, count, place[c].begin() + to);
  }
}

Completion::Block Completion::block(Seed stage, std::int64_t first, std::int64_t count) const {
  Block out(static_cast<std::size_t>(codec_.size()), static_cast<std::size_t>(count));
  for (std::int64_t i = 0; i < count; ++i) {
    Stream stream(stage, static_cast<std::uint64_t>(first + i));
    for (std::size_t c = 0; c < out.tokens.size(); ++c) {
      out.choice[c][static_cast<std::size_t>(i)] = stream.uniform();
      out.place[c][static_cast<std::size_t>(i)] = stream.uniform();
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
  require(std::any_of(weights.begin(), weights.end(), [](float w) { return w > 0; }), kImpossible,
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

Completion::Given Completion::read(const std::vector<ResolvedTerm>& given) const {
  const auto columns = static_cast<std::size_t>(codec_.size());
  Given out{std::vector<bool>(columns), std::vector<bool>(columns),
            std::vector<at::Tensor>(columns), std::vector<std::int32_t>(columns, -1),
            std::vector<const ResolvedTerm*>(columns)};
  for (const ResolvedTerm& term : given) {
    const auto c = static_cast<std::size_t>(term.column);
    const TokenColumn& tokens = codec_[term.column];
    out.terms[c] = &term;
    out.known[c] = term.missing || (!term.range && term.values.size() == 1);
    out.restricted[c] = !out.known[c];
    if (out.restricted[c]) {
      out.log_weights[c] = log_of(tokens.weights(term), term.column);
      continue;
    }
    out.fixed[c] = term.missing ? tokens.missing_token() : tokens.encode(term.values[0]);
    require(out.fixed[c] >= 0, kImpossible, schema_[term.column].name);
  }
  return out;
}

Dataset Completion::sample(RowRange rows, const std::vector<ResolvedTerm>& terms, Seed seed) {
  const Given given = read(terms);
  const Plan shared = plan(given.known, given.log_weights, given.restricted);
  const Seed stage = derive(seed, "sample");
  Block all(given.known.size(), static_cast<std::size_t>(rows.count));
  const std::int64_t first_block = rows.first / kBlock;
  const std::int64_t blocks =
      rows.count == 0 ? 0 : (rows.first + rows.count - 1) / kBlock - first_block + 1;
  run_blocks(workers_, run_, "sample", blocks, [&](std::int64_t b) {
    const std::int64_t start = (first_block + b) * kBlock;
    Block part = block(stage, start, kBlock);
    for (std::size_t c = 0; c < given.known.size(); ++c) {
      if (given.known[c]) std::fill(part.tokens[c].begin(), part.tokens[c].end(), given.fixed[c]);
    }
    complete(shared, part);
    const std::int64_t from = std::max(start, rows.first);
    const std::int64_t to = std::min(start + kBlock, rows.first + rows.count);
    all.copy(part, from - start, to - from, from - rows.first);
  });
  std::vector<Column> out(given.known.size());
  workers_.run(codec_.size(), [&](std::int64_t column) {
    const auto c = static_cast<std::size_t>(column);
    const ResolvedTerm* term =
        given.terms[c] != nullptr && !given.terms[c]->missing ? given.terms[c] : nullptr;
    out[c] = codec_[column].decode(all.tokens[c], all.place[c], term);
  });
  return {schema_, std::move(out)};
}

std::vector<at::Tensor> Completion::no_gaps(const Dataset& rows) const {
  std::vector<at::Tensor> out(static_cast<std::size_t>(codec_.size()));
  for (std::int64_t c = 0; c < codec_.size(); ++c) {
    if (rows.column(c).null_count() == 0) continue;
    const TokenColumn& tokens = codec_[c];
    std::vector<float> allowed(static_cast<std::size_t>(tokens.size()), 1.0F);
    if (tokens.missing_token() >= 0) allowed[static_cast<std::size_t>(tokens.missing_token())] = 0;
    require(std::count(allowed.begin(), allowed.end(), 1.0F) > 0,
            "any-order.impute: column '{}' had no value in the training rows", schema_[c].name);
    out[static_cast<std::size_t>(c)] = log_of(allowed, c);
  }
  return out;
}

std::map<std::vector<bool>, std::vector<std::int64_t>> Completion::by_known_columns(
    const Dataset& rows, Block& all) const {
  const auto columns = static_cast<std::size_t>(codec_.size());
  for (std::size_t c = 0; c < columns; ++c) {
    all.tokens[c] =
        codec_[static_cast<std::int64_t>(c)].encode(rows.column(static_cast<std::int64_t>(c)));
  }
  std::map<std::vector<bool>, std::vector<std::int64_t>> groups;
  for (std::int64_t i = 0; i < rows.rows(); ++i) {
    std::vector<bool> known(columns);
    for (std::size_t c = 0; c < columns; ++c) {
      auto& token = all.tokens[c][static_cast<std::size_t>(i)];
      if (!rows.column(static_cast<std::int64_t>(c)).is_valid(i)) token = -1;
      known[c] = token >= 0;
    }
    groups[known].push_back(i);
  }
  return groups;
}

Dataset Completion::impute(const Dataset& rows, Seed seed) {
  const auto columns = static_cast<std::size_t>(codec_.size());
  Block all = block(derive(seed, "impute"), 0, rows.rows());
  const std::vector<at::Tensor> log_weights = no_gaps(rows);
  auto groups = by_known_columns(rows, all);
  groups.erase(std::vector<bool>(columns, true));
  std::vector<decltype(groups)::const_pointer> work;
  for (const auto& group : groups) work.push_back(&group);
  run_blocks(workers_, run_, "impute", static_cast<std::int64_t>(work.size()), [&](std::int64_t g) {
    const auto& [known, members] = *work[static_cast<std::size_t>(g)];
    impute_group(plan(known, log_weights, std::vector<bool>(columns)), members, all);
  });
  std::vector<Column> out;
  for (std::int64_t c = 0; c < codec_.size(); ++c) out.push_back(filled(c, rows.column(c), all));
  return {schema_, std::move(out)};
}

void Completion::impute_group(const Plan& plan, std::span<const std::int64_t> rows,
                              Block& all) const {
  const auto size = static_cast<std::int64_t>(rows.size());
  for (std::int64_t first = 0; first < size; first += kBlock) {
    const std::int64_t count = std::min(kBlock, size - first);
    const std::int64_t padded = std::max(count, kLeastRows);
    Block part(all.tokens.size(), 0);
    for (std::size_t c = 0; c < all.tokens.size(); ++c) {
      for (std::int64_t i = 0; i < padded; ++i) {
        const auto row = static_cast<std::size_t>(
            rows[static_cast<std::size_t>(first + std::min(i, count - 1))]);
        part.tokens[c].push_back(all.tokens[c][row]);
        part.choice[c].push_back(all.choice[c][row]);
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
  run_blocks(workers_, run_, "likelihood", (rows.rows() + kBlock - 1) / kBlock,
             [&](std::int64_t b) {
               const std::int64_t first = b * kBlock, count = std::min(kBlock, rows.rows() - first);
               add_log_likelihood(shared, rows.slice(first, count),
                                  std::span(out).subspan(static_cast<std::size_t>(first),
                                                         static_cast<std::size_t>(count)));
             });
  return out;
}

void Completion::add_log_likelihood(const Plan& plan, const Dataset& rows,
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
