// SPDX-License-Identifier: Apache-2.0
#include "semblance/evaluate/signals.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <utility>

#include "detail/check.hpp"
#include "semblance/evaluate/marginal.hpp"
#include "semblance/evaluate/scores.hpp"

namespace semblance {
namespace {

void check_alike(const Signals& real, const Signals& synthetic, const char* what) {
  require(real.channels == synthetic.channels,
          "{}: both must have the same channels, got {} and {}", what, real.channels,
          synthetic.channels);
}

/// Differences of neighbouring steps of one channel, all signals together.
std::vector<double> differences(const Signals& signals, std::int64_t channel) {
  std::vector<double> out;
  for (std::int64_t i = 0; i < signals.count; ++i) {
    const auto x = signals.channel(i, channel);
    for (std::size_t t = 1; t < x.size(); ++t) out.push_back(x[t] - x[t - 1]);
  }
  return out;
}

double statistic_of(std::vector<double> x, Statistic statistic) {
  const auto m = moments(x).value();
  if (statistic == Statistic::kMean) return m.mean;
  if (statistic == Statistic::kStandardDeviation) return std::sqrt(m.sample_variance());
  std::ranges::sort(x);
  return quantile(x, 0.5);
}

std::vector<double> statistics(const Signals& signals, std::int64_t channel, Statistic statistic) {
  std::vector<double> out;
  for (std::int64_t i = 0; i < signals.count; ++i)
    out.push_back(statistic_of(signals.channel(i, channel), statistic));
  return out;
}

/// 1 - KS of what `values` gives for each channel, mean over the channels.
template <class Values>
std::optional<double> mean_similarity(const Signals& real, const Signals& synthetic,
                                      Values values) {
  double sum = 0;
  for (std::int64_t c = 0; c < real.channels; ++c) {
    const auto distance = ks(values(real, c), values(synthetic, c));
    if (!distance) return std::nullopt;
    sum += 1 - *distance;
  }
  return sum / static_cast<double>(real.channels);
}

/// The channels of a long table: its real and integer columns but these two.
std::vector<std::int64_t> channels_of(const Dataset& table, std::int64_t key, std::int64_t time) {
  std::vector<std::int64_t> out;
  for (std::int64_t c = 0; c < table.schema().size(); ++c) {
    const Kind kind = table.schema()[c].kind;
    if (c == key || c == time || (kind != Kind::kReal && kind != Kind::kInteger)) continue;
    require(table.column(c).null_count() == 0, "signals_of: column '{}' has missing values",
            table.schema()[c].name);
    out.push_back(c);
  }
  require(!out.empty(), "signals_of: the table has no real or integer column besides key and time");
  return out;
}

/// Row numbers of every key, each in the order of time.
std::vector<std::vector<std::int64_t>> rows_by_key(const Dataset& table, std::int64_t key,
                                                   std::int64_t time) {
  std::map<std::string, std::size_t> known;
  std::vector<std::vector<std::int64_t>> out;
  for (std::int64_t i = 0; i < table.rows(); ++i) {
    const auto [at, added] = known.emplace(table.cell(i, key), out.size());
    if (added) out.emplace_back();
    out[at->second].push_back(i);
  }
  if (time < 0) return out;
  const Column& when = table.column(time);
  for (auto& rows : out)
    std::ranges::sort(rows, {}, [&](std::int64_t i) { return std::pair(when.number(i), i); });
  return out;
}

}  // namespace

std::vector<double> Signals::channel(std::int64_t i, std::int64_t c) const {
  std::vector<double> out;
  const float* value = values.data() + i * length * channels + c;
  for (std::int64_t t = 0; t < steps(i); ++t, value += channels)
    out.push_back(static_cast<double>(*value));
  return out;
}

Signals Signals::take(std::span<const std::int64_t> wanted) const {
  Signals out{std::ssize(wanted), length, channels, {}, {}};
  const std::int64_t size = length * channels;
  for (const auto i : wanted) {
    out.values.insert(out.values.end(), values.begin() + i * size, values.begin() + (i + 1) * size);
    if (!lengths.empty()) out.lengths.push_back(steps(i));
  }
  return out;
}

void Signals::validate() const {
  require(count >= 0 && length >= 1 && channels >= 1,
          "Signals: length and channels must be >= 1, got {} and {}", length, channels);
  require(std::ssize(values) == count * length * channels,
          "Signals: there must be count x length x channels values, got {} for {} x {} x {}",
          values.size(), count, length, channels);
  require(lengths.empty() || std::ssize(lengths) == count,
          "Signals: there must be one length a signal, got {} for {}", lengths.size(), count);
  for (std::int64_t i = 0; i < count; ++i) {
    require(steps(i) >= 1 && steps(i) <= length, "Signals: a length must be 1 to {}, got {}",
            length, steps(i));
    const float* first = values.data() + i * length * channels;
    for (std::int64_t j = 0; j < steps(i) * channels; ++j)
      require(std::isfinite(first[j]), "Signals: values must be finite, got {} in signal {}",
              first[j], i);
  }
}

Signals signals_of(const Column& column) {
  require(
      column.kind() == Kind::kTensor && (column.shape().size() == 1 || column.shape().size() == 2),
      "signals_of: needs a tensor column of shape [T] or [T, C]");
  require(column.null_count() == 0, "signals_of: the column has missing values");
  Signals out{
      column.size(), column.shape()[0], column.shape().size() == 2 ? column.shape()[1] : 1, {}, {}};
  if (column.element() == ElementType::kUInt8) {
    out.values.assign(column.bytes().begin(), column.bytes().end());
  } else {
    out.values.assign(column.floats().begin(), column.floats().end());
  }
  out.validate();
  return out;
}

Signals signals_of(const Dataset& table, const std::string& key, const std::string& time) {
  const std::int64_t key_column = table.schema().index(key);
  const std::int64_t time_column = time.empty() ? -1 : table.schema().index(time);
  const auto channels = channels_of(table, key_column, time_column);
  const auto rows = rows_by_key(table, key_column, time_column);
  Signals out{std::ssize(rows), 1, std::ssize(channels), {}, {}};
  for (const auto& of_one : rows) {
    out.lengths.push_back(std::ssize(of_one));
    out.length = std::max(out.length, std::ssize(of_one));
  }
  out.values.assign(static_cast<std::size_t>(out.count * out.length * out.channels), 0.0F);
  for (std::size_t i = 0; i < rows.size(); ++i) {
    float* value = out.values.data() + static_cast<std::int64_t>(i) * out.length * out.channels;
    for (const auto row : rows[i]) {
      for (const auto c : channels) *value++ = static_cast<float>(table.column(c).number(row));
    }
  }
  out.validate();
  return out;
}

std::optional<double> inter_row_similarity(const Signals& real, const Signals& synthetic) {
  check_alike(real, synthetic, "inter_row_similarity");
  return mean_similarity(real, synthetic, differences);
}

std::optional<double> signal_statistic_similarity(const Signals& real, const Signals& synthetic,
                                                  Statistic statistic) {
  check_alike(real, synthetic, "signal_statistic_similarity");
  return mean_similarity(real, synthetic, [&](const Signals& signals, std::int64_t c) {
    return statistics(signals, c, statistic);
  });
}

std::optional<double> length_distance(const Signals& real, const Signals& synthetic) {
  const auto lengths = [](const Signals& signals) {
    std::vector<double> out;
    for (std::int64_t i = 0; i < signals.count; ++i)
      out.push_back(static_cast<double>(signals.steps(i)));
    return out;
  };
  return ks(lengths(real), lengths(synthetic));
}

}  // namespace semblance
