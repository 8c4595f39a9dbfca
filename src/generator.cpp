// SPDX-License-Identifier: Apache-2.0
#include "semblance/generator.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <span>
#include <utility>

#include "detail/check.hpp"
#include "semblance/core/archive.hpp"
#include "semblance/core/parallel.hpp"
#include "semblance/core/version.hpp"

namespace semblance {
namespace {

constexpr std::int64_t kWorthATeam = 1'000'000;  ///< Cells that several threads check.

void check_kinds(const Schema& schema, const Capabilities& can, const std::string& name) {
  for (const Field& field : schema) {
    require(std::find(can.kinds.begin(), can.kinds.end(), field.kind) != can.kinds.end(),
            "{}.fit: column '{}' is {}, which this generator does not learn", name, field.name,
            to_string(field.kind));
  }
}

void check_missing(const Dataset& train, const Capabilities& can, const std::string& name) {
  for (std::int64_t i = 0; !can.missing_values && i < train.schema().size(); ++i) {
    const auto gaps = train.column(i).null_count();
    require(gaps == 0,
            "{}.fit: column '{}' has {} missing values, which this generator does not learn; "
            "impute them first",
            name, train.schema()[i].name, gaps);
  }
}

/// Whether no value is NaN or infinite, missing ones included: without a branch a value.
template <class T>
bool all_finite(std::span<const T> values) {
  bool finite = true;
  for (const T value : values) finite &= std::abs(value) <= std::numeric_limits<T>::max();
  return finite;
}

/// The row of the first present value that is NaN or infinite, or -1.
template <class T>
std::int64_t first_not_finite(const Column& column, std::span<const T> values) {
  if (all_finite(values)) return -1;
  const auto rows = static_cast<std::size_t>(std::max<std::int64_t>(1, column.size()));
  const auto width = std::max<std::size_t>(1, values.size() / rows);
  for (std::size_t i = 0; i < values.size(); ++i) {
    const auto row = static_cast<std::int64_t>(i / width);
    if (!std::isfinite(values[i]) && column.is_valid(row)) return row;
  }
  return -1;
}

std::int64_t first_not_finite(const Column& column) {
  if (column.kind() == Kind::kReal) return first_not_finite(column, column.reals());
  const bool floats = column.kind() == Kind::kTensor && column.element() == ElementType::kFloat32;
  return floats ? first_not_finite(column, column.floats()) : -1;
}

void check_finite(const Dataset& train, const std::string& name, int threads) {
  std::vector<std::int64_t> first(static_cast<std::size_t>(train.schema().size()));
  const bool small = train.rows() * train.schema().size() < kWorthATeam;
  parallel_for(small ? 1 : threads, train.schema().size(), [&](std::int64_t i) {
    first[static_cast<std::size_t>(i)] = first_not_finite(train.column(i));
  });
  for (std::int64_t i = 0; i < train.schema().size(); ++i) {
    const std::int64_t row = first[static_cast<std::size_t>(i)];
    require(row < 0, "{}.fit: column '{}' must hold finite values, row {} is NaN or infinite", name,
            train.schema()[i].name, row);
  }
}

void check_given(const std::vector<ResolvedTerm>& given, const Schema& schema,
                 const Capabilities& can, const std::string& name) {
  if (given.empty()) return;
  require(can.conditioning != Conditioning::kNone,
          "{}.sample: this generator takes no condition, got one on '{}'", name,
          schema[given[0].column].name);
  for (const ResolvedTerm& term : given) {
    require(can.conditioning == Conditioning::kExact || term.column == schema.target(),
            "{}.sample: conditions must be on the target column '{}', got one on '{}'", name,
            schema.target() < 0 ? "(none)" : schema[schema.target()].name,
            schema[term.column].name);
  }
}

}  // namespace

Generator::~Generator() = default;

void Generator::fit(const Dataset& train, Seed seed, const RunOptions& run) {
  require(train.schema().size() >= 1 && train.rows() >= 1,
          "{}.fit: train must have at least 1 row and 1 column, got {} x {}", name(), train.rows(),
          train.schema().size());
  require(!run.budget || run.budget->count() > 0, "RunOptions.budget must be > 0 s, got {}",
          run.budget ? run.budget->count() : 0);
  const Capabilities can = capabilities();
  require(run.device == Device::kCpu || can.cuda, "{}.fit: this generator runs on the CPU only",
          name());
  check_kinds(train.schema(), can, name());
  check_missing(train, can, name());
  check_finite(train, name(), worker_threads(run));
  Schema schema = train.schema();
  do_fit(train, seed, run);
  schema_ = std::move(schema);
  training_rows_ = train.rows();
  fitted_ = true;
}

Dataset Generator::sample(std::int64_t n, Seed seed, const SampleOptions& options) const {
  require<NotFitted>(fitted_, "{}.sample: call fit first", name());
  require(n >= 0, "{}.sample: n must be >= 0, got {}", name(), n);
  require(options.first_row >= 0, "SampleOptions.first_row must be >= 0, got {}",
          options.first_row);
  const auto given = resolve(options.given, schema_);
  check_given(given, schema_, capabilities(), name());
  return do_sample({options.first_row, n}, given, seed, options.run);
}

RowStream Generator::stream(std::int64_t n, Seed seed, const SampleOptions& options,
                            std::int64_t chunk_rows) const {
  require<NotFitted>(fitted_, "{}.stream: call fit first", name());
  require(n >= 0, "{}.stream: n must be >= 0, got {}", name(), n);
  require(chunk_rows >= 1, "{}.stream: chunk_rows must be >= 1, got {}", name(), chunk_rows);
  return RowStream(*this, n, seed, options, chunk_rows);
}

Dataset Generator::impute(const Dataset& rows, Seed seed, const RunOptions& run) const {
  require<NotFitted>(fitted_, "{}.impute: call fit first", name());
  require(capabilities().imputes, "{}.impute: this generator does not impute", name());
  return do_impute(conform(rows, schema_), seed, run);
}

std::vector<double> Generator::log_likelihood(const Dataset& rows, const RunOptions& run) const {
  require<NotFitted>(fitted_, "{}.log_likelihood: call fit first", name());
  require(capabilities().likelihood, "{}.log_likelihood: this generator has no likelihood", name());
  return do_log_likelihood(conform(rows, schema_), run);
}

Dataset Generator::do_impute(const Dataset&, Seed, const RunOptions&) const {
  fail("{}.impute: this generator does not impute", name());
}

std::vector<double> Generator::do_log_likelihood(const Dataset&, const RunOptions&) const {
  fail("{}.log_likelihood: this generator has no likelihood", name());
}

void Generator::save(const std::filesystem::path& file) const {
  require<NotFitted>(fitted_, "{}.save: call fit first", name());
  Archive state;
  do_save(state);
  Archive archive;
  archive.put_text("format_version", std::to_string(kModelFormat));
  archive.put_text("library_version", kVersion);
  archive.put_text("generator", name());
  archive.put_text("config", config_json());
  archive.put_text("schema", to_json(schema_));
  archive.put_text("training_rows", std::to_string(training_rows_));
  archive.put_part("state", state);
  archive.write(file);
}

void Generator::load(const std::filesystem::path& file) {
  load_archive(Archive::read(file), file.string());
}

void Generator::load_archive(const Archive& archive, const std::string& origin) {
  require<FileError>(archive.has_text("format_version"), "{}: not a Semblance model file", origin);
  try {
    const int format = std::stoi(archive.text("format_version"));
    require<FileError>(format >= 1 && format <= kModelFormat,
                       "{}: model format {} is newer than this library's {}; update Semblance",
                       origin, format, kModelFormat);
    require<FileError>(archive.text("generator") == name(), "{}: holds a '{}' model, not '{}'",
                       origin, archive.text("generator"), name());
    require<FileError>(
        archive.text("config") == config_json(),
        "{}: was made with another configuration; load_generator takes that of the file", origin);
    Schema schema = parse_schema(archive.text("schema"));
    require<FileError>(schema.size() >= 1, "{}: the schema has no column", origin);
    const std::int64_t rows = std::stoll(archive.text("training_rows"));
    do_load(archive.part("state"), schema);
    schema_ = std::move(schema);
    training_rows_ = rows;
    fitted_ = true;
  } catch (const FileError&) {
    throw;
  } catch (const std::exception& e) {  // whatever a damaged file provokes deeper down
    fail<FileError>("{}: damaged model file ({})", origin, e.what());
  }
}

const Schema& Generator::schema() const {
  require<NotFitted>(fitted_, "{}.schema: call fit first", name());
  return schema_;
}

std::int64_t Generator::training_rows() const {
  require<NotFitted>(fitted_, "{}.training_rows: call fit first", name());
  return training_rows_;
}

RowStream::RowStream(const Generator& generator, std::int64_t n, Seed seed, SampleOptions options,
                     std::int64_t chunk_rows)
    : generator_(&generator),
      rows_(n),
      seed_(seed),
      options_(std::move(options)),
      chunk_rows_(chunk_rows) {}

void RowStream::Iterator::draw() {
  ended_ = next_ >= stream_->rows_;
  if (ended_) return;
  SampleOptions options = stream_->options_;
  options.first_row += next_;
  const std::int64_t count = std::min(stream_->chunk_rows_, stream_->rows_ - next_);
  chunk_ = stream_->generator_->sample(count, stream_->seed_, options);
  next_ += count;
}

}  // namespace semblance
