// SPDX-License-Identifier: Apache-2.0
// The Euclidean search by matrix products of LibTorch, on the CPU or a GPU: a few candidates more
// than k in float32 for each query, decided in float64 on the host. A query whose k-th distance is
// not below the candidates that were left out, rounding included, is searched again on the host.
#include <ATen/Context.h>
#include <ATen/ops/addmm.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/from_blob.h>
#include <ATen/ops/topk.h>
#include <c10/core/InferenceMode.h>

#include <cmath>
#include <utility>

#include "neighbours/blocked.hpp"
#include "neighbours/squared.hpp"

namespace semblance {
namespace {

constexpr std::int64_t kSpare = 9;  ///< Candidates beyond k; one may be the excluded row.

/// Rows x' = (x - centre) scale in float32, with |x'|^2 / 2.
struct FloatRows {
  std::vector<float> cells, halves, norms;
  std::int64_t rows = 0, dim = 0;

  [[nodiscard]] at::Tensor matrix(std::int64_t first, std::int64_t count) {
    return at::from_blob(cells.data() + first * dim, {count, dim}, at::kFloat);
  }
  [[nodiscard]] at::Tensor half_squares(std::int64_t first, std::int64_t count) {
    return at::from_blob(halves.data() + first, {count}, at::kFloat);
  }
};

template <class T>
FloatRows float_rows(const MatrixView<T>& rows, const Centring& centring, int threads) {
  constexpr std::int64_t kTask = 1024;
  const auto n = static_cast<std::size_t>(rows.rows);
  FloatRows out{std::vector<float>(n * static_cast<std::size_t>(rows.dim)), std::vector<float>(n),
                std::vector<float>(n), rows.rows, rows.dim};
  parallel_for(threads, (rows.rows + kTask - 1) / kTask, [&](std::int64_t task) {
    for (std::int64_t i = task * kTask; i < std::min((task + 1) * kTask, rows.rows); ++i) {
      double sum = 0;
      for (std::int64_t j = 0; j < rows.dim; ++j) {
        const double value =
            (static_cast<double>(rows.row(i)[j]) - centring.centre[static_cast<std::size_t>(j)]) *
            centring.scale;
        out.cells[static_cast<std::size_t>(i * rows.dim + j)] = static_cast<float>(value);
        sum += value * value;
      }
      out.halves[static_cast<std::size_t>(i)] = static_cast<float>(0.5 * sum);
      out.norms[static_cast<std::size_t>(i)] = round_up(std::sqrt(sum));
    }
  });
  return out;
}

/// The smallest estimates of some queries, ascending, and their rows.
struct Kept {
  at::Tensor sums, rows;  ///< [queries, keep].

  void merge(const at::Tensor& more, const at::Tensor& its_rows, std::int64_t keep) {
    const at::Tensor all = sums.defined() ? at::cat({sums, more}, 1) : more;
    const at::Tensor both = rows.defined() ? at::cat({rows, its_rows}, 1) : its_rows;
    at::Tensor places;
    std::tie(sums, places) = at::topk(all, std::min(keep, all.size(1)), 1, false, true);
    rows = both.gather(1, places);
  }
};

/// How the device is used.
struct Plan {
  at::Device device = at::kCPU;
  std::int64_t queries = 256, references = 8192;  ///< Rows of one product.
  int threads = 1;

  explicit Plan(const RunOptions& run) : threads(worker_threads(run)) {
    if (run.device == Device::kCpu) return;
    require(at::hasCUDA(),
            "RunOptions.device: kCuda needs a CUDA build of LibTorch and a CUDA device");
    *this = Plan(at::kCUDA, 8192, 16384, 1);
  }

 private:
  Plan(at::Device where, std::int64_t of_queries, std::int64_t of_references, int how_many)
      : device(where), queries(of_queries), references(of_references), threads(how_many) {}
};

/// Rounding of one product of the matrix product, relative: see SquaredMetric.
float unit_of(std::int64_t dim) {
  const bool exact =
      at::globalContext().float32MatmulPrecision() == at::Float32MatmulPrecision::HIGHEST;
  return (exact ? 1.01F * 0x1p-24F : 0x1p-7F) * static_cast<float>(dim + 8);
}

template <class T>
class TensorSearch {
 public:
  TensorSearch(const MatrixView<T>& queries, const MatrixView<T>& references,
               const NeighbourOptions& options, Neighbours& out)
      : queries_(queries),
        references_(references),
        options_(options),
        out_(out),
        plan_(options.run),
        centring_(centre_rows(queries, references, 0, options.run)),
        from_(float_rows(references, centring_, worker_threads(options.run))),
        to_(float_rows(queries, centring_, worker_threads(options.run))),
        keep_(std::min(references.rows, out.k + kSpare)),
        unit_(unit_of(references.dim)),
        largest_norm_(*std::max_element(from_.norms.begin(), from_.norms.end())),
        uncertain_(static_cast<std::size_t>(queries.rows), 0),
        matrix_(from_.matrix(0, from_.rows).to(plan_.device)),
        halves_(from_.half_squares(0, from_.rows).to(plan_.device)) {}

