// SPDX-License-Identifier: Apache-2.0
#include "semblance/codec/token_codec.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <nlohmann/json.hpp>
#include <numeric>
#include <utility>

#include "codec/bin.hpp"
#include "codec/counts.hpp"
#include "detail/check.hpp"
#include "detail/clock_unit.hpp"
#include "detail/json.hpp"
#include "semblance/data/row_source.hpp"

namespace semblance {
namespace {

constexpr std::size_t kKnots = 9;  // of a bin's quantile function

struct Resolution {
  std::size_t most_atoms, bins;
};

/// What so many rows can support: about 8 rows a value, 20 rows a bin.
Resolution resolution(const TokenConfig& config, std::size_t rows) {
  return {
      std::min(static_cast<std::size_t>(config.max_values), std::max<std::size_t>(32, rows / 8)),
      std::min(static_cast<std::size_t>(config.bins), std::max<std::size_t>(8, rows / 20))};
}

/// The integer of a whole double; beyond 64 bits, the nearest that a double can hold.
std::int64_t to_integer(double value) {
  constexpr double kMost = 9223372036854774784.0;
  return static_cast<std::int64_t>(std::clamp(value, -kMost, kMost));
}

/// Picks one of several masses: the position where their running sum passes u of the total.
std::size_t pick(const std::vector<double>& masses, double u) {
  double left = u * std::accumulate(masses.begin(), masses.end(), 0.0);
  std::size_t i = 0;
  while (i + 1 < masses.size() && (left -= masses[i]) >= 0) ++i;
  return i;
}

}  // namespace

void TokenConfig::validate() const {
  require(max_categories >= 2, "TokenConfig.max_categories must be >= 2, got {}", max_categories);
  require(max_values >= 0, "TokenConfig.max_values must be >= 0, got {}", max_values);
  require(bins >= 1, "TokenConfig.bins must be >= 1, got {}", bins);
}

TokenColumn::TokenColumn(const Column& column, const Field& field, const TokenConfig& config,
                         std::span<const std::int64_t> counts)
    : field_(field) {
  require(
      field.kind != Kind::kText && field.kind != Kind::kTensor,
      "TokenColumn: column '{}' is {}; tokens need a categorical, integer, real or datetime column",
      field.name, to_string(field.kind));
  std::vector<std::int64_t> own;
  if (counts.empty()) counts = own = counts_of(column, field);
  std::int64_t gaps = counts.back();
  if (field.kind == Kind::kCategorical) {
    learn_categories(counts.first(counts.size() - 1), config);
  } else {
    learn_numbers(column, config);
    if (gaps > 0) gaps = std::max<std::int64_t>(1, column.null_count());  // on the sample's scale
  }
  if (gaps > 0) tokens_.push_back({{}, {}, gaps});
  index_tokens();
}

void TokenColumn::learn_categories(std::span<const std::int64_t> counts,
                                   const TokenConfig& config) {
  std::vector<std::size_t> seen;
  for (std::size_t c = 0; c < counts.size(); ++c) {
    if (counts[c] > 0) seen.push_back(c);
  }
  const auto most = static_cast<std::size_t>(config.max_categories);
  std::vector<std::size_t> pool;
  if (seen.size() > most) {  // the frequent ones keep a token, in order of their codes
    std::sort(seen.begin(), seen.end(),
              [&](auto a, auto b) { return std::pair(-counts[a], a) < std::pair(-counts[b], b); });
    pool.assign(seen.begin() + static_cast<std::ptrdiff_t>(most) - 1, seen.end());
    seen.resize(most - 1);
    std::sort(seen.begin(), seen.end());
  }
  for (const auto c : seen) tokens_.push_back({{static_cast<double>(c)}, {}, counts[c]});
  if (pool.empty()) return;
  Token token;
  for (const auto c : pool) {
    token.knots.push_back(static_cast<double>(c));
    token.count += counts[c];
    token.pooled.push_back(static_cast<double>(token.count));
  }
  for (double& share : token.pooled) share /= static_cast<double>(token.count);
  tokens_.push_back(std::move(token));
}

void TokenColumn::learn_numbers(const Column& column, const TokenConfig& config) {
  std::vector<double> values;
  for (std::int64_t i = 0; i < column.size(); ++i) {
    if (column.is_valid(i)) values.push_back(column.number(i));
  }
  if (field_.kind == Kind::kDatetime) unit_ = clock_unit(column);
  std::sort(values.begin(), values.end());
  std::vector<std::size_t> starts;  // of runs of equal values, and the end
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (i == 0 || values[i] != values[i - 1]) starts.push_back(i);
  }
  const auto [most_atoms, bins] = resolution(config, values.size());
  const bool atoms_only = starts.size() <= most_atoms;
  starts.push_back(values.size());
  const std::size_t full = std::max<std::size_t>(1, values.size() / bins);
  std::size_t begin = 0;
  for (std::size_t r = 0; r + 1 < starts.size(); ++r) {
    const std::size_t first = starts[r], end = starts[r + 1];
    const bool atom = atoms_only || end - first >= full;
    if (atom && begin < first) add_run(std::span(values).subspan(begin, first - begin));
    if (atom || end - begin >= full || end == values.size()) {
      const std::size_t from = atom ? first : begin;
      add_run(std::span(values).subspan(from, end - from));
      begin = end;
    }
  }
}

