// SPDX-License-Identifier: Apache-2.0
#include "semblance/smote/smote.hpp"

#include "detail/check.hpp"
#include "detail/config.hpp"
#include "semblance/core/archive.hpp"
#include "smote/draw.hpp"
#include "smote/entry.hpp"
#include "smote/rows_file.hpp"

namespace semblance {
namespace {

const std::vector<std::pair<SmallClass, std::string>> kSmallClasses = {
    {SmallClass::kClamp, "clamp"},
    {SmallClass::kError, "error"},
    {SmallClass::kDuplicate, "duplicate"}};

}  // namespace

// nlohmann-json finds these beside the enum.
template <class Json>
static void to_json(Json& json, SmallClass value) {
  for (const auto& [policy, name] : kSmallClasses) {
    if (policy == value) json = name;
  }
}

template <class Json>
static void from_json(const Json& json, SmallClass& value) {
  Json known;
  for (const auto& [policy, name] : kSmallClasses) known[name] = static_cast<int>(policy);
  value = static_cast<SmallClass>(known.at(json.template get<std::string>()).template get<int>());
}

template <class Visitor>
static void visit(SmoteConfig& c, Visitor&& v) {
  v("k", c.k, "Neighbours a row may be joined with, >= 1");
  v("standardize", c.standardize, "Distances on columns of unit variance");
  v("small_class", c.small_class, "Classes of k rows or fewer: clamp, error or duplicate");
}

void SmoteConfig::validate() const { require(k >= 1, "SmoteConfig.k must be >= 1, got {}", k); }

RegistryEntry smote_entry() {
  return {"smote", "New rows between a row and its nearest neighbours of the same class.",
          parameters_of<SmoteConfig>(), [](std::string_view json) {
            return std::make_unique<Smote>(config_from_json<SmoteConfig>(json, "SmoteConfig"));
          }};
}

/// What `fit` learns: the rows themselves.
struct Smote::Impl {
  Impl(Dataset rows, const SmoteConfig& config)
      : data(std::move(rows)),
        classes(classes_of(data)),
        neighbourhood(data, classes, config),
        maker(data, classes, neighbourhood) {}

  /// Makes sure that the neighbours of these rows are known.
  void search(std::span<const std::int64_t> rows, const RunOptions& run) const;

  /// The rows that may be bases: those of the classes that the condition accepts.
  [[nodiscard]] std::vector<std::int64_t> bases(const std::vector<ResolvedTerm>& given) const;
  [[nodiscard]] std::vector<Provenance> choose(const std::vector<std::int64_t>& bases,
                                               RowRange rows, Seed seed) const;
  [[nodiscard]] TracedRows draw(RowRange rows, const std::vector<ResolvedTerm>& given, Seed seed,
                                const RunOptions& run) const;

