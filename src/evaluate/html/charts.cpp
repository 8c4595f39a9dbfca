// SPDX-License-Identifier: Apache-2.0
// Pictures of the report as inline SVG. Colours are classes, so light, dark and print share them.
#include "evaluate/html/charts.hpp"

#include <algorithm>
#include <cmath>

#include "evaluate/html/text.hpp"

namespace semblance::html {
namespace {

std::string svg(double width, double height, const std::string& label, const std::string& body,
                const char* size = "wide") {
  return fmt::format(
      R"svg(<svg viewBox="0 0 {0:.0f} {1:.0f}" width="{0:.0f}" height="{1:.0f}" role="img" class="{4}" aria-label="{2}">{3}</svg>)svg",
      width, height, escape(label), body, size);
}

std::string text(double x, double y, std::string_view classes, const std::string& escaped) {
  return fmt::format(R"svg(<text x="{:.1f}" y="{:.1f}" class="{}">{}</text>)svg", x, y, classes,
                     escaped);
}

std::string rect(double x, double y, double width, double height, std::string_view classes,
                 const std::string& escaped_title = "") {
  const std::string title =
      escaped_title.empty() ? "" : fmt::format("<title>{}</title>", escaped_title);
  return fmt::format(
      R"svg(<rect x="{:.1f}" y="{:.1f}" width="{:.1f}" height="{:.1f}" class="{}">{}</rect>)svg", x,
      y, std::max(width, 0.0), std::max(height, 0.0), classes, title);
}

std::string line(double x1, double y1, double x2, double y2, std::string_view classes) {
  return fmt::format(R"svg(<line x1="{:.1f}" y1="{:.1f}" x2="{:.1f}" y2="{:.1f}" class="{}"/>)svg",
                     x1, y1, x2, y2, classes);
}

double largest(const std::vector<double>& values) {
  return values.empty() ? 0 : *std::max_element(values.begin(), values.end());
}

std::string percent(double share) { return fmt::format("{:.2f} %", 100 * share); }

/// Bars as a closed or open outline.
std::string outline(const std::vector<double>& shares, double width, double height, double top,
                    bool closed) {
  const double step = width / static_cast<double>(shares.size());
  const auto y = [&](double share) { return height - share / top * (height - 4); };
  std::string path = fmt::format("M0 {:.1f}", closed ? height : y(shares[0]));
  for (std::size_t i = 0; i < shares.size(); ++i) {
    const double left = step * static_cast<double>(i);
    path +=
        fmt::format("L{:.1f} {:.1f}L{:.1f} {:.1f}", left, y(shares[i]), left + step, y(shares[i]));
  }
  return closed ? path + fmt::format("L{:.1f} {:.1f}Z", width, height) : path;
}

std::string histogram(const ColumnPicture& c) {
  constexpr double kWidth = 264, kHeight = 96;
  const double top = std::max({largest(c.real), largest(c.synthetic), 1e-9});
  std::string body = fmt::format(R"svg(<path d="{}" class="real"/>)svg",
                                 outline(c.real, kWidth, kHeight, top, true));
  body += line(0, kHeight, kWidth, kHeight, "axis");
  body += fmt::format(R"svg(<path d="{}" class="synthetic-line"/>)svg",
                      outline(c.synthetic, kWidth, kHeight, top, false));
  const double step = kWidth / static_cast<double>(c.real.size());
  for (std::size_t i = 0; i < c.real.size(); ++i) {
    body += rect(step * static_cast<double>(i), 0, step, kHeight, "hover",
                 escape(fmt::format("from {}: real {}, synthetic {}", c.labels[i],
                                    percent(c.real[i]), percent(c.synthetic[i]))));
  }
  body += text(0, kHeight + 13, "tick", escape(c.low));
  body += text(kWidth, kHeight + 13, "tick end", escape(c.high));
  return svg(kWidth, kHeight + 16, "histogram of " + c.name, body);
}

/// Room for the longest of these labels, in characters of a tick.
double label_room(const std::vector<std::string>& labels, std::size_t most) {
  std::size_t longest = 0;
  for (const auto& label : labels) longest = std::max(longest, std::min(label.size(), most));
  return 12 + 6.4 * static_cast<double>(longest);
}

std::string category_bars(const ColumnPicture& c) {
  constexpr double kWidth = 264, kRow = 19;
  const double left = label_room(c.labels, 16);
  const double top = std::max({largest(c.real), largest(c.synthetic), 1e-9});
  std::string body;
  for (std::size_t i = 0; i < c.labels.size(); ++i) {
    const double y = kRow * static_cast<double>(i);
    const auto size = [&](double share) { return share / top * (kWidth - left - 4); };
    const std::string title = escape(fmt::format("{}: real {}, synthetic {}", c.labels[i],
                                                 percent(c.real[i]), percent(c.synthetic[i])));
    body += text(left - 6, y + 12, "tick end", clip(c.labels[i], 16));
    body += rect(left, y + 2, std::max(size(c.real[i]), 0.8), 7, "real");
    body += rect(left, y + 9.5, std::max(size(c.synthetic[i]), 0.8), 6, "synthetic");
    body += rect(0, y, kWidth, kRow, "hover", title);
  }
  body += line(left, 0, left, kRow * static_cast<double>(c.labels.size()), "axis");
  return svg(kWidth, kRow * static_cast<double>(std::max<std::size_t>(c.labels.size(), 1)),
             "categories of " + c.name, body);
}

/// The value axis of a track.
struct Axis {
  double left, right;  // values at the ends
  std::string left_label, right_label;
};

std::optional<Axis> axis_of(const Metric& m) {
  if (!m.value) return std::nullopt;
  if (m.id == "dcr_share") return Axis{0, 100, "0", "100 %: all copied"};
  if (m.group == Group::kCopying || !m.floor.value) {
    if (!m.holdout.value) return std::nullopt;
    const double widest = 1.3 * std::max(*m.value, *m.holdout.value);
    const double high = m.id == "nndr" || widest <= 0 ? 1 : widest;
    return Axis{0, high, "0", shown(high)};
  }
  if (!m.holdout.value || *m.holdout.value == *m.floor.value) return std::nullopt;
  const double reach = *m.holdout.value - *m.floor.value;
  return Axis{*m.floor.value, *m.holdout.value + 0.08 * reach, "floor " + shown(*m.floor.value),
              "real " + shown(*m.holdout.value)};
}

const char* shade_class(Shade shade, double value) {
  switch (shade) {
    case Shade::kAssociation:
      return "heat";
    case Shade::kDifference:
      return value > 0 ? "heat-more" : "heat-less";
    case Shade::kError:
      return "heat-error";
  }
  return "";
}

}  // namespace

std::string track(const Metric& m) {
  const auto axis = axis_of(m);
  if (!axis) return "";
  constexpr double kWidth = 264, kY = 14, kEdge = 6;
  const auto at = [&](double v) {
    const double share = (v - axis->left) / (axis->right - axis->left);
    return kEdge + std::clamp(share, -0.01, 1.01) * (kWidth - 2 * kEdge);
  };
  std::string body = rect(kEdge, kY - 3, kWidth - 2 * kEdge, 6, "rail");
  if (m.interval) {
    const double one = at(m.interval->lo), other = at(m.interval->hi);
    const double left = std::min(one, other), right = std::max(one, other);
    body += rect(left, kY - 3, std::max(right - left, 2.0), 6, "whisker");
  }
  if (m.holdout.value) {
    const double x = at(*m.holdout.value);
    body += line(x, kY - 10, x, kY + 10, "holdout");
  }
  body += fmt::format(R"svg(<circle cx="{:.1f}" cy="{:.1f}" r="5.5" class="dot"/>)svg",
                      at(*m.value), kY);
  body += text(kEdge, kY + 24, "tick", escape(axis->left_label));
  body += text(kWidth - kEdge, kY + 24, "tick end", escape(axis->right_label));
  return svg(kWidth, kY + 28, m.title + " between its floor and real rows", body, "narrow");
}

std::string distribution(const ColumnPicture& column) {
  if (column.labels.empty()) return "<p class=\"quiet\">no values</p>";
  return column.number ? histogram(column) : category_bars(column);
}

std::string heatmap(const std::vector<std::string>& names, const std::vector<double>& values,
                    Shade shade, double most) {
  const std::size_t n = names.size();
  const double cell = std::clamp(330.0 / static_cast<double>(n), 6.0, 44.0);
  const bool labels = cell >= 9;
  constexpr std::size_t kMostLetters = 15;
  std::size_t letters = 0;
  for (const auto& name : names) letters = std::max(letters, std::min(name.size(), kMostLetters));
  const double wide = 6.2 * static_cast<double>(letters);  // of the longest name, at most
  const double left = labels ? wide + 10 : 4, top = 4;
  const double side = cell * static_cast<double>(n);
  std::string body;
  for (std::size_t i = 0; i < n; ++i) {
    const double y = top + cell * static_cast<double>(i);
    if (labels) {
      body += text(left - 6, y + cell / 2 + 3.5, "tick end", clip(names[i], kMostLetters));
      body += fmt::format(
          R"svg(<text class="tick end" transform="translate({:.1f} {:.1f}) rotate(-50)">{}</text>)svg",
          left + cell * (static_cast<double>(i) + 0.62), top + side + 9,
          clip(names[i], kMostLetters));
    }
    for (std::size_t j = 0; j < n; ++j) {
      const double value = values[i * n + j];
      if (std::isnan(value) || i == j) continue;
      const double opacity = std::clamp(std::abs(value) / most, 0.0, 1.0);
      body += fmt::format(
          R"svg(<rect x="{:.1f}" y="{:.1f}" width="{:.1f}" height="{:.1f}" class="{}" fill-opacity="{:.3f}"><title>{} | {}: {}</title></rect>)svg",
          left + cell * static_cast<double>(j), y, cell - 1, cell - 1, shade_class(shade, value),
          opacity, escape(names[i]), escape(names[j]), shown(value));
    }
  }
  body += fmt::format(
      R"svg(<rect x="{:.1f}" y="{:.1f}" width="{:.1f}" height="{:.1f}" class="frame"/>)svg",
      left - 1, top - 1, side + 1, side + 1);
  return svg(left + side + 6, top + side + (labels ? 0.77 * wide + 18 : 6), "matrix", body);
}

std::string curves(const std::vector<CurvePicture>& all, const CurveAxes& axes) {
  constexpr double kSide = 300, kLeft = 46, kTop = 8;
  const double tall = axes.y_max - axes.y_min;
  const auto x = [&](double v) { return kLeft + std::min(v / axes.x_max, 1.0) * kSide; };
  const auto y = [&](double v) { return kTop + (axes.y_max - v) / tall * kSide * 0.8; };
  const auto named = [](double value, double most) {
    return most == 1 ? fmt::format("{:g}", value) : shown(value);
  };
  std::string body;
  for (const double tick : {0.0, 0.25, 0.5, 0.75, 1.0}) {
    const double height = axes.y_min + tick * tall;
    body += line(x(0), y(height), x(axes.x_max), y(height), "grid");
    body += text(kLeft - 6, y(height) + 4, "tick end", named(height, tall));
    body += text(x(tick * axes.x_max), y(axes.y_min) + 16, "tick middle",
                 named(tick * axes.x_max, axes.x_max));
  }
  if (axes.diagonal) body += line(x(0), y(0), x(1), y(1), "chance");
  for (std::size_t k = 0; k < all.size(); ++k) {
    std::string path;
    for (std::size_t i = 0; i < all[k].x.size(); ++i) {
      path +=
          fmt::format("{}{:.1f} {:.1f}", path.empty() ? "M" : "L", x(all[k].x[i]), y(all[k].y[i]));
      if (all[k].x[i] > axes.x_max) break;
    }
    body += fmt::format(R"svg(<path d="{}" class="curve curve-{}"><title>{}</title></path>)svg",
                        path, k, escape(all[k].name));
  }
  body += text(x(axes.x_max / 2), y(axes.y_min) + 34, "tick middle", escape(axes.x));
  body += fmt::format(
      R"svg(<text class="tick middle" transform="translate(11 {:.1f}) rotate(-90)">{}</text>)svg",
      y(axes.y_min + tall / 2), escape(axes.y));
  std::string legend = "<ul class=\"legend\">";
  for (std::size_t k = 0; k < all.size(); ++k)
    legend += fmt::format("<li><i class=\"key curve-{}\"></i>{}</li>", k, escape(all[k].name));
  return svg(kLeft + kSide + 12, y(axes.y_min) + 42, axes.y + " by " + axes.x, body) + legend +
         "</ul>";
}

std::string bars(const std::vector<BarPicture>& all, double lowest, double highest,
                 const std::string& unit) {
  constexpr double kWidth = 400, kLabel = 168, kValue = 62, kRow = 26;
  const auto at = [&](double v) {
    const double share = std::clamp((v - lowest) / (highest - lowest), 0.0, 1.0);
    return kLabel + share * (kWidth - kLabel - kValue);
  };
  std::string body;
  for (std::size_t i = 0; i < all.size(); ++i) {
    const BarPicture& bar = all[i];
    const double y = kRow * static_cast<double>(i);
    body += text(kLabel - 8, y + 17, "tick end", clip(bar.name, 27));
    body += rect(kLabel, y + 6, std::max(at(bar.value) - kLabel, 1.0), 14,
                 fmt::format("bar bar-{}", i), escape(bar.name));
    double end = at(bar.value);
    if (!bar.interval.method.empty()) {
      body += line(at(bar.interval.lo), y + 13, at(bar.interval.hi), y + 13, "error");
      body += line(at(bar.interval.lo), y + 9, at(bar.interval.lo), y + 17, "error");
      body += line(at(bar.interval.hi), y + 9, at(bar.interval.hi), y + 17, "error");
      end = std::max(end, at(bar.interval.hi));
    }
    body += text(end + 7, y + 17, "value", shown(bar.value) + escape(unit));
  }
  body += line(kLabel, 2, kLabel, kRow * static_cast<double>(all.size()), "axis");
  return svg(kWidth, kRow * static_cast<double>(std::max<std::size_t>(all.size(), 1)) + 4, "bars",
             body);
}

std::string dumbbells(const std::vector<DumbbellPicture>& all, const DumbbellAxis& axis) {
  constexpr double kWidth = 460, kValue = 108, kRow = 34;
  std::vector<std::string> names;
  for (const auto& row : all) names.push_back(row.name);
  const double room = std::min(label_room(names, 32), 200.0);
  const auto at = [&](double v) {
    const double share = std::clamp((v - axis.low) / (axis.high - axis.low), 0.0, 1.0);
    return room + share * (kWidth - room - kValue);
  };
  std::string body;
  const double bottom = kRow * static_cast<double>(all.size());
  for (const double tick : {0.0, 0.5, 1.0}) {
    const double value = axis.low + tick * (axis.high - axis.low);
    body += line(at(value), 0, at(value), bottom, "grid");
    body += text(at(value), bottom + 13, "tick middle", shown(value));
  }
  for (std::size_t i = 0; i < all.size(); ++i) {
    const double y = kRow * (static_cast<double>(i) + 0.5);
    const auto draw = [&](const BarPicture& bar, double offset, const std::string& kind) {
      if (!bar.interval.method.empty())
        body += line(at(bar.interval.lo), y + offset, at(bar.interval.hi), y + offset,
                     "reach reach-" + kind);
      body += fmt::format(R"svg(<circle cx="{:.1f}" cy="{:.1f}" r="4.5" class="dot dot-{}"/>)svg",
                          at(bar.value), y + offset, kind);
    };
    body += line(at(all[i].real.value), y - 4, at(all[i].synthetic.value), y + 4, "link");
    draw(all[i].real, -4, "real");
    draw(all[i].synthetic, 4, "synthetic");
    body += text(room - 8, y + 4, "tick end", clip(all[i].name, 32));
    body += text(kWidth - kValue + 10, y + 4, "value",
                 shown(all[i].synthetic.value) + " (" + shown(all[i].real.value) + ")");
  }
  return svg(kWidth, bottom + 18, "synthetic beside real", body);
}

}  // namespace semblance::html
