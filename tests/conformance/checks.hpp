// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "conformance/conformance.hpp"

namespace semblance::conformance {

// rows_checks.cpp: what sampled rows are and do not depend on.
Outcome same_seed_gives_the_same_rows(const Subject& subject);
Outcome rows_do_not_depend_on_chunks(const Subject& subject);
Outcome rows_do_not_repeat(const Subject& subject);
Outcome rows_do_not_depend_on_threads(const Subject& subject);
Outcome concurrent_sampling_gives_the_same_rows(const Subject& subject);
Outcome rows_satisfy_the_schema(const Subject& subject);
Outcome any_number_of_rows_can_be_drawn(const Subject& subject);
Outcome nothing_works_before_fit(const Subject& subject);

// columns_checks.cpp: unusual training data.
Outcome learns_one_row(const Subject& subject);
Outcome learns_constant_columns(const Subject& subject);
Outcome learns_a_column_of_one_category(const Subject& subject);
Outcome learns_ten_thousand_categories(const Subject& subject);
Outcome handles_all_missing_columns(const Subject& subject);
Outcome refuses_a_wrong_schema(const Subject& subject);
Outcome refuses_values_that_are_not_finite(const Subject& subject);

// fit_checks.cpp: cancelling and resuming.
Outcome reports_progress(const Subject& subject);
Outcome cancelling_leaves_an_unfitted_generator(const Subject& subject);
Outcome cancelling_leaves_a_fitted_generator(const Subject& subject);
Outcome the_stop_token_cancels(const Subject& subject);
Outcome a_throwing_callback_leaves_the_generator(const Subject& subject);
Outcome resumes_to_the_same_model(const Subject& subject);

// refit_checks.cpp: going on with what is known.
Outcome a_warm_start_begins_where_the_fit_ended(const Subject& subject);
Outcome a_warm_start_learns_other_rows(const Subject& subject);
Outcome a_warm_start_refuses_strange_rows(const Subject& subject);
Outcome cancelling_a_warm_start_leaves_the_generator(const Subject& subject);

// source_checks.cpp: rows that are not in memory.
Outcome learns_from_a_source(const Subject& subject);
Outcome a_throwing_source_leaves_the_generator(const Subject& subject);

// file_checks.cpp: model files.
Outcome saving_keeps_the_rows(const Subject& subject);
Outcome configuration_makes_an_equal_generator(const Subject& subject);
Outcome refuses_foreign_files(const Subject& subject);
Outcome survives_damaged_files(const Subject& subject);

// inference_checks.cpp: conditions, imputation, likelihood.
Outcome conditions_hold_exactly(const Subject& subject);
Outcome conditional_rows_do_not_depend_on_chunks(const Subject& subject);
Outcome refuses_bad_conditions(const Subject& subject);
Outcome imputing_keeps_present_cells(const Subject& subject);
Outcome likelihood_is_finite_and_repeatable(const Subject& subject);
Outcome likelihood_sums_to_one(const Subject& subject);

}  // namespace semblance::conformance
