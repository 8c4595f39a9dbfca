// SPDX-License-Identifier: Apache-2.0
#include <cmath>
#include <nanoflann.hpp>

#include "neighbours/search.hpp"
#include "neighbours/squared.hpp"

namespace semblance {
namespace {

/// The references as nanoflann wants them.
template <class T>
struct Cloud {
  const MatrixView<T>& rows;

  [[nodiscard]] std::size_t kdtree_get_point_count() const {
    return static_cast<std::size_t>(rows.rows);
  }
  [[nodiscard]] double kdtree_get_pt(std::size_t i, std::size_t j) const {
    return static_cast<double>(rows.row(static_cast<std::int64_t>(i))[j]);
  }
  template <class Box>
  bool kdtree_get_bbox(Box&) const {
    return false;
  }
};

/// Keeps the k nearest by (distance, row). `worstDist` is the next double above the k-th distance:
/// nanoflann compares strictly, and a tie with a lower row must come through.
template <class T>
class TreeResult {
 public:
  using DistanceType = double;
  using IndexType = std::uint32_t;

  TreeResult(TopK& top, const MatrixView<T>& references, const T* query, std::int64_t excluded)
      : top_(top), references_(references), query_(query), excluded_(excluded) {}

  bool addPoint(double, IndexType index) {
    const auto row = static_cast<std::int64_t>(index);
    if (row != excluded_) {
      top_.offer(squared_distance(query_, references_.row(row), references_.dim), row);
    }
    return true;
  }
  [[nodiscard]] double worstDist() const {
    return std::nextafter(top_.worst() * (1 + 1e-12), std::numeric_limits<double>::infinity());
  }
  [[nodiscard]] bool full() const { return true; }
  [[nodiscard]] std::size_t size() const { return top_.keys().size(); }

 private:
  TopK& top_;
  const MatrixView<T>& references_;
  const T* query_;
  std::int64_t excluded_;
};

template <class T>
using Tree = nanoflann::KDTreeSingleIndexAdaptor<
    nanoflann::L2_Simple_Adaptor<double, Cloud<T>, double, std::uint32_t>, Cloud<T>, -1,
    std::uint32_t>;

}  // namespace

template <class T>
Neighbours search_tree(const MatrixView<T>& queries, const MatrixView<T>& references,
                       std::int64_t k, const NeighbourOptions& options) {
  check_search(queries.rows, references.rows, k, options);
  const Cloud<T> cloud{references};
  const Tree<T> tree(static_cast<int>(references.dim), cloud,
                     nanoflann::KDTreeSingleIndexAdaptorParams(32));
  nanoflann::SearchParams params;
  params.eps = -1e-6F;  // the tree's own lower bounds are rounded
  Neighbours out = empty_result(queries.rows, k);
  for_query_blocks(queries.rows, 256, options.run, [&](std::int64_t first, std::int64_t count) {
    std::vector<double> point(static_cast<std::size_t>(queries.dim));
    for (std::int64_t q = first; q < first + count; ++q) {
      std::copy_n(queries.row(q), queries.dim, point.begin());
      TopK top(k);
      TreeResult<T> result(top, references, queries.row(q), excluded_row(options, q));
      tree.findNeighbors(result, point.data(), params);
      store(top, q, out, [](double key) { return std::sqrt(key); });
    }
  });
  return out;
}

template Neighbours search_tree(const MatrixView<float>&, const MatrixView<float>&, std::int64_t,
                                const NeighbourOptions&);
template Neighbours search_tree(const MatrixView<double>&, const MatrixView<double>&, std::int64_t,
                                const NeighbourOptions&);

}  // namespace semblance
