// SPDX-License-Identifier: Apache-2.0
// Model files.
#include <fmt/format.h>

#include <algorithm>
#include <fstream>
#include <iterator>

#include "conformance/checks.hpp"
#include "conformance/support.hpp"
#include "semblance/core/archive.hpp"
#include "semblance/registry.hpp"

namespace semblance::conformance {
namespace {

constexpr std::size_t kLengthBytes = 8;  // the length of the JSON header stands before it
constexpr int kMutations = 200;

std::string read_bytes(const std::filesystem::path& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

void write_bytes(const std::filesystem::path& file, std::string_view bytes) {
  std::ofstream(file, std::ios::binary) << bytes;
}

bool is_registered(const std::string& name) {
  const auto entries = registry();
  return std::any_of(entries.begin(), entries.end(), [&](const auto& e) { return e.name == name; });
}

std::size_t header_end(std::string_view bytes) {
  std::size_t length = 0;
  for (std::size_t i = kLengthBytes; i-- > 0;)
    length = (length << 8) | static_cast<unsigned char>(bytes[i]);
  return kLengthBytes + length;
}

/// One random damage to a model file: cut, flipped, overwritten, or with other numbers in its
/// header.
std::string damage(std::string bytes, Stream& s) {
  const std::size_t header = header_end(bytes);
  const auto in_header = [&] { return kLengthBytes + s.below(header - kLengthBytes); };
  switch (s.below(7)) {
    case 0:  // cut anywhere
      return bytes.substr(0, s.below(bytes.size()));
    case 1:  // cut out of the header
      return bytes.erase(in_header(), 1 + s.below(20));
    case 2:  // one bit anywhere
      bytes[s.below(bytes.size())] ^= static_cast<char>(1 << s.below(8));
      return bytes;
    case 3:  // one byte of JSON
      bytes[in_header()] = "0123456789-+.eE,:[]{}\"\\ \0\xff"[s.below(26)];
      return bytes;
    case 4:  // another length
      bytes[s.below(kLengthBytes)] = static_cast<char>(s.below(256));
      return bytes;
    case 5:  // a run of bytes overwritten
      for (std::size_t i = s.below(bytes.size()), end = std::min(bytes.size(), i + 64); i < end;
           ++i)
        bytes[i] = static_cast<char>(s.below(256));
      return bytes;
    default: {  // another digit: counts, shapes, offsets, codes
      const auto digit = bytes.find_first_of("0123456789", in_header());
      if (digit < header) bytes[digit] = static_cast<char>('0' + s.below(10));
      return bytes;
    }
  }
}

/// Loads a damaged file into `model`. Refused: the model is what it was. Accepted: it draws valid
/// rows or says why not; then the good file is loaded again.
void load_damaged(Outcome& out, Generator& model, const std::filesystem::path& file,
                  const std::filesystem::path& good, const Dataset& rows, const std::string& what) {
  try {
    model.load(file);
  } catch (const FileError&) {
    expect_equal(out, rows, model.sample(rows.rows(), Seed{5}), what + ", after its refusal");
    return;
  }
  try {
    expect_valid(out, model.sample(rows.rows(), Seed{5}), model.schema(), what + ", accepted");
  } catch (const Error&) {
  }
  model.load(good);
}

/// A copy of a model file in which one text is another.
void write_with(const std::filesystem::path& from, const std::filesystem::path& to,
                const std::string& entry, const std::string& text) {
  Archive archive = Archive::read(from);
  archive.put_text(entry, text);
  archive.write(to);
}

}  // namespace

Outcome saving_keeps_the_rows(const Subject& subject) {
  Outcome out;
  const Scratch scratch;
  const auto file = scratch / "model";
  const auto model = fitted(subject);
  model->save(file);
  const Dataset rows = model->sample(100, Seed{5});
  const auto copy = subject.make();
  copy->load(file);
  expect_equal(out, rows, copy->sample(100, Seed{5}), "saved and loaded");
  if (!(copy->schema() == model->schema())) out.violations.emplace_back("the schema was not kept");
  if (copy->training_rows() != model->training_rows())
    out.violations.emplace_back("training_rows() was not kept");
  copy->save(scratch / "again");
  if (read_bytes(file) != read_bytes(scratch / "again"))
    out.violations.emplace_back("saved again, the file has other bytes");
  copy->fit(training_rows(subject), Seed{1});
  expect_equal(out, rows, copy->sample(100, Seed{5}), "fitted after a load");
  if (is_registered(model->name()))
    expect_equal(out, rows, load_generator(file)->sample(100, Seed{5}), "load_generator");
  expect_refusal<FileError>(
      out, [&] { model->save(scratch / "no folder" / "model"); }, "no folder",
      "saving to a folder that is not there");
  return out;
}

Outcome configuration_makes_an_equal_generator(const Subject& subject) {
  const auto model = fitted(subject);
  if (!is_registered(model->name())) return {.not_applicable = "not in the registry"};
  Outcome out;
  const auto copy = make_generator(model->name(), model->config_json());
  if (copy->config_json() != model->config_json())
    out.violations.push_back("config_json() reads back as " + copy->config_json());
  copy->fit(training_rows(subject), Seed{1});
  expect_equal(out, model->sample(50, Seed{5}), copy->sample(50, Seed{5}),
               "made again from config_json()");
  expect_refusal<InvalidArgument>(
      out, [&] { static_cast<void>(make_generator(model->name(), "{\"no_such_field\": 1}")); },
      "no_such_field", "an unknown configuration field");
  expect_refusal<InvalidArgument>(
      out, [&] { static_cast<void>(make_generator(model->name(), "[1, 2")); }, "JSON",
      "a configuration that is not JSON");
  return out;
}

Outcome refuses_foreign_files(const Subject& subject) {
  Outcome out;
  const Scratch scratch;
  const auto good = scratch / "model", bad = scratch / "bad";
  const auto model = fitted(subject);
  model->save(good);
  const Dataset rows = model->sample(50, Seed{5});
  const auto refuse = [&](std::string_view mention, std::string_view what) {
    expect_refusal<FileError>(out, [&] { model->load(bad); }, mention, what);
    expect_equal(out, rows, model->sample(50, Seed{5}), what);
  };
  refuse("bad", "a file that is not there");
  write_bytes(bad, "");
  refuse("not a model file", "an empty file");
  write_bytes(bad, "age,income\n39,<=50K\n");
  refuse("not a model file", "a CSV file");
  write_with(good, bad, "format_version", "1000");
  refuse("update Semblance", "a file of a newer format");
  write_with(good, bad, "generator", "another");
  refuse("holds a 'another' model", "another generator's file");
  Archive archive;
  for (const auto* entry :
       {"format_version", "library_version", "generator", "config", "schema", "training_rows"})
    archive.put_text(entry, Archive::read(good).text(entry));
  archive.write(bad);
  refuse("", "a file without its state");
  return out;
}

Outcome survives_damaged_files(const Subject& subject) {
  Outcome out;
  const Scratch scratch;
  const auto good = scratch / "model", bad = scratch / "bad";
  const auto model = fitted(subject);
  model->save(good);
  const std::string bytes = read_bytes(good);
  const Dataset rows = model->sample(8, Seed{5});
  for (int i = 0; i < kMutations && out.violations.size() < 5; ++i) {
    Stream s(Seed{17}, "damage", static_cast<std::uint64_t>(i));
    write_bytes(bad, damage(bytes, s));
    const std::string what = fmt::format("damaged file {}", i);
    try {
      load_damaged(out, *model, bad, good, rows, what);
    } catch (const std::exception& e) {
      out.violations.push_back(fmt::format("{} threw: {}", what, e.what()));
      model->load(good);
    }
  }
  return out;
}

}  // namespace semblance::conformance
