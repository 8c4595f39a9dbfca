// SPDX-License-Identifier: Apache-2.0
#include "evaluate/predicates.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <limits>
#include <numeric>
#include <span>

namespace semblance {
namespace {

constexpr std::size_t kWord = 64, kBlock = 8;  // rows a word, words a step

bool fits(const Atom& atom, double value) {
  switch (atom.is) {
    case Is::kEqual:
      return value == atom.value;
    case Is::kAtLeast:
      return value >= atom.value;
    case Is::kAtMost:
      return value <= atom.value;
    case Is::kMissing:
      return std::isnan(value);
  }
  return false;
}

/// Boundaries of buckets with about as many rows each, after rows spread over the table.
template <class Value>
std::vector<double> cuts_of_sample(const std::vector<Value>& values) {
  constexpr std::size_t kSample = 512;
  std::vector<double> sample;
  for (std::size_t i = 0; i < values.size(); i += std::max<std::size_t>(values.size() / kSample, 1))
    sample.push_back(static_cast<double>(values[i]));
  std::erase_if(sample, [](double v) { return std::isnan(v); });
  std::ranges::sort(sample);
  std::vector<double> cuts;
  for (std::size_t b = 1; b < PredicateIndex::kBuckets && !sample.empty(); ++b)
    cuts.push_back(sample[b * sample.size() / PredicateIndex::kBuckets]);
  cuts.erase(std::unique(cuts.begin(), cuts.end()), cuts.end());
  return cuts;
}

std::size_t categories(const Frame::Series& column) {
  return column.codes.empty() ? 0 : static_cast<std::size_t>(std::ranges::max(column.codes) + 1);
}

/// Categories have a bucket each, where they are few.
std::vector<double> cuts_of(const Frame::Series& column) {
  if (column.number) return cuts_of_sample(column.numbers);
  if (categories(column) >= PredicateIndex::kBuckets) return cuts_of_sample(column.codes);
  std::vector<double> out(categories(column));
  std::iota(out.begin(), out.end(), 0.0);
  return out;
}

}  // namespace

PredicateIndex::Buckets::Buckets(const std::vector<double>& cuts)
    : cuts_(cuts.size()), steps_(std::bit_ceil(cuts.size() + 1) / 2) {
  padded_.fill(std::numeric_limits<double>::infinity());
  std::ranges::copy(cuts, padded_.begin());
}

std::size_t PredicateIndex::Buckets::of(double value) const {
  std::size_t at = 0;
  for (std::size_t step = steps_; step > 0; step /= 2)
    at += padded_[at + step - 1] <= value ? step : 0;
  return value != value ? cuts_ + 1 : std::min(at, cuts_);
}

PredicateIndex::PredicateIndex(const Frame& table) : table_(table) {
  const auto rows = static_cast<std::size_t>(table.rows);
  words_ = (rows + kBlock * kWord - 1) / (kBlock * kWord) * kBlock;
  all_.assign(words_, 0);
  std::fill_n(all_.begin(), rows / kWord, ~Word{0});
  if (rows % kWord > 0) all_[rows / kWord] = (Word{1} << rows % kWord) - 1;
  for (const auto& column : table.columns) columns_.push_back(index(column));
}

PredicateIndex::Column PredicateIndex::index(const Frame::Series& column) const {
  Column out{Buckets(cuts_of(column)), {}};
  const std::size_t count = out.buckets.count();
  out.below.assign((count + 1) * words_, 0);
  const auto put = [&](std::size_t row, std::size_t bucket) {
    if (bucket < count) out.below[(bucket + 1) * words_ + row / kWord] |= Word{1} << row % kWord;
  };
  for (std::size_t i = 0; i < column.numbers.size(); ++i) put(i, out.buckets.of(column.numbers[i]));
  std::vector<std::size_t> places(categories(column) + 1, count);  // the first: without a value
  for (std::size_t code = 0; code + 1 < places.size(); ++code)
    places[code + 1] = out.buckets.of(static_cast<double>(code));
  for (std::size_t i = 0; i < column.codes.size(); ++i)
    put(i, places[static_cast<std::size_t>(column.codes[i] + 1)]);
  for (std::size_t w = words_; w < out.below.size(); ++w) out.below[w] |= out.below[w - words_];
  return out;
}

PredicateIndex::Between PredicateIndex::candidates(const Atom& atom) const {
  if (atom.is != Is::kMissing && std::isnan(atom.value)) return {all_.data(), all_.data()};
  const Column& column = columns_[atom.column];
  const std::size_t at = column.buckets.of(atom.value);
  const auto below = [&](std::size_t b) { return column.below.data() + b * words_; };
  switch (atom.is) {
    case Is::kEqual:
      return {below(at), below(at + 1)};
    case Is::kAtLeast:
      return {below(at), below(column.buckets.count())};
    case Is::kAtMost:
      return {below(0), below(at + 1)};
    case Is::kMissing:
      break;
  }
  return {below(column.buckets.count()), all_.data()};
}

bool PredicateIndex::fits(const Guess& predicate, std::size_t row) const {
  return std::ranges::all_of(predicate, [&](const Atom& atom) {
    return semblance::fits(atom, value_at(table_, atom.column, row));
  });
}

bool PredicateIndex::fits_exactly_one(const Guess& predicate) const {
  constexpr std::size_t kAtoms = 8;  // the others are only looked at in the rows left
  std::array<Between, kAtoms> limits{};
  const auto bounds = std::span(limits).first(std::min(kAtoms, predicate.size()));
  for (std::size_t i = 0; i < bounds.size(); ++i) bounds[i] = candidates(predicate[i]);
  int found = 0;
  for (std::size_t first = 0; first < words_; first += kBlock) {
    std::array<Word, kBlock> left;
    std::copy_n(all_.data() + first, kBlock, left.data());
    for (const auto& [lower, upper] : bounds)
      for (std::size_t w = 0; w < kBlock; ++w) left[w] &= upper[first + w] ^ lower[first + w];
    for (std::size_t w = 0; w < kBlock; ++w) {
      for (Word bits = left[w]; bits != 0; bits &= bits - 1) {
        const auto row = (first + w) * kWord + static_cast<std::size_t>(std::countr_zero(bits));
        found += fits(predicate, row) ? 1 : 0;
        if (found == 2) return false;
      }
    }
  }
  return found == 1;
}

}  // namespace semblance
