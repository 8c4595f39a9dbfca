// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <iterator>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "semblance/core/run.hpp"
#include "semblance/core/seed.hpp"
#include "semblance/data/condition.hpp"
#include "semblance/data/dataset.hpp"

namespace semblance {

class Archive;
class RowSource;
class RowStream;
struct BalanceOptions;
struct RowDigest;

/// How a generator meets a condition.
enum class Conditioning : std::uint8_t {
  kNone,    ///< Not at all.
  kTarget,  ///< Values of the target column only.
  kExact  ///< Any subset of columns, from the model's conditional distribution, without rejection.
};

/// What a generator can do; the table in the docs is printed from these.
struct Capabilities {
  std::vector<Kind> kinds = {};  ///< Column kinds it learns.
  bool missing_values = false;   ///< Learns and draws missing values.
  Conditioning conditioning = Conditioning::kNone;
  bool imputes = false;     ///< `impute` is available.
  bool likelihood = false;  ///< `log_likelihood` is available.
  bool cuda = false;        ///< RunOptions.device may be kCuda.
  bool resumes = false;     ///< RunOptions.checkpoint is honoured.
  bool refits = false;      ///< `refit` is available.
  bool streams = false;     ///< `fit` on a RowSource learns every row, not a sample of them.
};

/// What `sample` may be asked besides the number of rows.
struct SampleOptions {
  Condition given = {};  ///< What every row must satisfy.
  std::int64_t first_row =
      0;  ///< Rows [first_row, first_row + n) of the stream that the seed defines, >= 0.
  RunOptions run = {};
};

/// A run of rows of the endless table that (model, seed) defines.
struct RowRange {
  std::int64_t first = 0;
  std::int64_t count = 0;
};

/// A model that learns a data set and then draws new rows that look like it.
///
/// Every generator is used the same way: configure, `fit`, `sample`.
///
/// \code
///   semblance::AnyOrderModel model;
///   model.fit(train, semblance::Seed{1});
///   semblance::Dataset rows = model.sample(1000, semblance::Seed{2});
/// \endcode
///
/// Public calls check and are not virtual; `do_...` only compute. Derive from it to add a generator
/// of your own: the conformance suite in tests/conformance runs on it as on ours. Not copied, not
/// moved: hold one by value, by reference or by std::unique_ptr. Thread safety: const calls may run
/// concurrently; `fit` may not.
class Generator {
 public:
  Generator(const Generator&) = delete;
  Generator& operator=(const Generator&) = delete;
  virtual ~Generator();

  /// Learns from `train`.
  ///
  /// \param train  At least 1 row and 1 column, all of kinds in capabilities(). Not modified, not
  /// kept,
  ///               unless the generator's page says that it keeps rows (SMOTE does).
  /// \param seed   Fixes initialisation, batching and noise.
  /// \throws InvalidArgument if `train` breaks a rule of this generator.
  /// \throws Cancelled       if the callback answers Flow::kStop or the stop token was triggered.
  /// Strong guarantee: on any throw the generator is what it was before the call.
  void fit(const Dataset& train, Seed seed, const RunOptions& run = {});

