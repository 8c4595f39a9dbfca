// SPDX-License-Identifier: Apache-2.0
#include "smote/method.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <tuple>

#include "detail/check.hpp"
#include "semblance/core/log.hpp"

namespace semblance {
namespace {

constexpr std::int64_t kWorthATeam = 1'000;  ///< Queries that several threads search.

}  // namespace

Training::Training(Dataset rows, MethodOptions common, Seed fit_seed)
    : data(std::move(rows)),
      options(std::move(common)),
      classes(data),
      space(data, {.label = classes.target(), .standardize = options.standardize}),
      seed(fit_seed) {
  for (std::int32_t c = 0; c < classes.count(); ++c) {
    if (classes.size(c) > 0) static_cast<void>(usable_k(c));
  }
}

std::string Training::class_name(std::int32_t label) const {
  if (classes.target() < 0) return "the table";
  const Vocabulary& names = data.schema()[classes.target()].categories;
  return label < names.size() ? "class '" + names[label] + "'" : "the class of missing targets";
}

std::vector<std::int64_t> Training::others(std::int32_t label) const {
  std::vector<std::int64_t> out;
  out.reserve(static_cast<std::size_t>(data.rows() - classes.size(label)));
  for (std::int64_t i = 0; i < data.rows(); ++i) {
    if (classes.label(i) != label) out.push_back(i);
  }
  return out;
}

std::int64_t Training::usable_k(std::int32_t label) const {
  const std::int64_t n = classes.size(label);
  const bool columns = space.numeric() + space.categorical() > 0;
  if (n > options.k) return columns ? options.k : 0;
  require(options.small_class != SmallClass::kError,
          "{}.fit: {} has {} rows, k = {} neighbours need at least {}", options.name,
          class_name(label), n, options.k, options.k + 1);
  return columns && options.small_class == SmallClass::kClamp ? n - 1 : 0;
}

Neighbours Training::nearest(std::span<const std::int64_t> queries,
                             std::span<const std::int64_t> references, std::int64_t k,
                             const RunOptions& run) const {
  const auto count = static_cast<std::int64_t>(queries.size());
  if (k == 0 || count == 0) return {.queries = count, .k = k};
  const int threads = count < kWorthATeam ? 1 : worker_threads(run);
  return space.nearest(queries, references, k, {.stop = run.stop, .threads = threads});
}

std::vector<std::int64_t> Training::strangers(std::span<const std::int64_t> rows, std::int64_t m,
                                              const RunOptions& run) const {
  const bool columns = space.numeric() + space.categorical() > 0;
  const std::int64_t k = columns ? std::min(m, data.rows() - 1) : 0;
  const Neighbours found = nearest(rows, own_rows(data.rows()), k, run);
  std::vector<std::int64_t> out;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const auto near = found.indices(static_cast<std::int64_t>(i));
    out.push_back(std::count_if(near.begin(), near.end(),
                                [&](std::int64_t row) { return label(row) != label(rows[i]); }));
  }
  return out;
}

void Training::warn(std::int32_t label, std::string_view what) const {
  log(LogLevel::kWarning, fmt::format("{}: {} {}", options.name, class_name(label), what));
}

std::int64_t ClassPlan::place(std::int64_t row) const {
  const auto it = std::lower_bound(bases.begin(), bases.end(), row);
  return it != bases.end() && *it == row ? it - bases.begin() : -1;
}

std::vector<std::int64_t> Method::deal(const ClassPlan& plan, std::int64_t n, Seed seed) const {
  if (plan.weights.empty()) return {};
  return largest_remainder(plan.weights, n, seed);
}

Step Method::step(const ClassPlan& plan, const Turn& turn, Stream& stream) const {
  const auto near = plan.partners.of(turn.place);
  const std::int64_t neighbour = near.empty() ? plan.bases[static_cast<std::size_t>(turn.place)]
                                              : near[stream.below(near.size())];
  return {neighbour, stream.uniform()};
}

void Method::displace(const Drawn&, Stream&, std::span<double>) const {}

std::vector<double> Method::flaws(const Dataset&, std::span<const Drawn> rows,
                                  const RunOptions&) const {
  return std::vector<double>(rows.size(), 0.0);
}

bool Method::accepts(double, int) const { return true; }

void Method::join_class(ClassPlan& plan, const RunOptions& run) const {
  const auto members = training_.members(plan.label);
  plan.bases.assign(members.begin(), members.end());
  plan.partners.k = training_.usable_k(plan.label);
  // Room is made before the search: its answer would stay above all else that the search leaves on
  // the heap, and keep that from the system.
  plan.partners.rows.reserve(members.size() * static_cast<std::size_t>(plan.partners.k));
  const Neighbours found = training_.nearest(members, members, plan.partners.k, run);
  plan.partners.rows.assign(found.index.begin(), found.index.end());
}

std::vector<std::int64_t> largest_remainder(std::span<const double> weights, std::int64_t n,
                                            Seed seed) {
  const double total = std::accumulate(weights.begin(), weights.end(), 0.0);
  const Seed ties = derive(seed, "largest remainder");
  std::vector<std::int64_t> out(weights.size());
  std::vector<std::tuple<double, std::uint64_t, std::size_t>> left(weights.size());
  std::int64_t missing = n;
  for (std::size_t i = 0; i < weights.size(); ++i) {
    const double exact = weights[i] / total * static_cast<double>(n);
    out[i] = static_cast<std::int64_t>(std::floor(exact));
    left[i] = {static_cast<double>(out[i]) - exact, Stream(ties, i).bits64(), i};
    missing -= out[i];
  }
  std::sort(left.begin(), left.end());  // the largest remainder first
  for (std::size_t j = 0; missing > 0; ++j, --missing) ++out[std::get<2>(left[j % left.size()])];
  return out;
}

}  // namespace semblance
