// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <chrono>
#include <cmath>
#include <map>
#include <numeric>

#include "detail/check.hpp"
#include "evaluate/evaluator.hpp"

namespace semblance {
namespace {

constexpr std::size_t kMostBars = 24;        // of a number
constexpr std::size_t kMostCategories = 10;  // the others share a bar
constexpr double kRare = 5;                  // training rows below which a category is not named

std::string date(double microseconds) {
  const std::chrono::sys_time at{std::chrono::microseconds{std::llround(microseconds)}};
  const std::chrono::year_month_day day{std::chrono::floor<std::chrono::days>(at)};
  return fmt::format("{:04}-{:02}-{:02}", static_cast<int>(day.year()),
                     static_cast<unsigned>(day.month()), static_cast<unsigned>(day.day()));
}

std::string label(Kind kind, double value) {
  if (kind == Kind::kDatetime) return date(value);
  const double size = std::abs(value);
  if (size >= 1e6) return fmt::format("{:.3g}M", value / 1e6);
  return size >= 1e4 ? fmt::format("{:.3g}k", value / 1e3) : fmt::format("{:.4g}", value);
}

std::vector<double> present(const std::vector<double>& values) {
  std::vector<double> out;
  std::ranges::copy_if(values, std::back_inserter(out), [](double v) { return !std::isnan(v); });
  std::ranges::sort(out);
  return out;
}

double missing_share(const Frame::Series& column) {
  const auto gaps =
      column.number ? std::ranges::count_if(column.numbers, [](double v) { return std::isnan(v); })
                    : std::ranges::count(column.codes, -1);
  const auto n = static_cast<double>(column.numbers.size() + column.codes.size());
  return n > 0 ? static_cast<double>(gaps) / n : 0;
}

std::vector<double> shares(std::vector<double> counts) {
  const double total = std::accumulate(counts.begin(), counts.end(), 0.0);
  for (double& c : counts) c = total > 0 ? c / total : 0;
  return counts;
}

/// The bars of a number: one a value where there are few, else bins of equal width between the
/// 0.5th and the 99.5th percentile; the outer bars hold what lies beyond.
struct NumberBars {
  double low = 0, width = 1;
  std::size_t count = 1;

  NumberBars(const std::vector<double>& sorted, bool whole) {
    if (sorted.empty()) return;
    low = quantile(sorted, 0.005);
    const double high = quantile(sorted, 0.995);
    if (high <= low) return;
    if (whole && high - low < kMostBars) {
      low -= 0.5;
      count = static_cast<std::size_t>(std::llround(high - low - 0.5)) + 1;
      return;
    }
    count = kMostBars;
    width = (high - low) / kMostBars;
    if (whole) {
      width = std::ceil(width);
      count = static_cast<std::size_t>(std::ceil((high - low + 1) / width));
      low -= 0.5;
    }
  }
  [[nodiscard]] std::vector<double> counts(const std::vector<double>& values) const {
    std::vector<double> out(count, 0);
    for (const double v : values) {
      if (std::isnan(v)) continue;
      const double at = std::clamp((v - low) / width, 0.0, static_cast<double>(count - 1));
      out[static_cast<std::size_t>(at)] += 1;
    }
    return shares(std::move(out));
  }
};

void draw_number(ColumnPicture& out, const Tables& t, std::size_t c, Kind kind) {
  const auto& real = t.train_frame.columns[c].numbers;
  const NumberBars bars(present(real), kind == Kind::kInteger);
  for (std::size_t b = 0; b < bars.count; ++b) {
    const double edge = bars.low + bars.width * static_cast<double>(b);
    out.labels.push_back(label(kind, kind == Kind::kInteger ? std::ceil(edge) + 0.0 : edge));
  }
  out.low = out.labels.front();
  const double top = bars.low + bars.width * static_cast<double>(bars.count);
  out.high = label(kind, kind == Kind::kInteger ? std::floor(top) : top);
  out.real = bars.counts(real);
  out.synthetic = bars.counts(t.synthetic_frame.columns[c].numbers);
  if (t.holdout) out.holdout = bars.counts(t.reference_frame.columns[c].numbers);
}

void draw_categories(ColumnPicture& out, const Tables& t, std::size_t c, const Vocabulary& names) {
  std::map<std::int32_t, double> counts;
  for (const auto code : t.train_frame.columns[c].codes) {
    if (code >= 0) counts[code] += 1;
  }
  std::vector<std::pair<double, std::int32_t>> order;
  for (const auto& [code, n] : counts) {
    if (n >= kRare) order.emplace_back(-n, code);
  }
  std::ranges::sort(order);
  if (order.size() > kMostCategories + 1) order.resize(kMostCategories);
  std::map<std::int32_t, std::size_t> bar;
  for (const auto& [n, code] : order) {
    bar[code] = out.labels.size();
    out.labels.push_back(names[code]);
  }
  const std::size_t others = out.labels.size();
  const auto pooled = static_cast<std::size_t>(names.size()) - others;
  if (pooled > 0) out.labels.push_back(fmt::format("{} other{}", pooled, pooled == 1 ? "" : "s"));
  const auto count = [&](const std::vector<std::int32_t>& codes) {
    std::vector<double> n(out.labels.size(), 0);
    for (const auto code : codes) {
      const auto at = bar.find(code);
      if (code >= 0) n[at == bar.end() ? others : at->second] += 1;
    }
    return shares(std::move(n));
  };
  out.real = count(t.train_frame.columns[c].codes);
  out.synthetic = count(t.synthetic_frame.columns[c].codes);
  if (t.holdout) out.holdout = count(t.reference_frame.columns[c].codes);
}

}  // namespace

ColumnPicture picture_of(const Tables& t, std::size_t c) {
  const Field& field = t.train.schema()[static_cast<std::int64_t>(c)];
  ColumnPicture out;
  out.name = field.name;
  out.number = t.number(c);
  out.real_missing = missing_share(t.train_frame.columns[c]);
  out.synthetic_missing = missing_share(t.synthetic_frame.columns[c]);
  if (out.number) {
    draw_number(out, t, c, field.kind);
  } else {
    draw_categories(out, t, c, field.categories);
  }
  return out;
}

}  // namespace semblance
