// SPDX-License-Identifier: Apache-2.0
#include "conformance/conformance.hpp"

#include <gtest/gtest.h>

#include "conformance/checks.hpp"

namespace semblance::conformance {
namespace {

/// One check of one subject as a GoogleTest.
class CheckTest : public testing::Test {
 public:
  CheckTest(Subject subject, Check check)
      : subject_(std::move(subject)), check_(std::move(check)) {}

  void TestBody() override {
    const Outcome outcome = check_.run(subject_);
    if (!outcome.not_applicable.empty()) GTEST_SKIP() << outcome.not_applicable;
    for (const std::string& violation : outcome.violations) ADD_FAILURE() << violation;
  }

 private:
  Subject subject_;
  Check check_;
};

}  // namespace

Outcome Check::run(const Subject& subject) const {
  try {
    return find(subject);
  } catch (const std::exception& e) {
    return {.violations = {name + " ended by an exception: " + e.what()}};
  }
}

const std::vector<Check>& all_checks() {
  static const std::vector<Check> checks = {
      {"SameSeedGivesTheSameRows", same_seed_gives_the_same_rows},
      {"RowsDoNotDependOnChunks", rows_do_not_depend_on_chunks},
      {"RowsDoNotRepeat", rows_do_not_repeat},
      {"RowsDoNotDependOnThreads", rows_do_not_depend_on_threads},
      {"ConcurrentSamplingGivesTheSameRows", concurrent_sampling_gives_the_same_rows},
      {"RowsSatisfyTheSchema", rows_satisfy_the_schema},
      {"AnyNumberOfRowsCanBeDrawn", any_number_of_rows_can_be_drawn},
      {"NothingWorksBeforeFit", nothing_works_before_fit},
      {"LearnsOneRow", learns_one_row},
      {"LearnsConstantColumns", learns_constant_columns},
      {"LearnsAColumnOfOneCategory", learns_a_column_of_one_category},
      {"LearnsTenThousandCategories", learns_ten_thousand_categories},
      {"HandlesAllMissingColumns", handles_all_missing_columns},
      {"RefusesAWrongSchema", refuses_a_wrong_schema},
      {"RefusesValuesThatAreNotFinite", refuses_values_that_are_not_finite},
      {"ReportsProgress", reports_progress},
      {"CancellingLeavesAnUnfittedGenerator", cancelling_leaves_an_unfitted_generator},
      {"CancellingLeavesAFittedGenerator", cancelling_leaves_a_fitted_generator},
      {"TheStopTokenCancels", the_stop_token_cancels},
      {"AThrowingCallbackLeavesTheGenerator", a_throwing_callback_leaves_the_generator},
      {"ResumesToTheSameModel", resumes_to_the_same_model},
      {"AWarmStartBeginsWhereTheFitEnded", a_warm_start_begins_where_the_fit_ended},
      {"AWarmStartLearnsOtherRows", a_warm_start_learns_other_rows},
      {"AWarmStartRefusesStrangeRows", a_warm_start_refuses_strange_rows},
      {"CancellingAWarmStartLeavesTheGenerator", cancelling_a_warm_start_leaves_the_generator},
      {"LearnsFromASource", learns_from_a_source},
      {"AThrowingSourceLeavesTheGenerator", a_throwing_source_leaves_the_generator},
      {"SavingKeepsTheRows", saving_keeps_the_rows},
      {"ConfigurationMakesAnEqualGenerator", configuration_makes_an_equal_generator},
      {"RefusesForeignFiles", refuses_foreign_files},
      {"SurvivesDamagedFiles", survives_damaged_files},
      {"ConditionsHoldExactly", conditions_hold_exactly},
      {"ConditionalRowsDoNotDependOnChunks", conditional_rows_do_not_depend_on_chunks},
      {"RefusesBadConditions", refuses_bad_conditions},
      {"ImputingKeepsPresentCells", imputing_keeps_present_cells},
      {"LikelihoodIsFiniteAndRepeatable", likelihood_is_finite_and_repeatable},
      {"LikelihoodSumsToOne", likelihood_sums_to_one},
  };
  return checks;
}

bool add(const Subject& subject) {
  const std::string suite = "Conformance" + subject.name;
  for (const Check& check : all_checks()) {
    testing::RegisterTest(suite.c_str(), check.name.c_str(), nullptr, nullptr, __FILE__, __LINE__,
                          [subject, check]() -> testing::Test* {
                            return new CheckTest(subject, check);  // GoogleTest takes ownership
                          });
  }
  return true;
}

}  // namespace semblance::conformance
