// SPDX-License-Identifier: Apache-2.0
// The suite passes an honest generator and finds what is wrong with broken ones.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <limits>

#include "conformance/conformance.hpp"
#include "conformance/toy_generator.hpp"

namespace semblance::conformance {
namespace {

/// The toy with one thing wrong with it.
enum class Fault {
  kNone,
  kSeedIgnored,
  kFitNotRepeatable,
  kChunksMatter,
  kRowsRepeat,
  kThreadsMatter,
  kFitThreadsMatter,
  kSampleHasState,
  kMissingInvented,
  kOutOfRange,
  kNotRounded,
  kAnotherSchema,
  kOneRowTooMany,
  kRefusesOneRow,
  kRefusesConstants,
  kRefusesOneCategory,
  kRefusesManyCategories,
  kNoProgress,
  kCommitsEarly,
  kSavesLess,
  kLoadClears,
  kLoadThrowsLater,
  kConditionsIgnored,
  kImputeChangesCells,
  kImputeLeavesGaps,
  kLikelihoodInfinite,
  kLikelihoodTooLarge,
  kForgetsCheckpoint,
  kRefitStartsAnew,
  kRefitLearnsNothing,
  kRefitCommitsEarly,
};

class Broken final : public IndependentColumns {
 public:
  explicit Broken(Fault fault) : fault_(fault) {}

 private:
  void do_fit(const Dataset& train, Seed seed, const RunOptions& run) override {
    refuse(train);
    static std::atomic<std::uint64_t> fits = 0;
    if (has(Fault::kFitNotRepeatable)) salt_ = ++fits;
    if (has(Fault::kFitThreadsMatter)) salt_ = static_cast<std::uint64_t>(run.threads);
    if (has(Fault::kCommitsEarly)) IndependentColumns::do_fit(train, seed, {});
    IndependentColumns::do_fit(train, seed, has(Fault::kNoProgress) ? RunOptions{} : run);
  }

  void do_refit(const Dataset&, Seed, const RunOptions& run) override {
    if (has(Fault::kRefitStartsAnew) || has(Fault::kRefitCommitsEarly)) ++salt_;
    Reporter(run, "fit", 1).step(1);
  }

