// SPDX-License-Identifier: Apache-2.0
#include "semblance/generator.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <span>
#include <utility>

#include "detail/check.hpp"
#include "semblance/core/archive.hpp"
#include "semblance/core/log.hpp"
#include "semblance/core/parallel.hpp"
#include "semblance/core/version.hpp"
#include "semblance/data/row_source.hpp"

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

void check_missing(std::int64_t gaps, const Field& field, const Capabilities& can,
                   const std::string& name) {
  require(can.missing_values || gaps == 0,
          "{}.fit: column '{}' has {} missing values, which this generator does not learn; "
          "impute them first",
          name, field.name, gaps);
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

/// Whether the options allow a training. \param call  "vae.fit"
void check_run(const RunOptions& run, const Capabilities& can, const std::string& call) {
  require(!run.budget || run.budget->count() > 0, "RunOptions.budget must be > 0 s, got {}",
          run.budget ? run.budget->count() : 0);
  require(run.device == Device::kCpu || can.cuda, "{}: this generator runs on the CPU only", call);
}

void check_finite(const Dataset& train, const std::string& call, int threads) {
  std::vector<std::int64_t> first(static_cast<std::size_t>(train.schema().size()));
  const bool small = train.rows() * train.schema().size() < kWorthATeam;
  parallel_for(small ? 1 : threads, train.schema().size(), [&](std::int64_t i) {
    first[static_cast<std::size_t>(i)] = first_not_finite(train.column(i));
  });
  for (std::int64_t i = 0; i < train.schema().size(); ++i) {
    const std::int64_t row = first[static_cast<std::size_t>(i)];
    require(row < 0, "{}: column '{}' must hold finite values, row {} is NaN or infinite", call,
            train.schema()[i].name, row);
  }
}

/// How a generator with this configuration could take any condition, or nothing.
std::string conditions_need(const std::string& config) {
  return config.find("\"known_share\"") == std::string::npos
             ? ""
             : "; train it with known_share > 0, which takes conditions on any column";
}

/// \param more  The end of a refusal.
void check_given(const std::vector<ResolvedTerm>& given, const Schema& schema,
                 const Capabilities& can, const std::string& name, const std::string& more) {
  if (given.empty()) return;
  require(can.conditioning != Conditioning::kNone,
          "{}.sample: this generator takes no condition, got one on '{}'{}", name,
          schema[given[0].column].name, more);
  for (const ResolvedTerm& term : given) {
    require(can.conditioning == Conditioning::kExact || term.column == schema.target(),
            "{}.sample: conditions must be on the target column '{}', got one on '{}'{}", name,
            schema.target() < 0 ? "(none)" : schema[schema.target()].name, schema[term.column].name,
            more);
  }
}

}  // namespace

Generator::~Generator() = default;

void Generator::fit(const Dataset& train, Seed seed, const RunOptions& run) {
  require(train.schema().size() >= 1 && train.rows() >= 1,
          "{}.fit: train must have at least 1 row and 1 column, got {} x {}", name(), train.rows(),
          train.schema().size());
  const Capabilities can = capabilities();
  check_run(run, can, name() + ".fit");
  check_kinds(train.schema(), can, name());
  for (std::int64_t c = 0; c < train.schema().size(); ++c)
    check_missing(train.column(c).null_count(), train.schema()[c], can, name());
  check_finite(train, name() + ".fit", worker_threads(run));
  Schema schema = train.schema();
  do_fit(train, seed, run);
  schema_ = std::move(schema);
  training_rows_ = train.rows();
  fitted_ = true;
}

void Generator::fit(const RowSource& train, Seed seed, const RunOptions& run,
                    std::int64_t sample_rows) {
  require(sample_rows >= 1, "{}.fit: sample_rows must be >= 1, got {}", name(), sample_rows);
  const Capabilities can = capabilities();
  check_run(run, can, name() + ".fit");
  check_kinds(train.schema(), can, name());
  const RowDigest known = digest(train, sample_rows, derive(seed, "digest"), run);
  for (std::int64_t c = 0; c < train.schema().size(); ++c)
    check_missing(known.counts[static_cast<std::size_t>(c)].back(), train.schema()[c], can, name());
  Schema schema = train.schema();
  if (can.streams) {
    do_fit_rows(train, known, seed, run);
  } else {
    const Dataset sample = known.sample.slice(0, known.sample.rows() - known.extremes);
    log(LogLevel::kInfo, fmt::format("{}.fit: learns {} of {} rows, drawn at random", name(),
                                     sample.rows(), train.rows()));
    do_fit(sample, seed, run);
  }
  schema_ = std::move(schema);
  const bool all = can.streams && capabilities().streams;  // of `auto` now those of its pick
  training_rows_ = all ? train.rows() : known.sample.rows() - known.extremes;
  fitted_ = true;
}

void Generator::do_fit_rows(const RowSource&, const RowDigest&, Seed, const RunOptions&) {
  fail("{}.fit: this generator does not learn rows that are not in memory", name());
}

void Generator::refit(const Dataset& rows, Seed seed, const RunOptions& run) {
  require<NotFitted>(fitted_, "{}.refit: call fit first", name());
  const Capabilities can = capabilities();
  require(can.refits, "{}.refit: this generator cannot go on learning; fit it anew", name());
  require(rows.rows() >= 1, "{}.refit: there must be at least 1 row, got 0", name());
  check_run(run, can, name() + ".refit");
  const Dataset train = conform(rows, schema_);
  check_finite(train, name() + ".refit", worker_threads(run));
  do_refit(train, seed, run);
}

void Generator::do_refit(const Dataset&, Seed, const RunOptions&) {
  fail("{}.refit: this generator cannot go on learning; fit it anew", name());
}

Dataset Generator::sample(std::int64_t n, Seed seed, const SampleOptions& options) const {
  require<NotFitted>(fitted_, "{}.sample: call fit first", name());
  require(n >= 0, "{}.sample: n must be >= 0, got {}", name(), n);
  require(options.first_row >= 0, "SampleOptions.first_row must be >= 0, got {}",
          options.first_row);
  const auto given = resolve(options.given, schema_);
  check_given(given, schema_, capabilities(), name(), conditions_need(config_json()));
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
