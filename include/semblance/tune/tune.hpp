// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "semblance/core/run.hpp"
#include "semblance/core/seed.hpp"
#include "semblance/data/dataset.hpp"

namespace semblance {

/// What a search for a configuration makes small: errors as shares of their floors, and 1 less the
/// normalised utility, so that 0 is perfect and 1 as bad as the floor.
enum class Aim : std::uint8_t {
  kBalanced,   ///< The mean of shapes, pairs and, with a target, utility.
  kShapes,     ///< `shape_error`.
  kPairs,      ///< `pair_tvd`.
  kUtility,    ///< `utility`: needs a target.
  kDetection,  ///< `c2st_holdout`.
};

/// "balanced", "shapes", ... and back. \throws InvalidArgument that lists the names.
[[nodiscard]] std::string_view to_string(Aim aim);
[[nodiscard]] Aim parse_aim(std::string_view name);

/// Where a search looks for the value of one field of a configuration: among numbers, or choices.
struct SearchSpace {
  std::string field = {};
  double low = 0, high = 0;               ///< Smallest and largest number.
  bool logarithmic = false;               ///< Numbers are uniform in their logarithm.
  bool whole = false;                     ///< Numbers are integers.
  std::vector<std::string> choices = {};  ///< Values as JSON; empty: numbers.
};

/// The fields of a registered generator that a search varies; empty for generators with nothing to
/// search. Presets have their family's.
[[nodiscard]] std::vector<SearchSpace> search_space(std::string_view model);

/// One configuration on one number of rows.
struct Trial {
  std::string model = {};
  std::string config = {};   ///< JSON.
  std::int64_t rows = 0;     ///< That it learned.
  double loss = 0;           ///< See Aim.
  double nearer = 0.5;       ///< Share of its rows nearer to rows it learned than to others.
  bool copies = false;       ///< That share is above 55 % beyond chance (of few rows more, see
                             ///< docs/auto.md): it cannot win.
  std::string failure = {};  ///< Why there is no loss; empty: there is.
  double seconds = 0;
  std::optional<double> shape_error = {}, pair_error = {};  ///< Percent.
  std::optional<double> utility = {};                       ///< AUC, macro-F1 or R2, by task.
};

/// How long and where to search.
struct TuneOptions {
  Aim aim = Aim::kBalanced;
  std::int64_t trials = 20;  ///< Configurations, the default among them, >= 1.
  std::string fixed = "{}";  ///< Fields that keep a value, as JSON.
  RunOptions run = {};       ///< A budget bounds the whole search; threads do not change results.
  std::vector<Trial> known = {};  ///< Of an earlier search on the same rows and seed: not repeated.
  std::function<void(const Trial&)> on_trial = {};  ///< Called after each.
};

/// What a search found.
struct TuneResult {
  std::string model = {};
  std::string config = {};         ///< JSON, as `make_generator` and `--config` take it.
  double loss = 0;                 ///< Of the winner on all teaching rows.
  double default_loss = 0;         ///< Of the default configuration (the first model's).
  bool complete = true;            ///< False: the budget ended the search.
  std::vector<Trial> trials = {};  ///< In the order of the search.
};

/// Looks for a good configuration of a generator, on training rows alone.
///
/// Random configurations from its search_space(), and the default one, learn a part of three
/// quarters of the rows and are judged by the rest; the better third learns three times as many,
/// and so on up to all (successive halving [1, 2]). The default stays to the end, so the result is
/// never worse than it by this measure. A configuration that copies never wins while another does
/// not.
///
/// \param model  A registered generator; "auto": copula, any-order, diffusion and vae take turns.
/// \return depends on the rows, the seed and the options; with a time budget on the clock too.
/// \throws InvalidArgument for an unknown model, bad options, fewer than 40 rows, or if every
///         configuration fails; Cancelled.
///
/// [1] Bergstra, Bengio, "Random search for hyper-parameter optimization", JMLR 2012.
/// [2] Jamieson, Talwalkar, "Non-stochastic best arm identification and hyperparameter
/// optimization", AISTATS 2016.
[[nodiscard]] TuneResult tune(std::string_view model, const Dataset& train, Seed seed,
                              const TuneOptions& options = {});

/// Trials as JSON, one object each, and back: a search that is told of them goes on.
[[nodiscard]] std::string to_json(const std::vector<Trial>& trials);
/// \throws FileError for text that is not of this kind.
[[nodiscard]] std::vector<Trial> parse_trials(std::string_view json);

}  // namespace semblance
