// SPDX-License-Identifier: Apache-2.0
#include "semblance/copula/gaussian_copula.hpp"

#include <ATen/ATen.h>

#include <Eigen/Cholesky>
#include <cmath>

#include "copula/classes.hpp"
#include "copula/entry.hpp"
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
  v("by_target", c.by_target, "One copula a class of a categorical target");
  v("class_shrinkage", c.class_shrinkage,
    "Of a class's correlations towards those within all classes: n rows keep n / (n + this x "
    "variables), >= 0");
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
  require(class_shrinkage >= 0, "GaussianCopulaConfig.class_shrinkage must be >= 0, got {}",
          class_shrinkage);
}

struct GaussianCopula::Fitted {
  copula::Model model;
  std::vector<copula::ClassModel> classes = {};  ///< Empty: one copula for all rows.
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
copula::Matrix load_correlation(const at::Tensor& tensor, std::int64_t size) {
  const at::Tensor stored = tensor.contiguous();
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

at::Tensor as_tensor(const copula::Matrix& r) {
  return at::from_blob(const_cast<double*>(r.data()), {r.rows(), r.cols()}, at::kDouble).clone();
}

void save_classes(const std::vector<copula::ClassModel>& classes, Archive& archive) {
  std::vector<std::int64_t> codes;
  std::vector<double> shares;
  std::vector<at::Tensor> counts, correlations;
  for (const copula::ClassModel& c : classes) {
    codes.push_back(c.code);
    shares.push_back(c.share);
    std::vector<double> all;
    for (const auto& column : c.counts) all.insert(all.end(), column.begin(), column.end());
    counts.push_back(at::tensor(all, at::kDouble));
    correlations.push_back(as_tensor(c.model.correlation));
  }
  archive.put_tensor("class_codes", at::tensor(codes, at::kLong));
  archive.put_tensor("class_shares", at::tensor(shares, at::kDouble));
  archive.put_tensor("class_counts", at::stack(counts));
  archive.put_tensor("class_correlations", at::stack(correlations));
}

/// Counts of all tokens, cut into columns. \throws FileError unless each is finite and >= 0.
std::vector<std::vector<double>> cut_counts(const at::Tensor& stored, const copula::Model& all) {
  const at::Tensor row = stored.contiguous();
  const auto offsets = all.codec.offsets();
  const auto* data = row.const_data_ptr<double>();
  std::vector<std::vector<double>> out;
  for (std::int64_t c = 0; c < all.codec.size(); ++c) {
    const auto column = static_cast<std::size_t>(c);
    out.emplace_back(data + offsets[column], data + offsets[column + 1]);
    for (const double count : out.back())
      require<FileError>(std::isfinite(count) && count >= 0,
                         "the model file's counts of a class are not counts");
  }
  return out;
}

std::vector<copula::ClassModel> load_classes(const Archive& archive, const copula::Model& all,
                                             const Schema& schema) {
  const at::Tensor codes = archive.tensor("class_codes").contiguous();
  const at::Tensor shares = archive.tensor("class_shares").contiguous();
  const at::Tensor counts = archive.tensor("class_counts");
  const at::Tensor correlations = archive.tensor("class_correlations");
  const std::int64_t n = codes.numel(), size = all.variables.size;
  const bool fits = codes.scalar_type() == at::kLong && shares.scalar_type() == at::kDouble &&
                    counts.scalar_type() == at::kDouble && n >= 1 && schema.target() >= 0 &&
                    schema[schema.target()].kind == Kind::kCategorical && shares.numel() == n &&
                    counts.sizes() == at::IntArrayRef({n, all.codec.offsets().back()}) &&
                    correlations.sizes() == at::IntArrayRef({n, size, size});
  require<FileError>(fits, "the model file's classes do not fit its columns");
  std::vector<copula::ClassModel> out;
  for (std::int64_t k = 0; k < n; ++k) {
    const std::int64_t code = codes.const_data_ptr<std::int64_t>()[k];
    const double share = shares.const_data_ptr<double>()[k];
    require<FileError>(
        code >= -1 && code < schema[schema.target()].categories.size() && share > 0 && share <= 1,
        "the model file's classes do not fit its columns");
    auto cut = cut_counts(counts[k], all);
    auto model = copula::class_model(all, cut, load_correlation(correlations[k], size));
    out.push_back({static_cast<std::int32_t>(code), share, std::move(cut), std::move(model)});
  }
  return out;
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
  Fitted fitted{{std::move(codec), std::move(learned.margins), std::move(variables),
                 std::move(learned.correlation)}};
  const std::int64_t target = train.schema().target();
  if (config_.by_target && target >= 0 && train.schema()[target].kind == Kind::kCategorical) {
    fitted.classes = copula::learn_classes(
        train, fitted.model, {config_.min_category_rows, config_.ridge, config_.class_shrinkage},
        run);
  }
  fitted_ = std::make_unique<const Fitted>(std::move(fitted));
}

Dataset GaussianCopula::do_sample(RowRange rows, const std::vector<ResolvedTerm>& given, Seed seed,
                                  const RunOptions& run) const {
  if (!fitted_->classes.empty())
    return copula::Mixture(fitted_->classes, schema(), config_.sweeps, run)
        .sample(rows, given, seed);
  return copula::Sampler(fitted_->model, schema(), config_.sweeps, run).sample(rows, given, seed);
}

Dataset GaussianCopula::do_impute(const Dataset& rows, Seed seed, const RunOptions& run) const {
  if (!fitted_->classes.empty())
    return copula::Mixture(fitted_->classes, schema(), config_.sweeps, run).impute(rows, seed);
  return copula::Sampler(fitted_->model, schema(), config_.sweeps, run).impute(rows, seed);
}

void GaussianCopula::do_save(Archive& archive) const {
  archive.put_text("tokens", fitted_->model.codec.to_json());
  archive.put_tensor("places", places_of(fitted_->model.margins));
  archive.put_tensor("correlation", as_tensor(fitted_->model.correlation));
  if (!fitted_->classes.empty()) save_classes(fitted_->classes, archive);
}

void GaussianCopula::do_load(const Archive& archive, const Schema& schema) {
  auto codec = TokenCodec::from_json(archive.text("tokens"), schema);
  auto margins = load_margins(archive, codec);
  copula::Variables variables(codec, margins);
  auto correlation = load_correlation(archive.tensor("correlation"), variables.size);
  Fitted fitted{
      {std::move(codec), std::move(margins), std::move(variables), std::move(correlation)}};
  if (archive.has_tensor("class_codes"))
    fitted.classes = load_classes(archive, fitted.model, schema);
  fitted_ = std::make_unique<const Fitted>(std::move(fitted));
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
