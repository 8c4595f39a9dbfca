// SPDX-License-Identifier: Apache-2.0
#include "semblance/data/row_source.hpp"

#include <algorithm>
#include <string>
#include <utility>

#include "data/csv_reader.hpp"
#include "data/mapped_file.hpp"
#include "detail/check.hpp"

namespace semblance {
namespace {

/// Gives the pages of a text back as it is walked.
class Walk {
 public:
  explicit Walk(const MappedFile& file) : file_(file), from_(file.bytes().data()) {}
  void passed(const char* position) {
    if (position < from_) from_ = file_.bytes().data();  // another walk
    file_.release({from_, static_cast<std::size_t>(position - from_)});
    from_ = position;
  }

 private:
  const MappedFile& file_;
  const char* from_;
};

}  // namespace

struct CsvSource::Impl {
  Impl(const std::filesystem::path& path, const CsvOptions& wanted, std::int64_t chunk)
      : file(path), origin(path.string()), options(wanted), chunk_rows(chunk) {
    csv::Reader reader(file.bytes(), wanted, origin);
    Walk walk(file);
    schema = reader.infer(chunk_rows, [&](const char* position) { walk.passed(position); });
    rows = reader.rows();
    options.schema = schema;
    options.target = {};
  }

  MappedFile file;
  std::string origin;
  CsvOptions options;  // with the schema
  std::int64_t chunk_rows;
  Schema schema;
  std::int64_t rows = 0;
};

CsvSource::CsvSource(const std::filesystem::path& file, const CsvOptions& options,
                     std::int64_t chunk_rows) {
  require(chunk_rows >= 1, "CsvSource: chunk_rows must be >= 1, got {}", chunk_rows);
  impl_ = std::make_unique<const Impl>(file, options, chunk_rows);
}
CsvSource::~CsvSource() = default;

const Schema& CsvSource::schema() const { return impl_->schema; }
std::int64_t CsvSource::rows() const { return impl_->rows; }

void CsvSource::for_each_chunk(const std::function<void(const Dataset& chunk)>& take) const {
  csv::Reader reader(impl_->file.bytes(), impl_->options, impl_->origin);
  csv::Tokens tokens = reader.body();
  Walk walk(impl_->file);
  for (std::int64_t left = impl_->rows; left > 0;) {
    const Dataset chunk = reader.read(tokens, std::min(left, impl_->chunk_rows));
    require<FileError>(chunk.rows() > 0, "{}: the file became shorter while it was read",
                       impl_->origin);
    walk.passed(tokens.position());
    left -= chunk.rows();
    take({impl_->schema, chunk.columns()});
  }
}

DatasetSource::DatasetSource(Dataset data, std::int64_t chunk_rows)
    : data_(std::move(data)), chunk_rows_(chunk_rows) {
  require(chunk_rows >= 1, "DatasetSource: chunk_rows must be >= 1, got {}", chunk_rows);
}

void DatasetSource::for_each_chunk(const std::function<void(const Dataset& chunk)>& take) const {
  for (std::int64_t first = 0; first < data_.rows(); first += chunk_rows_)
    take(data_.slice(first, std::min(chunk_rows_, data_.rows() - first)));
}

}  // namespace semblance
