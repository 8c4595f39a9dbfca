// SPDX-License-Identifier: Apache-2.0
#include "semblance/copula/independent.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "copula/entry.hpp"
#include "copula/fill.hpp"
#include "detail/config.hpp"
#include "semblance/codec/token_codec.hpp"
#include "semblance/core/archive.hpp"
#include "semblance/core/parallel.hpp"

namespace semblance {

template <class Visitor>
static void visit(IndependentConfig& c, Visitor&& v) {
  v("max_categories", c.max_categories,
    "Tokens of a categorical column; the rarest share one; >= 2");
  v("max_values", c.max_values,
    "Numeric columns with at most that many values get one token each, >= 0");
  v("bins", c.bins, "Quantile bins of other numeric columns, >= 1");
}

void IndependentConfig::validate() const {
  const auto at_least = [](const char* field, std::int64_t value, std::int64_t least) {
    require(value >= least, "IndependentConfig.{} must be >= {}, got {}", field, least, value);
  };
  at_least("max_categories", max_categories, 2);
  at_least("max_values", max_values, 0);
  at_least("bins", bins, 1);
}

struct Independent::Fitted {
  TokenCodec codec;
};

namespace {

/// Draws the tokens of one column.
class TokenDraw {
 public:
  /// \param allowed  A weight a token: the share of its values that may be drawn.
  TokenDraw(const TokenColumn& tokens, std::span<const float> allowed) {
    const auto counts = tokens.counts();
    for (std::size_t t = 0; t < counts.size(); ++t)
      up_to_.push_back((t == 0 ? 0 : up_to_.back()) +
                       static_cast<double>(counts[t]) * static_cast<double>(allowed[t]));
  }
  [[nodiscard]] bool is_possible() const { return up_to_.back() > 0; }
  [[nodiscard]] std::int32_t operator()(double u) const {
    const auto at = std::upper_bound(up_to_.begin(), up_to_.end(), u * up_to_.back());
    if (at != up_to_.end()) return static_cast<std::int32_t>(at - up_to_.begin());
    return static_cast<std::int32_t>(  // u rounded up to 1: the last token of positive weight
        std::lower_bound(up_to_.begin(), up_to_.end(), up_to_.back()) - up_to_.begin());
  }

