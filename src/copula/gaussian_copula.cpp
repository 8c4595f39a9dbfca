// SPDX-License-Identifier: Apache-2.0
#include "semblance/copula/gaussian_copula.hpp"

#include <ATen/ATen.h>

#include <Eigen/Cholesky>

#include "copula/entry.hpp"
#include "copula/sampler.hpp"
#include "detail/config.hpp"
#include "semblance/core/archive.hpp"

namespace semblance {

template <class Visitor>
static void visit(GaussianCopulaConfig& c, Visitor&& v) {
  v("max_categories", c.max_categories,
    "Tokens of a categorical column; the rarest share one; >= 2");
  v("max_values", c.max_values,
    "Numeric columns with at most that many values get one token each, >= 0");
  v("bins", c.bins, "Quantile bins of other numeric columns, >= 1");
  v("min_category_rows", c.min_category_rows, "Categories of fewer rows share one place, >= 1");
  v("ridge", c.ridge, "Least eigenvalue of the correlations, in (0, 1]");
  v("sweeps", c.sweeps, "Gibbs sweeps where several cells are known to an interval, >= 0");
}

void GaussianCopulaConfig::validate() const {
  const auto at_least = [](const char* field, std::int64_t value, std::int64_t least) {
    require(value >= least, "GaussianCopulaConfig.{} must be >= {}, got {}", field, least, value);
  };
  at_least("max_categories", max_categories, 2);
  at_least("max_values", max_values, 0);
  at_least("bins", bins, 1);
  at_least("min_category_rows", min_category_rows, 1);
  require(ridge > 0 && ridge <= 1, "GaussianCopulaConfig.ridge must be in (0, 1], got {}", ridge);
  at_least("sweeps", sweeps, 0);
}

struct GaussianCopula::Fitted {
  copula::Model model;
};

namespace {

/// The places of all tokens of all columns, one column after another.
at::Tensor places_of(const std::vector<copula::Margin>& margins) {
  std::vector<std::int32_t> all;
  for (const auto& margin : margins)
    all.insert(all.end(), margin.place_of_token().begin(), margin.place_of_token().end());
  return at::tensor(all, at::kInt);
}

/// \throws FileError unless tokens have places 0, 1, ... without gaps, ascending for numbers.
void check_places(const TokenColumn& tokens, const std::vector<std::int32_t>& place) {
  const auto ascending = copula::Margin::ascending(tokens);
  bool good = !tokens.is_ordered() || place == ascending;
  std::vector<bool> used(place.size());
  std::int32_t most = -1;
  for (std::size_t t = 0; t < place.size(); ++t) {
    good = good && (place[t] < 0) == (ascending[t] < 0) && place[t] >= -1 &&
           place[t] < static_cast<std::int32_t>(place.size());
    if (!good) break;
    if (place[t] >= 0) used[static_cast<std::size_t>(place[t])] = true;
    most = std::max(most, place[t]);
  }
  good = good && std::count(used.begin(), used.end(), true) == most + 1;
  require<FileError>(good, "the model file's places of categories do not fit its tokens");
}

std::vector<copula::Margin> load_margins(const Archive& archive, const TokenCodec& codec) {
  const at::Tensor places = archive.tensor("places").contiguous();
  require<FileError>(places.scalar_type() == at::kInt && places.dim() == 1 &&
                         places.numel() == codec.offsets().back(),
                     "the model file's places of categories do not fit its tokens");
  const auto* data = places.const_data_ptr<std::int32_t>();
  std::vector<copula::Margin> out;
  for (std::int64_t c = 0; c < codec.size(); ++c) {
    std::vector<std::int32_t> place(data, data + codec[c].size());
    check_places(codec[c], place);
    out.emplace_back(codec[c], std::move(place));
    data += codec[c].size();
  }
  return out;
}

/// \throws FileError unless it is a positive definite correlation matrix of that size.
copula::Matrix load_correlation(const Archive& archive, std::int64_t size) {
  const at::Tensor stored = archive.tensor("correlation").contiguous();
  require<FileError>(stored.scalar_type() == at::kDouble && stored.dim() == 2 &&
                         stored.size(0) == size && stored.size(1) == size,
                     "the model file's correlations do not fit its columns");
  const copula::Matrix r =
      Eigen::Map<const copula::Matrix>(stored.const_data_ptr<double>(), size, size);
  const bool good = r.allFinite() && r == copula::Matrix(r.transpose()) &&
                    (r.diagonal().array() == 1).all() && r.llt().info() == Eigen::Success;
  require<FileError>(good, "the model file's correlations are not positive definite");
  return r;
}

}  // namespace

GaussianCopula::GaussianCopula(GaussianCopulaConfig config) : config_(config) {
  config_.validate();
}
GaussianCopula::~GaussianCopula() = default;

double GaussianCopula::correlation(std::string_view a, std::string_view b) const {
  const Schema& fields = schema();  // or NotFitted
  return fitted_->model.correlation(fields.index(a), fields.index(b));
}

void GaussianCopula::do_fit(const Dataset& train, Seed, const RunOptions& run) {
  TokenCodec codec(train, {config_.max_categories, config_.max_values, config_.bins});
  auto learned = copula::learn(train, codec, config_.min_category_rows, config_.ridge, run);
  copula::Variables variables(codec, learned.margins);
  fitted_ = std::make_unique<const Fitted>(
      Fitted{{std::move(codec), std::move(learned.margins), std::move(variables),
              std::move(learned.correlation)}});
}

Dataset GaussianCopula::do_sample(RowRange rows, const std::vector<ResolvedTerm>& given, Seed seed,
                                  const RunOptions& run) const {
  return copula::Sampler(fitted_->model, schema(), config_.sweeps, run).sample(rows, given, seed);
}

Dataset GaussianCopula::do_impute(const Dataset& rows, Seed seed, const RunOptions& run) const {
  return copula::Sampler(fitted_->model, schema(), config_.sweeps, run).impute(rows, seed);
}

void GaussianCopula::do_save(Archive& archive) const {
  const copula::Matrix& r = fitted_->model.correlation;
  archive.put_text("tokens", fitted_->model.codec.to_json());
  archive.put_tensor("places", places_of(fitted_->model.margins));
  archive.put_tensor("correlation", at::from_blob(const_cast<double*>(r.data()),
                                                  {r.rows(), r.cols()}, at::kDouble));
}

void GaussianCopula::do_load(const Archive& archive, const Schema& schema) {
  auto codec = TokenCodec::from_json(archive.text("tokens"), schema);
  auto margins = load_margins(archive, codec);
  copula::Variables variables(codec, margins);
  auto correlation = load_correlation(archive, variables.size);
  fitted_ = std::make_unique<const Fitted>(
      Fitted{{std::move(codec), std::move(margins), std::move(variables), std::move(correlation)}});
}

Capabilities GaussianCopula::do_capabilities() const {
  return {.kinds = {Kind::kReal, Kind::kInteger, Kind::kCategorical, Kind::kDatetime},
          .missing_values = true,
          .conditioning = Conditioning::kExact,
          .imputes = true};
}

std::string GaussianCopula::do_config_json() const { return config_to_json(config_).dump(); }

RegistryEntry copula_entry() {
  return {"copula", "Gaussian copula with empirical margins: the cheap baseline",
          parameters_of<GaussianCopulaConfig>(),
          [](std::string_view json) -> std::unique_ptr<Generator> {
            return std::make_unique<GaussianCopula>(
                config_from_json<GaussianCopulaConfig>(json, "GaussianCopulaConfig"));
          }};
}

}  // namespace semblance
