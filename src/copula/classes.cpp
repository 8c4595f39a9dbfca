// SPDX-License-Identifier: Apache-2.0
#include "copula/classes.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "detail/check.hpp"

namespace semblance::copula {
namespace {

constexpr std::int64_t kDraws = 64;  // that estimate the probability of several cells
constexpr double kCategoryRows = 0.5, kNumberRows = 0.01;  // of all rows' shares, for each class
constexpr double kLevelRows = 10;
constexpr double kBandwidth = 1.0;  // of Silverman's rule

/// A value in the middle of each token; 0 for the missing one.
std::vector<double> middles(const TokenColumn& tokens) {
  std::vector<double> out;
  for (std::int32_t t = 0; t < tokens.size(); ++t) {
    const std::vector<std::int32_t> one = {t};
    const std::vector<double> noise = {0.5};
    out.push_back(t == tokens.missing_token() ? 0 : tokens.decode(one, noise).number(0));
  }
  return out;
}

/// Half of Silverman's bandwidth of values with these counts; 0 where they do not spread.
double bandwidth(const std::vector<double>& values, const std::vector<double>& counts) {
  double n = 0, mean = 0, squares = 0;
  for (const double c : counts) n += c;
  for (std::size_t t = 0; t < values.size(); ++t) mean += counts[t] * values[t] / n;
  for (std::size_t t = 0; t < values.size(); ++t)
    squares += counts[t] * (values[t] - mean) * (values[t] - mean);
  return n > 1 ? kBandwidth * 1.06 * std::sqrt(squares / n) * std::pow(n, -0.2) : 0;
}

/// Each token's count spread over tokens near its value, in proportion to their counts in all rows.
std::vector<double> smoothed(const std::vector<double>& own, const std::vector<double>& all,
                             const std::vector<double>& values, double width) {
  std::vector<double> out(own.size()), kernel(own.size());
  for (std::size_t s = 0; s < own.size(); ++s) {
    if (!(own[s] > 0)) continue;
    double total = 0;
    for (std::size_t t = 0; t < own.size(); ++t) {
      const double d = (values[t] - values[s]) / width;
      total += kernel[t] = all[t] * std::exp(-0.5 * d * d);
    }
    for (std::size_t t = 0; t < own.size(); ++t) out[t] += own[s] * kernel[t] / total;
  }
  return out;
}

/// Counts with their chance ups and downs levelled: c rows say c / (c + 10) of a token's count, the
/// tokens around it the rest. Values that are frequent for a reason stay so.
std::vector<double> levelled(const std::vector<double>& counts, const std::vector<double>& values,
                             double width) {
  std::vector<double> out;
  for (std::size_t t = 0; t < counts.size(); ++t) {
    double sum = 0, weights = 0;
    for (std::size_t s = 0; s < counts.size(); ++s) {
      const double d = (values[t] - values[s]) / width;
      const double weight = counts[s] > 0 ? std::exp(-0.5 * d * d) : 0;
      sum += weight * counts[s];
      weights += weight;
    }
    const double around = weights > 0 ? sum / weights : 0;
    out.push_back((counts[t] * counts[t] + kLevelRows * around) / (counts[t] + kLevelRows));
    if (!(counts[t] > 0)) out.back() = 0;
  }
  return out;
}

/// How often some rows have each token.
std::vector<double> token_counts(const Column& column, const TokenColumn& tokens) {
  std::vector<double> out(static_cast<std::size_t>(tokens.size()));
  for (const std::int32_t t : tokens.encode(column)) {
    if (t >= 0) ++out[static_cast<std::size_t>(t)];
  }
  return out;
}

/// How often a class has each token, smoothed; see learn_classes.
std::vector<double> class_counts(const Column& column, const TokenColumn& tokens) {
  const auto all_counts = tokens.counts();
  std::vector<double> own = token_counts(column, tokens);
  std::vector<double> all(all_counts.begin(), all_counts.end());
  const std::int32_t gap = tokens.missing_token();
  const double gaps = gap < 0 ? 0 : own[static_cast<std::size_t>(gap)];
  if (gap >= 0) own[static_cast<std::size_t>(gap)] = all[static_cast<std::size_t>(gap)] = 0;
  const double present = std::accumulate(all.begin(), all.end(), 0.0);
  if (tokens.is_ordered()) {
    const auto values = middles(tokens);
    const double width = bandwidth(values, own);
    if (width > 0) own = smoothed(own, levelled(all, values, 2 * width), values, width);
  }
  const double prior = tokens.is_ordered() ? kNumberRows : kCategoryRows;
  for (std::size_t t = 0; t < own.size() && present > 0; ++t) own[t] += prior * all[t] / present;
  if (gap >= 0) own[static_cast<std::size_t>(gap)] = gaps;
  return own;
}

/// The rows of each class, by code; those without one last.
std::vector<std::pair<std::int32_t, std::vector<std::int64_t>>> rows_by_class(
    const Column& target, std::int32_t categories) {
  std::vector<std::pair<std::int32_t, std::vector<std::int64_t>>> out;
  for (std::int32_t c = 0; c <= categories; ++c) out.push_back({c < categories ? c : -1, {}});
  for (std::int64_t i = 0; i < target.size(); ++i) {
    const std::int32_t code =
        target.is_valid(i) ? target.codes()[static_cast<std::size_t>(i)] : categories;
    out[static_cast<std::size_t>(code)].second.push_back(i);
  }
  std::erase_if(out, [](const auto& c) { return c.second.empty(); });
  return out;
}

/// A class by its weight.
std::size_t pick(const std::vector<double>& weights, double u) {
  double left = u * std::accumulate(weights.begin(), weights.end(), 0.0);
  std::size_t out = 0;
  for (std::size_t c = 0; c < weights.size(); ++c) {
    if (weights[c] > 0) out = c;
    if (weights[c] > 0 && left < weights[c]) break;
    left -= weights[c];
  }
  return out;
}

/// exp(logs - the largest); all 0 where no log is finite.
std::vector<double> exponentials(std::vector<double> logs) {
  const double most = *std::max_element(logs.begin(), logs.end());
  for (double& l : logs) l = std::isfinite(most) ? std::exp(l - most) : 0;
  return logs;
}

}  // namespace

Model class_model(const Model& all, const std::vector<std::vector<double>>& counts,
                  Matrix correlation) {
  std::vector<Margin> margins;
  for (std::size_t c = 0; c < counts.size(); ++c) {
    margins.emplace_back(all.codec[static_cast<std::int64_t>(c)], all.margins[c].place_of_token(),
                         counts[c]);
  }
  Variables variables(all.codec, margins);
  return {all.codec, std::move(margins), std::move(variables), std::move(correlation)};
}

std::vector<ClassModel> learn_classes(const Dataset& train, const Model& all,
                                      const ClassOptions& options, const RunOptions& run) {
  const std::int64_t target = train.schema().target();
  const auto dealt = rows_by_class(train.column(target), train.schema()[target].categories.size());
  std::vector<ClassModel> out;
  std::vector<Matrix> own;
  Matrix within = Matrix::Zero(all.variables.size, all.variables.size);
  const auto n = static_cast<double>(train.rows());
  for (const auto& [code, members] : dealt) {
    const Dataset rows = train.take(members);
    own.push_back(correlations_within(rows, all.codec, all.margins, options.least_rows, run));
    out.push_back({.code = code, .share = static_cast<double>(members.size()) / n, .model = all});
    within += out.back().share * own.back();
    for (std::int64_t c = 0; c < all.codec.size(); ++c)
      out.back().counts.push_back(c == target ? token_counts(rows.column(c), all.codec[c])
                                              : class_counts(rows.column(c), all.codec[c]));
  }
  for (std::size_t k = 0; k < out.size(); ++k) {
    const double rows = out[k].share * n;
    const double keep = rows / (rows + options.shrinkage * static_cast<double>(all.variables.size));
    Matrix r = positive_definite(keep * own[k] + (1 - keep) * within, options.ridge);
    out[k].model = class_model(all, out[k].counts, std::move(r));
  }
  return out;
}

Mixture::Mixture(const std::vector<ClassModel>& classes, const Schema& schema, std::int64_t sweeps,
                 const RunOptions& run)
    : classes_(classes), schema_(schema), run_(run) {
  for (const ClassModel& c : classes)
    samplers_.push_back(std::make_unique<Sampler>(c.model, schema, sweeps, run));
}

std::vector<double> Mixture::weights(const std::vector<ResolvedTerm>& terms) const {
  const std::int64_t target = schema_.target();
  std::vector<ResolvedTerm> others;
  std::vector<bool> possible(classes_.size(), true);
  for (const ResolvedTerm& term : terms) {
    if (term.column != target) others.push_back(term);
    for (std::size_t k = 0; k < classes_.size() && term.column == target; ++k) {
      const std::int32_t code = classes_[k].code;
      possible[k] = term.missing ? code < 0 : code >= 0 && term.accepts(code);
    }
  }
  require(std::find(possible.begin(), possible.end(), true) != possible.end(),
          "no row can satisfy the condition on column '{}': the training rows have no such value",
          schema_[target].name);
  std::vector<double> logs;
  for (std::size_t k = 0; k < classes_.size(); ++k) {
    const Stream stream(Seed{0}, "evidence", k);
    logs.push_back(possible[k] ? std::log(classes_[k].share) +
                                     samplers_[k]->log_evidence(others, kDraws, stream)
                               : -std::numeric_limits<double>::infinity());
  }
  auto out = exponentials(logs);
  for (std::size_t k = 0; k < out.size(); ++k) {  // further out than a double reaches
    if (std::all_of(logs.begin(), logs.end(), [](double l) { return std::isinf(l); }))
      out[k] = possible[k] ? classes_[k].share : 0;
  }
  return out;
}

template <class Draw>
Dataset Mixture::join(const Members& members, std::int64_t first, std::int64_t count,
                      const Draw& draw) {
  std::vector<Dataset> parts;
  std::vector<std::int64_t> from(static_cast<std::size_t>(count));
  std::int64_t before = 0;
  for (std::size_t k = 0; k < members.size(); ++k) {
    if (members[k].empty()) continue;
    parts.push_back(draw(k));
    for (const std::int64_t row : members[k])
      from[static_cast<std::size_t>(row - first)] = before++;
  }
  return Dataset::concat(parts).take(from);
}

Dataset Mixture::sample(RowRange rows, const std::vector<ResolvedTerm>& terms, Seed seed) {
  const auto chances = weights(terms);
  Members members(classes_.size());
  const Seed stage = derive(seed, "class");
  for (std::int64_t i = rows.first; i < rows.first + rows.count; ++i) {
    Stream stream(stage, static_cast<std::uint64_t>(i));
    members[pick(chances, stream.uniform())].push_back(i);
  }
  if (rows.count == 0) return samplers_[0]->sample(RowRange{}, {}, seed);
  std::vector<ResolvedTerm> others;
  for (const ResolvedTerm& term : terms) {
    if (term.column != schema_.target()) others.push_back(term);
  }
  return join(members, rows.first, rows.count,
              [&](std::size_t k) { return samplers_[k]->sample(members[k], others, seed); });
}

std::size_t Mixture::class_of(const Dataset& rows, std::int64_t row, Seed seed) const {
  const std::int64_t target = schema_.target();
  const Column& column = rows.column(target);
  if (column.is_valid(row)) {
    const std::int32_t code = column.codes()[static_cast<std::size_t>(row)];
    for (std::size_t k = 0; k < classes_.size(); ++k) {
      if (classes_[k].code == code) return k;
    }
  }
  std::vector<double> logs;
  for (std::size_t k = 0; k < classes_.size(); ++k) {
    const Stream stream(derive(seed, "evidence"), static_cast<std::uint64_t>(row));
    const bool possible = classes_[k].code >= 0;  // a missing label is to be filled
    logs.push_back(possible ? std::log(classes_[k].share) +
                                  samplers_[k]->log_evidence(rows, row, target, kDraws, stream)
                            : -std::numeric_limits<double>::infinity());
  }
  auto chances = exponentials(logs);
  if (std::none_of(chances.begin(), chances.end(), [](double w) { return w > 0; })) {
    for (std::size_t k = 0; k < classes_.size(); ++k)
      chances[k] = classes_[k].code >= 0 ? classes_[k].share : 0;
  }
  Stream stream(derive(seed, "class"), static_cast<std::uint64_t>(row));
  return pick(chances, stream.uniform());
}

Dataset Mixture::impute(const Dataset& rows, Seed seed) {
  if (rows.rows() == 0) return samplers_[0]->impute(rows, seed);
  std::vector<std::size_t> label(static_cast<std::size_t>(rows.rows()));
  const bool no_class = classes_.size() == 1 && classes_[0].code < 0;
  require(!no_class || rows.column(schema_.target()).null_count() == 0,
          "copula.impute: column '{}' had no value in the training rows",
          schema_[schema_.target()].name);
  parallel_for(worker_threads(run_), rows.rows(), [&](std::int64_t i) {
    label[static_cast<std::size_t>(i)] = class_of(rows, i, seed);
  });
  Members members(classes_.size());
  for (std::int64_t i = 0; i < rows.rows(); ++i)
    members[label[static_cast<std::size_t>(i)]].push_back(i);
  return join(members, 0, rows.rows(), [&](std::size_t k) {
    return samplers_[k]->impute(rows.take(members[k]), members[k], seed);
  });
}

}  // namespace semblance::copula
