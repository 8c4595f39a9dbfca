// SPDX-License-Identifier: Apache-2.0
// The last section of the page: every number.
#include <algorithm>

#include "evaluate/html/metrics.hpp"
#include "evaluate/p_values.hpp"

namespace semblance::html {
namespace {

constexpr std::size_t kMostDetails = 25;

std::string detail_table(const Metric& m) {
  if (m.details.empty()) return "";
  const bool tested =
      std::ranges::any_of(m.details, [](const Detail& d) { return d.p_adjusted.has_value(); });
  std::string out = fmt::format(
      "<div class=\"scroll\"><table><thead><tr><th>where</th><th>measure</th><th>synthetic</th>"
      "<th>real</th>{}</tr></thead><tbody>",
      tested ? "<th>p</th><th>p, adjusted</th>" : "");
  const auto p = [&](const std::optional<double>& value) {
    return tested ? fmt::format("<td>{}</td>", value ? escape(shown_p(*value)) : "–") : "";
  };
  for (std::size_t i = 0; i < std::min(m.details.size(), kMostDetails); ++i) {
    const Detail& d = m.details[i];
    out += fmt::format("<tr><td>{}</td><td>{}</td><td>{}</td><td>{}</td>{}{}</tr>", escape(d.name),
                       escape(d.measure), shown(d.value), shown(d.holdout), p(d.p_value),
                       p(d.p_adjusted));
  }
  out += "</tbody></table></div>";
  if (m.details.size() > kMostDetails)
    out += fmt::format("<p>The worst {} of {}.</p>", kMostDetails, m.details.size());
  return out;
}

/// Under the interval.
std::string p_note(const Metric& m) {
  if (!m.p_value) return "";
  return fmt::format("<div class=\"note\">p {}{}</div>", *m.p_value < 1e-4 ? "" : "= ",
                     escape(shown_p(*m.p_value)));
}

std::string table_row(const Metric& m) {
  std::string about = escape(m.meaning);
  if (m.holdout.value) about += " Real: " + escape(m.holdout.meaning) + ".";
  if (!m.floor.meaning.empty()) about += " Floor: " + escape(m.floor.meaning) + ".";
  if (m.interval)
    about +=
        fmt::format(" Interval: {:g} %, {}.", 100 * m.interval->level, escape(m.interval->method));
  if (m.p_value) about += fmt::format(" {}. {}", escape(p_in_words(m)), escape(kAboutPValues));
  if (m.seed_deviation)
    about +=
        fmt::format(" Standard deviation over the judge's seeds: {}.", shown(m.seed_deviation));
  if (m.draw_deviation)
    about += fmt::format(" Standard deviation over {} synthetic tables: {}.", m.draws.size(),
                         shown(m.draw_deviation));
  if (m.status != Status::kOk) about = escape(m.reason) + ". " + about;
  return fmt::format(
      "<tr><td>{}{}<details><summary>{}</summary>{}{}</details></td><td>{}</td><td>{}</td><td>{}</"
      "td><td>{}</td><td>{}"
      "</td></tr>",
      escape(m.title), m.unit.empty() ? "" : " [" + escape(m.unit) + "]", escape(m.id), about,
      detail_table(m), shown(m.value), interval(m) + p_note(m), shown(m.holdout.value),
      shown(m.floor.value), chip(m));
}

}  // namespace

std::string full_table(const Report& r) {
  std::string out =
      "<section><h2>Every number</h2><p>Real: the same measure on real rows. Floor: on rows that "
      "lost what it "
      "measures. Open a line for its meaning and its parts.</p><div "
      "class=\"scroll\"><table><thead><tr><th>measure</th>"
      "<th>synthetic</th><th>interval</th><th>real</th><th>floor</th><th></th></tr></thead>";
  std::optional<Group> group;
  for (const Metric& m : r.metrics) {
    if (group != m.group) {
      out +=
          fmt::format("{}<tbody class=\"head\"><tr><th colspan=\"6\">{}</th></tr></tbody><tbody>",
                      group ? "</tbody>" : "", heading(m.group));
      group = m.group;
    }
    out += table_row(m);
  }
  return out + (group ? "</tbody>" : "") + "</table></div></section>";
}

}  // namespace semblance::html
