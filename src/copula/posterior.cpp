// SPDX-License-Identifier: Apache-2.0
#include "copula/posterior.hpp"

#include <Eigen/Cholesky>
#include <algorithm>
#include <cmath>
#include <limits>

#include "copula/normal.hpp"

namespace semblance::copula {
namespace {

using Indices = std::vector<std::int64_t>;

/// The normal of some variables given others: mean = weights * z of the others.
struct Conditional {
  Matrix weights, covariance;
};

Conditional given(const Matrix& r, const Indices& wanted, const Indices& known) {
  if (known.empty()) return {Matrix(wanted.size(), 0), r(wanted, wanted)};
  const Matrix cross = r(wanted, known);
  const Matrix weights = Matrix(r(known, known)).llt().solve(cross.transpose()).transpose();
  return {weights, r(wanted, wanted) - weights * cross.transpose()};
}

Matrix root(const Matrix& covariance) {
  return covariance.size() == 0 ? covariance : Matrix(covariance.llt().matrixL());
}

/// The piece nearest to `mean`, where the masses of all are too small for a double.
double nearest(std::span<const Piece> pieces, double mean) {
  double best = 0, distance = std::numeric_limits<double>::infinity();
  for (const Piece& p : pieces) {
    if (!(p.weight > 0)) continue;
    const double z = std::clamp(mean, p.low, p.high);
    if (std::abs(z - mean) < distance) best = z, distance = std::abs(z - mean);
  }
  return best;
}

/// A normal variable of that mean and deviation, within the pieces, whose mass goes to
/// `mass_there`.
double draw_within(std::span<const Piece> pieces, double mean, double deviation, Stream& stream,
                   double* mass_there = nullptr) {
  const auto low = [&](const Piece& p) { return (p.low - mean) / deviation; };
  const auto high = [&](const Piece& p) { return (p.high - mean) / deviation; };
  const auto mass = [&](const Piece& p) {
    return p.weight > 0 ? p.weight * normal::mass(low(p), high(p)) : 0.0;
  };
  double total = 0;
  for (const Piece& p : pieces) total += mass(p);
  if (mass_there != nullptr) *mass_there = total;
  double left = stream.uniform() * total;
  const double u = stream.uniform();
  if (!(total > 0)) return nearest(pieces, mean);
  const Piece* chosen = nullptr;
  for (const Piece& p : pieces) {
    const double here = mass(p);
    if (here > 0) chosen = &p;
    if (here > 0 && left < here) break;
    left -= here;
  }
  const double z = mean + deviation * normal::within(low(*chosen), high(*chosen), u);
  return std::clamp(z, chosen->low, chosen->high);
}

}  // namespace

Pattern::Pattern(std::span<const Evidence> evidence) {
  for (const Evidence& e : evidence) {
    const bool point = e.pieces.size() == 1 && e.pieces[0].is_point();
    (point ? points : boxes).push_back(e.variable);
  }
  std::sort(points.begin(), points.end());
  std::sort(boxes.begin(), boxes.end());
}

Posterior::Posterior(const Matrix& r, Indices points, Indices boxes)
    : points_(std::move(points)),
      boxes_(std::move(boxes)),
      slot_(static_cast<std::size_t>(r.rows()), -1) {
  Indices known = points_;
  known.insert(known.end(), boxes_.begin(), boxes_.end());
  for (std::size_t k = 0; k < known.size(); ++k)
    slot_[static_cast<std::size_t>(known[k])] = static_cast<std::int64_t>(k);
  for (std::int64_t v = 0; v < r.rows(); ++v) {
    if (slot_[static_cast<std::size_t>(v)] < 0) free_.push_back(v);
  }
  const Conditional box = given(r, boxes_, points_);
  box_weights_ = box.weights;
  box_root_ = root(box.covariance);
  const auto size = static_cast<Eigen::Index>(boxes_.size());
  if (size > 1) box_precision_ = box.covariance.llt().solve(Matrix::Identity(size, size));
  const Conditional rest = given(r, free_, known);
  free_weights_ = rest.weights;
  free_root_ = root(rest.covariance);
}

double Posterior::start(std::span<const Evidence* const> boxes, const Vector& mean, Vector& y,
                        Stream& stream) const {
  Vector noise(y.size());
  double log_product = 0, mass = 0;
  for (Eigen::Index i = 0; i < y.size(); ++i) {
    const double before = mean[i] + box_root_.row(i).head(i).dot(noise.head(i));
    const double deviation = box_root_(i, i);
    y[i] =
        draw_within(boxes[static_cast<std::size_t>(i)]->pieces, before, deviation, stream, &mass);
    noise[i] = (y[i] - before) / deviation;
    log_product += std::log(mass);
  }
  return log_product;
}

double Posterior::log_mass(std::span<const Evidence> evidence, std::int64_t draws,
                           Stream& stream) const {
  const Known known = sort(evidence);
  if (known.boxes.empty()) return 0;
  const Vector mean = box_weights_ * known.points;
  Vector y(mean.size());
  const std::int64_t needed = known.boxes.size() == 1 ? 1 : draws;
  std::vector<double> logs;
  for (std::int64_t d = 0; d < needed; ++d) logs.push_back(start(known.boxes, mean, y, stream));
  const double most = *std::max_element(logs.begin(), logs.end());
  if (std::isinf(most)) return most;
  double sum = 0;
  for (const double l : logs) sum += std::exp(l - most);
  return most + std::log(sum / static_cast<double>(needed));
}

void Posterior::sweep(std::span<const Evidence* const> boxes, const Vector& mean, Vector& y,
                      Stream& stream) const {
  for (Eigen::Index i = 0; i < y.size(); ++i) {
    const double own = box_precision_(i, i);
    const double pull = box_precision_.col(i).dot(y - mean) / own;
    const double centre = y[i] - pull;
    y[i] =
        draw_within(boxes[static_cast<std::size_t>(i)]->pieces, centre, 1 / std::sqrt(own), stream);
  }
}

Posterior::Known Posterior::sort(std::span<const Evidence> evidence) const {
  Known out{Vector(static_cast<Eigen::Index>(points_.size())),
            std::vector<const Evidence*>(boxes_.size())};
  for (const Evidence& e : evidence) {
    const auto k = static_cast<std::size_t>(slot_[static_cast<std::size_t>(e.variable)]);
    if (k < points_.size()) out.points[static_cast<Eigen::Index>(k)] = e.pieces[0].low;
    if (k >= points_.size()) out.boxes[k - points_.size()] = &e;
  }
  return out;
}

Eigen::VectorXd Posterior::draw(std::span<const Evidence> evidence, std::int64_t sweeps,
                                Stream& stream) const {
  const auto points = points_.size();
  const auto [values, boxes] = sort(evidence);
  Vector known(static_cast<Eigen::Index>(points + boxes_.size()));
  known.head(values.size()) = values;
  if (!boxes.empty()) {
    const Vector mean = box_weights_ * values;
    Vector y(mean.size());
    start(boxes, mean, y, stream);
    for (std::int64_t s = 0; s < sweeps && boxes.size() > 1; ++s) sweep(boxes, mean, y, stream);
    known.tail(y.size()) = y;
  }
  Vector noise(static_cast<Eigen::Index>(free_.size()));
  for (double& e : noise) e = stream.normal();
  const Vector rest = free_weights_ * known + free_root_.triangularView<Eigen::Lower>() * noise;
  Vector z(static_cast<Eigen::Index>(slot_.size()));
  for (std::size_t k = 0; k < points; ++k) z[points_[k]] = known[static_cast<Eigen::Index>(k)];
  for (std::size_t k = 0; k < boxes_.size(); ++k)
    z[boxes_[k]] = known[static_cast<Eigen::Index>(points + k)];
  for (std::size_t k = 0; k < free_.size(); ++k) z[free_[k]] = rest[static_cast<Eigen::Index>(k)];
  return z;
}

double log_copula_density(const Matrix& r, const Eigen::VectorXd& z) {
  if (z.size() == 0) return 0;
  const Eigen::LLT<Matrix> root(r);
  const Matrix lower = root.matrixL();
  return 0.5 * (z.squaredNorm() - z.dot(root.solve(z))) - lower.diagonal().array().log().sum();
}

}  // namespace semblance::copula
