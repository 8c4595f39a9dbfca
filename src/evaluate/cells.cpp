// SPDX-License-Identifier: Apache-2.0
#include "evaluate/cells.hpp"

#include <numeric>

namespace semblance {
namespace {

double sum_of(const std::vector<double>& counts) {
  return std::accumulate(counts.begin(), counts.end(), 0.0);
}

/// sum over k = 1 .. count of (gap - k)^2.
double squares_below(double gap, double count) {
  return count * gap * gap - gap * count * (count + 1) + count * (count + 1) * (2 * count + 1) / 6;
}

/// Standard deviation of the two-sample Anderson-Darling statistic under equal distributions:
/// Scholz, Stephens, JASA 82, 1987, equation (4).
double anderson_darling_deviation(double n, double m) {
  const double total = n + m, k = 2, inverse = 1 / n + 1 / m;
  double h = 0, g = 0, tail = 0;
  for (double i = total - 1; i >= 1; --i) h += 1 / i;
  for (double i = 1; i < total - 1; ++i) {  // tail: sum of 1/j over j = N-i .. N-1
    tail += 1 / (total - i);
    g += tail / (i + 1);
  }
  const double a = (4 * g - 6) * (k - 1) + (10 - 6 * g) * inverse;
  const double b =
      (2 * g - 4) * k * k + 8 * h * k + (2 * g - 14 * h - 4) * inverse - 8 * h + 4 * g - 6;
  const double c =
      (6 * h + 2 * g - 2) * k * k + (4 * h - 4 * g + 6) * k + (2 * h - 6) * inverse + 4 * h;
  const double d = (2 * h + 6) * k * k - 4 * h * k;
  return std::sqrt((((a * total + b) * total + c) * total + d) /
                   ((total - 1) * (total - 2) * (total - 3)));
}

}  // namespace

std::optional<Cells> cells_of(std::span<const double> a, std::span<const double> b) {
  Cells out{pooled_support(a, b), {}, {}};
  const auto count = [&](std::span<const double> values, std::vector<double>& into) {
    into.assign(out.support.size(), 0);
    bool any = false;
    for (const double v : values) {
      if (std::isnan(v)) continue;
      any = true;
      const auto at = std::lower_bound(out.support.begin(), out.support.end(), v);
      into[static_cast<std::size_t>(at - out.support.begin())] += 1;
    }
    return any;
  };
  const bool left = count(a, out.a), right = count(b, out.b);
  if (!left || !right) return std::nullopt;
  return out;
}

double wasserstein2_squared(const Cells& cells) {
  const double n = sum_of(cells.a), m = sum_of(cells.b);
  const auto next = [](const std::vector<double>& counts, std::size_t i) {
    while (i < counts.size() && counts[i] == 0) ++i;
    return i;
  };
  std::size_t i = next(cells.a, 0), j = next(cells.b, 0);
  double out = 0, at = 0, of_a = 0, of_b = 0;  // shares in units of 1/(nm): exact integers
  while (i < cells.a.size() && j < cells.b.size()) {
    const double end_a = (of_a + cells.a[i]) * m, end_b = (of_b + cells.b[j]) * n;
    const double end = std::min(end_a, end_b), gap = cells.support[i] - cells.support[j];
    out += (end - at) * gap * gap;
    at = end;
    if (end == end_a) of_a += cells.a[i], i = next(cells.a, i + 1);
    if (end == end_b) of_b += cells.b[j], j = next(cells.b, j + 1);
  }
  return out / (n * m);
}

double energy_distance(const Cells& cells) {
  double out = 0;
  walk(cells, [&](double width, double f, double g) { out += width * (f - g) * (f - g); });
  return std::sqrt(2 * out);
}

double cramer_von_mises(const Cells& cells) {
  const double n = sum_of(cells.a), m = sum_of(cells.b);
  double u = 0, below_a = 0, below_b = 0;
  for (std::size_t i = 0; i < cells.support.size(); ++i) {
    const double rank = below_a + below_b + (cells.a[i] + cells.b[i] + 1) / 2;
    u += n * squares_below(rank - below_a, cells.a[i]) +
         m * squares_below(rank - below_b, cells.b[i]);
    below_a += cells.a[i], below_b += cells.b[i];
  }
  return u / (n * m * (n + m)) - (4 * n * m - 1) / (6 * (n + m));
}

std::optional<double> anderson_darling(const Cells& cells) {
  const double n = sum_of(cells.a), m = sum_of(cells.b), total = n + m;
  if (n == 0 || m == 0 || total < 4) return std::nullopt;
  double sum = 0, below_a = 0, below = 0;
  for (std::size_t i = 0; i < cells.support.size(); ++i) {
    const double ties = cells.a[i] + cells.b[i];
    if (ties == total) return std::nullopt;  // all values are equal
    if (ties == 0) continue;
    const double middle = below + ties / 2;
    // Of the second sample the gap is the same with the other sign.
    const double gap = total * (below_a + cells.a[i] / 2) - n * middle;
    sum +=
        ties / total * gap * gap / (middle * (total - middle) - total * ties / 4) * (1 / n + 1 / m);
    below += ties, below_a += cells.a[i];
  }
  return (sum * (total - 1) / total - 1) / anderson_darling_deviation(n, m);
}

}  // namespace semblance
