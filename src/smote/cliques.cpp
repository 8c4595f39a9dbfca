// SPDX-License-Identifier: Apache-2.0
#include "smote/cliques.hpp"

#include <algorithm>
#include <iterator>
#include <numeric>
#include <utility>

#include "detail/check.hpp"

namespace semblance {
namespace {

using Set = std::vector<std::int64_t>;  ///< Ascending.

Set common(const Set& a, const Set& b) {
  Set out;
  std::set_intersection(a.begin(), a.end(), b.begin(), b.end(), std::back_inserter(out));
  return out;
}

class Search {
 public:
  explicit Search(const Graph& graph) : graph_(graph) {}

  /// The maximal cliques of `clique` and some of `open` that no vertex of `closed` extends.
  void grow(Set open, Set closed) {
    if (open.empty() && closed.empty()) found.push_back(clique);
    if (open.empty()) return;
    const Set& near = of(pivot(open, closed));
    Set branches;
    std::set_difference(open.begin(), open.end(), near.begin(), near.end(),
                        std::back_inserter(branches));
    for (const std::int64_t v : branches) {
      clique.push_back(v);
      grow(common(open, of(v)), common(closed, of(v)));
      clique.pop_back();
      open.erase(std::lower_bound(open.begin(), open.end(), v));
      closed.insert(std::lower_bound(closed.begin(), closed.end(), v), v);
    }
  }

  Set clique;
  std::vector<Set> found;

 private:
  [[nodiscard]] const Set& of(std::int64_t v) const { return graph_[static_cast<std::size_t>(v)]; }

  /// The vertex with most neighbours in `open`: it leaves the fewest branches.
  [[nodiscard]] std::int64_t pivot(const Set& open, const Set& closed) const {
    std::int64_t best = open.front();
    std::size_t most = 0;
    for (const Set* set : {&open, &closed}) {
      for (const std::int64_t v : *set) {
        const std::size_t count = common(open, of(v)).size();
        if (count > most) best = v;
        most = std::max(most, count);
      }
    }
    return best;
  }

  const Graph& graph_;
};

/// Vertices, those of few neighbours first.
Set by_degree(const Graph& graph) {
  Set order(graph.size());
  std::iota(order.begin(), order.end(), std::int64_t{0});
  const auto degree = [&](std::int64_t v) { return graph[static_cast<std::size_t>(v)].size(); };
  std::sort(order.begin(), order.end(), [&](std::int64_t a, std::int64_t b) {
    return std::pair(degree(a), a) < std::pair(degree(b), b);
  });
  return order;
}

}  // namespace

Graph symmetric_graph(const std::vector<std::int64_t>& lists, std::int64_t n) {
  Graph graph(static_cast<std::size_t>(n));
  for (std::size_t i = 0; i < lists.size(); ++i) {
    const std::size_t from = i / (lists.size() / graph.size());
    graph[from].push_back(lists[i]);
    graph[static_cast<std::size_t>(lists[i])].push_back(static_cast<std::int64_t>(from));
  }
  for (auto& near : graph) {
    std::sort(near.begin(), near.end());
    near.erase(std::unique(near.begin(), near.end()), near.end());
  }
  return graph;
}

std::vector<std::vector<std::int64_t>> maximal_cliques(const Graph& graph,
                                                       const std::stop_token& stop) {
  const Set order = by_degree(graph);
  std::vector<std::size_t> rank(graph.size());
  for (std::size_t i = 0; i < order.size(); ++i) rank[static_cast<std::size_t>(order[i])] = i;
  Search search(graph);
  for (std::size_t i = 0; i < order.size(); ++i) {
    require<Cancelled>(!stop.stop_requested(), "cliques were cancelled at row {} of {}", i,
                       order.size());
    Set open, closed;
    for (const std::int64_t v : graph[static_cast<std::size_t>(order[i])]) {
      (rank[static_cast<std::size_t>(v)] > i ? open : closed).push_back(v);
    }
    search.clique = {order[i]};
    search.grow(std::move(open), std::move(closed));
  }
  for (Set& clique : search.found) std::sort(clique.begin(), clique.end());
  return std::move(search.found);
}

}  // namespace semblance
