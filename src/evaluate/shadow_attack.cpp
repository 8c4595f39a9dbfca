// SPDX-License-Identifier: Apache-2.0
#include <Eigen/Dense>
#include <algorithm>
#include <cmath>

#include "evaluate/shadow_features.hpp"
#include "semblance/evaluate/audit.hpp"

namespace semblance {
namespace {

using Eigen::MatrixXd;
using Eigen::VectorXd;

constexpr std::size_t kKinds = kShadowFeatures.size();

/// Inner products of releases, their features standardised over all of them.
template <class Features>
MatrixXd gram(std::size_t shadows, Features features) {
  const auto n = static_cast<Eigen::Index>(shadows);
  const auto d = static_cast<Eigen::Index>(features(0).size());
  MatrixXd x(n, d);
  for (Eigen::Index i = 0; i < n; ++i) {
    const std::vector<double>& row = features(static_cast<std::size_t>(i));
    x.row(i) = Eigen::Map<const VectorXd>(row.data(), d);
  }
  x.rowwise() -= x.colwise().mean().eval();
  for (Eigen::Index j = 0; j < d; ++j) {
    const double deviation = std::sqrt(x.col(j).squaredNorm() / static_cast<double>(n));
    x.col(j) *= deviation > 1e-12 ? 1 / deviation : 0;
  }
  return x * x.transpose() / static_cast<double>(std::max<Eigen::Index>(d, 1));
}

/// Which generators teach and which are attacked.
struct Fold {
  std::vector<Eigen::Index> teach, attack;
};

/// Ridge regression of coins (+1, -1) in the dual, without an intercept: coins are fair. `left_out`
/// are its closed-form leave-one-out predictions, `said` those for the attacked.
struct Ridge {
  VectorXd left_out, said;

  Ridge(const MatrixXd& k, const Fold& fold, const VectorXd& coins) {
    const MatrixXd own = k(fold.teach, fold.teach);
    const auto n = own.rows();
    const double ridge = 0.1 * own.trace() / static_cast<double>(n) + 1e-9;
    const MatrixXd inverse = (own + ridge * MatrixXd::Identity(n, n)).inverse();
    const VectorXd y = coins(fold.teach), weights = inverse * y;
    said = k(fold.attack, fold.teach) * weights;
    left_out = y - weights.cwiseQuotient(inverse.diagonal());
  }
};

/// Weights of the kinds by Fisher's discriminant of what they said about generators left out.
VectorXd discriminant(const std::vector<std::array<Ridge, kKinds>>& by_target, const Fold& fold,
                      const std::vector<VectorXd>& coins) {
  constexpr auto kSize = static_cast<Eigen::Index>(kKinds);
  VectorXd apart = VectorXd::Zero(kSize);
  MatrixXd spread = MatrixXd::Zero(kSize, kSize);
  double n = 0;
  for (std::size_t t = 0; t < by_target.size(); ++t) {
    for (std::size_t i = 0; i < fold.teach.size(); ++i) {
      VectorXd said(kSize);
      for (std::size_t g = 0; g < kKinds; ++g)
        said[static_cast<Eigen::Index>(g)] =
            by_target[t].at(g).left_out[static_cast<Eigen::Index>(i)];
      apart += coins[t][fold.teach[i]] * said;
      spread += said * said.transpose();
      n += 1;
    }
  }
  apart /= n;
  spread = spread / n - apart * apart.transpose();
  spread.diagonal().array() += 0.01 * spread.trace() / static_cast<double>(kKinds) + 1e-12;
  return spread.ldlt().solve(apart);
}

/// One guess: how sure, whether right, and a place that tells equals apart.
struct Guess {
  double sure;
  bool right;
  std::size_t place;
};

CoinGuesses surest(std::vector<Guess> guesses, double share) {
  std::ranges::sort(guesses, [](const Guess& a, const Guess& b) {
    return a.sure != b.sure ? a.sure > b.sure : a.place < b.place;
  });
  CoinGuesses out{std::ssize(guesses), 0, 0};
  out.guesses = std::llround(std::ceil(share * static_cast<double>(guesses.size())));
  out.correct = std::count_if(guesses.begin(), guesses.begin() + out.guesses,
                              [](const Guess& g) { return g.right; });
  return out;
}

/// How many of the surest to guess is chosen on generators that teach, left out in turn.
CoinGuesses guess_coins(const std::vector<Guess>& learned, const std::vector<Guess>& attacked,
                        double level, double delta) {
  double best = -1, chosen = 1;
  for (const double share : {1.0, 0.5, 0.25, 0.1, 0.05}) {
    const double shown = one_run_epsilon(surest(learned, share), level, delta);
    if (shown > best) best = shown, chosen = share;
  }
  return surest(attacked, chosen);
}

/// Everything of one division of the generators.
class Side {
 public:
  Side(const std::array<MatrixXd, kShared>& shared, const std::vector<MatrixXd>& own,
       const std::vector<VectorXd>& coins, Fold fold)
      : fold_(std::move(fold)), coins_(coins) {
    for (std::size_t t = 0; t < coins.size(); ++t) {
      ridges_.push_back({Ridge(shared[0], fold_, coins[t]), Ridge(shared[1], fold_, coins[t]),
                         Ridge(shared[2], fold_, coins[t]), Ridge(own[t], fold_, coins[t])});
    }
    weights_ = discriminant(ridges_, fold_, coins);
  }

