// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <stop_token>
#include <vector>

namespace semblance {

/// A graph: for each vertex its neighbours, ascending, without itself; symmetric.
using Graph = std::vector<std::vector<std::int64_t>>;

/// Joins two vertices if one has the other in its list.
/// \param lists  [n, k] vertices, as Neighbours::index.
[[nodiscard]] Graph symmetric_graph(const std::vector<std::int64_t>& lists, std::int64_t n);

/// The maximal cliques, each ascending: Bron and Kerbosch with pivots [1], vertices of few
/// neighbours first. In a graph of k nearest neighbours their number is linear in the rows.
///
/// \throws Cancelled.
///
/// [1] Tomita, Tanaka and Takahashi, "The worst-case time complexity for generating all maximal
/// cliques", TCS 2006.
[[nodiscard]] std::vector<std::vector<std::int64_t>> maximal_cliques(const Graph& graph,
                                                                     const std::stop_token& stop);

}  // namespace semblance
