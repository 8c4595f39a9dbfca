// SPDX-License-Identifier: Apache-2.0
#include "semblance/resample/compose.hpp"

#include "detail/check.hpp"
#include "semblance/neighbours/neighbours.hpp"
#include "semblance/registry.hpp"
#include "semblance/smote/over_sampler.hpp"

namespace semblance {
namespace {

class OverSampling final : public Resampler {
 public:
  explicit OverSampling(std::function<std::unique_ptr<Generator>()> make) : make_(std::move(make)) {
    const auto generator = make_();
    name_ = generator->name();
    require(generator->capabilities().conditioning != Conditioning::kNone,
            "over_sampling: generator '{}' cannot draw rows of a given class", name_);
  }

 private:
  Resampled do_resample(const Dataset& data, Seed seed,
                        const ResampleOptions& options) const override {
    const auto generator = make_();
    generator->fit(data, seed, options.run);
    const BalanceOptions balancing{.strategy = options.strategy, .run = options.run};
    Resampled out;
    out.kept = own_rows(data.rows());
    if (const auto* traced = dynamic_cast<const OverSampler*>(generator.get())) {
      auto made = traced->balance_with_provenance(data, seed, balancing);
      out.rows = std::move(made.rows);
      out.provenance = std::move(made.provenance);
    } else {
      out.rows = balance(data, *generator, seed, balancing);
    }
    return out;
  }
  std::string do_name() const override { return name_; }

  std::function<std::unique_ptr<Generator>()> make_;
  std::string name_;
};

class Composition final : public Resampler {
 public:
  Composition(std::unique_ptr<Resampler> first, std::unique_ptr<Selector> second,
              BalanceStrategy cleaned, std::string name)
      : first_(std::move(first)),
        second_(std::move(second)),
        cleaned_(std::move(cleaned)),
        name_(std::move(name)) {}

 private:
  Resampled do_resample(const Dataset& data, Seed seed,
                        const ResampleOptions& options) const override {
    const Resampled made = first_->resample(data, seed, options);
    const auto input_rows = static_cast<std::int64_t>(made.kept.size());
    Resampled left = second_->resample(made.rows, derive(seed, "clean"),
                                       {.strategy = cleaned_, .run = options.run});
    Resampled out;
    for (const std::int64_t row : left.kept) {
      if (row < input_rows) {
        out.kept.push_back(made.kept[static_cast<std::size_t>(row)]);
      } else if (!made.provenance.empty()) {
        out.provenance.push_back(made.provenance[static_cast<std::size_t>(row - input_rows)]);
      }
    }
    out.rows = std::move(left.rows);
    return out;
  }
  std::string do_name() const override { return name_; }

  std::unique_ptr<Resampler> first_;
  std::unique_ptr<Selector> second_;
  BalanceStrategy cleaned_;
  std::string name_;
};

}  // namespace

std::unique_ptr<Resampler> over_sampling(std::function<std::unique_ptr<Generator>()> make) {
  return std::make_unique<OverSampling>(std::move(make));
}

std::unique_ptr<Resampler> over_sampling(std::string_view generator, std::string_view config_json) {
  return over_sampling([name = std::string(generator), config = std::string(config_json)] {
    return make_generator(name, config);
  });
}

std::unique_ptr<Resampler> compose(std::unique_ptr<Resampler> first,
                                   std::unique_ptr<Selector> second, BalanceStrategy cleaned,
                                   std::string name) {
  require(first != nullptr && second != nullptr, "compose: both methods must be there, got null");
  if (name.empty()) name = first->name() + "+" + second->name();
  return std::make_unique<Composition>(std::move(first), std::move(second), std::move(cleaned),
                                       std::move(name));
}

}  // namespace semblance
