// SPDX-License-Identifier: Apache-2.0
#include "evaluate/shadow_features.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "semblance/evaluate/scores.hpp"
#include "semblance/evaluate/statistics.hpp"

namespace semblance {
namespace {

void summarise(const Frame::Series& column, std::vector<double>& out) {
  if (column.number) {
    std::vector<double> known;
    std::ranges::copy_if(column.numbers, std::back_inserter(known),
                         [](double v) { return !std::isnan(v); });
    std::ranges::sort(known);
    const auto m = moments(known);
    out.push_back(m ? m->mean : 0);
    out.push_back(m ? quantile(known, 0.5) : 0);
    out.push_back(m ? m->variance : 0);
    return;
  }
  std::vector<double> counts;
  for (const auto code : column.codes) {
    const auto at = static_cast<std::size_t>(code + 1);
    if (at >= counts.size()) counts.resize(at + 1, 0);
    counts[at] += 1;
  }
  out.push_back(static_cast<double>(std::ranges::count_if(counts, [](double n) { return n > 0; })));
  out.push_back(*std::ranges::max_element(counts) / static_cast<double>(column.codes.size()));
}

std::vector<double> summaries(const Frame& table) {
  std::vector<double> out;
  for (const auto& column : table.columns) summarise(column, out);
  return out;
}

std::vector<double> histograms(const CodedTable& table) {
  std::vector<double> out;
  for (std::size_t c = 0; c < table.codes.size(); ++c) {
    const auto& codes = table.codes[c];
    std::vector<double> shares(static_cast<std::size_t>(table.widths[c]), 0);
    for (const auto code : codes)
      shares[static_cast<std::size_t>(code)] += 1 / static_cast<double>(codes.size());
    out.insert(out.end(), shares.begin(), shares.end());
  }
  return out;
}

/// Covariances of all pairs of coordinates, variances included.
std::vector<double> covariances(Points points) {
  const auto d = static_cast<std::size_t>(points.dim);
  const auto n = static_cast<double>(points.rows);
  std::vector<double> mean(d, 0), out(d * (d + 1) / 2, 0);
  for (std::size_t i = 0; i < points.values.size(); ++i) mean[i % d] += points.values[i] / n;
  for (std::size_t i = 0; i < points.values.size(); ++i) points.values[i] -= mean[i % d];
  for (std::int64_t i = 0; i < points.rows; ++i) {
    const double* x = points.values.data() + i * points.dim;
    std::size_t at = 0;
    for (std::size_t a = 0; a < d; ++a)
      for (std::size_t b = 0; b <= a; ++b) out[at++] += x[a] * x[b] / n;
  }
  return out;
}

}  // namespace

ShadowFeatures::ShadowFeatures(const Dataset& data, const Dataset& targets)
    : frame_(data),
      bins_(frame_),
      embed_(frame_),
      gower_(data, GowerGap::kMidpoint),
      targets_(gower_.encode(targets)) {}

ShadowFeatures::Release ShadowFeatures::operator()(const Dataset& released,
                                                   const RunOptions& run) const {
  const Frame table(released);
  std::vector<std::int64_t> all(static_cast<std::size_t>(released.rows()));
  std::iota(all.begin(), all.end(), std::int64_t{0});
  Release out;
  out.shared = {summaries(table), histograms(bins_.code(table)), covariances(embed_(table, all))};
  const std::int64_t k = std::min<std::int64_t>(5, released.rows());
  const auto near = gower_.nearest(targets_, gower_.encode(released), k, {.run = run});
  for (std::int64_t t = 0; t < targets_.rows; ++t) {
    const auto d = near.distances(t);
    const double mean = std::accumulate(d.begin(), d.end(), 0.0) / static_cast<double>(k);
    out.by_target.push_back({d[0] == 0 ? 1.0 : 0.0, d[0], std::log(d[0] + 1e-6), mean});
  }
  return out;
}

}  // namespace semblance