void TokenColumn::add_run(std::span<const double> values) {
  Token token;
  token.count = static_cast<std::int64_t>(values.size());
  const std::size_t knots = values.front() == values.back() ? 1 : std::min(kKnots, values.size());
  for (std::size_t k = 0; k < knots; ++k) {
    token.knots.push_back(knots == 1 ? values[0] : values[k * (values.size() - 1) / (knots - 1)]);
  }
  tokens_.push_back(std::move(token));
}

void TokenColumn::index_tokens() {
  const int decimals = field_.format.decimals;
  const bool rounded = decimals >= 0 && decimals <= 15;
  grain_ = field_.kind != Kind::kReal ? static_cast<double>(unit_)
           : rounded                  ? std::pow(10.0, -decimals)
                                      : 0;
  missing_ = -1;
  token_of_code_.assign(
      static_cast<std::size_t>(field_.kind == Kind::kCategorical ? field_.categories.size() : 0),
      -1);
  upper_.clear();
  for (std::int32_t t = 0; t < size(); ++t) {
    const Token& token = tokens_[static_cast<std::size_t>(t)];
    if (token.knots.empty()) {
      missing_ = t;
    } else if (is_ordered()) {
      upper_.push_back(token.knots.back());
    } else {
      for (const double code : token.knots) token_of_code_.at(static_cast<std::size_t>(code)) = t;
    }
  }
}

std::vector<float> TokenColumn::positions() const {
  const double total = std::max<double>(
      1, std::accumulate(tokens_.begin(), tokens_.end(), 0.0, [](double s, const Token& t) {
        return s + static_cast<double>(t.count);
      }));
  std::vector<float> out;
  double before = 0;
  for (const Token& token : tokens_) {
    out.push_back(static_cast<float>((before + 0.5 * static_cast<double>(token.count)) / total));
    before += static_cast<double>(token.count);
  }
  return out;
}

std::vector<std::int64_t> TokenColumn::counts() const {
  std::vector<std::int64_t> out;
  for (const Token& token : tokens_) out.push_back(token.count);
  return out;
}

std::vector<std::int32_t> TokenColumn::encode(const Column& column) const {
  std::vector<std::int32_t> out(static_cast<std::size_t>(column.size()), missing_);
  for (std::int64_t i = 0; i < column.size(); ++i) {
    if (column.is_valid(i)) out[static_cast<std::size_t>(i)] = encode(column.number(i));
  }
  return out;
}

std::int32_t TokenColumn::encode(double value) const {
  if (!is_ordered()) {
    const auto code = static_cast<std::size_t>(value);
    return code < token_of_code_.size() ? token_of_code_[code] : -1;
  }
  if (upper_.empty()) return -1;
  auto at = std::lower_bound(upper_.begin(), upper_.end(), value);
  if (at == upper_.end()) --at;
  const auto t = static_cast<std::size_t>(at - upper_.begin());
  const double low = tokens_[t].knots.front();  // in a gap between two tokens: the nearer one
  const bool below = value < low && t > 0 && value - upper_[t - 1] < low - value;
  return static_cast<std::int32_t>(below ? t - 1 : t);
}

double TokenColumn::pooled_mass(const Token& token, std::size_t i) const {
  return token.pooled.empty() ? 1 : token.pooled[i] - (i == 0 ? 0 : token.pooled[i - 1]);
}

bool TokenColumn::is_bin(const Token& token) const {
  return is_ordered() && token.knots.size() > 1;
}

TokenColumn::Choices TokenColumn::choices(const Token& token, const ResolvedTerm& term) const {
  Choices out;
  const auto add = [&](double value, double mass) {
    if (mass <= 0 || !term.accepts(value)) return;
    out.values.push_back(value);
    out.masses.push_back(mass);
  };
  if (is_bin(token)) {
    const double scale =
        grain_ > 0 ? 1 : 1 / static_cast<double>(std::max<std::int64_t>(1, token.count));
    const Bin bin(token.knots, grain_);
    for (const double v : term.values)
      add(v, grain_ > 0 ? bin.mass(v) : bin.mass(v) > 0 ? scale : 0);
  } else {
    for (std::size_t i = 0; i < token.knots.size(); ++i) add(token.knots[i], pooled_mass(token, i));
  }
  return out;
}

