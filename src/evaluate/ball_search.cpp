// SPDX-License-Identifier: Apache-2.0
#include "evaluate/ball_search.hpp"

#include <algorithm>

namespace semblance {
namespace {

using Rows = MatrixView<double>;

bool inside(double distance, double radius, BallEdge edge) {
  return distance < radius || (edge == BallEdge::kClosed && distance == radius);
}

/// Balls around the rows of one sample, and the rows that may be in them.
struct BallSearch {
  const Rows& centres;
  const Rows& rows;  ///< The same object: a row is not in its own ball.
  const std::vector<double>& radii;
  BallEdge edge;
  const RunOptions& run;

  [[nodiscard]] bool same() const { return &centres == &rows; }

  [[nodiscard]] Neighbours nearest_of(std::span<const std::int64_t> some, std::int64_t k) const {
    std::vector<double> points;
    for (const auto i : some)
      points.insert(points.end(), centres.row(i), centres.row(i) + centres.dim);
    const Rows queries{points, std::ssize(some), centres.dim};
    return nearest(queries, rows, k,
                   {.excluded = same() ? some : std::span<const std::int64_t>(), .run = run});
  }
};

/// Calls visit(centre, row, distance) for every row in every ball. Centres whose k nearest rows are
/// all inside are asked again for four times as many.
template <class Visit>
void visit_balls(const BallSearch& search, std::int64_t k, Visit visit) {
  constexpr std::int64_t kAtOnce = std::int64_t{1} << 22;  // neighbours that are kept
  const std::int64_t most = search.rows.rows - (search.same() ? 1 : 0);
  std::vector<std::int64_t> pending = own_rows(search.centres.rows), again;
  for (k = std::min(k, most); !pending.empty(); k = std::min(4 * k, most)) {
    again.clear();
    const auto step = static_cast<std::size_t>(std::max<std::int64_t>(1, kAtOnce / k));
    for (std::size_t first = 0; first < pending.size(); first += step) {
      const auto some = std::span<const std::int64_t>(pending).subspan(
          first, std::min(step, pending.size() - first));
      const Neighbours near = search.nearest_of(some, k);
      for (std::size_t q = 0; q < some.size(); ++q) {
        const auto query = static_cast<std::int64_t>(q);
        const double radius = search.radii[static_cast<std::size_t>(some[q])];
        const auto distances = near.distances(query);
        if (k < most && inside(distances.back(), radius, search.edge)) {
          again.push_back(some[q]);
          continue;
        }
        for (std::size_t j = 0; j < distances.size() && inside(distances[j], radius, search.edge);
             ++j)
          visit(static_cast<std::size_t>(some[q]), static_cast<std::size_t>(near.indices(query)[j]),
                distances[j]);
      }
    }
    pending.swap(again);
  }
}

std::vector<double> radii_of(const Rows& rows, const BallOptions& options) {
  const Neighbours near = nearest_others(rows, options.k, {.run = options.run});
  std::vector<double> out;
  for (std::int64_t i = 0; i < rows.rows; ++i) out.push_back(near.distances(i).back());
  return out;
}

/// How many neighbours a ball through the k-th of n rows asks m others for at first: mostly enough.
std::int64_t first_ask(std::int64_t k, std::int64_t n, std::int64_t m) {
  return 8 + 3 * k * std::max<std::int64_t>(1, m / n);
}

}  // namespace

Prdc prdc_by_search(const Rows& real, const Rows& synthetic, const BallOptions& options) {
  const auto n = static_cast<std::size_t>(real.rows), m = static_cast<std::size_t>(synthetic.rows);
  const Radii radii{radii_of(real, options), radii_of(synthetic, options), 0};
  const double clip = median_of(radii.real);
  Balls balls;
  balls.around_synthetic.assign(m, 0);
  balls.clipped.assign(m, 0);
  balls.around_real.assign(n, 0);
  balls.held.assign(n, 0);
  visit_balls({real, synthetic, radii.real, options.edge, options.run},
              first_ask(options.k, real.rows, synthetic.rows),
              [&](std::size_t i, std::size_t j, double d) {
                ++balls.around_synthetic[j];
                ++balls.held[i];
                balls.clipped[j] += inside(d, clip, options.edge) ? 1 : 0;
              });
  visit_balls({synthetic, real, radii.synthetic, options.edge, options.run},
              first_ask(options.k, synthetic.rows, real.rows),
              [&](std::size_t, std::size_t i, double) { ++balls.around_real[i]; });
  // Of the rows that a ball was drawn through, the k-th is on its surface: closed, it holds k.
  std::vector<std::int32_t> self_clipped(n, 0);
  visit_balls({real, real, radii.real, BallEdge::kClosed, options.run}, options.k + 1,
              [&](std::size_t, std::size_t j, double d) { self_clipped[j] += d <= clip ? 1 : 0; });
  return score_balls(balls, self_clipped, options.k);
}

}  // namespace semblance
