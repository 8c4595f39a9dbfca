// SPDX-License-Identifier: Apache-2.0
// The report as one page. Everything that came from the data is escaped before it is written.
#include <algorithm>
#include <array>
#include <cmath>

#include "evaluate/html/charts.hpp"
#include "evaluate/html/metrics.hpp"
#include "evaluate/html/style.hpp"
#include "evaluate/html/text.hpp"
#include "semblance/evaluate/report.hpp"

namespace semblance {
namespace {

using html::chip;
using html::escape;
using html::grouped;
using html::interval;
using html::shown;
using html::unit;

/// Columns that a matrix shows before it becomes unreadable.
constexpr std::size_t kMostInMatrix = 60;
constexpr std::size_t kMostDistributions = 60;

constexpr std::array kHeadlines = {"shape_error",
                                   "pair_tvd",
                                   "marginal",
                                   "acf",
                                   "psd",
                                   "context_fd",
                                   "feature_frechet",
                                   "c2st_holdout",
                                   "clipped_coverage",
                                   "utility",
                                   "ts_predictive",
                                   "dcr_share",
                                   "ims",
                                   "mia_auc",
                                   "bias_amplification"};

std::string header(const Report& r) {
  const auto& p = r.provenance;
  const auto fact = [](const char* name, const std::string& value) {
    return fmt::format("<li>{} <b>{}</b></li>", name, escape(value));
  };
  std::string out =
      fmt::format("<header><h1>How good are these synthetic {}?</h1>", escape(p.things));
  if (p.synthetic_tables > 1)
    out += fmt::format(
        "<p>Of {} synthetic tables the first is shown; how far every number moves "
        "between them stands in the last table.</p>",
        p.synthetic_tables);
  out += fmt::format("<p>{} synthetic {} were compared with the {} real {} they were learned from",
                     grouped(p.synthetic_rows), p.things, grouped(p.train_rows), p.things);
  out += p.holdout_rows > 0 ? fmt::format(" and with {} real {} that the generator never saw.</p>",
                                          grouped(p.holdout_rows), p.things)
                            : fmt::format(". No unseen real {} were given.</p>", p.things);
  const char* columns = p.things == "rows"      ? "columns"
                        : p.things == "signals" ? "channels"
                                                : "features";
  out += "<ul class=\"facts\">" + fact(columns, std::to_string(p.columns));
  if (!p.extractor.empty()) out += fact("extractor", p.extractor);
  if (!p.target.empty()) out += fact("target", p.target);
  out += fact("seed", std::to_string(static_cast<std::uint64_t>(p.seed))) + fact("judge", p.judge) +
         fact("semblance", p.version) + fact("measured in", fmt::format("{:.1f} s", p.seconds));
  return out + "</ul></header>";
}

std::string score_card(const Metric& m) {
  std::string out = fmt::format("<article class=\"card\"><div class=\"top\"><h3>{}</h3>{}</div>",
                                escape(m.title), chip(m));
  if (m.value) {
    const std::string range = interval(m).empty() ? "" : interval(m) + unit(m);
    out += fmt::format("<div class=\"big\">{}{} <small>{}</small></div>", shown(*m.value), unit(m),
                       range);
    out += html::track(m);
  } else {
    out += fmt::format("<p>{}</p>", escape(m.reason));
  }
  return out + fmt::format("<p>{}</p></article>", escape(m.meaning));
}

std::string scorecard(const Report& r) {
  std::string out =
      "<section><h2>Scorecard</h2><ul class=\"legend\"><li><i class=\"key synthetic\"></i>these "
      "rows, with "
      "interval</li><li><i class=\"key holdout\"></i>real rows in their place</li><li>left end: "
      "rows that "
      "lost what is measured</li></ul><div class=\"grid\">";
  for (const char* id : kHeadlines) {
    if (r.has(id) && (r[id].value || r[id].group != Group::kFairness)) out += score_card(r[id]);
    if (std::string_view(id) == "c2st_holdout" && r.has("c2st_train") && r.has(id) && !r[id].value)
      out += score_card(r["c2st_train"]);
  }
  return out + "</div></section>";
}

std::string caveats(const Report& r) {
  if (r.warnings.empty()) return "";
  std::string out = "<section class=\"warnings\"><h3>Before you trust these numbers</h3><ul>";
  for (const auto& warning : r.warnings) out += "<li>" + escape(warning) + "</li>";
  return out + "</ul></section>";
}

std::string gate_list(const Report& r) {
  if (r.gates.empty()) return "";
  std::string out =
      "<section><h2>Gates</h2><p>Rules that this report must not meet.</p><div class=\"scroll\">"
      "<table><thead><tr><th>fails if</th><th>measure</th><th>found</th><th></th></tr></thead>"
      "<tbody>";
  for (const GateOutcome& g : r.gates) {
    out += fmt::format(
        "<tr><td>{}</td><td>{}</td><td>{}</td><td><span class=\"chip {}\">{}</span></td></tr>",
        escape(g.rule), escape(g.metric), g.value ? shown(g.value) : escape(g.reason),
        g.passed ? "good" : "weak", g.passed ? "passed" : "failed");
  }
  return out + "</tbody></table></div></section>";
}

std::string distributions(const Report& r) {
  const auto& all = r.pictures.distributions;
  if (all.empty()) return "";
  std::string out =
      "<section><h2>Columns</h2><p>Every column, real and synthetic, the worst first. Behind each "
      "error stands "
      "what unseen real rows get. Categories with fewer than 5 training rows are pooled.</p>"
      "<ul class=\"legend\"><li><i class=\"key\"></i>real</li><li><i class=\"key "
      "synthetic\"></i>synthetic</li>"
      "</ul><div class=\"grid\">";
  for (std::size_t i = 0; i < std::min(all.size(), kMostDistributions); ++i) {
    const auto& c = all[i];
    out += fmt::format(
        "<figure class=\"card\" style=\"margin:0\"><div class=\"top\"><h3>{}</h3><span "
        "class=\"note\">{} {} % "
        "<span title=\"unseen real rows\">({})</span></span></div>{}",
        escape(c.name), c.number ? "KS" : "TVD", shown(c.error), shown(c.expected_error),
        html::distribution(c));
    if (c.real_missing > 0 || c.synthetic_missing > 0) {
      out += fmt::format(
          "<figcaption class=\"note\">missing: real {:.2f} %, synthetic {:.2f} %</figcaption>",
          100 * c.real_missing, 100 * c.synthetic_missing);
    }
    out += "</figure>";
  }
  out += "</div>";
  if (all.size() > kMostDistributions)
    out += fmt::format("<p class=\"quiet\">{} more columns are in the table below.</p>",
                       all.size() - kMostDistributions);
  return out + "</section>";
}

/// The upper left part of a matrix.
std::vector<double> corner(const std::vector<double>& values, std::size_t n, std::size_t most) {
  std::vector<double> out;
  for (std::size_t i = 0; i < most; ++i)
    out.insert(out.end(), values.begin() + static_cast<std::ptrdiff_t>(i * n),
               values.begin() + static_cast<std::ptrdiff_t>(i * n + most));
  return out;
}

std::string panel(const std::string& title, const std::string& about, const std::string& picture) {
  return fmt::format("<figure class=\"card\" style=\"margin:0\"><h3>{}</h3><p>{}</p>{}</figure>",
                     title, about, picture);
}

std::string matrices(const Report& r) {
  const auto& p = r.pictures;
  if (p.pair_error.values.empty()) return "";
  const std::size_t n = p.columns.size(), most = std::min(n, kMostInMatrix);
  const std::vector<std::string> names(p.columns.begin(),
                                       p.columns.begin() + static_cast<std::ptrdiff_t>(most));
  const auto real = corner(p.real_association.values, n, most);
  const auto synthetic = corner(p.synthetic_association.values, n, most);
  const auto error = corner(p.pair_error.values, n, most);
  std::vector<double> gap(real.size());
  std::transform(synthetic.begin(), synthetic.end(), real.begin(), gap.begin(), std::minus<>{});
  const double worst = *std::max_element(error.begin(), error.end());
  double widest = 0;
  for (const double g : gap) widest = std::isnan(g) ? widest : std::max(widest, std::abs(g));
  std::string out =
      "<section><h2>Pairs of columns</h2><p>How strongly any two columns hang together "
      "(correlation, correlation "
      "ratio or Cramér's V, 0 to 1), and where the synthetic rows miss it.</p><div class=\"pair\">";
  out += panel("Real", "Strength of association in the training rows.",
               html::heatmap(names, real, html::Shade::kAssociation, 1));
  out += panel("Synthetic", "The same in the synthetic rows.",
               html::heatmap(names, synthetic, html::Shade::kAssociation, 1));
  out += panel(
      "Difference",
      fmt::format(
          "Full colour: {} or more.<span class=\"legend\"><span><i class=\"key more\"></i>too "
          "strong</span><span><i class=\"key less\"></i>too weak</span></span>",
          shown(std::max(widest, 0.1))),
      html::heatmap(names, gap, html::Shade::kDifference, std::max(widest, 0.1)));
  out += panel("Error of the joint table",
               fmt::format("Share of rows in the wrong cell, in percent; full colour: {} %.",
                           shown(std::max(worst, 5.0))),
               html::heatmap(names, error, html::Shade::kError, std::max(worst, 5.0)));
  out += "</div>";
  if (n > most) out += fmt::format("<p class=\"quiet\">The first {} of {} columns.</p>", most, n);
  return out + "</section>";
}

std::string detection(const Report& r) {
  const auto& p = r.pictures;
  if (p.roc.empty()) return "";
  std::string out =
      "<section><h2>Told apart</h2><p>A classifier learns to tell real from synthetic rows. A "
      "curve on the diagonal "
      "means that it can only guess.</p><div class=\"pair\"><figure class=\"card\" "
      "style=\"margin:0\"><h3>How well it "
      "does</h3>";
  out += html::curves(
      p.roc, {.x = "real rows taken for synthetic", .y = "synthetic rows found", .diagonal = true});
  out +=
      "</figure><figure class=\"card\" style=\"margin:0\"><h3>What gives the rows "
      "away</h3><p>Columns that the "
      "classifier's splits gained most from. Meaningful where it does better than guessing.</p>";
  const double top = p.giveaways.empty() ? 1 : std::max(p.giveaways.front().value, 1e-9);
  out += html::bars(p.giveaways, 0, top, " %");
  return out + "</figure></div></section>";
}

constexpr const char* kDots =
    "<ul class=\"legend\"><li><i class=\"key dot real\"></i>real</li><li><i class=\"key dot "
    "synthetic\"></i>synthetic; the number behind it in brackets is the real one</li></ul>";

/// Lowest and highest end of all rows, widened to whole steps.
html::DumbbellAxis axis_of(const std::vector<DumbbellPicture>& rows, double step) {
  double low = rows[0].real.value, high = low;
  for (const auto& row : rows) {
    for (const BarPicture* bar : {&row.synthetic, &row.real}) {
      const bool wide = !bar->interval.method.empty();
      low = std::min(low, wide ? bar->interval.lo : bar->value);
      high = std::max(high, wide ? bar->interval.hi : bar->value);
    }
  }
  const double from = std::floor(low / step) * step, to = std::ceil(high / step) * step;
  return {from, std::max(to, from + step)};
}

/// Every judge: its score when taught by synthetic and by real rows.
std::string forest(const Report& r) {
  const auto& judges = r.pictures.judges;
  if (judges.empty()) return "";
  return fmt::format(
      "<figure class=\"card\" style=\"margin:0\"><h3>Every judge</h3><p>{} on unseen rows, "
      "trained on synthetic and on real rows, with intervals.</p>{}{}</figure>",
      escape(r.pictures.utility_score), html::dumbbells(judges, axis_of(judges, 0.1)), kDots);
}

std::string usefulness(const Report& r) {
  const auto& p = r.pictures;
  if (p.utility.empty()) return "";
  double lowest = 1;
  for (const auto& bar : p.utility) lowest = std::min(lowest, bar.interval.lo);
  const double from = p.utility_score == "AUC" && lowest > 0.4 ? 0.4 : 0;
  std::string out = fmt::format(
      "<section><h2>Usefulness</h2><p>Models that predict <b>{}</b>, all tested on the same unseen "
      "real rows; score: "
      "{}{}.</p><div class=\"pair\"><div class=\"card utility\">",
      escape(r.provenance.target), escape(p.utility_score), from > 0 ? " (bars start at 0.4)" : "");
  out += html::bars(p.utility, from, 1, "") + "</div>";
  out += forest(r) + "</div><div class=\"grid\">";
  for (const char* id : {"utility_gap", "augmentation_gain", "feature_importance_overlap",
                         "coef_overlap", "calibration_gap"}) {
    if (r.has(id) && r[id].value) out += score_card(r[id]);
  }
  return out + "</div></section>";
}

std::string copying(const Report& r) {
  const auto& all = r.pictures.distances;
  if (all.empty()) return "";
  double far = 1e-6;
  for (const auto& c : all) {
    if (c.x.size() > 195) far = std::max(far, c.x[195]);
  }
  std::string out =
      "<section><h2>Copying</h2><p>Distance from each row to its nearest record. Synthetic rows "
      "should be as far from "
      "the training rows as unseen real rows are, and no nearer to them than to unseen rows. This "
      "detects copies; it is "
      "no evidence of privacy.</p><div class=\"pair\"><figure class=\"card\" "
      "style=\"margin:0\"><h3>Share of rows "
      "within a distance</h3>";
  out += html::curves(
      all, {.x = "Gower distance to the nearest record", .y = "share of rows", .x_max = far});
  out += "</figure><div>";
  for (const char* id : {"dcr_p5", "nndr"}) {
    if (r.has(id)) out += score_card(r[id]) + "<div style=\"height:16px\"></div>";
  }
  return out + "</div></div></section>";
}

/// A section with a card for each metric of a group that has a value.
/// \param picture  Shown above the cards.
std::string cards(const Report& r, Group group, const char* about,
                  const std::string& picture = "") {
  std::string inside;
  for (const Metric& m : r.metrics) {
    if (m.group == group && m.value) inside += score_card(m);
  }
  if (inside.empty()) return "";
  return fmt::format("<section><h2>{}</h2><p>{}</p>{}<div class=\"grid\">{}</div></section>",
                     heading(group), about, picture, inside);
}

/// Gaps between groups, real beside synthetic.
std::string fairness_gaps(const Report& r) {
  std::vector<DumbbellPicture> rows;
  for (const char* id : {"base_rate", "dp_gap", "eo_gap"}) {
    if (!r.has(id) || !r[id].value || !r[id].holdout.value) continue;
    const Metric& m = r[id];
    rows.push_back({m.title,
                    {"synthetic", *m.value, m.interval.value_or(Interval{})},
                    {"real", *m.holdout.value, {}}});
  }
  if (rows.empty()) return "";
  return "<div class=\"pair\"><figure class=\"card\" style=\"margin:0\"><h3>Gaps between "
         "groups</h3><p>The widest gap between two groups of a sensitive column. Synthetic rows "
         "should keep the real one, neither hide nor widen it.</p>" +
         html::dumbbells(rows, axis_of(rows, 0.1)) + kDots + "</figure></div>";
}

/// Curves of signals: mean autocorrelation and spectrum of the worst channel.
std::string in_time(const Report& r) {
  if (r.pictures.plots.empty()) return "";
  std::string out =
      "<section><h2>In time</h2><p>How signals hang together from step to step: means over all "
      "signals, of the channel that is worst.</p><div class=\"pair\">";
  for (const PlotPicture& plot : r.pictures.plots) {
    html::CurveAxes axes{.x = plot.x, .y = plot.y, .x_max = 1e-9};
    double low = 0, high = 1e-9;
    for (const auto& curve : plot.curves) {
      for (const double x : curve.x) axes.x_max = std::max(axes.x_max, x);
      for (const double y : curve.y) low = std::min(low, y), high = std::max(high, y);
    }
    axes.y_min = low;
    axes.y_max = high;
    out += fmt::format("<figure class=\"card\" style=\"margin:0\"><h3>{}</h3><p>{}</p>{}</figure>",
                       escape(plot.title), escape(plot.about), html::curves(plot.curves, axes));
  }
  return out + "</div></section>";
}

constexpr const char* kDiversity =
    "Whether the synthetic rows cover all kinds of real rows and no others. Equally many rows of "
    "each table are compared.";
constexpr const char* kPrivacy =
    "Attacks on the training rows. What works as well on unseen rows is no leak; the left end is "
    "what publishing the training rows would give away.";
constexpr const char* kFairness =
    "Groups of the sensitive columns, in the data and in the decisions of a model that was trained "
    "on it.";

}  // namespace

std::string Report::to_html() const {
  std::string out =
      "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" "
      "content=\"width=device-width,initial-scale=1\"><title>Synthetic data report</title><style>";
  out += html::kStyle;
  out += "</style></head><body><main>";
  out += header(*this) + scorecard(*this) + gate_list(*this) + caveats(*this) +
         distributions(*this) + matrices(*this) + in_time(*this) + detection(*this) +
         cards(*this, Group::kDiversity, kDiversity) + usefulness(*this) + copying(*this) +
         cards(*this, Group::kPrivacy, kPrivacy) +
         cards(*this, Group::kFairness, kFairness, fairness_gaps(*this)) + html::full_table(*this);
  out += fmt::format(
      "<footer>Made by semblance {} with seed {}. The same tables, seed and version give the same "
      "numbers. This page "
      "holds aggregates of the training rows; treat it as you treat "
      "them.</footer></main></body></html>\n",
      escape(provenance.version), static_cast<std::uint64_t>(provenance.seed));
  return out;
}

}  // namespace semblance
