// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <limits>
#include <utility>

#include "data/csv_builder.hpp"
#include "data/mapped_file.hpp"
#include "data/utf8.hpp"
#include "detail/check.hpp"
#include "semblance/data/csv.hpp"

namespace semblance {
namespace {

using csv::Builder;
using csv::Guess;
using csv::Tokens;

constexpr std::int64_t kSampleRows = 1000;

std::string_view without_bom(std::string_view text) {
  return text.starts_with("\xEF\xBB\xBF") ? text.substr(3) : text;
}

/// The delimiter of the header line: a comma where there is one outside quotes.
char find_delimiter(std::string_view text, char wanted) {
  if (wanted != 0) return wanted;
  char found = ',';
  bool quoted = false;
  for (const char c : text) {
    if (c == '"') quoted = !quoted;
    if (quoted) continue;
    if (c == ',') return ',';
    if (c == '\n') break;
    if (found == ',' && (c == ';' || c == '\t' || c == '|')) found = c;
  }
  return found;
}

/// Reads one CSV text.
class Reader {
 public:
  Reader(std::string_view text, const CsvOptions& options, const std::string& origin)
      : text_(without_bom(text)),
        options_(options),
        origin_(origin),
        delimiter_(find_delimiter(text_, options.delimiter)) {
    check_options();
    read_header();
  }

  Dataset read() {
    make_builders(guesses());
    std::vector<Builder*> active;
    for (auto& builder : builders_) active.push_back(&builder);
    while (true) {
      std::vector<Builder*> again = pass(active);
      if (std::all_of(again.begin(), again.end(), [](auto* b) { return b == nullptr; })) break;
      for (Builder* builder : again) {
        if (builder != nullptr) builder->restart();
      }
      active = std::move(again);
    }
    return finish();
  }

 private:
  void check_options() const {
    const auto& given = options_.schema;
    require(delimiter_ != '"' && delimiter_ != '\n' && delimiter_ != '\r' &&
                static_cast<unsigned char>(delimiter_) < 0x80,
            "CsvOptions.delimiter must be an ASCII character other than a quote or line end");
    for (std::int64_t i = 0; given && i < given->size(); ++i) {
      require((*given)[i].kind != Kind::kTensor,
              "read_csv: column '{}' is a tensor, which a CSV file cannot hold", (*given)[i].name);
    }
  }

  void read_header() {
    require<FileError>(!text_.empty(), "{}: is empty; a CSV file starts with a line of names",
                       origin_);
    const std::vector<std::string> unnamed;
    Tokens tokens(text_, delimiter_, origin_, unnamed);
    for (bool more = true; more;) {
      const char* const where = tokens.position();
      if (tokens.at_end()) tokens.error(where, {}, name_rule(names_.size() + 1));
      const csv::Field field = tokens.next();
      add_name(tokens, where, field.escaped ? csv::unescaped(field.text) : std::string(field.text));
      more = !field.last;
    }
    body_ = static_cast<std::size_t>(tokens.position() - text_.data());
    for (std::int64_t i = 0; options_.schema && i < options_.schema->size(); ++i) {
      const std::string& name = (*options_.schema)[i].name;
      require<FileError>(std::find(names_.begin(), names_.end(), name) != names_.end(),
                         "{}: line 1: there is no column '{}', which the schema names", origin_,
                         name);
    }
  }

  static std::string name_rule(std::size_t position) {
    return fmt::format("column {} has no name", position);
  }

  void add_name(const Tokens& tokens, const char* where, std::string name) {
    if (name.empty()) tokens.error(where, {}, name_rule(names_.size() + 1));
    if (!is_utf8(name)) tokens.error(where, {}, "a name is not valid UTF-8");
    const auto twin = std::find(names_.begin(), names_.end(), name);
    if (twin != names_.end()) {
      tokens.error(where, {},
                   fmt::format("the name '{}' is there twice, as columns {} and {}", name,
                               twin - names_.begin() + 1, names_.size() + 1));
    }
    names_.push_back(std::move(name));
  }

  [[nodiscard]] bool is_mark(std::string_view text) const {
    return std::find(options_.missing.begin(), options_.missing.end(), text) !=
           options_.missing.end();
  }

  [[nodiscard]] bool is_missing(const csv::Field& field) const {
    if (field.quoted) return false;
    if (field.text.empty()) return empty_is_missing_;
    return has_marks_ && is_mark(field.text);
  }

