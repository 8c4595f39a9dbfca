// SPDX-License-Identifier: Apache-2.0
#include "data/csv_reader.hpp"

#include <limits>
#include <utility>

#include "data/mapped_file.hpp"
#include "data/utf8.hpp"
#include "detail/check.hpp"

namespace semblance {
namespace csv {
namespace {

constexpr std::int64_t kSampleRows = 1000;
constexpr std::int64_t kAllRows = std::numeric_limits<std::int64_t>::max();

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

std::string name_rule(std::size_t position) {
  return fmt::format("column {} has no name", position);
}

}  // namespace

Reader::Reader(std::string_view text, const CsvOptions& options, const std::string& origin)
    : text_(without_bom(text)),
      options_(options),
      origin_(origin),
      delimiter_(find_delimiter(text_, options.delimiter)) {
  check_options();
  read_header();
}

void Reader::check_options() const {
  const auto& given = options_.schema;
  require(delimiter_ != '"' && delimiter_ != '\n' && delimiter_ != '\r' &&
              static_cast<unsigned char>(delimiter_) < 0x80,
          "CsvOptions.delimiter must be an ASCII character other than a quote or line end");
  for (std::int64_t i = 0; given && i < given->size(); ++i) {
    require((*given)[i].kind != Kind::kTensor,
            "read_csv: column '{}' is a tensor, which a CSV file cannot hold", (*given)[i].name);
  }
}

void Reader::read_header() {
  require<FileError>(!text_.empty(), "{}: is empty; a CSV file starts with a line of names",
                     origin_);
  const std::vector<std::string> unnamed;
  Tokens tokens(text_, delimiter_, origin_, unnamed);
  for (bool more = true; more;) {
    const char* const where = tokens.position();
    if (tokens.at_end()) tokens.error(where, {}, name_rule(names_.size() + 1));
    const Field field = tokens.next();
    add_name(tokens, where, field.escaped ? unescaped(field.text) : std::string(field.text));
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

void Reader::add_name(const Tokens& tokens, const char* where, std::string name) {
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

bool Reader::is_mark(std::string_view text) const {
  return std::find(options_.missing.begin(), options_.missing.end(), text) !=
         options_.missing.end();
}

bool Reader::is_missing(const Field& field) const {
  if (field.quoted) return false;
  if (field.text.empty()) return empty_is_missing_;
  return has_marks_ && is_mark(field.text);
}

Tokens Reader::body() const {
  Tokens tokens(text_, delimiter_, origin_, names_);
  tokens.skip_to(text_.data() + body_);
  return tokens;
}

template <class Take>
std::int64_t Reader::for_each(Tokens& tokens, std::int64_t rows, Take take) const {
  const std::size_t last = names_.size() - 1;
  std::int64_t row = 0;
  for (; row < rows && !tokens.at_end(); ++row) {
    if (last > 0 && tokens.only_line_ends_left()) break;
    for (std::size_t i = 0; i <= last; ++i) {
      const char* const where = tokens.position();
      const Field field = tokens.next_or_empty();
      if (field.last != (i == last)) ragged(tokens, where, i);
      take(i, field, tokens, where);
    }
  }
  return row;
}

void Reader::ragged(const Tokens& tokens, const char* where, std::size_t i) const {
  if (i + 1 < names_.size()) {
    tokens.error(where, names_[i + 1],
                 fmt::format("the row ends after {} of {} fields", i + 1, names_.size()));
  }
  tokens.error(where, names_[i],
               fmt::format("the row has more than the {} fields of the header", names_.size()));
}

/// From the first rows, so that few columns need a second pass.
std::vector<Guess> Reader::guesses() const {
  std::vector<Guess> out(names_.size());
  Tokens tokens = body();
  for_each(tokens, kSampleRows, [&](std::size_t i, const Field& field, const Tokens&, const char*) {
    if (is_missing(field) || (field.quoted && field.text.empty()) || fits(out[i], field.text))
      return;
    out[i] = widened(out[i], field.text);
  });
  return out;
}

void Reader::make_builders(std::vector<Guess> guesses, std::int64_t capacity) {
  builders_.clear();
  builders_.reserve(names_.size());
  for (std::size_t i = 0; i < names_.size(); ++i) {
    const std::int64_t at = options_.schema ? options_.schema->find(names_[i]) : -1;
    const semblance::Field* given = at < 0 ? nullptr : &(*options_.schema)[at];
    builders_.emplace_back(names_[i], given, std::move(guesses[i]), capacity);
  }
}

std::int64_t Reader::pass(Tokens& tokens, std::int64_t rows, Builders& active, Builders& again) {
  return for_each(tokens, rows,
                  [&](std::size_t i, const Field& field, const Tokens& at, const char* where) {
                    if (field.non_ascii && !is_utf8(field.text))
                      at.error(where, names_[i], "the text is not valid UTF-8");
                    Builder* const builder = active[i];
                    if (builder == nullptr) return;
                    if (is_missing(field)) {
                      builder->add_missing();
                    } else if (!builder->add(field)) {
                      if (builder->rejects())
                        at.error(where, names_[i], builder->complaint(field.text));
                      again[i] = std::exchange(active[i], nullptr);
                    }
                  });
}

void Reader::settle(const std::function<void(Builders& active, Builders& again)>& pass) {
  Builders active;
  for (auto& builder : builders_) active.push_back(&builder);
  while (std::any_of(active.begin(), active.end(), [](auto* b) { return b != nullptr; })) {
    Builders again(active.size(), nullptr);
    pass(active, again);
    for (std::size_t i = 0; i < active.size(); ++i) {
      if (active[i] != nullptr && active[i]->needs_another_pass()) again[i] = active[i];
      if (again[i] != nullptr) again[i]->restart();
    }
    active = std::move(again);
  }
}

Dataset Reader::read() {
  make_builders(guesses(), 1 + std::count(text_.begin() + static_cast<std::ptrdiff_t>(body_),
                                          text_.end(), '\n'));
  settle([&](Builders& active, Builders& again) {
    Tokens tokens = body();
    pass(tokens, kAllRows, active, again);
  });
  auto [fields, columns] = finish();
  return {schema_of(std::move(fields)), std::move(columns)};
}

Dataset Reader::read(Tokens& tokens, std::int64_t rows) {
  make_builders(std::vector<Guess>(names_.size()), rows);
  Tokens end = tokens;
  settle([&](Builders& active, Builders& again) {
    end = tokens;
    pass(end, rows, active, again);
  });
  tokens = end;
  auto [fields, columns] = finish();
  return {schema_of(std::move(fields)), std::move(columns)};
}

Schema Reader::infer(std::int64_t window, const std::function<void(const char*)>& passed) {
  make_builders(guesses(), window);
  settle([&](Builders& active, Builders& again) {
    Tokens tokens = body();
    while (pass(tokens, window, active, again) == window) {
      for (Builder* builder : active) {
        if (builder != nullptr) builder->fold();
      }
      passed(tokens.position());
    }
    passed(tokens.position());
  });
  return schema_of(finish().first);
}

std::pair<std::vector<semblance::Field>, std::vector<Column>> Reader::finish() {
  std::pair<std::vector<semblance::Field>, std::vector<Column>> out;
  for (auto& builder : builders_) {
    auto [field, column] = builder.finish();
    out.first.push_back(std::move(field));
    out.second.push_back(std::move(column));
  }
  return out;
}

Schema Reader::schema_of(std::vector<semblance::Field> fields) const {
  Schema schema(std::move(fields));
  return options_.target.empty() ? schema : schema.with_target(options_.target);
}

}  // namespace csv

Dataset parse_csv(std::string_view text, const CsvOptions& options, const std::string& origin) {
  return csv::Reader(text, options, origin).read();
}

Dataset read_csv(const std::filesystem::path& file, const CsvOptions& options) {
  const MappedFile mapped(file);
  return parse_csv(mapped.bytes(), options, file.string());
}

}  // namespace semblance
