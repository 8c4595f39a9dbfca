// SPDX-License-Identifier: Apache-2.0
#include "semblance/smote/over_sampler.hpp"

#include <algorithm>
#include <limits>
#include <numeric>

#include "data/rows_file.hpp"
#include "detail/check.hpp"
#include "detail/names.hpp"
#include "semblance/core/archive.hpp"
#include "smote/draws.hpp"
#include "smote/row_maker.hpp"

namespace semblance {
namespace {

/// Rows that are drawn already.
Batch batch_of(std::vector<Drawn> rows, Seed seed) {
  const auto count = static_cast<std::int64_t>(rows.size());
  return {count, seed, [all = std::move(rows)](std::int64_t first, std::span<Drawn> to) {
            std::copy_n(all.begin() + first, to.size(), to.begin());
          }};
}

}  // namespace

/// What `fit` learns: the rows themselves.
struct OverSampler::Impl {
  Impl(Dataset rows, Seed seed, const OverSampler& owner)
      : training(std::move(rows), owner.do_options(), seed),
        method(owner.do_method(training)),
        plans(training, *method),
        maker(training, *method) {}

  [[nodiscard]] Batch batch(DrawOne one, RowRange rows, Seed seed, const RunOptions& run) const;
  [[nodiscard]] Batch class_batch(std::int32_t label, std::int64_t n, Seed seed,
                                  const RunOptions& run) const;
  [[nodiscard]] std::vector<Drawn> accepted(const DrawOne& one, RowRange rows, Seed seed,
                                            const RunOptions& run) const;
  [[nodiscard]] TracedRows make(const Dataset* head, std::span<const Batch> batches, bool traced,
                                const RunOptions& run) const;
  [[nodiscard]] TracedRows draw(RowRange rows, const std::vector<ResolvedTerm>& given, Seed seed,
                                bool traced, const RunOptions& run) const;
  [[nodiscard]] TracedRows balance(const Dataset& train, const std::vector<std::int64_t>& add,
                                   Seed seed, bool traced, const RunOptions& run) const;
  [[nodiscard]] Drawn drawn(const Provenance& parents, std::size_t index) const;

