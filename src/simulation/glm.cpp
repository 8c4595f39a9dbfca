// SPDX-License-Identifier: Apache-2.0
#include "simulation/glm.hpp"

#include <Eigen/Cholesky>
#include <Eigen/Core>
#include <cmath>

namespace semblance {
namespace {

using Vector = Eigen::VectorXd;
using Matrix = Eigen::MatrixXd;
using Rows =
    Eigen::Map<const Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>>;

Rows rows_of(const Regression& data) {
  return {data.features.data(), static_cast<Eigen::Index>(data.response.size()), data.columns};
}

Eigen::Map<const Vector> vector_of(const std::vector<double>& values) {
  return {values.data(), static_cast<Eigen::Index>(values.size())};
}

std::vector<double> copy(const Vector& v) { return {v.data(), v.data() + v.size()}; }

/// log(1 + exp(x)) without overflow.
double softplus(double x) { return x > 0 ? x + std::log1p(std::exp(-x)) : std::log1p(std::exp(x)); }

/// -log likelihood of one row, but for terms without eta.
double loss(double eta, double response, Link link) {
  return (link == Link::kLogistic ? softplus(eta) : std::exp(eta)) - response * eta;
}

double mean(double eta, Link link) {
  return link == Link::kLogistic ? 1 / (1 + std::exp(-eta)) : std::exp(eta);
}

/// The penalised -log likelihood of a generalised linear model.
struct Objective {
  Rows x;
  Eigen::Map<const Vector> y, prior;
  Link link;
  double rows;

  [[nodiscard]] double value(const Vector& w) const {
    const Vector eta = x * w;
    double sum = 0.5 * rows * (w - prior).squaredNorm();
    for (Eigen::Index i = 0; i < eta.size(); ++i) sum += loss(eta[i], y[i], link);
    return sum;
  }

  [[nodiscard]] Vector newton_step(const Vector& w) const {
    const Vector eta = x * w;
    const Vector mu = eta.unaryExpr([this](double e) { return mean(e, link); });
    const Vector variance = link == Link::kLogistic ? Vector(mu.array() * (1 - mu.array())) : mu;
    const Vector gradient = x.transpose() * (y - mu) - rows * (w - prior);
    Matrix hessian = x.transpose() * (x.array().colwise() * variance.array()).matrix();
    hessian.diagonal().array() += rows;
    return hessian.ldlt().solve(gradient);
  }
};

}  // namespace

Coefficients fit_linear(const Regression& data, const Coefficients& prior, double rows) {
  const Rows x = rows_of(data);
  const auto y = vector_of(data.response), start = vector_of(prior.weights);
  Matrix normal = x.transpose() * x;
  normal.diagonal().array() += rows;
  const Vector w = normal.ldlt().solve(x.transpose() * y + rows * start);
  const double squares = (y - x * w).squaredNorm() + rows * prior.deviation * prior.deviation;
  return {copy(w), std::sqrt(squares / (static_cast<double>(y.size()) + rows))};
}

Coefficients fit_glm(const Regression& data, Link link, const Coefficients& prior, double rows) {
  const Objective objective{rows_of(data), vector_of(data.response), vector_of(prior.weights), link,
                            rows};
  Vector w = objective.prior;
  double value = objective.value(w);
  for (int iteration = 0; iteration < 100; ++iteration) {
    Vector step = objective.newton_step(w);
    double next = objective.value(w + step);
    for (int halvings = 0; !(next <= value) && halvings < 40; ++halvings) {
      step /= 2;
      next = objective.value(w + step);
    }
    if (!(next <= value)) break;
    w += step;
    value = next;
    if (step.lpNorm<Eigen::Infinity>() < 1e-10) break;
  }
  return {copy(w), 0};
}

}  // namespace semblance
