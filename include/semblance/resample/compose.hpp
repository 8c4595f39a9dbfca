// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "semblance/resample/selector.hpp"

namespace semblance {

/// A resampler that fits a generator to the table and draws, for each class, as many rows as the
/// strategy says, as balance() does. With provenance, if the generator is an OverSampler.
///
/// \param make  Makes an unfitted generator that conditions on its target.
/// \throws InvalidArgument if the generator does not condition on its target.
[[nodiscard]] std::unique_ptr<Resampler> over_sampling(
    std::function<std::unique_ptr<Generator>()> make);

/// The same with a generator of the registry.
/// \throws InvalidArgument as make_generator.
[[nodiscard]] std::unique_ptr<Resampler> over_sampling(std::string_view generator,
                                                       std::string_view config_json = "{}");

/// `first`, then `second` on the table that it made; new rows that go take their provenance along.
///
/// \param cleaned  The strategy of `second`; the caller's is that of `first`.
/// \param name     Empty: "first+second".
/// \throws InvalidArgument if one of them is null.
[[nodiscard]] std::unique_ptr<Resampler> compose(std::unique_ptr<Resampler> first,
                                                 std::unique_ptr<Selector> second,
                                                 BalanceStrategy cleaned = All{},
                                                 std::string name = {});

}  // namespace semblance
