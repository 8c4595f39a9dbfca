// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cmath>

#include "detail/check.hpp"
#include "evaluate/p_values.hpp"
#include "semblance/evaluate/report.hpp"

namespace semblance {
namespace {

constexpr int kWide = 110;  // from here on, every reference has its own column

/// Four significant digits, never in exponents for the sizes that occur.
std::string shown(const std::optional<double>& value) {
  if (!value) return "-";
  const double size = std::abs(*value);
  if (size >= 1000) return fmt::format("{:.0f}", *value);
  return size >= 10 ? fmt::format("{:.2f}", *value) : fmt::format("{:.4f}", *value);
}

std::string shown(const std::optional<Interval>& interval) {
  return interval ? fmt::format("{} to {}", shown(interval->lo), shown(interval->hi)) : "";
}

const char* colour_of(Grade grade) {
  switch (grade) {
    case Grade::kExcellent:
    case Grade::kGood:
      return "\x1b[32m";
    case Grade::kFair:
      return "\x1b[33m";
    case Grade::kWeak:
      return "\x1b[31m";
    case Grade::kNone:
      break;
  }
  return "";
}

/// The columns on a terminal that UTF-8 text takes, taking every code point as one.
std::size_t columns_of(std::string_view text) {
  return static_cast<std::size_t>(std::ranges::count_if(
      text, [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }));
}

std::string fit(std::string text, std::size_t width) {
  while (columns_of(text) > width) {
    while (!text.empty() && (static_cast<unsigned char>(text.back()) & 0xC0) == 0x80)
      text.pop_back();
    if (!text.empty()) text.pop_back();
  }
  return text + std::string(width - columns_of(text), ' ');
}

std::string wrap(std::string_view text, std::size_t width, std::string_view indent) {
  std::string out, line(indent);
  bool empty = true;
  while (!text.empty()) {
    const auto word = text.substr(0, text.find(' '));
    text.remove_prefix(std::min(text.size(), word.size() + 1));
    if (!empty && columns_of(line) + columns_of(word) + 1 > width) {
      out += line + "\n";
      line = std::string(indent);
      empty = true;
    }
    if (!empty) line += ' ';
    line += word;
    empty = false;
  }
  return out + line + "\n";
}

/// One line a rule, its number or the reason that there is none behind it.
std::string gate_table(const std::vector<GateOutcome>& gates, std::size_t width) {
  std::string out = gates.empty() ? "" : "Gates: fail if\n";
  for (const GateOutcome& g : gates) {
    const std::string found = g.value ? fmt::format("{} = {}", g.metric, shown(g.value)) : g.reason;
    out +=
        wrap(fmt::format("{}  {}: {}", g.passed ? "passed" : "FAILED", g.rule, found), width, "  ");
  }
  return out;
}

/// Whether two metrics lack a value for the same reason.
bool same_absence(const Metric& a, const Metric& b) {
  return a.group == b.group && a.status != Status::kOk && a.status == b.status &&
         a.reason == b.reason;
}

class Table {
 public:
  /// \param draws  Whether there are several synthetic tables.
  Table(const TextStyle& style, bool draws)
      : style_(style),
        width_(static_cast<std::size_t>(style.width)),
        wide_(style.width >= kWide),
        draws_(draws) {}

  std::string head() const {
    const std::string interval = wide_ ? fmt::format("  {:<20}", "95 % interval") : "";
    return row(fmt::format("{:>9}{}{}{}{}", "synthetic", between("between"), interval,
                           reference("real"), reference("floor")),
               "", "verdict");
  }

  std::string line(const Metric& m) const {
    const std::string interval = wide_ ? fmt::format("  {:<20}", shown(m.interval)) : "";
    const std::string verdict = style_.colour && m.grade != Grade::kNone
                                    ? colour_of(m.grade) + m.verdict + "\x1b[0m"
                                    : m.verdict;
    const std::string unit = m.unit.empty() ? "" : " [" + m.unit + "]";
    const std::string p = p_in_words(m);
    return row(fmt::format("{:>9}{}{}{}{}", shown(m.value), between(shown(m.draw_deviation)),
                           interval, reference(shown(m.holdout.value)),
                           reference(shown(m.floor.value))),
               m.title + unit, verdict) +
           (p.empty() ? "" : wrap(p, width_, "      "));
  }

