// SPDX-License-Identifier: Apache-2.0
#include "neighbours/squared.hpp"

#include <algorithm>
#include <numeric>

#include "detail/check.hpp"
#include "neighbours/spatial_order.hpp"

namespace semblance {
namespace {

double largest_root(std::span<const double> squares) {
  return squares.empty() ? 0.0 : std::sqrt(*std::max_element(squares.begin(), squares.end()));
}

}  // namespace

template <class T>
SquaredMetric<T>::SquaredMetric(const TypedRows<T>& queries, const TypedRows<T>& references,
                                std::span<const double> mismatch, const RunOptions& run)
    : queries_(queries),
      references_(references),
      mismatch_(mismatch),
      centring_(centre_rows(queries.numbers, references.numbers, largest_root(mismatch), run)),
      weights_(half_weights()),
      total_weight_(1.001F * std::accumulate(weights_.begin(), weights_.end(), 0.0F)),
      unit_(1.01F * 0x1p-24F * static_cast<float>(centring_.centre.size() + mismatch.size() + 8)),
      axes_(principal_axes(references.numbers, centring_)),
      panels_(pack(references, worker_threads(run))) {
  const bool same = same_rows(queries.numbers, references.numbers) &&
                    same_rows(queries.codes, references.codes) && queries.rows == references.rows;
  if (!same) other_panels_.emplace(pack(queries, worker_threads(run)));
}

template <class T>
std::vector<float> SquaredMetric<T>::half_weights() const {
  std::vector<float> weights;
  for (const double weight : mismatch_) {
    weights.push_back(static_cast<float>(0.5 * weight * centring_.scale * centring_.scale));
  }
  return weights;
}

template <class T>
Panels SquaredMetric<T>::pack(const TypedRows<T>& rows, int threads) const {
  const RowLayout layout{rows.numbers.dim, 0, rows.codes.dim};
  const auto write = [&](std::int64_t row, FlatRow& flat) { fill(rows, row, flat); };
  if (layout.numbers == 0) {
    return Panels(golden_order(rows.rows), layout, Boxes::kNone, threads, write);
  }
  if (axes_.count == 0) {
    return Panels(spatial_order(rows.numbers, threads), layout, Boxes::kNumbers, threads, write);
  }
  const auto outlines = outline(rows.numbers, centring_, axes_, threads);
  const MatrixView<float> view{outlines, rows.rows, axes_.width()};
  return Panels(spatial_order(view, threads), layout, Boxes::kNumbers, threads, write, view);
}

template <class T>
void SquaredMetric<T>::fill(const TypedRows<T>& rows, std::int64_t row, FlatRow& flat) const {
  const std::size_t dim = centring_.centre.size();
  const T* values = rows.numbers.row(row);
  double sums[4] = {};
  for (std::size_t j = 0; j < dim; ++j) {
    const double value = (static_cast<double>(values[j]) - centring_.centre[j]) * centring_.scale;
    flat.cells[j] = static_cast<float>(value);
    sums[j % 4] += value * value;
  }
  if (rows.codes.dim > 0) {
    std::memcpy(flat.cells.data() + dim, rows.codes.row(row),
                static_cast<std::size_t>(rows.codes.dim) * sizeof(float));
  }
  const double norm = (sums[0] + sums[1]) + (sums[2] + sums[3]);
  flat.bias = static_cast<float>(0.5 * norm);
  flat.norm = round_up(std::sqrt(norm));
}

template <class T>
double SquaredMetric<T>::key(std::int64_t query, std::int64_t reference) const {
  double sum = squared_distance(queries_.numbers.row(query), references_.numbers.row(reference),
                                references_.numbers.dim);
  const std::int32_t* a = queries_.codes.row(query);
  const std::int32_t* b = references_.codes.row(reference);
  for (std::size_t j = 0; j < mismatch_.size(); ++j) sum += a[j] != b[j] ? mismatch_[j] : 0.0;
  return sum;
}

template class SquaredMetric<float>;
template class SquaredMetric<double>;

}  // namespace semblance