  Dataset data;
  Classes classes;
  Neighbourhood neighbourhood;
  RowMaker maker;
};

std::vector<std::int64_t> Smote::Impl::bases(const std::vector<ResolvedTerm>& given) const {
  if (given.empty()) return own_rows(data.rows());
  const Field& target = data.schema()[given[0].column];
  require(classes.target >= 0,
          "smote.sample: conditions must be on a categorical target, '{}' is {}", target.name,
          to_string(target.kind));
  std::vector<std::int64_t> rows;
  for (std::int64_t i = 0; i < data.rows(); ++i) {
    if (satisfies(data, i, given)) rows.push_back(i);
  }
  require(!rows.empty(), "smote.sample: no training row has the wanted value of '{}'", target.name);
  return rows;
}

void Smote::Impl::search(std::span<const std::int64_t> rows, const RunOptions& run) const {
  std::vector<bool> asked(classes.rows.size());
  for (const std::int64_t row : rows) {
    const std::int32_t label = classes.label[static_cast<std::size_t>(row)];
    if (!asked[static_cast<std::size_t>(label)]) neighbourhood.search(label, run);
    asked[static_cast<std::size_t>(label)] = true;
  }
}

std::vector<Provenance> Smote::Impl::choose(const std::vector<std::int64_t>& bases, RowRange rows,
                                            Seed seed) const {
  const Seed stage = derive(seed, "smote");
  std::vector<Provenance> out(static_cast<std::size_t>(rows.count));
  for (std::size_t i = 0; i < out.size(); ++i) {
    Stream stream(stage, static_cast<std::uint64_t>(rows.first) + i);
    const std::int64_t base = bases[stream.below(bases.size())];
    const auto near = neighbourhood.of(base);
    const std::int64_t neighbour = near.empty() ? base : near[stream.below(near.size())];
    out[i] = {base, neighbour, stream.uniform()};
  }
  return out;
}

TracedRows Smote::Impl::draw(RowRange rows, const std::vector<ResolvedTerm>& given, Seed seed,
                             const RunOptions& run) const {
  Reporter reporter(run, "sample", 1);
  const auto from = bases(given);
  if (rows.count > 0) search(from, run);
  auto parents = choose(from, rows, seed);
  Dataset made = maker.make(parents, rows.first, seed, worker_threads(run));
  reporter.step(1);
  return {std::move(made), std::move(parents)};
}

Smote::Smote(SmoteConfig config) : config_(config) { config_.validate(); }
Smote::~Smote() = default;

const SmoteConfig& Smote::config() const noexcept { return config_; }

TracedRows Smote::sample_with_provenance(std::int64_t n, Seed seed,
                                         const SampleOptions& options) const {
  static_cast<void>(sample(0, seed, options));  // the checks of every call to sample
  require(n >= 0, "smote.sample: n must be >= 0, got {}", n);
  return impl_->draw({options.first_row, n}, resolve(options.given, schema()), seed, options.run);
}

Dataset Smote::interpolate(std::span<const Provenance> parents, Seed seed) const {
  require<NotFitted>(is_fitted(), "smote.interpolate: call fit first");
  const std::int64_t n = impl_->data.rows();
  for (const Provenance& p : parents) {
    require(p.base >= 0 && p.base < n && p.neighbour >= 0 && p.neighbour < n,
            "smote.interpolate: parents must be training rows, 0 to {}, got {} and {}", n - 1,
            p.base, p.neighbour);
    require(impl_->classes.label[static_cast<std::size_t>(p.base)] ==
                impl_->classes.label[static_cast<std::size_t>(p.neighbour)],
            "smote.interpolate: rows {} and {} are of different classes", p.base, p.neighbour);
    require(p.u >= 0 && p.u <= 1, "smote.interpolate: u must be in [0, 1], got {}", p.u);
  }
  std::vector<std::int64_t> bases;
  for (const Provenance& p : parents) bases.push_back(p.base);
  impl_->search(bases, {});
  return impl_->maker.make(parents, 0, seed, 1);
}

std::vector<std::int64_t> Smote::neighbours(std::int64_t row) const {
  require<NotFitted>(is_fitted(), "smote.neighbours: call fit first");
  require(row >= 0 && row < impl_->data.rows(),
          "smote.neighbours: row must be between 0 and {}, got {}", impl_->data.rows() - 1, row);
  impl_->search(std::span(&row, 1), {});
  const auto near = impl_->neighbourhood.of(row);
  return {near.begin(), near.end()};
}

void Smote::do_fit(const Dataset& train, Seed, const RunOptions& run) {
  const std::string broken = broken_cell(train);
  require(broken.empty(), "smote.fit: {}", broken);
  Reporter reporter(run, "fit", 1);
  auto impl = std::make_unique<const Impl>(train, config_);
  reporter.step(1);
  impl_ = std::move(impl);
}

Dataset Smote::do_sample(RowRange rows, const std::vector<ResolvedTerm>& given, Seed seed,
                         const RunOptions& run) const {
  return impl_->draw(rows, given, seed, run).rows;
}

void Smote::do_save(Archive& archive) const { save_rows(impl_->data, archive); }

void Smote::do_load(const Archive& archive, const Schema& schema) {
  impl_ = std::make_unique<const Impl>(load_rows(archive, schema), config_);
}

Capabilities Smote::do_capabilities() const {
  return {.kinds = {Kind::kReal, Kind::kInteger, Kind::kCategorical, Kind::kDatetime},
          .missing_values = true,
          .conditioning = Conditioning::kTarget};
}

std::string Smote::do_name() const { return "smote"; }

std::string Smote::do_config_json() const { return config_to_json(config_).dump(); }

}  // namespace semblance
