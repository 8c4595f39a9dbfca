// SPDX-License-Identifier: Apache-2.0
// Drawing with a fitted AnyOrderNet: completes rows of which some columns are known.
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <map>
#include <span>
#include <vector>

#include "autoregressive/any_order_net.hpp"
#include "semblance/core/parallel.hpp"
#include "semblance/data/condition.hpp"
#include "semblance/generator.hpp"

namespace semblance {

class Completion {
 public:
  Completion(const TokenCodec& codec, const AnyOrderNet& net, const Schema& schema,
             const RunOptions& run);

  [[nodiscard]] Dataset sample(RowRange rows, const std::vector<ResolvedTerm>& terms, Seed seed);
  [[nodiscard]] Dataset impute(const Dataset& rows, Seed seed);
  [[nodiscard]] std::vector<double> log_likelihood(const Dataset& rows);

 private:
  /// What all rows with the same known columns share.
  struct Plan {
    Order order = {};                           // known columns first
    std::int64_t known = 0;                     // how many those are
    std::vector<AnyOrderNet::Head> heads = {};  // of the columns after them, in order
    std::vector<at::Tensor> log_weights =
        {};  // by column: [vocabulary], or undefined where all tokens are allowed
  };

  /// Tokens (of their own column; -1: to be drawn) and two uniforms a cell, for a block of rows.
  struct Block {
    Block(std::size_t columns, std::size_t rows);
    /// Takes tokens and places of rows [first, first + count) of another block to row `to`.
    void copy(const Block& from, std::int64_t first, std::int64_t count, std::int64_t to);
    std::vector<std::vector<std::int32_t>> tokens;   // [columns][rows]
    std::vector<std::vector<double>> choice, place;  // [columns][rows], in [0, 1)
  };

  /// A condition, by column.
  struct Given {
    std::vector<bool> known, restricted;
    std::vector<at::Tensor> log_weights;  // of restricted columns
    std::vector<std::int32_t> fixed;      // tokens of known columns
    std::vector<const ResolvedTerm*> terms;
  };

  [[nodiscard]] Given read(const std::vector<ResolvedTerm>& given) const;
  [[nodiscard]] Plan plan(const std::vector<bool>& known,
                          const std::vector<at::Tensor>& log_weights,
                          const std::vector<bool>& early) const;
  [[nodiscard]] Block block(Seed stage, std::int64_t first, std::int64_t count) const;
  /// Weights that rule out the missing token, for the columns with gaps.
  [[nodiscard]] std::vector<at::Tensor> no_gaps(const Dataset& rows) const;
  /// Encodes the rows into `all` and groups them by the columns that are known.
  [[nodiscard]] std::map<std::vector<bool>, std::vector<std::int64_t>> by_known_columns(
      const Dataset& rows, Block& all) const;
  void complete(const Plan& plan, Block& block) const;
  void draw(const at::Tensor& logits, const std::vector<double>& choice,
            std::vector<std::int32_t>& tokens) const;
  [[nodiscard]] at::Tensor indices(std::int64_t column,
                                   const std::vector<std::int32_t>& tokens) const;
  [[nodiscard]] at::Tensor log_of(const std::vector<float>& weights, std::int64_t column) const;
  void impute_group(const Plan& plan, std::span<const std::int64_t> rows, Block& all) const;
  [[nodiscard]] Column filled(std::int64_t column, const Column& original, const Block& all) const;
  void add_log_likelihood(const Plan& plan, const Dataset& rows, std::span<double> out) const;

  const TokenCodec& codec_;
  const AnyOrderNet& net_;
  const Schema& schema_;
  const RunOptions& run_;
  std::vector<std::int64_t> offsets_;
  at::Device device_;
  Workers workers_;
};

}  // namespace semblance
