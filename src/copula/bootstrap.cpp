// SPDX-License-Identifier: Apache-2.0
#include "semblance/copula/bootstrap.hpp"

#include <memory>

#include "copula/entry.hpp"
#include "data/rows_file.hpp"
#include "detail/config.hpp"
#include "semblance/core/archive.hpp"

namespace semblance {
namespace {

/// It has no knobs.
struct BootstrapConfig {
  void validate() const {}
};

template <class Visitor>
void visit(BootstrapConfig&, Visitor&&) {}

}  // namespace

void Bootstrap::do_fit(const Dataset& train, Seed, const RunOptions& run) {
  const std::string broken = broken_cell(train);
  require(broken.empty(), "bootstrap.fit: {}", broken);
  Reporter reporter(run, "fit", 1);
  reporter.step(1);
  rows_ = train;
}

Dataset Bootstrap::do_sample(RowRange rows, const std::vector<ResolvedTerm>& given, Seed seed,
                             const RunOptions& run) const {
  Reporter reporter(run, "sample", 1);
  std::vector<std::int64_t> pool;
  for (std::int64_t i = 0; i < rows_.rows(); ++i) {
    if (satisfies(rows_, i, given)) pool.push_back(i);
  }
  require(!pool.empty(), "bootstrap.sample: no training row meets the condition");
  const Seed stage = derive(seed, "sample");
  std::vector<std::int64_t> chosen;
  for (std::int64_t i = rows.first; i < rows.first + rows.count; ++i)
    chosen.push_back(pool[Stream(stage, static_cast<std::uint64_t>(i)).below(pool.size())]);
  reporter.step(1);
  return rows_.take(chosen);
}

void Bootstrap::do_save(Archive& archive) const { save_rows(rows_, archive); }

void Bootstrap::do_load(const Archive& archive, const Schema& schema) {
  rows_ = load_rows(archive, schema);
}

Capabilities Bootstrap::do_capabilities() const {
  return {.kinds = {Kind::kReal, Kind::kInteger, Kind::kCategorical, Kind::kDatetime},
          .missing_values = true,
          .conditioning = Conditioning::kExact};
}

RegistryEntry bootstrap_entry() {
  return {"bootstrap", "Training rows with replacement: a control that fails on privacy",
          parameters_of<BootstrapConfig>(),
          [](std::string_view json) -> std::unique_ptr<Generator> {
            static_cast<void>(config_from_json<BootstrapConfig>(json, "BootstrapConfig"));
            return std::make_unique<Bootstrap>();
          }};
}

}  // namespace semblance
