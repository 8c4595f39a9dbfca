// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <iosfwd>
#include <optional>
#include <string>
#include <string_view>

#include "semblance/core/run.hpp"
#include "semblance/data/dataset.hpp"

namespace semblance {

/// How a CSV file is read.
struct CsvOptions {
  std::optional<Schema> schema =
      {};              ///< Types by name; empty: inferred. Columns not named there are inferred.
  char delimiter = 0;  ///< 0: comma, or else the one of ; TAB | that the header line has.
  std::vector<std::string> missing = {""};  ///< Unquoted fields that mean missing.
  std::string target = {};                  ///< Name of the target column, if any.
};

/// Reads an RFC 4180 file with a header line (UTF-8, optional BOM, LF or CRLF).
///
/// Types are inferred from all rows: integer (also "880.0"), real, datetime, categorical, text.
/// Integers with at most 12 distinct values are taken as codes, so categorical; see docs/data.md
/// for the rule and its limits. The file is mapped, not copied: memory beyond the columns is
/// bounded.
///
/// \throws FileError that names file, line and column of a ragged row, a broken quote, invalid
/// UTF-8, or a
///         value that the given schema does not allow.
[[nodiscard]] Dataset read_csv(const std::filesystem::path& file, const CsvOptions& options = {});

/// The same from memory; `origin` is named in errors.
[[nodiscard]] Dataset parse_csv(std::string_view text, const CsvOptions& options = {},
                                const std::string& origin = "csv");

/// Writes a file that `read_csv` reads back to the same data set: quotes only where needed, empty
/// fields for missing values ("" for empty text), numbers in the format of their field. Written
/// atomically.
/// \throws FileError; InvalidArgument for tensor columns.
void write_csv(const Dataset& data, const std::filesystem::path& file);

/// Writes to a stream; `header` false continues a file.
void write_csv(const Dataset& data, std::ostream& out, bool header = true);

}  // namespace semblance