  Training training;
  std::unique_ptr<const Method> method;
  Plans plans;
  RowMaker maker;
};

Batch OverSampler::Impl::batch(DrawOne one, RowRange rows, Seed seed, const RunOptions& run) const {
  Batch out{rows.count, seed, {}};
  if (method->attempts() > 1) {
    return batch_of(accepted(one, rows, seed, run), seed);
  }
  const Seed stage = derive(seed, training.options.name);
  out.draw = [one = std::move(one), rows, stage](std::int64_t first, std::span<Drawn> to) {
    for (std::size_t i = 0; i < to.size(); ++i) {
      to[i] = one(stage, rows.first + first + static_cast<std::int64_t>(i));
    }
  };
  return out;
}

/// Draws each row until the method accepts it, and takes the best candidate of one that it never
/// does. A row's votes and noise are the same in every attempt, so that the candidate that was
/// judged is the row that will be made.
std::vector<Drawn> OverSampler::Impl::accepted(const DrawOne& one, RowRange rows, Seed seed,
                                               const RunOptions& run) const {
  std::vector<Drawn> out(static_cast<std::size_t>(rows.count));
  std::vector<double> least(out.size(), std::numeric_limits<double>::infinity());
  std::vector<std::size_t> open(out.size());
  std::iota(open.begin(), open.end(), std::size_t{0});
  const Seed first = derive(seed, training.options.name);
  for (int attempt = 0; attempt < method->attempts() && !open.empty(); ++attempt) {
    const Seed stage = attempt == 0 ? first : derive(first, static_cast<std::uint64_t>(attempt));
    std::vector<Drawn> tried;
    for (const std::size_t i : open) {
      tried.push_back(one(stage, rows.first + static_cast<std::int64_t>(i)));
    }
    const Batch batch = batch_of(tried, seed);
    const auto flaws = method->flaws(maker.make(nullptr, {&batch, 1}, {}, run), tried, run);
    std::size_t left = 0;
    for (std::size_t j = 0; j < tried.size(); ++j) {
      const std::size_t i = open[j];
      const bool good = method->accepts(flaws[j], attempt);
      if (good || flaws[j] < least[i]) out[i] = tried[j];
      least[i] = std::min(least[i], flaws[j]);
      if (!good) open[left++] = i;
    }
    open.resize(left);
  }
  return out;
}

Batch OverSampler::Impl::class_batch(std::int32_t label, std::int64_t n, Seed seed,
                                     const RunOptions& run) const {
  const Seed own = derive(seed, static_cast<std::uint64_t>(label));
  Batch out = batch(draw_class(*method, plans.of(label, run), n, own), {0, n}, own, run);
  out.label = label;
  return out;
}

TracedRows OverSampler::Impl::make(const Dataset* head, std::span<const Batch> batches, bool traced,
                                   const RunOptions& run) const {
  std::int64_t n = 0;
  for (const Batch& batch : batches) n += batch.count;
  TracedRows out;
  if (traced) out.provenance.resize(static_cast<std::size_t>(n));
  out.rows = maker.make(head, batches, out.provenance, run);
  return out;
}

TracedRows OverSampler::Impl::draw(RowRange rows, const std::vector<ResolvedTerm>& given, Seed seed,
                                   bool traced, const RunOptions& run) const {
  Reporter reporter(run, "sample", 1);
  const RunOptions quiet{.stop = run.stop, .threads = run.threads};
  std::vector<Batch> batches;
  const RowPool pool(training, given);
  if (rows.count > 0)
    batches.push_back(batch(draw_rows(*method, plans, pool, quiet), rows, seed, quiet));
  TracedRows out = make(nullptr, batches, traced, quiet);
  reporter.step(1);
  return out;
}

TracedRows OverSampler::Impl::balance(const Dataset& train, const std::vector<std::int64_t>& add,
                                      Seed seed, bool traced, const RunOptions& run) const {
  Reporter reporter(run, "sample", 1);
  const RunOptions quiet{.stop = run.stop, .threads = run.threads};
  const Dataset empty[] = {train.slice(0, 0), training.data.slice(0, 0)};
  const Dataset head = train.with_schema(Dataset::concat(empty).schema());
  std::vector<Batch> batches;
  for (std::size_t c = 0; c < add.size(); ++c) {
    const auto label = static_cast<std::int32_t>(c);
    if (add[c] == 0) continue;
    require(training.classes.size(label) > 0, "{}.balance: {} has no training rows",
            training.options.name, training.class_name(label));
    batches.push_back(class_batch(label, add[c], seed, quiet));
  }
  TracedRows out = make(&head, batches, traced, quiet);
  reporter.step(1);
  return out;
}

Drawn OverSampler::Impl::drawn(const Provenance& p, std::size_t index) const {
  const std::string& name = training.options.name;
  const std::int64_t n = training.data.rows();
  require(p.base >= 0 && p.base < n && p.neighbour >= 0 && p.neighbour < n,
          "{}.interpolate: parents must be training rows, 0 to {}, got {} and {}", name, n - 1,
          p.base, p.neighbour);
  const std::int32_t label = training.label(p.base);
  require(method->crosses_classes() || label == training.label(p.neighbour),
          "{}.interpolate: rows {} and {} are of different classes", name, p.base, p.neighbour);
  const Range steps = method->steps();
  require(p.u >= steps.min && p.u <= steps.max, "{}.interpolate: u must be in [{}, {}], got {}",
          name, steps.min, steps.max, p.u);
  const ClassPlan& plan = *plans.of(label, {}).plan;
  return {p, &plan, plan.place(p.base), index};
}

OverSampler::OverSampler() = default;
OverSampler::~OverSampler() = default;

TracedRows OverSampler::sample_with_provenance(std::int64_t n, Seed seed,
                                               const SampleOptions& options) const {
  static_cast<void>(sample(0, seed, options));  // the checks of every call to sample
  require(n >= 0, "{}.sample: n must be >= 0, got {}", name(), n);
  return impl_->draw({options.first_row, n}, resolve(options.given, schema()), seed, true,
                     options.run);
}

std::int32_t OverSampler::class_of(std::string_view label, const char* call) const {
  require<NotFitted>(is_fitted(), "{}.{}: call fit first", name(), call);
  const Classes& classes = impl_->training.classes;
  if (classes.target() < 0) {
    require(label.empty(), "{}.{}: the table has no categorical target, so no class '{}'", name(),
            call, label);
    return 0;
  }
  const Vocabulary& names = schema()[classes.target()].categories;
  const std::int32_t code = names.code(label);
  require(code >= 0, "{}.{}: there is no class '{}'; {}", name(), call, label,
          did_you_mean(label, names.categories()));
  require(classes.size(code) > 0, "{}.{}: class '{}' has no training rows", name(), call, label);
  return code;
}

TracedRows OverSampler::generate(std::string_view label, std::int64_t n, Seed seed,
                                 const RunOptions& run) const {
  const std::int32_t code = class_of(label, "generate");
  require(n >= 0, "{}.generate: n must be >= 0, got {}", name(), n);
  Reporter reporter(run, "sample", 1);
  const RunOptions quiet{.stop = run.stop, .threads = run.threads};
  const Batch batch = impl_->class_batch(code, n, seed, quiet);
  TracedRows out = impl_->make(nullptr, {&batch, 1}, true, quiet);
  reporter.step(1);
  return out;
}

Dataset OverSampler::interpolate(std::span<const Provenance> parents, Seed seed) const {
  require<NotFitted>(is_fitted(), "{}.interpolate: call fit first", name());
  std::vector<Drawn> rows;
  for (const Provenance& p : parents) rows.push_back(impl_->drawn(p, rows.size()));
  const Batch batch = batch_of(std::move(rows), seed);
  return impl_->make(nullptr, {&batch, 1}, false, {}).rows;
}

std::vector<std::int64_t> OverSampler::neighbours(std::int64_t row) const {
  require<NotFitted>(is_fitted(), "{}.neighbours: call fit first", name());
  const Training& training = impl_->training;
  require(row >= 0 && row < training.data.rows(),
          "{}.neighbours: row must be between 0 and {}, got {}", name(), training.data.rows() - 1,
          row);
  const ClassPlan& plan = *impl_->plans.of(training.label(row), {}).plan;
  const std::int64_t place = plan.place(row);
  if (place < 0) return {};
  const auto near = plan.partners.of(place);
  return {near.begin(), near.end()};
}

std::vector<BaseRow> OverSampler::bases(std::string_view label) const {
  const ReadyPlan& ready = impl_->plans.of(class_of(label, "bases"), {});
  const ClassPlan& plan = *ready.plan;
  std::vector<BaseRow> out;
  for (std::size_t i = 0; i < plan.bases.size(); ++i) {
    const double share = plan.weights.empty() ? 1 / static_cast<double>(plan.bases.size())
                                              : plan.weights[i] / ready.cumulative.back();
    out.push_back({plan.bases[i], share});
  }
  return out;
}

TracedRows OverSampler::balance_with_provenance(const Dataset& train, Seed seed,
                                                const BalanceOptions& options) const {
  return impl_->balance(train, balance_counts(train, *this, options.strategy), seed, true,
                        options.run);
}

void OverSampler::do_fit(const Dataset& train, Seed seed, const RunOptions& run) {
  const std::string broken = broken_cell(train);
  require(broken.empty(), "{}.fit: {}", name(), broken);
  Reporter reporter(run, "fit", 1);
  auto impl = std::make_unique<const Impl>(train, seed, *this);
  reporter.step(1);
  impl_ = std::move(impl);
}

Dataset OverSampler::do_sample(RowRange rows, const std::vector<ResolvedTerm>& given, Seed seed,
                               const RunOptions& run) const {
  return impl_->draw(rows, given, seed, false, run).rows;
}

Dataset OverSampler::do_balance(const Dataset& train, const std::vector<std::int64_t>& add,
                                Seed seed, const RunOptions& run) const {
  return impl_->balance(train, add, seed, false, run).rows;
}

void OverSampler::do_save(Archive& archive) const {
  save_rows(impl_->training.data, archive);
  archive.put_text("seed", std::to_string(static_cast<std::uint64_t>(impl_->training.seed)));
}

void OverSampler::do_load(const Archive& archive, const Schema& schema) {
  const auto seed = archive.has_text("seed") ? std::stoull(archive.text("seed")) : 0;
  impl_ = std::make_unique<const Impl>(load_rows(archive, schema), Seed{seed}, *this);
}

Capabilities OverSampler::do_capabilities() const {
  return {.kinds = {Kind::kReal, Kind::kInteger, Kind::kCategorical, Kind::kDatetime},
          .missing_values = true,
          .conditioning = Conditioning::kTarget};
}

}  // namespace semblance
