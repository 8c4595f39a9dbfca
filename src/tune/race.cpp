// SPDX-License-Identifier: Apache-2.0
#include "tune/race.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <exception>

#include "semblance/core/error.hpp"

namespace semblance::tuning {
namespace {

constexpr double kTeachingShare = 0.75;
constexpr double kFarBehind = 0.1;  // of the distance between real rows and the floor

/// A candidate and what became of it.
struct Runner {
  const Candidate* candidate;
  Score score = {};
  bool in = true;
  bool failed = false;
};

class Race {
 public:
  Race(const std::vector<Candidate>& candidates, const Dataset& train, const RaceOptions& options,
       Seed seed, const RunOptions& run)
      : train_(train),
        options_(options),
        seed_(seed),
        run_(run),
        total_(options.rounds * std::ssize(candidates)),
        report_(run, "choose", total_) {
    for (const Candidate& c : candidates) runners_.push_back({&c});
  }

  RaceResult run() {
    report_.step(0);
    for (std::int64_t round = 0; round < options_.rounds && still_in() > 1 && !late(); ++round)
      lap(round);
    if (still_in() == 0 && error_ && all_failed()) std::rethrow_exception(error_);
    const std::size_t winner = best();
    report_.step(total_);
    return {winner, story(winner)};
  }

 private:
  [[nodiscard]] bool late() const {
    return options_.budget && report_.seconds() >= *options_.budget;
  }
  [[nodiscard]] std::int64_t still_in() const {
    return std::count_if(runners_.begin(), runners_.end(), [](const Runner& r) { return r.in; });
  }
  [[nodiscard]] bool all_failed() const {
    return std::all_of(runners_.begin(), runners_.end(), [](const Runner& r) { return r.failed; });
  }

  void lap(std::int64_t round) {
    const Seed seed = derive(derive(seed_, "round"), static_cast<std::uint64_t>(round));
    const auto [teach, judge] = split(train_, kTeachingShare, seed);
    for (Runner& runner : runners_) {
      if (runner.in && !late()) measure_one(runner, teach, judge, seed);
      report_.step(std::min(++done_, total_));
    }
    drop();
  }

  void measure_one(Runner& runner, const Dataset& teach, const Dataset& judge, Seed seed) {
    const Progress whole{"choose", std::min(done_, total_), total_, 0, report_.seconds()};
    RunOptions part = part_of(run_, whole);
    part.budget = {};
    if (options_.budget) {
      const double left = std::max(*options_.budget - report_.seconds(), 0.1);
      part.budget = std::chrono::duration<double>(left);
    }
    try {
      runner.score.add(measure({runner.candidate->model, runner.candidate->config}, teach, judge,
                               Aim::kBalanced, seed, part));
    } catch (const Cancelled&) {
      throw;
    } catch (const Error&) {
      runner.in = false;
      runner.failed = true;
      error_ = std::current_exception();
    }
  }

  void drop() {
    double best = 1e9;
    for (const Runner& r : runners_) {
      if (r.in && r.score.measured > 0 && !r.score.copies()) best = std::min(best, r.score.loss());
    }
    for (Runner& r : runners_) {
      if (r.score.measured > 0 && (r.score.copies() || r.score.loss() > best + kFarBehind))
        r.in = false;
    }
  }

  /// Lower is better: finished and original first, then by loss; copies by how much they copy.
  [[nodiscard]] static double rank(const Runner& r) {
    if (r.failed) return 1e6;
    if (r.score.measured == 0) return 1e5;  // the budget ended before its turn
    return r.score.copies() ? 1e3 + r.score.nearer() : r.score.loss();
  }

  [[nodiscard]] std::size_t best() const {
    const auto it =
        std::min_element(runners_.begin(), runners_.end(), [](const Runner& a, const Runner& b) {
          if (a.in != b.in) return a.in;
          return rank(a) < rank(b);
        });
    return static_cast<std::size_t>(it - runners_.begin());
  }

  [[nodiscard]] std::string story(std::size_t winner) const {
    const Runner& first = runners_[winner];
    if (first.score.measured == 0) return first.candidate->title + ", the first, without a race";
    std::string out =
        fmt::format("{} won (loss {:.3f}", first.candidate->title, first.score.loss());
    for (const Runner& r : runners_) {
      if (&r == &first || r.score.measured == 0) continue;
      out += fmt::format("; {} {:.3f}{}", r.candidate->title, r.score.loss(),
                         r.score.copies() ? ", copies" : "");
    }
    return out + fmt::format(
                     "), {:.0f} % of its rows were nearer to rows it had learned than to "
                     "others",
                     100 * first.score.nearer());
  }

  const Dataset& train_;
  const RaceOptions& options_;
  Seed seed_;
  const RunOptions& run_;
  std::vector<Runner> runners_;
  std::int64_t done_ = 0, total_;
  Reporter report_;
  std::exception_ptr error_;
};

}  // namespace

RaceResult race(const std::vector<Candidate>& candidates, const Dataset& train,
                const RaceOptions& options, Seed seed, const RunOptions& run) {
  return Race(candidates, train, options, seed, run).run();
}

}  // namespace semblance::tuning