  /// A tokeniser behind the header.
  [[nodiscard]] Tokens body() const {
    Tokens tokens(text_, delimiter_, origin_, names_);
    tokens.skip_to(text_.data() + body_);
    return tokens;
  }

  /// Calls `take(column, field, where)` for every field of the first `rows` rows; checks that each
  /// row has as many fields as the header.
  template <class Take>
  void for_each(std::int64_t rows, Take take) const {
    Tokens tokens = body();
    const std::size_t last = names_.size() - 1;
    for (std::int64_t row = 0; row < rows && !tokens.at_end(); ++row) {
      if (last > 0 && tokens.only_line_ends_left()) break;
      for (std::size_t i = 0; i <= last; ++i) {
        const char* const where = tokens.position();
        const csv::Field field = tokens.next_or_empty();
        if (field.last != (i == last)) ragged(tokens, where, i);
        take(i, field, tokens, where);
      }
    }
  }

  [[noreturn]] void ragged(const Tokens& tokens, const char* where, std::size_t i) const {
    if (i + 1 < names_.size()) {
      tokens.error(where, names_[i + 1],
                   fmt::format("the row ends after {} of {} fields", i + 1, names_.size()));
    }
    tokens.error(where, names_[i],
                 fmt::format("the row has more than the {} fields of the header", names_.size()));
  }

  /// From the first rows, so that few columns need a second pass.
  [[nodiscard]] std::vector<Guess> guesses() const {
    std::vector<Guess> out(names_.size());
    for_each(kSampleRows, [&](std::size_t i, const csv::Field& field, const Tokens&, const char*) {
      if (is_missing(field) || (field.quoted && field.text.empty()) || fits(out[i], field.text))
        return;
      out[i] = widened(out[i], field.text);
    });
    return out;
  }

  void make_builders(std::vector<Guess> guesses) {
    builders_.reserve(names_.size());
    const auto rows =
        1 + std::count(text_.begin() + static_cast<std::ptrdiff_t>(body_), text_.end(), '\n');
    for (std::size_t i = 0; i < names_.size(); ++i) {
      const std::int64_t at = options_.schema ? options_.schema->find(names_[i]) : -1;
      const Field* given = at < 0 ? nullptr : &(*options_.schema)[at];
      builders_.emplace_back(names_[i], given, std::move(guesses[i]), rows);
    }
  }

  /// Reads the whole text into the active columns; returns those that need another pass.
  std::vector<Builder*> pass(std::vector<Builder*> active) {
    std::vector<Builder*> again(active.size(), nullptr);
    for_each(std::numeric_limits<std::int64_t>::max(),
             [&](std::size_t i, const csv::Field& field, const Tokens& tokens, const char* where) {
               if (field.non_ascii && !is_utf8(field.text))
                 tokens.error(where, names_[i], "the text is not valid UTF-8");
               Builder* const builder = active[i];
               if (builder == nullptr) return;
               if (is_missing(field)) {
                 builder->add_missing();
               } else if (!builder->add(field)) {
                 if (builder->rejects())
                   tokens.error(where, names_[i], builder->complaint(field.text));
                 again[i] = std::exchange(active[i], nullptr);
               }
             });
    for (std::size_t i = 0; i < active.size(); ++i) {
      if (active[i] != nullptr && active[i]->needs_another_pass()) again[i] = active[i];
    }
    return again;
  }

  Dataset finish() {
    std::vector<Field> fields;
    std::vector<Column> columns;
    for (auto& builder : builders_) {
      auto [field, column] = builder.finish();
      fields.push_back(std::move(field));
      columns.push_back(std::move(column));
    }
    Schema schema(std::move(fields));
    if (!options_.target.empty()) schema = schema.with_target(options_.target);
    return {std::move(schema), std::move(columns)};
  }

  std::string_view text_;
  const CsvOptions& options_;
  const std::string& origin_;
  char delimiter_;
  bool empty_is_missing_ = is_mark("");
  bool has_marks_ = options_.missing.size() > (empty_is_missing_ ? 1U : 0U);
  std::size_t body_ = 0;
  std::vector<std::string> names_;
  std::vector<Builder> builders_;
};

}  // namespace

Dataset parse_csv(std::string_view text, const CsvOptions& options, const std::string& origin) {
  return Reader(text, options, origin).read();
}

Dataset read_csv(const std::filesystem::path& file, const CsvOptions& options) {
  const MappedFile mapped(file);
  return parse_csv(mapped.bytes(), options, file.string());
}

}  // namespace semblance
