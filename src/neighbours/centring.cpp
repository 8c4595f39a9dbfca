// SPDX-License-Identifier: Apache-2.0
#include "neighbours/centring.hpp"

#include <algorithm>
#include <cmath>

#include "detail/check.hpp"
#include "semblance/core/parallel.hpp"

namespace semblance {
namespace {

constexpr std::int64_t kSample = 255;  ///< Rows whose medians are the centre.
constexpr std::int64_t kTask = 2048;   ///< Rows a task.

template <class T>
std::vector<double> sample_medians(const MatrixView<T>& rows) {
  const std::int64_t sample = std::min(rows.rows, kSample);
  std::vector<double> centre, values(static_cast<std::size_t>(sample));
  for (std::int64_t j = 0; j < rows.dim; ++j) {
    for (std::int64_t i = 0; i < sample; ++i) {
      const auto value = static_cast<double>(rows.row(i * rows.rows / sample)[j]);
      values[static_cast<std::size_t>(i)] = std::isfinite(value) ? value : 0.0;
    }
    const auto middle = values.begin() + sample / 2;
    std::nth_element(values.begin(), middle, values.end());
    centre.push_back(*middle);
  }
  return centre;
}

/// The largest |value - centre| of a run of rows; infinite or NaN where a value is.
template <class T>
double largest_in(const T* values, std::int64_t rows, const std::vector<double>& centre) {
  constexpr std::size_t kWidth = 8;  // independent maxima
  double most[kWidth] = {}, bad = 0;
  const std::size_t dim = centre.size();
  for (std::int64_t i = 0; i < rows; ++i, values += dim) {
    for (std::size_t j = 0; j < dim; ++j) {
      const double size = std::abs(static_cast<double>(values[j]) - centre[j]);
      most[j % kWidth] = size > most[j % kWidth] ? size : most[j % kWidth];
      bad += size * 0;  // NaN if size is NaN or infinite
    }
  }
  return *std::max_element(most, most + kWidth) + bad;
}

/// Names the first cell that is not finite.
template <class T>
void refuse(const MatrixView<T>& rows, const std::vector<double>& centre, const char* which) {
  for (std::int64_t at = 0; at < rows.rows * rows.dim; ++at) {
    const T value = rows.values[static_cast<std::size_t>(at)];
    require(
        std::isfinite(static_cast<double>(value) - centre[static_cast<std::size_t>(at % rows.dim)]),
        "nearest: {} must be finite, row {} column {} is {}", which, at / rows.dim, at % rows.dim,
        value);
  }
}

template <class T>
double largest(const MatrixView<T>& rows, const std::vector<double>& centre, const char* which,
               int threads) {
  const std::int64_t tasks = (rows.rows + kTask - 1) / kTask;
  if (rows.dim == 0 || tasks == 0) return 0;
  std::vector<double> most(static_cast<std::size_t>(tasks));
  parallel_for(threads, tasks, [&](std::int64_t task) {
    most[static_cast<std::size_t>(task)] =
        largest_in(rows.row(task * kTask), std::min(kTask, rows.rows - task * kTask), centre);
  });
  for (const double value : most) {
    if (!std::isfinite(value)) refuse(rows, centre, which);
  }
  return *std::max_element(most.begin(), most.end());
}

}  // namespace

template <class T>
Centring centre_rows(const MatrixView<T>& queries, const MatrixView<T>& references, double least,
                     const RunOptions& run) {
  const int threads = worker_threads(run);
  Centring out{sample_medians(references), 1};
  double size = std::max(least, largest(references, out.centre, "references", threads));
  if (!same_rows(queries, references)) {
    size = std::max(size, largest(queries, out.centre, "queries", threads));
  }
  if (size > 0) out.scale = std::exp2(-std::clamp(std::ceil(std::log2(size)), -1000.0, 1000.0));
  return out;
}

template Centring centre_rows(const MatrixView<float>&, const MatrixView<float>&, double,
                              const RunOptions&);
template Centring centre_rows(const MatrixView<double>&, const MatrixView<double>&, double,
                              const RunOptions&);

}  // namespace semblance
