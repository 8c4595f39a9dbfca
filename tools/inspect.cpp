// SPDX-License-Identifier: Apache-2.0
#include <array>
#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>

#include "commands.hpp"
#include "detail/check.hpp"
#include "semblance/data/csv.hpp"
#include "semblance/data/schema.hpp"

namespace semblance::command {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::uint64_t kMaxHeader = 100'000'000;  // safetensors' own limit

/// The JSON header of a safetensors file, which is all of it that is read; empty for another file.
std::string read_header(const std::filesystem::path& file) {
  std::ifstream in(file, std::ios::binary);
  require<FileError>(in.good() && !std::filesystem::is_directory(file), "{}: cannot be read",
                     file.string());
  std::array<unsigned char, 9> start{};
  in.read(reinterpret_cast<char*>(start.data()), start.size());
  std::uint64_t length = 0;
  for (std::size_t i = 8; i-- > 0;) length = (length << 8) | start[i];
  if (!in || start[8] != '{' || length > kMaxHeader) return "";
  require<FileError>(length + 8 <= std::filesystem::file_size(file), "{}: cut short",
                     file.string());
  std::string header(length, '{');
  in.read(header.data() + 1, static_cast<std::streamsize>(length - 1));
  return header;
}

/// A text of the header as JSON where it is JSON, as a string where it is not.
Json value_of(const std::string& text) {
  Json value = Json::parse(text, nullptr, false);
  return value.is_discarded() ? Json(text) : value;
}

Json describe_model(const std::string& header, const std::filesystem::path& file) {
  const Json json = Json::parse(header, nullptr, false);
  require<FileError>(json.is_object() && json.contains("__metadata__") &&
                         json["__metadata__"].is_object() &&
                         json["__metadata__"].contains("generator"),
                     "{}: not a Semblance model file", file.string());
  Json out = Json::object();
  for (const char* key :
       {"generator", "format_version", "library_version", "training_rows", "config", "schema"}) {
    const auto it = json["__metadata__"].find(key);
    if (it != json["__metadata__"].end() && it->is_string())
      out[key] =
          key == std::string_view("library_version") ? *it : value_of(it->get<std::string>());
  }
  const auto picked = json["__metadata__"].find("state.picked");  // of `auto`
  if (picked != json["__metadata__"].end() && picked->is_string())
    out["picked"] = value_of(picked->get<std::string>());
  out["tensors"] = Json::array();
  for (const auto& [name, entry] : json.items()) {
    if (name == "__metadata__" || !entry.is_object()) continue;
    out["tensors"].push_back({{"name", name},
                              {"dtype", entry.value("dtype", Json())},
                              {"shape", entry.value("shape", Json())}});
  }
  return out;
}

}  // namespace

void inspect(const InspectCommand& command, Console& console) {
  const std::string header = read_header(command.file);
  if (header.empty()) {
    console.print(Json::parse(to_json(read_csv(command.file).schema())).dump(2) + "\n");
  } else {
    console.print(
        describe_model(header, command.file).dump(2, ' ', false, Json::error_handler_t::replace) +
        "\n");
  }
}

}  // namespace semblance::command
