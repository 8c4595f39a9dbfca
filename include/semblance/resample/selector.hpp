// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "semblance/resample/resampler.hpp"

namespace semblance {

/// A resampler that only removes rows: a cleaner or an under-sampler.
///
/// The target must be categorical, with rows of two classes at least. Rows with a missing target
/// stay and take no part. No class vanishes: where a method would remove all rows of one,
/// `resample` throws.
class Selector : public Resampler {
 private:
  Resampled do_resample(const Dataset& data, Seed seed, const ResampleOptions& options) const final;

  /// The rows that stay, ascending, among those with a class.
  virtual std::vector<std::int64_t> do_select(const Dataset& data, Seed seed,
                                              const ResampleOptions& options) const = 0;
};

/// The selector with that configuration: TomekLinks is SelectorOf<TomekConfig>.
template <class Config>
class SelectorOf final : public Selector {
 public:
  /// \throws InvalidArgument as Config::validate.
  explicit SelectorOf(Config config = {});

  [[nodiscard]] const Config& config() const noexcept { return config_; }

 private:
  std::vector<std::int64_t> do_select(const Dataset& data, Seed seed,
                                      const ResampleOptions& options) const override;
  std::string do_name() const override;

  Config config_;
};

}  // namespace semblance
