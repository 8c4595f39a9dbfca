// SPDX-License-Identifier: Apache-2.0
#include "neighbours/spatial_order.hpp"

#include <algorithm>
#include <utility>

#include "neighbours/panels.hpp"

namespace semblance {
namespace {

constexpr std::int64_t kSample = 32;  ///< Rows that tell which column is the widest.

/// A row and its cell in the column that is split.
using Place = std::pair<double, std::int32_t>;
using Run = std::pair<std::int64_t, std::int64_t>;  ///< [first, last) of the places.

template <class T>
class Splitter {
 public:
  Splitter(const MatrixView<T>& rows, std::vector<Place>& places) : rows_(rows), places_(places) {}

  /// Where a run is split: at a multiple of 32 rows from its begin, or not at all.
  [[nodiscard]] static std::int64_t middle(Run run) {
    return run.first + ((run.second - run.first) / 2 + kPanel - 1) / kPanel * kPanel;
  }

  void split(Run run) {
    const std::int64_t column = widest(run);
    for (std::int64_t i = run.first; i < run.second; ++i) {
      Place& place = places_[static_cast<std::size_t>(i)];
      const auto value = static_cast<double>(rows_.row(place.second)[column]);
      place.first = value == value ? value : 0.0;
    }
    const auto begin = places_.begin();
    std::nth_element(begin + run.first, begin + middle(run), begin + run.second);
  }

  void split_all(Run run) {
    if (run.second - run.first <= kPanel) return;
    split(run);
    split_all({run.first, middle(run)});
    split_all({middle(run), run.second});
  }

 private:
  [[nodiscard]] std::int64_t widest(Run run) const {
    const std::int64_t count = run.second - run.first, sample = std::min(count, kSample);
    std::int64_t best = 0;
    double most = -1;
    for (std::int64_t j = 0; j < rows_.dim; ++j) {
      double low = std::numeric_limits<double>::infinity(), high = -low;
      for (std::int64_t i = 0; i < sample; ++i) {
        const auto at = static_cast<std::size_t>(run.first + i * count / sample);
        const auto value = static_cast<double>(rows_.row(places_[at].second)[j]);
        low = std::min(low, value);
        high = std::max(high, value);
      }
      if (high - low > most) {
        most = high - low;
        best = j;
      }
    }
    return best;
  }

  const MatrixView<T>& rows_;
  std::vector<Place>& places_;
};

}  // namespace

template <class T>
std::vector<std::int32_t> spatial_order(const MatrixView<T>& rows, int threads) {
  std::vector<std::int32_t> order = golden_order(rows.rows);
  if (rows.dim == 0 || rows.rows <= kPanel) return order;
  std::vector<Place> places;
  places.reserve(order.size());
  for (const std::int32_t row : order) places.emplace_back(0.0, row);
  Splitter<T> splitter(rows, places);
  std::vector<Run> runs = {{0, rows.rows}};
  while (std::ssize(runs) < 4 * threads && runs.front().second > 4 * kPanel) {
    std::vector<Run> halves;
    for (const Run& run : runs) {
      if (run.second - run.first > kPanel) splitter.split(run);
      const std::int64_t middle =
          run.second - run.first > kPanel ? Splitter<T>::middle(run) : run.second;
      halves.emplace_back(run.first, middle);
      if (middle < run.second) halves.emplace_back(middle, run.second);
    }
    runs = std::move(halves);
  }
  parallel_for(threads, std::ssize(runs),
               [&](std::int64_t i) { splitter.split_all(runs[static_cast<std::size_t>(i)]); });
  std::transform(places.begin(), places.end(), order.begin(),
                 [](const Place& place) { return place.second; });
  return order;
}

template std::vector<std::int32_t> spatial_order(const MatrixView<float>&, int);
template std::vector<std::int32_t> spatial_order(const MatrixView<double>&, int);

}  // namespace semblance
