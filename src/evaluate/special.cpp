// SPDX-License-Identifier: Apache-2.0
#include "evaluate/special.hpp"

#include <cmath>
#include <limits>

namespace semblance {
namespace {

constexpr double kEpsilon = 1e-16;
constexpr double kTiny = std::numeric_limits<double>::min() / kEpsilon;
constexpr int kTerms = 10'000;

/// 1 - Q by its power series; converges fast for x < a + 1.
double lower_series(double a, double x) {
  double term = 1 / a, sum = term;
  for (int n = 1; n < kTerms && std::abs(term) > kEpsilon * std::abs(sum); ++n) {
    term *= x / (a + n);
    sum += term;
  }
  return sum * std::exp(a * std::log(x) - x - std::lgamma(a));
}

/// A continued fraction b0 + a1/(b1 + a2/(b2 + ...)) by the modified Lentz algorithm.
template <class A, class B>
double continued_fraction(double b0, A numerator, B denominator) {
  double value = b0 == 0 ? kTiny : b0, c = value, d = 0;
  for (int n = 1; n < kTerms; ++n) {
    d = denominator(n) + numerator(n) * d;
    d = 1 / (d == 0 ? kTiny : d);
    c = denominator(n) + numerator(n) / c;
    if (c == 0) c = kTiny;
    value *= c * d;
    if (std::abs(c * d - 1) < kEpsilon) break;
  }
  return value;
}

double beta_fraction(double a, double b, double x) {
  const auto numerator = [=](int n) {
    if (n == 1) return 1.0;
    const double m = (n - 1) / 2;  // NOLINT(bugprone-integer-division): d_{2m}, d_{2m+1}
    return n % 2 == 1 ? m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m))
                      : -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1));
  };
  const double front = std::exp(std::lgamma(a + b) - std::lgamma(a) - std::lgamma(b) +
                                a * std::log(x) + b * std::log1p(-x));
  return front / a * continued_fraction(0, numerator, [](int) { return 1.0; });
}

}  // namespace

double gamma_q(double a, double x) {
  if (x <= 0) return 1;
  if (x < a + 1) return 1 - lower_series(a, x);
  const double fraction = continued_fraction(
      0, [=](int n) { return n == 1 ? 1.0 : -(n - 1) * (n - 1 - a); },
      [=](int n) { return x + 2 * n - 1 - a; });
  return fraction * std::exp(a * std::log(x) - x - std::lgamma(a));
}

double beta_i(double a, double b, double x) {
  if (x <= 0) return 0;
  if (x >= 1) return 1;
  return x < (a + 1) / (a + b + 2) ? beta_fraction(a, b, x) : 1 - beta_fraction(b, a, 1 - x);
}

double beta_quantile(double p, double a, double b) {
  double low = 0, high = 1;
  for (int step = 0; step < 200 && low < high; ++step) {
    const double middle = low + (high - low) / 2;
    if (middle == low || middle == high) break;
    (beta_i(a, b, middle) < p ? low : high) = middle;
  }
  return low + (high - low) / 2;
}

}  // namespace semblance
