// SPDX-License-Identifier: Apache-2.0
#include "copula/margin.hpp"

#include <algorithm>
#include <limits>
#include <utility>

#include "copula/normal.hpp"

namespace semblance::copula {
namespace {

constexpr double kPointWidth = 1e-3;  // of z: a narrower piece counts as known

/// Picks one of several masses: the position, and what is left of `u` inside it, in [0, 1).
std::pair<std::size_t, double> pick(std::span<const double> masses, double u) {
  double total = 0;
  for (const double m : masses) total += m;
  double left = u * total;
  std::size_t i = 0;
  while (i + 1 < masses.size() && left >= masses[i]) left -= masses[i++];
  const double rest = masses[i] > 0 ? left / masses[i] : u;
  return {i, std::clamp(rest, 0.0, 1 - 0x1p-53)};
}

std::vector<double> as_doubles(const std::vector<std::int64_t>& counts) {
  return {counts.begin(), counts.end()};
}

}  // namespace

std::vector<std::int32_t> Margin::ascending(const TokenColumn& tokens) {
  std::vector<std::int32_t> out;
  for (std::int32_t t = 0; t < tokens.size(); ++t)
    out.push_back(t == tokens.missing_token() ? -1 : t);
  return out;
}

Margin::Margin(const TokenColumn& tokens, std::vector<std::int32_t> place)
    : Margin(tokens, std::move(place), as_doubles(tokens.counts())) {}

Margin::Margin(const TokenColumn& tokens, std::vector<std::int32_t> place,
               std::span<const double> counts)
    : ordered_(tokens.is_ordered()), place_(std::move(place)) {
  for (std::int32_t t = 0; t < tokens.size(); ++t) {
    if (place_[static_cast<std::size_t>(t)] >= 0) members_.push_back(t);
  }
  const auto place_of = [&](std::int32_t t) { return place_[static_cast<std::size_t>(t)]; };
  std::sort(members_.begin(), members_.end(), [&](std::int32_t a, std::int32_t b) {
    return std::pair(place_of(a), a) < std::pair(place_of(b), b);
  });
  double total = 0;
  for (std::size_t m = 0; m < members_.size(); ++m) {
    if (m == 0 || place_of(members_[m]) != place_of(members_[m - 1])) {
      first_.push_back(m);
      below_.push_back(total);
    }
    counts_.push_back(counts[static_cast<std::size_t>(members_[m])]);
    total += counts_.back();
  }
  first_.push_back(members_.size());
  below_.push_back(total);
  for (double& share : below_) {
    share = total > 0 ? share / total : 0;
    edges_.push_back(normal::quantile(share));
  }
  edges_.front() = -std::numeric_limits<double>::infinity();
  edges_.back() = std::numeric_limits<double>::infinity();
  const auto gap = tokens.missing_token();
  const double gaps = gap < 0 ? 0 : counts[static_cast<std::size_t>(gap)];
  missing_share_ = gaps > 0 ? gaps / (gaps + total) : 0;
}

double Margin::share(std::int32_t token) const {
  double own = 0, all = 0;
  for (std::size_t m = 0; m < members_.size(); ++m) {
    all += counts_[m];
    if (members_[m] == token) own = counts_[m];
  }
  return all > 0 ? own / all : 0;
}

std::size_t Margin::place_at(double z) const {
  const auto at = std::upper_bound(edges_.begin() + 1, edges_.end() - 1, z);
  return static_cast<std::size_t>(at - edges_.begin()) - 1;
}

double Margin::share_inside(std::size_t place, double z) const {
  const double width = below_[place + 1] - below_[place];
  if (!(width > 0)) return 0;
  return std::clamp((normal::cdf(z) - below_[place]) / width, 0.0, 1 - 0x1p-53);
}

Margin::Cell Margin::cell(double z, double choice) const {
  const std::size_t place = place_at(z), from = first_[place];
  if (ordered_) return {members_[from], share_inside(place, z)};
  const auto [i, rest] = pick(std::span(counts_).subspan(from, first_[place + 1] - from), choice);
  return {members_[from + i], rest};
}

double Margin::at(std::size_t place, double share) const {
  if (share <= 0) return edges_[place];
  if (share >= 1) return edges_[place + 1];
  return normal::quantile(below_[place] + share * (below_[place + 1] - below_[place]));
}

std::vector<Piece> Margin::accepted_places(std::span<const float> weights) const {
  std::vector<Piece> out;
  for (std::size_t place = 0; place + 1 < first_.size(); ++place) {
    double accepted = 0, all = 0;
    for (std::size_t m = first_[place]; m < first_[place + 1]; ++m) {
      accepted += counts_[m] * static_cast<double>(weights[static_cast<std::size_t>(members_[m])]);
      all += counts_[m];
    }
    if (accepted > 0) out.push_back({edges_[place], edges_[place + 1], accepted / all});
  }
  return out;
}

std::vector<Piece> Margin::range_piece(const TokenColumn& tokens, const Range& range) const {
  std::vector<Piece> out;
  for (std::size_t place = 0; place + 1 < first_.size(); ++place) {
    const auto inside = tokens.part(members_[place], range);
    if (!(inside.share > 0)) continue;
    if (out.empty()) out.push_back({at(place, inside.from), 0});
    out[0].high = at(place, inside.from + inside.share);  // the accepted tokens are neighbours
  }
  return out;
}

std::vector<Piece> Margin::pieces(const TokenColumn& tokens, const ResolvedTerm& term) const {
  if (!ordered_) return accepted_places(tokens.weights(term));
  if (term.range) return range_piece(tokens, *term.range);
  if (term.values.size() == 1) return pieces(tokens, term.values[0]);
  std::vector<Piece> out;
  for (const double value : term.values) {
    const auto piece = range_piece(tokens, {value, value});
    out.push_back(piece.empty() ? Piece{0, 0, 0} : piece[0]);
  }
  const bool none =
      std::all_of(out.begin(), out.end(), [](const Piece& p) { return p.weight == 0; });
  return none ? std::vector<Piece>() : out;
}

std::vector<Piece> Margin::pieces(const TokenColumn& tokens, double value) const {
  const std::int32_t token = tokens.encode(value);
  if (token < 0 || place_[static_cast<std::size_t>(token)] < 0) return {};
  const auto place = static_cast<std::size_t>(place_[static_cast<std::size_t>(token)]);
  if (!ordered_) return {{edges_[place], edges_[place + 1]}};
  const auto inside = tokens.part(token, {value, value});
  if (!(inside.share > 0)) return {{edges_[place], edges_[place + 1]}};  // its nearest token
  const Piece piece{at(place, inside.from), at(place, inside.from + inside.share)};
  if (piece.high - piece.low >= kPointWidth) return {piece};
  const double z = at(place, inside.from + inside.share / 2);
  return {{z, z}};
}

std::size_t Margin::place_within(std::span<const float> weights, double z) const {
  const std::size_t place = place_at(z);
  const auto accepted = [&](std::int32_t t) { return weights[static_cast<std::size_t>(t)] > 0; };
  const auto token = members_.begin() + static_cast<std::ptrdiff_t>(first_[place]);
  const auto end = members_.begin() + static_cast<std::ptrdiff_t>(first_[place + 1]);
  return place > 0 && std::none_of(token, end, accepted) ? place - 1 : place;
}

Margin::Cell Margin::cell_within(const TokenColumn& tokens, const ResolvedTerm& term,
                                 std::span<const float> weights, double z, double choice) const {
  const std::size_t place = place_within(weights, z), from = first_[place];
  if (ordered_) {
    const auto inside = tokens.part(members_[from], *term.range);
    const double share = (share_inside(place, z) - inside.from) / std::max(inside.share, 1e-300);
    return {members_[from], std::clamp(share, 0.0, 1 - 0x1p-53)};
  }
  std::vector<double> masses;
  for (std::size_t m = from; m < first_[place + 1]; ++m)
    masses.push_back(counts_[m] *
                     static_cast<double>(weights[static_cast<std::size_t>(members_[m])]));
  const auto [i, rest] = pick(masses, choice);
  return {members_[from + i], rest};
}

}  // namespace semblance::copula
