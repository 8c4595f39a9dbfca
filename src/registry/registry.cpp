// SPDX-License-Identifier: Apache-2.0
#include "semblance/registry.hpp"

#include <algorithm>
#include <mutex>

#include "detail/check.hpp"
#include "detail/names.hpp"
#include "registry/builtin.hpp"
#include "semblance/core/archive.hpp"

namespace semblance {
namespace {

struct Shared {
  std::mutex mutex;
  std::vector<RegistryEntry> entries = builtin_generators();
};

Shared& shared() {
  static Shared instance;
  return instance;
}

const RegistryEntry* find(const std::vector<RegistryEntry>& entries, std::string_view name) {
  const auto it =
      std::find_if(entries.begin(), entries.end(), [&](const auto& e) { return e.name == name; });
  return it == entries.end() ? nullptr : &*it;
}

}  // namespace

std::vector<RegistryEntry> registry() {
  const std::lock_guard lock(shared().mutex);
  return shared().entries;
}

void register_generator(RegistryEntry entry) {
  const std::lock_guard lock(shared().mutex);
  require(find(shared().entries, entry.name) == nullptr,
          "register_generator: the name '{}' is taken", entry.name);
  shared().entries.push_back(std::move(entry));
}

std::unique_ptr<Generator> make_generator(std::string_view name, std::string_view config_json) {
  const auto entries = registry();
  const RegistryEntry* entry = find(entries, name);
  if (entry == nullptr) {
    std::vector<std::string> names;
    for (const auto& e : entries) names.push_back(e.name);
    fail("make_generator: there is no generator '{}'; {}", name, did_you_mean(name, names));
  }
  return entry->make(config_json);
}

std::unique_ptr<Generator> load_generator(const std::filesystem::path& file) {
  const Archive archive = Archive::read(file);
  require<FileError>(archive.has_text("generator"), "{}: not a Semblance model file",
                     file.string());
  std::unique_ptr<Generator> generator;
  try {
    generator = make_generator(archive.text("generator"), archive.text("config"));
  } catch (const InvalidArgument& e) {
    fail<FileError>("{}: {}", file.string(), e.what());
  }
  Archive current = archive;  // a parameter that is younger than the file has its default
  current.put_text("config", generator->config_json());
  generator->load_archive(current, file.string());
  return generator;
}

}  // namespace semblance
