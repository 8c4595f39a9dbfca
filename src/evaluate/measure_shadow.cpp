// SPDX-License-Identifier: Apache-2.0
#include "detail/check.hpp"
#include "evaluate/evaluator.hpp"
#include "evaluate/groups.hpp"

namespace semblance {

void measure_shadow(Evaluator& e) {
  if (!e.wants("mia_shadow")) return;
  if (!e.evaluation().generator)
    return e.skip("mia_shadow", Status::kNotApplicable,
                  "needs the generator, which it fits again and again (see semblance audit)");
  const Tables& t = e.tables();
  const ShadowOptions options{.shadows = e.options().shadows,
                              .level = e.options().level,
                              .run = {.stop = e.options().run.stop,
                                      .threads = e.options().run.threads,
                                      .device = e.options().run.device}};
  const std::int64_t fewest = options.targets + 20;
  if (t.train.rows() < fewest)
    return e.skip("mia_shadow", Status::kUndefined,
                  fmt::format("needs {} training rows, got {}", fewest, t.train.rows()));
  const auto found =
      mia_shadow(t.train, e.evaluation().generator, derive(e.seed(), "shadow"), options);
  Metric m = e.start("mia_shadow");
  m.rows_real = found.rows;
  m.rows_synthetic = found.released;
  m.value = found.found.auc.value;
  m.interval = found.found.auc.interval(e.options().level);
  m.holdout = {0.5, "guessing, by definition"};
  m.floor = {std::nullopt, "none"};
  for (const auto& kind : found.features) m.details.push_back({kind.name, "AUC", kind.auc, {}});
  m.details.push_back({"epsilon shown", "lower bound", found.found.epsilon, {}});
  e.finish(std::move(m));
}

}  // namespace semblance
