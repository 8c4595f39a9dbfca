// SPDX-License-Identifier: Apache-2.0
#include <unordered_map>
#include <utility>

#include "detail/check.hpp"
#include "semblance/data/schema.hpp"

namespace semblance {

struct Vocabulary::Shared {
  std::vector<std::string> categories;
  std::unordered_map<std::string_view, std::int32_t> codes;  // views into `categories`
};

Vocabulary::Vocabulary() {
  static const auto empty = std::make_shared<const Shared>();
  shared_ = empty;
}

Vocabulary::Vocabulary(std::vector<std::string> categories) {
  auto shared = std::make_shared<Shared>();
  shared->categories = std::move(categories);
  shared->codes.reserve(shared->categories.size());
  for (const auto& category : shared->categories) {
    const auto code = static_cast<std::int32_t>(shared->codes.size());
    require(shared->codes.emplace(category, code).second,
            "Vocabulary: each category must be there once, got '{}' twice", category);
  }
  shared_ = std::move(shared);
}

Vocabulary::Vocabulary(std::initializer_list<std::string> categories)
    : Vocabulary(std::vector<std::string>(categories)) {}

std::int32_t Vocabulary::size() const noexcept {
  return static_cast<std::int32_t>(shared_->categories.size());
}

const std::string& Vocabulary::operator[](std::int32_t code) const {
  return shared_->categories.at(static_cast<std::size_t>(code));
}

std::int32_t Vocabulary::code(std::string_view category) const {
  const auto it = shared_->codes.find(category);
  return it == shared_->codes.end() ? -1 : it->second;
}

const std::vector<std::string>& Vocabulary::categories() const noexcept {
  return shared_->categories;
}

bool operator==(const Vocabulary& a, const Vocabulary& b) {
  return a.shared_ == b.shared_ || a.shared_->categories == b.shared_->categories;
}

}  // namespace semblance
