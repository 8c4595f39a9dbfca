// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <vector>

#include "semblance/core/run.hpp"
#include "semblance/core/seed.hpp"
#include "semblance/data/csv.hpp"
#include "semblance/data/dataset.hpp"

namespace semblance {

/// Rows that need not be in memory all at once: a table that can be walked chunk by chunk, as often
/// as is asked for. Derive from it for a source of your own.
class RowSource {
 public:
  virtual ~RowSource() = default;
  RowSource(const RowSource&) = delete;
  RowSource& operator=(const RowSource&) = delete;

  /// Of all rows: every category, the whole range of every number.
  [[nodiscard]] virtual const Schema& schema() const = 0;
  [[nodiscard]] virtual std::int64_t rows() const = 0;

  /// Calls `take` for one chunk after the other, each of at least 1 row and of `schema()`; the same
  /// chunks in every call. What `take` throws comes out of it.
  virtual void for_each_chunk(const std::function<void(const Dataset& chunk)>& take) const = 0;

 protected:
  RowSource() = default;
};

/// A CSV file, read in chunks. Memory: one chunk, and the distinct texts of each column while types
/// are inferred.
class CsvSource final : public RowSource {
 public:
  /// Reads the file once to infer its types, as `read_csv` does, which gives the same schema.
  /// \param chunk_rows  >= 1.
  /// \throws InvalidArgument, and FileError as read_csv.
  explicit CsvSource(const std::filesystem::path& file, const CsvOptions& options = {},
                     std::int64_t chunk_rows = 65'536);
  ~CsvSource() override;

  [[nodiscard]] const Schema& schema() const override;
  [[nodiscard]] std::int64_t rows() const override;
  void for_each_chunk(const std::function<void(const Dataset& chunk)>& take) const override;

 private:
  struct Impl;
  std::unique_ptr<const Impl> impl_;
};

/// A data set in memory as a source.
class DatasetSource final : public RowSource {
 public:
  /// \param chunk_rows  >= 1. \throws InvalidArgument.
  explicit DatasetSource(Dataset data, std::int64_t chunk_rows = 65'536);

  [[nodiscard]] const Schema& schema() const override { return data_.schema(); }
  [[nodiscard]] std::int64_t rows() const override { return data_.rows(); }
  void for_each_chunk(const std::function<void(const Dataset& chunk)>& take) const override;

 private:
  Dataset data_;
  std::int64_t chunk_rows_;
};

/// What is known of a source's rows without holding them.
struct RowDigest {
  Dataset sample = {};  ///< Rows drawn without replacement, in their order, then `extremes` more:
  std::int64_t extremes = 0;  ///< those with the smallest and largest value of each number.
  /// By column: rows of each category (none of other kinds), then rows where it is missing.
  std::vector<std::vector<std::int64_t>> counts = {};
};

/// Walks the source once. \param sample_rows  >= 1.
/// \throws InvalidArgument for a number that is NaN or infinite; Cancelled.
[[nodiscard]] RowDigest digest(const RowSource& source, std::int64_t sample_rows, Seed seed,
                               const RunOptions& run = {});

}  // namespace semblance
