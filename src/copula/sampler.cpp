// SPDX-License-Identifier: Apache-2.0
#include "copula/sampler.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <numeric>

#include "copula/fill.hpp"
#include "detail/check.hpp"
#include "nn/rows.hpp"

namespace semblance::copula {
namespace {

constexpr std::int64_t kBlock = 1024;  // rows that one task draws
constexpr double kInfinity = std::numeric_limits<double>::infinity();

Column column_of(Kind kind, std::span<const double> values) {
  if (kind == Kind::kReal) return Column::reals({values.begin(), values.end()});
  std::vector<std::int64_t> whole;
  for (const double v : values) whole.push_back(static_cast<std::int64_t>(v));
  return kind == Kind::kInteger ? Column::integers(std::move(whole))
                                : Column::datetimes(std::move(whole));
}

}  // namespace

/// Rows that know the same about the same variables.
struct Sampler::Group {
  Pattern pattern;
  std::vector<std::int64_t> rows;
};

Sampler::Cells::Cells(std::int64_t columns, std::int64_t rows)
    : tokens(static_cast<std::size_t>(columns),
             std::vector<std::int32_t>(static_cast<std::size_t>(rows))),
      noise(static_cast<std::size_t>(columns),
            std::vector<double>(static_cast<std::size_t>(rows))) {}

Sampler::Sampler(const Model& model, const Schema& schema, std::int64_t sweeps,
                 const RunOptions& run)
    : model_(model), schema_(schema), sweeps_(sweeps), run_(run), workers_(worker_threads(run)) {}

Sampler::Restriction Sampler::restriction(const ResolvedTerm& term) const {
  const TokenColumn& tokens = model_.codec[term.column];
  Restriction out{.term = &term};
  if (!term.missing) {
    out.pieces = margin(term.column).pieces(tokens, term);
    out.weights = tokens.weights(term);
  }
  require(term.missing ? tokens.missing_token() >= 0 : !out.pieces.empty(),
          "no row can satisfy the condition on column '{}': the training rows have no such value",
          schema_[term.column].name);
  return out;
}

void Sampler::add_gap(std::int64_t column, bool missing, std::vector<Evidence>& evidence) const {
  const auto c = static_cast<std::size_t>(column);
  const std::int64_t gap = model_.variables.gap[c];
  if (gap < 0) return;
  const double edge = model_.variables.gap_edge[c];
  evidence.push_back({gap, {missing ? Piece{edge, kInfinity} : Piece{-kInfinity, edge}}});
}

Margin::Cell Sampler::cell(std::int64_t column, const Eigen::VectorXd& z, double choice) const {
  const auto c = static_cast<std::size_t>(column);
  const std::int64_t gap = model_.variables.gap[c];
  const bool missing =
      margin(column).places() == 0 || (gap >= 0 && z[gap] > model_.variables.gap_edge[c]);
  if (missing) return {model_.codec[column].missing_token(), 0};
  return margin(column).cell(z[column], choice);
}

Margin::Cell Sampler::cell(std::int64_t column, const Restriction& restriction, double z,
                           double choice) const {
  const ResolvedTerm& term = *restriction.term;
  const TokenColumn& tokens = model_.codec[column];
  if (term.missing) return {tokens.missing_token(), 0};
  if (!tokens.is_ordered() || !restriction.is_listed())
    return margin(column).cell_within(tokens, term, restriction.weights, z, choice);
  const auto at =
      std::find_if(restriction.pieces.begin(), restriction.pieces.end(),
                   [z](const Piece& p) { return p.weight > 0 && p.low <= z && z <= p.high; });
  const auto i = static_cast<std::size_t>(at - restriction.pieces.begin());
  return {0, term.values[std::min(i, term.values.size() - 1)]};
}

Column Sampler::decode(std::int64_t column, const Restriction& restriction,
                       const Cells& cells) const {
  const auto c = static_cast<std::size_t>(column);
  const TokenColumn& tokens = model_.codec[column];
  if (restriction.is_listed() && tokens.is_ordered())
    return column_of(schema_[column].kind, cells.noise[c]);
  const bool within = restriction.term != nullptr && !restriction.term->missing;
  return tokens.decode(cells.tokens[c], cells.noise[c], within ? restriction.term : nullptr);
}

Sampler::Given Sampler::read(const std::vector<ResolvedTerm>& terms) const {
  Given out{std::vector<Restriction>(static_cast<std::size_t>(model_.codec.size())), {}};
  for (const ResolvedTerm& term : terms) {
    auto& here = out.restrictions[static_cast<std::size_t>(term.column)];
    here = restriction(term);
    if (!term.missing) out.evidence.push_back({term.column, here.pieces});
    add_gap(term.column, term.missing, out.evidence);
  }
  return out;
}

void Sampler::draw_row(const Posterior& posterior, const Given& given, Stream stream,
                       std::size_t row, Cells& cells) const {
  const auto z = posterior.draw(given.evidence, sweeps_, stream);
  for (std::size_t c = 0; c < given.restrictions.size(); ++c) {
    const auto column = static_cast<std::int64_t>(c);
    const Restriction& restriction = given.restrictions[c];
    const double choice = stream.uniform();
    const auto [token, noise] = restriction.term == nullptr
                                    ? cell(column, z, choice)
                                    : cell(column, restriction, z[column], choice);
    cells.tokens[c][row] = token;
    cells.noise[c][row] = noise;
  }
}

Dataset Sampler::sample(RowRange rows, const std::vector<ResolvedTerm>& terms, Seed seed) {
  std::vector<std::int64_t> numbers(static_cast<std::size_t>(rows.count));
  std::iota(numbers.begin(), numbers.end(), rows.first);
  return sample(numbers, terms, seed);
}

Dataset Sampler::sample(std::span<const std::int64_t> rows, const std::vector<ResolvedTerm>& terms,
                        Seed seed) {
  const Given given = read(terms);
  const Pattern pattern(given.evidence);
  const Posterior posterior(model_.correlation, pattern.points, pattern.boxes);
  const Seed stage = derive(seed, "sample");
  const auto count = std::ssize(rows);
  Cells cells(model_.codec.size(), count);
  run_blocks(workers_, run_, "sample", (count + kBlock - 1) / kBlock, [&](std::int64_t b) {
    for (std::int64_t i = b * kBlock; i < std::min((b + 1) * kBlock, count); ++i) {
      const auto row = static_cast<std::size_t>(i);
      const Stream stream(stage, static_cast<std::uint64_t>(rows[row]));
      draw_row(posterior, given, stream, row, cells);
    }
  });
  std::vector<Column> out(given.restrictions.size());
  workers_.run(model_.codec.size(), [&](std::int64_t column) {
    const auto c = static_cast<std::size_t>(column);
    out[c] = decode(column, given.restrictions[c], cells);
  });
  return {schema_, std::move(out)};
}

double Sampler::log_mass(std::span<const Evidence> evidence, std::int64_t draws,
                         Stream stream) const {
  const Pattern pattern(evidence);
  const Posterior posterior(model_.correlation, pattern.points, pattern.boxes);
  Eigen::VectorXd z(std::ssize(pattern.points));
  for (const Evidence& e : evidence) {
    const auto at = std::lower_bound(pattern.points.begin(), pattern.points.end(), e.variable);
    if (at != pattern.points.end() && *at == e.variable)
      z[at - pattern.points.begin()] = e.pieces[0].low;
  }
  return log_copula_density(model_.correlation(pattern.points, pattern.points), z) +
         posterior.log_mass(evidence, draws, stream);
}

double Sampler::log_evidence(const std::vector<ResolvedTerm>& terms, std::int64_t draws,
                             Stream stream) const {
  const Given given = read(terms);
  double out = log_mass(given.evidence, draws, stream);
  for (const Evidence& e : given.evidence) {
    if (!e.pieces[0].is_point() || e.pieces.size() > 1 || e.variable >= model_.codec.size())
      continue;
    const auto c = static_cast<std::size_t>(e.variable);
    out += log_share(e.variable, given.restrictions[c].term->values[0]);
  }
  return out;
}

double Sampler::log_share(std::int64_t column, double value) const {
  const TokenColumn& tokens = model_.codec[column];
  const std::int32_t token = tokens.encode(value);
  return std::log(margin(column).share(token) * tokens.part(token, {value, value}).share);
}

double Sampler::log_evidence(const Dataset& rows, std::int64_t row, std::int64_t without,
                             std::int64_t draws, Stream stream) const {
  const auto evidence = evidence_of(rows, row, without);
  double out = log_mass(evidence, draws, stream);
  for (const Evidence& e : evidence) {
    if (!e.pieces[0].is_point() || e.variable >= model_.codec.size()) continue;
    out += log_share(e.variable, rows.column(e.variable).number(row));
  }
  return out;
}

std::vector<Evidence> Sampler::evidence_of(const Dataset& rows, std::int64_t row,
                                           std::int64_t without) const {
  std::vector<Evidence> out;
  for (std::int64_t c = 0; c < model_.codec.size(); ++c) {
    if (c == without || !rows.column(c).is_valid(row)) continue;
    auto pieces = margin(c).pieces(model_.codec[c], rows.column(c).number(row));
    if (!pieces.empty()) out.push_back({c, std::move(pieces)});
    add_gap(c, false, out);
  }
  return out;
}

std::vector<Sampler::Group> Sampler::incomplete_rows(const Dataset& rows) const {
  std::map<Pattern, std::vector<std::int64_t>> by_pattern;
  for (std::int64_t i = 0; i < rows.rows(); ++i) {
    const bool complete = std::all_of(rows.columns().begin(), rows.columns().end(),
                                      [i](const Column& c) { return c.is_valid(i); });
    if (!complete) by_pattern[Pattern(evidence_of(rows, i))].push_back(i);
  }
  std::vector<Group> out;
  for (const auto& [pattern, members] : by_pattern) {
    for (std::size_t first = 0; first < members.size(); first += kBlock) {
      const auto end = std::min(first + kBlock, members.size());
      out.push_back({pattern,
                     {members.begin() + static_cast<std::ptrdiff_t>(first),
                      members.begin() + static_cast<std::ptrdiff_t>(end)}});
    }
  }
  return out;
}

void Sampler::fill_row(const Posterior& posterior, const Dataset& rows, std::int64_t row,
                       Stream stream, Cells& cells) const {
  const auto z = posterior.draw(evidence_of(rows, row), sweeps_, stream);
  const auto i = static_cast<std::size_t>(row);
  for (std::int64_t column = 0; column < model_.codec.size(); ++column) {
    const double choice = stream.uniform();
    if (rows.column(column).is_valid(row)) continue;
    const auto [token, noise] = margin(column).cell(z[column], choice);
    cells.tokens[static_cast<std::size_t>(column)][i] = token;
    cells.noise[static_cast<std::size_t>(column)][i] = noise;
  }
}

Dataset Sampler::impute(const Dataset& rows, Seed seed) {
  std::vector<std::int64_t> numbers(static_cast<std::size_t>(rows.rows()));
  std::iota(numbers.begin(), numbers.end(), std::int64_t{0});
  return impute(rows, numbers, seed);
}

Dataset Sampler::impute(const Dataset& rows, std::span<const std::int64_t> numbers, Seed seed) {
  for (std::int64_t c = 0; c < rows.schema().size(); ++c)
    require(rows.column(c).null_count() == 0 || margin(c).places() > 0,
            "copula.impute: column '{}' had no value in the training rows", schema_[c].name);
  const Seed stage = derive(seed, "impute");
  const auto groups = incomplete_rows(rows);
  Cells cells(model_.codec.size(), rows.rows());
  run_blocks(
      workers_, run_, "impute", static_cast<std::int64_t>(groups.size()), [&](std::int64_t g) {
        const Group& group = groups[static_cast<std::size_t>(g)];
        const Posterior posterior(model_.correlation, group.pattern.points, group.pattern.boxes);
        for (const std::int64_t row : group.rows)
          fill_row(
              posterior, rows, row,
              Stream(stage, static_cast<std::uint64_t>(numbers[static_cast<std::size_t>(row)])),
              cells);
      });
  std::vector<Column> out;
  for (std::int64_t c = 0; c < model_.codec.size(); ++c)
    out.push_back(rows.column(c).null_count() == 0
                      ? rows.column(c)
                      : fill_gaps(rows.column(c), decode(c, {}, cells)));
  return {schema_, std::move(out)};
}

}  // namespace semblance::copula