  void say(ShadowVerdicts& out) const {
    for (std::size_t t = 0; t < ridges_.size(); ++t) {
      for (std::size_t i = 0; i < fold_.attack.size(); ++i) {
        const auto shadow = static_cast<std::size_t>(fold_.attack[i]);
        for (std::size_t g = 0; g < kKinds; ++g)
          out.by_kind.at(g)[t][shadow] = ridges_[t].at(g).said[static_cast<Eigen::Index>(i)];
        out.combined[t][shadow] = combine(t, i, &Ridge::said);
      }
    }
  }
  [[nodiscard]] CoinGuesses guesses(double level, double delta) const {
    std::vector<Guess> learned, attacked;
    const auto add = [&](std::vector<Guess>& into, std::size_t t, double score, Eigen::Index k) {
      into.push_back({std::abs(score), (score > 0) == (coins_[t][k] > 0), into.size()});
    };
    for (std::size_t t = 0; t < ridges_.size(); ++t) {
      for (std::size_t i = 0; i < fold_.teach.size(); ++i)
        add(learned, t, combine(t, i, &Ridge::left_out), fold_.teach[i]);
      for (std::size_t i = 0; i < fold_.attack.size(); ++i)
        add(attacked, t, combine(t, i, &Ridge::said), fold_.attack[i]);
    }
    return guess_coins(learned, attacked, level, delta);
  }

 private:
  [[nodiscard]] double combine(std::size_t t, std::size_t i, VectorXd Ridge::* part) const {
    double sum = 0;
    for (std::size_t g = 0; g < kKinds; ++g)
      sum += weights_[static_cast<Eigen::Index>(g)] *
             (ridges_[t].at(g).*part)[static_cast<Eigen::Index>(i)];
    return sum;
  }

  Fold fold_;
  const std::vector<VectorXd>& coins_;
  std::vector<std::array<Ridge, kKinds>> ridges_;
  VectorXd weights_;
};

}  // namespace

ShadowVerdicts attack_shadows(const std::vector<ShadowFeatures::Release>& releases,
                              const Coins& coins, double level, double delta) {
  const std::size_t shadows = releases.size(), targets = coins.size();
  std::array<MatrixXd, kShared> shared;
  for (std::size_t g = 0; g < kShared; ++g)
    shared.at(g) = gram(shadows, [&](std::size_t k) -> auto& { return releases[k].shared.at(g); });
  std::vector<MatrixXd> own;
  std::vector<VectorXd> sides;
  for (std::size_t t = 0; t < targets; ++t) {
    own.push_back(gram(shadows, [&](std::size_t k) -> auto& { return releases[k].by_target[t]; }));
    VectorXd side(static_cast<Eigen::Index>(shadows));
    for (std::size_t k = 0; k < shadows; ++k)
      side[static_cast<Eigen::Index>(k)] = coins[t][k] != 0 ? 1 : -1;
    sides.push_back(std::move(side));
  }
  Fold first;
  for (std::size_t k = 0; k < shadows; ++k)
    (k < shadows / 2 ? first.teach : first.attack).push_back(static_cast<Eigen::Index>(k));
  const Side one(shared, own, sides, first), other(shared, own, sides, {first.attack, first.teach});
  ShadowVerdicts out;
  out.combined.assign(targets, std::vector<double>(shadows, 0));
  out.by_kind.fill(out.combined);
  one.say(out);
  other.say(out);
  const CoinGuesses found = one.guesses(level, delta);
  out.coins = found.coins;
  out.guesses = found.guesses;
  out.correct = found.correct;
  return out;
}

}  // namespace semblance
