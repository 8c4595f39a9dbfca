// SPDX-License-Identifier: Apache-2.0
#include "semblance/evaluate/coverage.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <unordered_map>

#include "detail/check.hpp"
#include "evaluate/joint_codes.hpp"
#include "semblance/evaluate/marginal.hpp"

namespace semblance {
namespace {

/// Numbers pairs of codes as they occur.
class Numbering {
 public:
  std::int32_t operator()(std::int32_t first, std::int32_t second) {
    const auto key = (static_cast<std::uint64_t>(static_cast<std::uint32_t>(first)) << 32) |
                     static_cast<std::uint32_t>(second);
    return known_.try_emplace(key, static_cast<std::int32_t>(known_.size())).first->second;
  }
  [[nodiscard]] std::int32_t size() const { return static_cast<std::int32_t>(known_.size()); }

 private:
  std::unordered_map<std::uint64_t, std::int32_t> known_;
};

/// Counts of the joint cells of both sides.
struct JointCounts {
  std::vector<double> a, b;
};

JointCounts count_cells(CodeColumns a, CodeColumns b) {
  require(a.size() == b.size() && !a.empty(),
          "joint tables: both sides must have equally many columns, got {} and {}", a.size(),
          b.size());
  for (const auto side : {a, b}) {
    for (const auto column : side)
      require(column.size() == side[0].size(),
              "joint tables: a side's columns must have one length, "
              "got {} and {}",
              side[0].size(), column.size());
  }
  const JointCodes codes = join_codes(a, b);
  JointCounts out{std::vector<double>(static_cast<std::size_t>(codes.cells), 0), {}};
  out.b = out.a;
  for (const auto c : codes.a) out.a[static_cast<std::size_t>(c)] += 1;
  for (const auto c : codes.b) out.b[static_cast<std::size_t>(c)] += 1;
  return out;
}

}  // namespace

JointCodes join_codes(std::span<const CodeSpan> a, std::span<const CodeSpan> b) {
  JointCodes out{std::vector<std::int32_t>(a[0].size(), 0),
                 std::vector<std::int32_t>(b[0].size(), 0), 1};
  for (std::size_t c = 0; c < a.size(); ++c) {
    Numbering number;
    for (std::size_t i = 0; i < out.a.size(); ++i) out.a[i] = number(out.a[i], a[c][i]);
    for (std::size_t i = 0; i < out.b.size(); ++i) out.b[i] = number(out.b[i], b[c][i]);
    out.cells = number.size();
  }
  return out;
}

std::optional<double> joint_tvd(CodeColumns a, CodeColumns b) {
  const JointCounts counts = count_cells(a, b);
  return tvd(counts.a, counts.b);
}

std::optional<double> cell_coverage(CodeColumns real, CodeColumns synthetic) {
  const JointCounts counts = count_cells(real, synthetic);
  double known = 0, hit = 0;
  for (std::size_t i = 0; i < counts.a.size(); ++i) {
    known += counts.a[i] > 0 ? 1 : 0;
    hit += counts.a[i] > 0 && counts.b[i] > 0 ? 1 : 0;
  }
  if (known == 0) return std::nullopt;
  return hit / known;
}

std::optional<double> rare_coverage(std::span<const double> real, std::span<const double> synthetic,
                                    double most) {
  require(real.size() == synthetic.size(),
          "rare_coverage: both count vectors must have the same cells, got {} and {}", real.size(),
          synthetic.size());
  double rare = 0, hit = 0;
  for (std::size_t i = 0; i < real.size(); ++i) {
    if (real[i] <= 0 || real[i] > most) continue;
    rare += 1;
    hit += synthetic[i] > 0 ? 1 : 0;
  }
  if (rare == 0) return std::nullopt;
  return hit / rare;
}

std::optional<double> entropy(std::span<const double> counts) {
  const double n = std::accumulate(counts.begin(), counts.end(), 0.0);
  if (n <= 0) return std::nullopt;
  double out = 0;
  for (const double c : counts) {
    if (c > 0) out -= c / n * std::log(c / n);
  }
  return out;
}

}  // namespace semblance
