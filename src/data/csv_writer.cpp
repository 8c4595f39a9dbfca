// SPDX-License-Identifier: Apache-2.0
#include <ostream>

#include "data/file_bytes.hpp"
#include "detail/check.hpp"
#include "semblance/data/csv.hpp"

namespace semblance {
namespace {

constexpr std::size_t kBlock = std::size_t{1} << 20;

void append_quoted(std::string& out, std::string_view text) {
  out += '"';
  for (const char c : text) {
    if (c == '"') out += '"';
    out += c;
  }
  out += '"';
}

/// A present value; empty text is "".
void append_value(std::string& out, std::string_view text) {
  if (text.empty() || text.find_first_of(",\"\r\n") != std::string_view::npos) {
    append_quoted(out, text);
  } else {
    out += text;
  }
}

/// Names are also quoted where a delimiter or byte order mark would be seen in them.
void append_name(std::string& out, std::string_view name) {
  const bool plain = name.find_first_of(",\"\r\n;\t|") == std::string_view::npos &&
                     !name.starts_with("\xEF\xBB\xBF");
  if (plain) {
    out += name;
  } else {
    append_quoted(out, name);
  }
}

void append_header(std::string& out, const Schema& schema) {
  for (std::int64_t i = 0; i < schema.size(); ++i) {
    if (i > 0) out += ',';
    append_name(out, schema[i].name);
  }
  out += '\n';
}

void append_row(std::string& out, const Dataset& data, std::int64_t row) {
  for (std::int64_t i = 0; i < data.schema().size(); ++i) {
    if (i > 0) out += ',';
    if (data.column(i).is_valid(row)) append_value(out, data.cell(row, i));
  }
  out += '\n';
}

void require_no_tensor(const Schema& schema) {
  for (const auto& field : schema) {
    require(field.kind != Kind::kTensor,
            "write_csv: column '{}' is a tensor, which a CSV file cannot hold", field.name);
  }
}

}  // namespace

void write_csv(const Dataset& data, std::ostream& out, bool header) {
  require_no_tensor(data.schema());
  std::string block;
  if (header) append_header(block, data.schema());
  for (std::int64_t row = 0; row < data.rows(); ++row) {
    append_row(block, data, row);
    if (block.size() < kBlock) continue;
    out.write(block.data(), static_cast<std::streamsize>(block.size()));
    block.clear();
  }
  out.write(block.data(), static_cast<std::streamsize>(block.size()));
}

void write_csv(const Dataset& data, const std::filesystem::path& file) {
  require_no_tensor(data.schema());
  write_atomically(file, [&](std::ostream& out) { write_csv(data, out); });
}

}  // namespace semblance