 private:
  std::vector<double> up_to_;
};

/// `rows` values of a column: row i is drawn from its own stream.
Column draw_column(const TokenColumn& tokens, const TokenDraw& draw, RowRange rows, Seed stage,
                   const ResolvedTerm* within) {
  std::vector<std::int32_t> drawn;
  std::vector<double> noise;
  for (std::int64_t i = rows.first; i < rows.first + rows.count; ++i) {
    Stream stream(stage, static_cast<std::uint64_t>(i));
    drawn.push_back(draw(stream.uniform()));
    noise.push_back(stream.uniform());
  }
  return tokens.decode(drawn, noise, within);
}

Seed stage_of(Seed seed, std::int64_t column) {
  return derive(derive(seed, "independent"), static_cast<std::uint64_t>(column));
}

/// A column under a condition.
Column draw_given(const TokenColumn& tokens, const std::string& name, const ResolvedTerm& term,
                  RowRange rows, Seed stage) {
  std::vector<float> allowed = tokens.weights(term);
  if (tokens.is_ordered() && term.values.size() == 1) {  // also a number that training lacked
    const std::int32_t token = tokens.encode(term.values[0]);
    if (token >= 0) allowed[static_cast<std::size_t>(token)] = 1;
  }
  const TokenDraw draw(tokens, allowed);
  require(draw.is_possible(),
          "no row can satisfy the condition on column '{}': the training rows have no such value",
          name);
  return draw_column(tokens, draw, rows, stage, term.missing ? nullptr : &term);
}

/// The column with its gaps filled.
Column fill(const TokenColumn& tokens, const std::string& name, const Column& column, Seed stage) {
  if (column.null_count() == 0) return column;
  std::vector<float> allowed(static_cast<std::size_t>(tokens.size()), 1.0F);
  if (tokens.missing_token() >= 0) allowed[static_cast<std::size_t>(tokens.missing_token())] = 0;
  const TokenDraw draw(tokens, allowed);
  require(draw.is_possible(), "independent.impute: column '{}' had no value in the training rows",
          name);
  return copula::fill_gaps(column, draw_column(tokens, draw, {0, column.size()}, stage, nullptr));
}

/// Adds each row's log probability of its cell in one column.
void add_log_likelihood(const TokenColumn& tokens, const Column& column, std::vector<double>& out) {
  const auto counts = tokens.counts();
  double total = 0;
  for (const auto count : counts) total += static_cast<double>(count);
  const auto own = tokens.encode(column);
  for (std::size_t i = 0; i < own.size(); ++i) {
    const auto row = static_cast<std::int64_t>(i);
    if (own[i] < 0) {
      out[i] = -std::numeric_limits<double>::infinity();
      continue;
    }
    out[i] += std::log(static_cast<double>(counts[static_cast<std::size_t>(own[i])]) / total);
    if (column.is_valid(row)) out[i] += tokens.log_density(own[i], column.number(row));
  }
}

}  // namespace

Independent::Independent(IndependentConfig config) : config_(config) { config_.validate(); }
Independent::~Independent() = default;

void Independent::do_fit(const Dataset& train, Seed, const RunOptions& run) {
  Reporter reporter(run, "fit", 1);
  TokenCodec codec(train, {config_.max_categories, config_.max_values, config_.bins});
  reporter.step(1);
  fitted_ = std::make_unique<const Fitted>(Fitted{std::move(codec)});
}

Dataset Independent::do_sample(RowRange rows, const std::vector<ResolvedTerm>& given, Seed seed,
                               const RunOptions& run) const {
  const TokenCodec& codec = fitted_->codec;
  Reporter reporter(run, "sample", 1);
  std::vector<Column> columns(static_cast<std::size_t>(codec.size()));
  parallel_for(worker_threads(run), codec.size(), [&](std::int64_t c) {
    const auto term = std::find_if(given.begin(), given.end(),
                                   [c](const ResolvedTerm& t) { return t.column == c; });
    const std::vector<float> all(static_cast<std::size_t>(codec[c].size()), 1.0F);
    columns[static_cast<std::size_t>(c)] =
        term != given.end()
            ? draw_given(codec[c], schema()[c].name, *term, rows, stage_of(seed, c))
            : draw_column(codec[c], TokenDraw(codec[c], all), rows, stage_of(seed, c), nullptr);
  });
  reporter.step(1);
  return {schema(), std::move(columns)};
}

Dataset Independent::do_impute(const Dataset& rows, Seed seed, const RunOptions& run) const {
  Reporter reporter(run, "impute", 1);
  std::vector<Column> columns;
  for (std::int64_t c = 0; c < rows.schema().size(); ++c)
    columns.push_back(fill(fitted_->codec[c], schema()[c].name, rows.column(c), stage_of(seed, c)));
  reporter.step(1);
  return {schema(), std::move(columns)};
}

std::vector<double> Independent::do_log_likelihood(const Dataset& rows,
                                                   const RunOptions& run) const {
  Reporter reporter(run, "likelihood", 1);
  std::vector<double> out(static_cast<std::size_t>(rows.rows()));
  for (std::int64_t c = 0; c < rows.schema().size(); ++c)
    add_log_likelihood(fitted_->codec[c], rows.column(c), out);
  reporter.step(1);
  return out;
}

void Independent::do_save(Archive& archive) const {
  archive.put_text("tokens", fitted_->codec.to_json());
}

void Independent::do_load(const Archive& archive, const Schema& schema) {
  fitted_ =
      std::make_unique<const Fitted>(Fitted{TokenCodec::from_json(archive.text("tokens"), schema)});
}

Capabilities Independent::do_capabilities() const {
  return {.kinds = {Kind::kReal, Kind::kInteger, Kind::kCategorical, Kind::kDatetime},
          .missing_values = true,
          .conditioning = Conditioning::kExact,
          .imputes = true,
          .likelihood = true};
}

std::string Independent::do_config_json() const { return config_to_json(config_).dump(); }

RegistryEntry independent_entry() {
  return {"independent", "Every column on its own: the floor of all models",
          parameters_of<IndependentConfig>(),
          [](std::string_view json) -> std::unique_ptr<Generator> {
            return std::make_unique<Independent>(
                config_from_json<IndependentConfig>(json, "IndependentConfig"));
          }};
}

}  // namespace semblance
