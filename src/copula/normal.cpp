// SPDX-License-Identifier: Apache-2.0
#include "copula/normal.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <numbers>

namespace semblance::normal {
namespace {

using Coefficients = std::array<double, 8>;  // of 1, x, x^2, ...

// AS 241, PPND16: numerators and denominators near the middle, in the tails, far out.
constexpr Coefficients kA = {3.3871328727963666080, 133.14166789178437745, 1971.5909503065514427,
                             13731.693765509461125, 45921.953931549871457, 67265.770927008700853,
                             33430.575583588128105, 2509.0809287301226727};
constexpr Coefficients kB = {1.0,
                             42.313330701600911252,
                             687.18700749205790830,
                             5394.1960214247511077,
                             21213.794301586595867,
                             39307.895800092710610,
                             28729.085735721942674,
                             5226.4952788528545610};
constexpr Coefficients kC = {1.42343711074968357734,   4.63033784615654529590,
                             5.76949722146069140550,   3.64784832476320460504,
                             1.27045825245236838258,   0.241780725177450611770,
                             0.0227238449892691845833, 7.74545014278341407640e-4};
constexpr Coefficients kD = {1.0,
                             2.05319162663775882187,
                             1.67638483018380384940,
                             0.689767334985100004550,
                             0.148103976427480074590,
                             0.0151986665636164571966,
                             5.47593808499534494600e-4,
                             1.05075007164441684324e-9};
constexpr Coefficients kE = {6.65790464350110377720,    5.46378491116411436990,
                             1.78482653991729133580,    0.296560571828504891230,
                             0.0265321895265761230930,  0.00124266094738807843860,
                             2.71155556874348757815e-5, 2.01033439929228813265e-7};
constexpr Coefficients kF = {1.0,
                             0.599832206555887937690,
                             0.136929880922735805310,
                             0.0148753612908506148525,
                             7.86869131145613259100e-4,
                             1.84631831751005468180e-5,
                             1.42151175831644588870e-7,
                             2.04426310338993978564e-15};

double polynomial(const Coefficients& c, double x) {
  double out = 0;
  for (std::size_t i = c.size(); i-- > 0;) out = out * x + c[i];
  return out;
}

double ratio(const Coefficients& a, const Coefficients& b, double x) {
  return polynomial(a, x) / polynomial(b, x);
}

}  // namespace

double density(double z) {
  return std::exp(-0.5 * z * z) / std::sqrt(2 * std::numbers::pi);  // 0 at both infinities
}

double cdf(double z) { return 0.5 * std::erfc(-z / std::numbers::sqrt2); }

double quantile(double p) {
  constexpr double kInfinity = std::numeric_limits<double>::infinity();
  if (!(p > 0)) return -kInfinity;
  if (!(p < 1)) return kInfinity;
  const double q = p - 0.5;
  if (std::abs(q) <= 0.425) return q * ratio(kA, kB, 0.180625 - q * q);
  const double r = std::sqrt(-std::log(q < 0 ? p : 1 - p));
  const double z = r <= 5 ? ratio(kC, kD, r - 1.6) : ratio(kE, kF, r - 5);
  return q < 0 ? -z : z;
}

double mass(double low, double high) {
  return std::max(0.0, low > 0 ? cdf(-low) - cdf(-high) : cdf(high) - cdf(low));
}

double within(double low, double high, double u) {
  if (low > 0) return -within(-high, -low, 1 - u);
  const double from = cdf(low), share = cdf(high) - from;
  if (!(share > 0)) return std::clamp(0.0, low, high);
  constexpr double kLeast = 1e-300, kMost = 1 - 0x1p-53;
  return std::clamp(quantile(std::clamp(from + u * share, kLeast, kMost)), low, high);
}

}  // namespace semblance::normal
