// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "semblance/registry.hpp"
#include "semblance/resample/resampler.hpp"

namespace semblance {

/// What a resampler does.
enum class ResamplerGroup : std::uint8_t {
  kOverSampling,   ///< Adds rows.
  kUnderSampling,  ///< Removes rows, to sizes that the strategy says.
  kCleaning,       ///< Removes rows, as many as it finds.
  kCombination,    ///< Adds rows, then removes some.
  kRegression      ///< Adds and removes rows of a table with a numeric target.
};

/// "over-sampling", "under-sampling", "cleaning", "combination", "regression".
[[nodiscard]] std::string_view to_string(ResamplerGroup group);

/// A resampler that can be made by name.
struct ResamplerEntry {
  std::string name;  ///< As on the command line: "smote-enn".
  ResamplerGroup group = ResamplerGroup::kOverSampling;
  std::string summary;  ///< One sentence.
  std::vector<Parameter> parameters;
  std::function<std::unique_ptr<Resampler>(std::string_view config_json)> make;
};

/// All of them: every generator of registry() that conditions on its target, then the methods that
/// remove rows, the combinations, and those for a numeric target.
[[nodiscard]] std::vector<ResamplerEntry> resamplers();

/// A resampler by name, configured by a JSON object whose absent keys keep their defaults.
///
/// "A+B" is any over-sampler A followed by any method B that removes rows; its configuration is
/// {"A": {...}, "B": {...}, "cleaned": "all"}, with the parts' own and the strategy of B.
/// \throws InvalidArgument for an unknown name (the nearest one is named), an unknown key, or a
/// value that the configuration does not allow.
[[nodiscard]] std::unique_ptr<Resampler> make_resampler(std::string_view name,
                                                        std::string_view config_json = "{}");

}  // namespace semblance
