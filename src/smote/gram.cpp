// SPDX-License-Identifier: Apache-2.0
#include "smote/gram.hpp"

#include <algorithm>

namespace semblance {

// Monic on [-1, 1]: q_{k+1}(s) = s q_k(s) - b_k q_{k-1}(s), b_k = k^2 (n^2 - k^2) / ((4 k^2 - 1) (n
// - 1)^2).
template <class Visit>
void GramFit::basis(double place, const Visit& visit) const {
  const double s = n_ > 1 ? 2 * place / (n_ - 1) - 1 : 0;
  double before = 0, now = 1;
  for (std::size_t i = 0; i < coefficients_.size(); ++i) {
    visit(i, now);
    const auto k = static_cast<double>(i);
    const double b =
        i == 0 ? 0 : k * k * (n_ * n_ - k * k) / ((4 * k * k - 1) * (n_ - 1) * (n_ - 1));
    const double next = s * now - b * before;
    before = now;
    now = next;
  }
}

GramFit::GramFit(std::span<const double> values, std::int64_t degree)
    : n_(static_cast<double>(values.size())),
      origin_(values[0]),
      coefficients_(std::min(static_cast<std::size_t>(degree) + 1, values.size())) {
  std::vector<double> squares(coefficients_.size());
  for (std::size_t i = 0; i < values.size(); ++i) {
    basis(static_cast<double>(i), [&](std::size_t k, double q) {
      coefficients_[k] += (values[i] - origin_) * q;
      squares[k] += q * q;
    });
  }
  for (std::size_t k = 0; k < squares.size(); ++k) coefficients_[k] /= squares[k];
}

double GramFit::operator()(double place) const {
  double sum = origin_;
  basis(place, [&](std::size_t k, double q) { sum += coefficients_[k] * q; });
  return sum;
}

}  // namespace semblance