  void run() {
    const std::int64_t blocks = (queries_.rows + plan_.queries - 1) / plan_.queries;
    parallel_for(plan_.threads, blocks, [&](std::int64_t block) {
      require<Cancelled>(!options_.run.stop.stop_requested(),
                         "nearest was cancelled at block {} of {}", block, blocks);
      const std::int64_t first = block * plan_.queries;
      search(first, std::min(plan_.queries, queries_.rows - first));
    });
    search_again();
  }

 private:
  void search(std::int64_t first, std::int64_t count) {
    const c10::InferenceMode inference;
    const at::NoTF32Guard full_precision;
    const at::Tensor queries = to_.matrix(first, count).to(plan_.device);
    Kept kept;
    for (std::int64_t at = 0; at < from_.rows; at += plan_.references) {
      const std::int64_t end = std::min(at + plan_.references, from_.rows);
      const at::Tensor sums =
          at::addmm(halves_.slice(0, at, end), queries, matrix_.slice(0, at, end).t(), 1, -1);
      auto [least, rows] = at::topk(sums, std::min(keep_, end - at), 1, false, false);
      kept.merge(least, rows.add(at), keep_);
    }
    const at::Tensor sums = kept.sums.to(at::kCPU).contiguous();
    const at::Tensor rows = kept.rows.to(at::kCPU).contiguous();
    for (std::int64_t q = 0; q < count; ++q) {
      decide(first + q, rows.const_data_ptr<std::int64_t>() + q * keep_,
             sums.const_data_ptr<float>()[(q + 1) * keep_ - 1]);
    }
  }

  /// \param last  The largest estimate kept: what was left out has no smaller one.
  void decide(std::int64_t query, const std::int64_t* rows, float last) {
    TopK top(out_.k);
    const std::int64_t excluded = excluded_row(options_, query);
    for (std::int64_t i = 0; i < keep_; ++i) {
      if (rows[i] == excluded) continue;
      top.offer(squared_distance(queries_.row(query), references_.row(rows[i]), references_.dim),
                rows[i]);
    }
    const auto q = static_cast<std::size_t>(query);
    const double both = static_cast<double>(to_.norms[q]) + static_cast<double>(largest_norm_);
    const double error = static_cast<double>(unit_) * 0.5 * both * both + 1e-30;
    const double sum = 0.5 * top.worst() * (1 + 1e-12) * centring_.scale * centring_.scale;
    const double left_out = static_cast<double>(last) + static_cast<double>(to_.halves[q]);
    uncertain_[q] = keep_ < from_.rows && !(sum < left_out - error) ? 1 : 0;
    store(top, query, out_, [](double key) { return std::sqrt(key); });
  }

  void search_again() {
    std::vector<T> values;
    std::vector<std::int64_t> which, excluded;
    for (std::int64_t q = 0; q < queries_.rows; ++q) {
      if (uncertain_[static_cast<std::size_t>(q)] == 0) continue;
      which.push_back(q);
      values.insert(values.end(), queries_.row(q), queries_.row(q) + queries_.dim);
      if (!options_.excluded.empty()) excluded.push_back(excluded_row(options_, q));
    }
    if (which.empty()) return;
    const auto rows = static_cast<std::int64_t>(which.size());
    const Neighbours found = nearest<T>({values, rows, queries_.dim}, references_, out_.k,
                                        {excluded, SearchMethod::kBlocked, options_.run});
    for (std::int64_t i = 0; i < rows; ++i) {
      const auto to = which[static_cast<std::size_t>(i)] * out_.k;
      std::copy_n(found.index.begin() + i * out_.k, out_.k, out_.index.begin() + to);
      std::copy_n(found.distance.begin() + i * out_.k, out_.k, out_.distance.begin() + to);
    }
  }

  const MatrixView<T>& queries_;
  const MatrixView<T>& references_;
  const NeighbourOptions& options_;
  Neighbours& out_;
  Plan plan_;
  Centring centring_;
  FloatRows from_, to_;
  std::int64_t keep_;
  float unit_, largest_norm_;
  std::vector<char> uncertain_;
  at::Tensor matrix_, halves_;
};

}  // namespace

template <class T>
Neighbours search_tensor(const MatrixView<T>& queries, const MatrixView<T>& references,
                         std::int64_t k, const NeighbourOptions& options) {
  Neighbours out = empty_result(queries.rows, k);
  if (queries.rows > 0) TensorSearch<T>(queries, references, options, out).run();
  return out;
}

template Neighbours search_tensor(const MatrixView<float>&, const MatrixView<float>&, std::int64_t,
                                  const NeighbourOptions&);
template Neighbours search_tensor(const MatrixView<double>&, const MatrixView<double>&,
                                  std::int64_t, const NeighbourOptions&);

}  // namespace semblance