  /// Metrics of a group that lack a value for the same reason.
  std::string absent(const Metric& first, std::size_t more) const {
    const std::string why = fmt::format("{}: {}", to_string(first.status), first.reason);
    const std::string others = more > 0 ? fmt::format(" (and {} more)", more) : "";
    return "  " + first.title + others + "\n" + wrap(why, width_, "      ");
  }

 private:
  /// The column of standard deviations between tables.
  std::string between(const std::string& cell) const {
    return draws_ ? fmt::format("  {:>8}", cell) : "";
  }

  /// The column of a reference.
  std::string reference(const std::string& cell) const {
    return fmt::format("{:>{}}", cell, wide_ ? 11 : 9);
  }

  /// Numbers to the right of the title, the verdict last; one line where it fits, else two.
  std::string row(const std::string& numbers, const std::string& title,
                  const std::string& verdict) const {
    constexpr std::size_t kVerdict = 18;  // "no sign of copying"
    const std::size_t left = width_ - numbers.size() - kVerdict - 4;
    if (columns_of(title) <= left) return "  " + fit(title, left) + numbers + "  " + verdict + "\n";
    return "  " + title + "\n  " + std::string(left, ' ') + numbers + "  " + verdict + "\n";
  }

  TextStyle style_;
  std::size_t width_;
  bool wide_, draws_;
};

/// What was compared with what.
std::string opening(const ReportProvenance& p) {
  std::string out = p.synthetic_tables > 1
                        ? fmt::format("{} synthetic tables, the first of {} {},",
                                      p.synthetic_tables, p.synthetic_rows, p.things)
                        : fmt::format("{} synthetic {}", p.synthetic_rows, p.things);
  out += fmt::format(" against {} training {}", p.train_rows, p.things);
  out += p.holdout_rows > 0 ? fmt::format(" and {} unseen ones", p.holdout_rows) : ", no holdout";
  return out + fmt::format("; {} {}; seed {}", p.columns,
                           p.things == "rows"      ? "columns"
                           : p.things == "signals" ? "channels"
                                                   : "features",
                           static_cast<std::uint64_t>(p.seed));
}

}  // namespace

std::string Report::to_text(const TextStyle& style) const {
  require(style.width >= 60 && style.width <= 200, "TextStyle.width must be 60 to 200, got {}",
          style.width);
  const auto& p = provenance;
  const auto width = static_cast<std::size_t>(style.width);
  std::string out = wrap(opening(p), width, "");
  const Table table(style, p.synthetic_tables > 1);
  out += table.head();
  std::optional<Group> group;
  for (auto m = metrics.begin(); m != metrics.end(); ++m) {
    if (group != m->group) out += fmt::format("{}\n", heading(m->group));
    group = m->group;
    const auto same = [&](const Metric& other) { return same_absence(*m, other); };
    if (m->status == Status::kOk)
      out += table.line(*m);
    else if (std::none_of(metrics.begin(), m, same))
      out += table.absent(*m, static_cast<std::size_t>(std::count_if(m + 1, metrics.end(), same)));
  }
  out += gate_table(gates, width);
  if (!warnings.empty()) out += "Warnings\n";
  for (const auto& warning : warnings) out += wrap("- " + warning, width, "  ");
  out += wrap(
      fmt::format(
          "real: unseen real {} (or real training) in place of the synthetic ones. "
          "floor: {} that lost what the line measures.{}",
          p.things, p.things,
          p.synthetic_tables > 1 ? " between: standard deviation over the synthetic tables." : ""),
      width, "");
  if (any_p_value(metrics)) out += wrap(kAboutPValues, width, "");
  if (!p.extractor.empty()) out += wrap(fmt::format("Features: {}.", p.extractor), width, "");
  out += wrap(fmt::format("Judge: {}. Measured in {:.1f} s.", p.judge, p.seconds), width, "");
  return out;
}

}  // namespace semblance