  /// Learns from rows that need not be in memory (row_source.hpp).
  ///
  /// Where capabilities().streams, every row is learned: quantiles of numbers come from a sample,
  /// categories, gaps and extremes from all rows, and encoded rows lie in a temporary file.
  /// Elsewhere the sample alone is learned, which training_rows() then counts, and a line of the
  /// log says so. The source's chunks and the sample are what is held in memory.
  ///
  /// \param sample_rows  Rows drawn at random, >= 1; those with the extremes are added.
  /// \throws as above; whatever the source throws. Strong guarantee.
  void fit(const RowSource& train, Seed seed, const RunOptions& run = {},
           std::int64_t sample_rows = 100'000);

  /// Goes on learning (warm start): as `fit`, but training starts from what this model, fitted or
  /// loaded, already knows. Codes of columns, schema() and training_rows() stay those of `fit`; the
  /// frequencies of a target become those of `rows`.
  ///
  /// \param rows  At least 1, columns of the training schema, in any order. Values that `fit` had
  /// no
  ///              code for (a new category, a gap in a column without any) are an error; numbers
  ///              beyond the range count as its ends.
  /// \throws NotFitted, Cancelled, InvalidArgument (also if capabilities().refits is false).
  /// Strong guarantee.
  void refit(const Dataset& rows, Seed seed, const RunOptions& run = {});

  /// Draws `n` rows. Row i depends on the model, the seed and i only: not on n, chunks or threads.
  ///
  /// \param n  >= 0; the result has the training schema and satisfies it.
  /// \throws NotFitted before the first successful `fit`.
  /// \throws InvalidArgument for n < 0, a condition that the schema or the capabilities do not
  /// allow, or
  ///         one that no row can satisfy.
  [[nodiscard]] Dataset sample(std::int64_t n, Seed seed, const SampleOptions& options = {}) const;

  /// The same rows in chunks: `for (const Dataset& chunk : model.stream(n, seed)) ...`.
  /// The generator must outlive the stream.
  [[nodiscard]] RowStream stream(std::int64_t n, Seed seed, const SampleOptions& options = {},
                                 std::int64_t chunk_rows = 8192) const;

  /// Fills every missing cell of `rows` from the model's distribution given the row's present
  /// cells. Present cells are returned unchanged.
  ///
  /// \param rows  Columns of the training schema, in any order; unseen categories are an error.
  /// \throws NotFitted, InvalidArgument (also if capabilities().imputes is false).
  [[nodiscard]] Dataset impute(const Dataset& rows, Seed seed, const RunOptions& run = {}) const;

  /// Natural-log likelihood of each row; a density over reals, a probability over everything else.
  /// \throws NotFitted, InvalidArgument (also if capabilities().likelihood is false).
  [[nodiscard]] std::vector<double> log_likelihood(const Dataset& rows,
                                                   const RunOptions& run = {}) const;

  /// Writes a model file: safetensors with configuration, schema and versions; see Archive.
  /// \throws NotFitted, FileError.
  void save(const std::filesystem::path& file) const;

  /// Replaces this generator's state by a file that a generator of the same name and configuration
  /// has written; load_generator (registry.hpp) takes any.
  /// \throws FileError; the generator is then what it was.
  void load(const std::filesystem::path& file);

  [[nodiscard]] bool is_fitted() const noexcept { return fitted_; }
  /// The schema of the training data. \throws NotFitted.
  [[nodiscard]] const Schema& schema() const;
  /// The number of rows that `fit` learned. \throws NotFitted.
  [[nodiscard]] std::int64_t training_rows() const;
  [[nodiscard]] Capabilities capabilities() const { return do_capabilities(); }
  /// The registry's name of this kind of generator: "any-order", "vae", ...
  [[nodiscard]] std::string name() const { return do_name(); }
  /// The configuration as JSON; make_generator(name(), config_json()) makes an equal, unfitted one.
  [[nodiscard]] std::string config_json() const { return do_config_json(); }

 protected:
  Generator() = default;

 private:
  // Arguments are already checked: implementations only compute. do_fit and do_load build the new
  // state aside and commit it last, by operations that do not throw.
  virtual void do_fit(const Dataset& train, Seed seed, const RunOptions& run) = 0;
  /// Where capabilities().streams.
  virtual void do_fit_rows(const RowSource& train, const RowDigest& digest, Seed seed,
                           const RunOptions& run);
  virtual void do_refit(const Dataset& rows, Seed seed, const RunOptions& run);
  virtual Dataset do_sample(RowRange rows, const std::vector<ResolvedTerm>& given, Seed seed,
                            const RunOptions& run) const = 0;
  /// For balance(): the rows of `train`, then `add[c]` new ones of each category c of the target.
  /// By default they are sampled under that condition, each class from a seed of its own.
  virtual Dataset do_balance(const Dataset& train, const std::vector<std::int64_t>& add, Seed seed,
                             const RunOptions& run) const;
  virtual Dataset do_impute(const Dataset& rows, Seed seed, const RunOptions& run) const;
  virtual std::vector<double> do_log_likelihood(const Dataset& rows, const RunOptions& run) const;
  virtual void do_save(Archive& archive) const = 0;
  /// \param schema  Of the training data, as `fit` saw it.
  virtual void do_load(const Archive& archive, const Schema& schema) = 0;
  virtual Capabilities do_capabilities() const = 0;
  virtual std::string do_name() const = 0;
  virtual std::string do_config_json() const = 0;

  void load_archive(const Archive& archive, const std::string& origin);
  friend std::unique_ptr<Generator> load_generator(const std::filesystem::path& file);
  friend Dataset balance(const Dataset& train, const Generator& generator, Seed seed,
                         const BalanceOptions& options);

  bool fitted_ = false;
  Schema schema_;
  std::int64_t training_rows_ = 0;
};

/// A finite run of rows, drawn chunk by chunk. An input range.
class RowStream {
 public:
  class Iterator {
   public:
    using value_type = Dataset;
    using difference_type = std::ptrdiff_t;
    using iterator_concept = std::input_iterator_tag;

    explicit Iterator(const RowStream* stream) : stream_(stream) { draw(); }
    const Dataset& operator*() const { return chunk_; }
    const Dataset* operator->() const { return &chunk_; }
    Iterator& operator++() {
      draw();
      return *this;
    }
    void operator++(int) { draw(); }
    friend bool operator==(const Iterator& i, std::default_sentinel_t) { return i.ended_; }

   private:
    void draw();
    const RowStream* stream_;
    std::int64_t next_ = 0;
    bool ended_ = false;
    Dataset chunk_;
  };

  RowStream(const Generator& generator, std::int64_t n, Seed seed, SampleOptions options,
            std::int64_t chunk_rows);
  [[nodiscard]] Iterator begin() const { return Iterator(this); }
  [[nodiscard]] std::default_sentinel_t end() const noexcept { return {}; }

 private:
  const Generator* generator_;
  std::int64_t rows_;
  Seed seed_;
  SampleOptions options_;
  std::int64_t chunk_rows_;
};

}  // namespace semblance
