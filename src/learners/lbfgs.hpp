// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <deque>
#include <functional>
#include <numeric>
#include <vector>

namespace semblance {

/// Minimises a smooth function by L-BFGS with a backtracking (Armijo) line search [1].
///
/// [1] Nocedal, Wright, "Numerical Optimization", 2nd ed., algorithms 3.1, 7.4 and 7.5.
class Lbfgs {
 public:
  using Vector = std::vector<double>;
  /// Returns f(w) and writes its gradient.
  using Function = std::function<double(const Vector& w, Vector& gradient)>;

  Lbfgs(std::int64_t iterations, double tolerance)
      : iterations_(iterations), tolerance_(tolerance) {}

  /// Improves `w` until no component of the gradient exceeds the tolerance, or steps run out.
  void minimise(const Function& f, Vector& w) {
    Vector gradient(w.size());
    double value = f(w, gradient);
    for (std::int64_t step = 0; step < iterations_ && largest(gradient) > tolerance_; ++step) {
      const Vector direction = descend(gradient);
      if (!search(f, direction, w, value, gradient)) return;
    }
  }

 private:
  static constexpr std::size_t kMemory = 8;
  struct Pair {
    Vector s, y;
    double rho;
  };

  static double dot(const Vector& a, const Vector& b) {
    return std::inner_product(a.begin(), a.end(), b.begin(), 0.0);
  }
  static void add(Vector& a, double factor, const Vector& b) {
    for (std::size_t i = 0; i < a.size(); ++i) a[i] += factor * b[i];
  }
  static double largest(const Vector& g) {
    double out = 0;
    for (const double v : g) out = std::max(out, std::abs(v));
    return out;
  }

  /// -H g by the two-loop recursion.
  Vector descend(const Vector& gradient) const {
    Vector q = gradient;
    std::vector<double> alpha(pairs_.size());
    for (std::size_t i = pairs_.size(); i-- > 0;) {
      alpha[i] = pairs_[i].rho * dot(pairs_[i].s, q);
      add(q, -alpha[i], pairs_[i].y);
    }
    const double scale = pairs_.empty()
                             ? 1.0 / std::max(1.0, std::sqrt(dot(gradient, gradient)))
                             : 1.0 / (pairs_.back().rho * dot(pairs_.back().y, pairs_.back().y));
    for (double& v : q) v *= scale;
    for (std::size_t i = 0; i < pairs_.size(); ++i)
      add(q, alpha[i] - pairs_[i].rho * dot(pairs_[i].y, q), pairs_[i].s);
    for (double& v : q) v = -v;
    return q;
  }

  /// One step along `direction`; false when no step lowers f.
  bool search(const Function& f, const Vector& direction, Vector& w, double& value,
              Vector& gradient) {
    const double slope = dot(direction, gradient);
    Vector next(w.size()), next_gradient(w.size());
    for (double step = 1; step > 1e-10; step /= 2) {
      next = w;
      add(next, step, direction);
      const double next_value = f(next, next_gradient);
      if (!(next_value <= value + 1e-4 * step * slope)) continue;
      remember(w, next, gradient, next_gradient);
      w.swap(next);
      gradient.swap(next_gradient);
      value = next_value;
      return true;
    }
    return false;
  }

  void remember(const Vector& w, const Vector& next, const Vector& g, const Vector& next_g) {
    Pair pair{next, next_g, 0};
    add(pair.s, -1, w);
    add(pair.y, -1, g);
    const double curvature = dot(pair.s, pair.y);
    if (curvature <= 1e-14) return;
    pair.rho = 1 / curvature;
    pairs_.push_back(std::move(pair));
    if (pairs_.size() > kMemory) pairs_.pop_front();
  }

  std::int64_t iterations_;
  double tolerance_;
  std::deque<Pair> pairs_;
};

}  // namespace semblance
