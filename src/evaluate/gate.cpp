// SPDX-License-Identifier: Apache-2.0
#include "semblance/evaluate/gate.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <utility>

#include "detail/check.hpp"
#include "detail/names.hpp"
#include "evaluate/catalogue/names.hpp"
#include "semblance/evaluate/catalogue.hpp"

namespace semblance {
namespace {

constexpr std::array kFields = {"value", "lo", "hi", "holdout", "floor", "normalised"};

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
  while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
  return text;
}

/// The name, operator and limit of a rule, as text.
struct Parts {
  std::string_view name, comparison, limit;
};

Parts cut(std::string_view rule) {
  const auto at = rule.find_first_of("<>");
  require(at != std::string_view::npos && !trimmed(rule.substr(0, at)).empty(),
          "the rule '{}' must read METRIC OPERATOR NUMBER, like 'c2st > 0.8'", rule);
  const std::size_t width = rule.substr(at + 1).starts_with('=') ? 2 : 1;
  return {trimmed(rule.substr(0, at)), rule.substr(at, width), trimmed(rule.substr(at + width))};
}

double number_of(std::string_view text, std::string_view rule) {
  double out = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out);
  require(error == std::errc() && end == text.data() + text.size() && std::isfinite(out),
          "the rule '{}' must end in a number, got '{}'", rule, text);
  return out;
}

GateOperator operator_of(std::string_view text) {
  if (text == "<") return GateOperator::kLess;
  if (text == "<=") return GateOperator::kLessEqual;
  return text == ">" ? GateOperator::kGreater : GateOperator::kGreaterEqual;
}

/// Ids of the metric or family of this name; `group` empty: in any group.
std::vector<std::string> ids_of(std::string name, std::string_view group) {
  std::ranges::replace(name, '.', '_');
  std::vector<std::string> own, family;
  for (const MetricInfo& info : catalogue()) {
    if (!group.empty() && !in_group(info, group)) continue;
    if (info.id == name) own.emplace_back(info.id);
    if (info.family == name) family.emplace_back(info.id);
  }
  return own.empty() ? family : own;
}

/// Fills metrics and field from "[group.]metric[.field]"; false where no metric fits.
bool resolve(Gate& gate, const std::string& name) {
  const auto find = [&](const std::string& path, std::string_view group) {
    gate.metrics = ids_of(path, group);
    gate.field = GateField::kValue;
    const auto dot = path.rfind('.');
    if (!gate.metrics.empty() || dot == std::string::npos) return !gate.metrics.empty();
    const auto field = std::ranges::find(kFields, path.substr(dot + 1));
    if (field == kFields.end()) return false;
    gate.metrics = ids_of(path.substr(0, dot), group);
    gate.field = static_cast<GateField>(field - kFields.begin());
    return !gate.metrics.empty();
  };
  if (find(name, "")) return true;
  const auto dot = name.find('.');
  return dot != std::string::npos && is_group(name.substr(0, dot)) &&
         find(name.substr(dot + 1), name.substr(0, dot));
}

[[noreturn]] void fail_unknown(const std::string& name) {
  std::string bare = name;
  const auto dot = bare.find('.');
  if (dot != std::string::npos && is_group(bare.substr(0, dot))) bare = bare.substr(dot + 1);
  fail("there is no metric '{}'; {}", name, did_you_mean(bare, metric_names()));
}

std::optional<double> field_of(const Metric& m, GateField field) {
  switch (field) {
    case GateField::kValue:
      return m.value;
    case GateField::kLo:
      return m.interval ? std::optional(m.interval->lo) : std::nullopt;
    case GateField::kHi:
      return m.interval ? std::optional(m.interval->hi) : std::nullopt;
    case GateField::kHoldout:
      return m.holdout.value;
    case GateField::kFloor:
      return m.floor.value;
    case GateField::kNormalised:
      return m.normalised;
  }
  return std::nullopt;
}

bool holds(double value, GateOperator comparison, double limit) {
  switch (comparison) {
    case GateOperator::kLess:
      return value < limit;
    case GateOperator::kLessEqual:
      return value <= limit;
    case GateOperator::kGreater:
      return value > limit;
    case GateOperator::kGreaterEqual:
      return value >= limit;
  }
  return false;
}

/// Why the metric that a gate names has no number.
std::string reason_of(const Report& report, const Gate& gate) {
  const std::string& id = gate.metrics.front();
  if (!report.has(id)) {
    const auto& all = catalogue();
    const auto it = std::ranges::find(all, id, &MetricInfo::id);
    for (const Metric& m : report.metrics) {
      if (m.group == it->group && m.status != Status::kOk)  // why the whole group is not there
        return fmt::format("{}: {}", to_string(m.status), m.reason);
    }
    return "it was not measured";
  }
  const Metric& m = report[id];
  if (m.status != Status::kOk) return fmt::format("{}: {}", to_string(m.status), m.reason);
  return fmt::format("it has no '{}'", kFields.at(static_cast<std::size_t>(gate.field)));
}

GateOutcome outcome_of(const Report& report, const Gate& gate) {
  GateOutcome out;
  out.rule = gate.rule;
  out.metric = gate.metrics.front();
  for (const std::string& id : gate.metrics) {
    if (out.value || !report.has(id)) continue;
    out.value = field_of(report[id], gate.field);
    if (out.value) out.metric = id;
  }
  if (!out.value) out.reason = reason_of(report, gate);
  out.passed = out.value && !holds(*out.value, gate.comparison, gate.limit);
  return out;
}

}  // namespace

Gate parse_gate(std::string_view rule) {
  const Parts parts = cut(rule);
  Gate out;
  out.rule = trimmed(rule);
  out.comparison = operator_of(parts.comparison);
  out.limit = number_of(parts.limit, rule);
  const std::string name(parts.name);
  if (!resolve(out, name)) fail_unknown(name);
  return out;
}

std::vector<std::string> with_gates(std::vector<std::string> metrics, std::span<const Gate> gates) {
  const auto chosen = select_metrics(metrics);
  const auto is_chosen = [&](const std::string& id) {
    return std::ranges::find(chosen, id) != chosen.end();
  };
  for (const Gate& gate : gates) {
    if (std::ranges::any_of(gate.metrics, is_chosen)) continue;
    if (metrics.empty()) metrics.emplace_back("default");
    metrics.insert(metrics.end(), gate.metrics.begin(), gate.metrics.end());
  }
  return metrics;
}

bool apply_gates(Report& report, std::span<const Gate> gates) {
  report.gates.clear();
  for (const Gate& gate : gates) report.gates.push_back(outcome_of(report, gate));
  return std::ranges::all_of(report.gates, &GateOutcome::passed);
}

}  // namespace semblance
