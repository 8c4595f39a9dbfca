// SPDX-License-Identifier: Apache-2.0
// What SMOTE gives away: real records, from synthetic rows alone.
#include <algorithm>
#include <array>
#include <cmath>
#include <iostream>
#include <optional>
#include <semblance/semblance.hpp>
#include <vector>

namespace sb = semblance;

constexpr std::size_t kDim = 6;
using Point = std::array<double, kDim>;

struct Line {
  Point through, direction;  // of length 1
};

Point minus(const Point& a, const Point& b, double times = 1) {
  Point out = a;
  for (std::size_t j = 0; j < kDim; ++j) out[j] -= times * b[j];
  return out;
}
double dot(const Point& a, const Point& b) {
  double sum = 0;
  for (std::size_t j = 0; j < kDim; ++j) sum += a[j] * b[j];
  return sum;
}
double distance(const Point& a, const Point& b) { return std::sqrt(dot(minus(a, b), minus(a, b))); }

/// The direction from a to b, with a positive first coordinate.
Point direction(const Point& a, const Point& b) {
  const Point d = minus(b, a);
  const double length = std::copysign(std::sqrt(dot(d, d)), d[0]);
  return minus(Point{}, d, -1 / length);
}

/// Lines through three synthetic rows or more: chance makes none, SMOTE makes them all the time.
std::vector<Line> lines(const std::vector<Point>& rows) {
  std::vector<Line> out;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    std::vector<Point> seen;
    for (std::size_t j = i + 1; j < rows.size(); ++j) seen.push_back(direction(rows[i], rows[j]));
    std::sort(seen.begin(), seen.end());
    for (std::size_t j = 1; j < seen.size(); ++j) {
      if (distance(seen[j - 1], seen[j]) < 1e-9) out.push_back({rows[i], seen[j]});
    }
  }
  return out;
}

/// Where two lines meet.
std::optional<Point> crossing(const Line& a, const Line& b) {
  const double cosine = dot(a.direction, b.direction), rest = 1 - cosine * cosine;
  if (rest < 1e-9) return {};
  const Point between = minus(b.through, a.through);
  const double s = (dot(between, a.direction) - cosine * dot(between, b.direction)) / rest;
  const double t = (cosine * dot(between, a.direction) - dot(between, b.direction)) / rest;
  const Point on_a = minus(a.through, a.direction, -s), on_b = minus(b.through, b.direction, -t);
  return distance(on_a, on_b) < 1e-6 ? std::optional(on_a) : std::nullopt;
}

/// The points in which lines meet.
std::vector<Point> crossings(const std::vector<Line>& all) {
  std::vector<Point> out;
  for (std::size_t i = 0; i < all.size(); ++i) {
    for (std::size_t j = i + 1; j < all.size(); ++j) {
      const auto point = crossing(all[i], all[j]);
      const auto known = [&](const Point& p) { return distance(p, *point) < 1e-4; };
      if (point && std::none_of(out.begin(), out.end(), known)) out.push_back(*point);
    }
  }
  return out;
}

/// 1,000 frequent rows and 100 rare ones, all numbers random.
sb::Dataset patients() {
  std::vector<sb::Field> fields;
  std::vector<sb::Column> columns;
  for (std::size_t j = 0; j < kDim; ++j) {
    std::vector<double> values;
    for (std::uint64_t i = 0; i < 1100; ++i) {
      values.push_back(sb::Stream(sb::derive(sb::Seed{1}, j), i).normal() + (i < 1000 ? 0 : 1));
    }
    fields.push_back({.name = "x" + std::to_string(j)});
    columns.push_back(sb::Column::reals(values));
  }
  std::vector<std::int32_t> ill(1100, 0);
  std::fill(ill.begin() + 1000, ill.end(), 1);
  fields.push_back({.name = "ill", .kind = sb::Kind::kCategorical, .role = sb::Role::kTarget});
  fields.back().categories = sb::Vocabulary({"no", "yes"});
  columns.push_back(sb::Column::categories(ill));
  return {sb::Schema(fields), columns};
}

std::vector<Point> points(const sb::Dataset& rows) {
  std::vector<Point> out(static_cast<std::size_t>(rows.rows()));
  for (std::size_t j = 0; j < kDim; ++j) {
    const auto values = rows.column("x" + std::to_string(j)).reals();
    for (std::size_t i = 0; i < out.size(); ++i) out[i][j] = values[i];
  }
  return out;
}

int main() {
  const sb::Dataset train = patients();
  sb::Smote smote;
  smote.fit(train, sb::Seed{2});
  const sb::Dataset balanced = sb::balance(train, smote, sb::Seed{3});

  // The attacker has the new rows only.
  const auto published = points(balanced.slice(1100, balanced.rows() - 1100));
  const auto found = crossings(lines(published));

  const auto records = points(train.slice(1000, 100));
  const auto near = [](const std::vector<Point>& all, const Point& p) {
    return std::any_of(all.begin(), all.end(),
                       [&](const Point& q) { return distance(p, q) < 1e-6; });
  };
  const auto hits =
      std::count_if(records.begin(), records.end(), [&](const Point& p) { return near(found, p); });
  const auto wrong =
      std::count_if(found.begin(), found.end(), [&](const Point& p) { return !near(records, p); });
  std::cout << published.size() << " synthetic rows of 100 real records\n"
            << hits << " records reconstructed to six decimals, " << wrong << " wrong\n";
}