float TokenColumn::weight(const Token& token, const ResolvedTerm& term) const {
  if (term.missing || token.knots.empty()) return term.missing && token.knots.empty() ? 1.0F : 0.0F;
  if (is_bin(token) && term.range) {
    return static_cast<float>(
        Bin(token.knots, grain_).within(term.range->min, term.range->max).share);
  }
  const Choices accepted = choices(token, term);
  return static_cast<float>(
      std::min(1.0, std::accumulate(accepted.masses.begin(), accepted.masses.end(), 0.0)));
}

std::vector<float> TokenColumn::weights(const ResolvedTerm& term) const {
  std::vector<float> out;
  for (const Token& token : tokens_) out.push_back(weight(token, term));
  return out;
}

double TokenColumn::value_within(const Token& token, double u, const ResolvedTerm& term) const {
  if (is_bin(token) && term.range) {
    const Bin bin(token.knots, grain_);
    const Bin::Part part = bin.within(term.range->min, term.range->max);
    return std::clamp(bin.value(std::min(1.0, part.from + u * part.share)), part.low, part.high);
  }
  const Choices accepted = choices(token, term);
  if (accepted.values.empty()) return term.values.front();  // a number that the training rows lack
  return accepted.values[pick(accepted.masses, u)];
}

double TokenColumn::value_of(const Token& token, double u) const {
  if (is_bin(token)) return Bin(token.knots, grain_).value(u);
  if (token.pooled.empty()) return token.knots.front();
  const auto at =
      std::upper_bound(token.pooled.begin(), token.pooled.end() - 1, u) - token.pooled.begin();
  return token.knots[static_cast<std::size_t>(at)];
}

Column TokenColumn::decode(std::span<const std::int32_t> tokens, std::span<const double> noise,
                           const ResolvedTerm* within) const {
  std::vector<double> values(tokens.size());
  Bitmap valid = missing_ >= 0 ? Bitmap(static_cast<std::int64_t>(tokens.size()), true) : Bitmap();
  for (std::size_t i = 0; i < tokens.size(); ++i) {
    const Token& token = tokens_[static_cast<std::size_t>(tokens[i])];
    if (token.knots.empty()) {
      valid.set(static_cast<std::int64_t>(i), false);
    } else if (within != nullptr) {
      values[i] = value_within(token, noise[i], *within);
    } else {
      values[i] = value_of(token, noise[i]);
    }
  }
  if (field_.kind == Kind::kReal) return Column::reals(std::move(values), std::move(valid));
  if (field_.kind == Kind::kCategorical) {
    return Column::categories(std::vector<std::int32_t>(values.begin(), values.end()),
                              std::move(valid));
  }
  std::vector<std::int64_t> whole(values.size());
  std::transform(values.begin(), values.end(), whole.begin(), to_integer);
  return field_.kind == Kind::kInteger ? Column::integers(std::move(whole), std::move(valid))
                                       : Column::datetimes(std::move(whole), std::move(valid));
}

TokenColumn::Part TokenColumn::part(std::int32_t index, const Range& range) const {
  const Token& token = tokens_[static_cast<std::size_t>(index)];
  if (token.knots.empty()) return {};
  if (is_bin(token)) {
    const Bin::Part inside = Bin(token.knots, grain_).within(range.min, range.max);
    return {inside.from, inside.share};
  }
  const bool inside = range.min <= token.knots.front() && token.knots.front() <= range.max;
  return {0, inside ? 1.0 : 0.0};
}

double TokenColumn::log_density(std::int32_t index, double value) const {
  const Token& token = tokens_[static_cast<std::size_t>(index)];
  if (is_bin(token)) {
    const double mass = Bin(token.knots, grain_).mass(value);
    return std::log(field_.kind == Kind::kReal && grain_ > 0 ? mass / grain_ : mass);
  }
  const auto at = std::find(token.knots.begin(), token.knots.end(), value);
  if (at == token.knots.end()) return -std::numeric_limits<double>::infinity();
  return std::log(pooled_mass(token, static_cast<std::size_t>(at - token.knots.begin())));
}

TokenCodec::TokenCodec(const Dataset& train, const TokenConfig& config) {
  config.validate();
  for (std::int64_t i = 0; i < train.schema().size(); ++i) {
    columns_.emplace_back(train.column(i), train.schema()[i], config);
  }
}

TokenCodec::TokenCodec(const RowDigest& train, const TokenConfig& config) {
  config.validate();
  const Schema& schema = train.sample.schema();
  for (std::int64_t i = 0; i < schema.size(); ++i) {
    columns_.emplace_back(train.sample.column(i), schema[i], config,
                          train.counts[static_cast<std::size_t>(i)]);
  }
}

std::vector<std::int64_t> TokenCodec::offsets() const {
  std::vector<std::int64_t> out = {0};
  for (const TokenColumn& column : columns_) out.push_back(out.back() + column.size());
  return out;
}

}  // namespace semblance