  void refuse(const Dataset& train) const {
    const auto same = [](const Column& c) {
      return c.kind() == Kind::kInteger && c.size() > 1 &&
             std::equal(c.integers().begin() + 1, c.integers().end(), c.integers().begin());
    };
    const auto words = [&](std::int32_t n) {
      return std::any_of(train.schema().begin(), train.schema().end(),
                         [n](const Field& f) { return f.categories.size() == n; });
    };
    if (has(Fault::kRefusesOneRow) && train.rows() == 1) throw std::out_of_range("vector");
    if (has(Fault::kRefusesConstants) &&
        std::any_of(train.columns().begin(), train.columns().end(), same))
      throw InvalidArgument("constant");
    if (has(Fault::kRefusesOneCategory) && words(1)) throw InvalidArgument("one category");
    if (has(Fault::kRefusesManyCategories) && words(10'000)) throw InvalidArgument("too many");
  }

  Dataset do_sample(RowRange range, const std::vector<ResolvedTerm>& given, Seed seed,
                    const RunOptions& run) const override {
    if (has(Fault::kSeedIgnored)) seed = Seed{1};
    if (has(Fault::kChunksMatter)) range.first = 0;
    if (has(Fault::kThreadsMatter)) seed = derive(seed, static_cast<std::uint64_t>(run.threads));
    if (has(Fault::kSampleHasState)) seed = derive(seed, calls_++);
    if (has(Fault::kOneRowTooMany)) ++range.count;
    seed = salt_ == 0 ? seed : derive(seed, salt_);
    if (has(Fault::kRowsRepeat)) return repeated(range, given, seed, run);
    const bool ignore = has(Fault::kConditionsIgnored);
    return spoil(
        IndependentColumns::do_sample(range, ignore ? decltype(given){} : given, seed, run));
  }

  /// The first 1,024 rows again and again: what noise keyed by the place in a block gives.
  Dataset repeated(RowRange range, const std::vector<ResolvedTerm>& given, Seed seed,
                   const RunOptions& run) const {
    std::vector<std::int64_t> places;
    for (std::int64_t i = 0; i < range.count; ++i) places.push_back((range.first + i) % 1024);
    return IndependentColumns::do_sample({0, 1024}, given, seed, run).take(places);
  }

  /// Breaks one rule of the schema in the first rows.
  Dataset spoil(const Dataset& rows) const {
    if (rows.rows() < 3 || rows.column(0).kind() != Kind::kReal) return rows;
    std::vector<double> values(rows.column(0).reals().begin(), rows.column(0).reals().end());
    Bitmap valid(rows.rows(), true);
    std::vector<Field> fields = rows.schema().fields();
    if (has(Fault::kOutOfRange)) values[1] += 1e9;
    if (has(Fault::kNotRounded)) values[1] += values[1] > 20 ? -0.001 : 0.001;
    if (has(Fault::kMissingInvented)) valid.set(1, false);
    if (has(Fault::kAnotherSchema)) fields[0].sensitive = true;
    std::vector<Column> columns = rows.columns();
    columns[0] = Column::reals(values, valid);
    return {Schema(fields), columns};
  }

  Dataset do_impute(const Dataset& rows, Seed seed, const RunOptions& run) const override {
    if (has(Fault::kImputeLeavesGaps)) return rows;
    const Dataset filled = IndependentColumns::do_impute(rows, seed, run);
    return has(Fault::kImputeChangesCells) ? filled.slice(1, filled.rows() - 1) : filled;
  }

  std::vector<double> do_log_likelihood(const Dataset& rows, const RunOptions&) const override {
    const double value =
        has(Fault::kLikelihoodInfinite) ? -std::numeric_limits<double>::infinity() : -0.1;
    return std::vector<double>(static_cast<std::size_t>(rows.rows()), value);
  }

  void do_save(Archive& archive) const override {
    IndependentColumns::do_save(archive);
    const std::string& csv = archive.text("rows");
    if (has(Fault::kSavesLess)) archive.put_text("rows", csv.substr(0, csv.find('\n', 400) + 1));
  }

  void do_load(const Archive& archive, const Schema& schema) override {
    if (has(Fault::kLoadClears) && schema.size() > 0)
      IndependentColumns::do_fit(last_rows(), Seed{}, {});
    IndependentColumns::do_load(archive, schema);
    if (has(Fault::kLoadThrowsLater) && schema.size() > 0) salt_ = 1;
  }

  /// Some other rows of the same schema, to forget by.
  Dataset last_rows() const {
    return is_fitted() ? sample(1, Seed{99}) : mixed_table(do_capabilities(), 3, Seed{1});
  }

  Capabilities do_capabilities() const override {
    Capabilities can = IndependentColumns::do_capabilities();
    can.likelihood = has(Fault::kLikelihoodInfinite) || has(Fault::kLikelihoodTooLarge);
    can.resumes = has(Fault::kForgetsCheckpoint);
    can.refits = fault_ >= Fault::kRefitStartsAnew;
    return can;
  }

  [[nodiscard]] bool has(Fault fault) const { return fault_ == fault; }

  Fault fault_;
  std::uint64_t salt_ = 0;
  mutable std::atomic<std::uint64_t> calls_ = 0;
};

Subject broken_subject(Fault fault) {
  return {.name = "Broken", .make = [fault] { return std::make_unique<Broken>(fault); }};
}

/// What the check of that name finds.
std::vector<std::string> violations(const std::string& name, Fault fault) {
  for (const Check& check : all_checks()) {
    if (check.name == name) return check.run(broken_subject(fault)).violations;
  }
  ADD_FAILURE() << "there is no check " << name;
  return {};
}

struct Case {
  Fault fault;
  std::string check;  ///< One that must find it.
};

class BrokenGenerator : public testing::TestWithParam<Case> {};

TEST_P(BrokenGenerator, IsFoundByThatCheck) {
  EXPECT_THAT(violations(GetParam().check, GetParam().fault), testing::Not(testing::IsEmpty()));
}

TEST_P(BrokenGenerator, PassesThatCheckWithoutTheFault) {
  EXPECT_THAT(violations(GetParam().check, Fault::kNone), testing::IsEmpty());
}

INSTANTIATE_TEST_SUITE_P(
    Faults, BrokenGenerator,
    testing::Values(Case{Fault::kSeedIgnored, "SameSeedGivesTheSameRows"},
                    Case{Fault::kFitNotRepeatable, "SameSeedGivesTheSameRows"},
                    Case{Fault::kChunksMatter, "RowsDoNotDependOnChunks"},
                    Case{Fault::kRowsRepeat, "RowsDoNotRepeat"},
                    Case{Fault::kThreadsMatter, "RowsDoNotDependOnThreads"},
                    Case{Fault::kFitThreadsMatter, "RowsDoNotDependOnThreads"},
                    Case{Fault::kSampleHasState, "ConcurrentSamplingGivesTheSameRows"},
                    Case{Fault::kMissingInvented, "RowsSatisfyTheSchema"},
                    Case{Fault::kOutOfRange, "RowsSatisfyTheSchema"},
                    Case{Fault::kNotRounded, "RowsSatisfyTheSchema"},
                    Case{Fault::kAnotherSchema, "RowsSatisfyTheSchema"},
                    Case{Fault::kOneRowTooMany, "AnyNumberOfRowsCanBeDrawn"},
                    Case{Fault::kRefusesOneRow, "LearnsOneRow"},
                    Case{Fault::kRefusesConstants, "LearnsConstantColumns"},
                    Case{Fault::kRefusesOneCategory, "LearnsAColumnOfOneCategory"},
                    Case{Fault::kRefusesManyCategories, "LearnsTenThousandCategories"},
                    Case{Fault::kNoProgress, "ReportsProgress"},
                    Case{Fault::kNoProgress, "CancellingLeavesAnUnfittedGenerator"},
                    Case{Fault::kNoProgress, "TheStopTokenCancels"},
                    Case{Fault::kCommitsEarly, "CancellingLeavesAFittedGenerator"},
                    Case{Fault::kCommitsEarly, "AThrowingCallbackLeavesTheGenerator"},
                    Case{Fault::kSavesLess, "SavingKeepsTheRows"},
                    Case{Fault::kLoadClears, "RefusesForeignFiles"},
                    Case{Fault::kLoadClears, "SurvivesDamagedFiles"},
                    Case{Fault::kLoadThrowsLater, "SavingKeepsTheRows"},
                    Case{Fault::kConditionsIgnored, "ConditionsHoldExactly"},
                    Case{Fault::kImputeChangesCells, "ImputingKeepsPresentCells"},
                    Case{Fault::kImputeLeavesGaps, "ImputingKeepsPresentCells"},
                    Case{Fault::kLikelihoodInfinite, "LikelihoodIsFiniteAndRepeatable"},
                    Case{Fault::kLikelihoodTooLarge, "LikelihoodSumsToOne"},
                    Case{Fault::kForgetsCheckpoint, "ResumesToTheSameModel"},
                    Case{Fault::kRefitStartsAnew, "AWarmStartBeginsWhereTheFitEnded"},
                    Case{Fault::kRefitLearnsNothing, "AWarmStartLearnsOtherRows"},
                    Case{Fault::kRefitCommitsEarly, "CancellingAWarmStartLeavesTheGenerator"}));

TEST(Conformance, HasAName) {
  std::vector<std::string> names;
  for (const Check& check : all_checks()) names.push_back(check.name);
  std::sort(names.begin(), names.end());
  EXPECT_EQ(std::adjacent_find(names.begin(), names.end()), names.end());
  EXPECT_GE(names.size(), 30U);
}

}  // namespace
}  // namespace semblance::conformance
