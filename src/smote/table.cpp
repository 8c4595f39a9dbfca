// SPDX-License-Identifier: Apache-2.0
#include "smote/table.hpp"

namespace semblance {

MemberIndex::MemberIndex(std::span<const std::int64_t> members, std::int64_t rows)
    : words_(static_cast<std::size_t>(rows / 64 + 1)) {
  for (const std::int64_t row : members) {
    words_[static_cast<std::size_t>(row / 64)].members |= std::uint64_t{1} << (row % 64);
  }
  for (std::size_t i = 1; i < words_.size(); ++i) {
    words_[i].before = words_[i - 1].before + std::popcount(words_[i - 1].members);
  }
}

Classes::Classes(const Dataset& data) {
  const std::int64_t target = data.schema().target();
  if (target >= 0 && data.schema()[target].kind == Kind::kCategorical) target_ = target;
  set_labels(data);
  const auto count = static_cast<std::size_t>(
      target_ < 0 ? 1 : data.schema()[target].categories.size() + std::int64_t{1});
  sizes_.resize(count);
  members_.resize(count);
  once_ = std::make_unique<std::once_flag[]>(count);
  for (const std::int32_t label : labels_) ++sizes_[static_cast<std::size_t>(label)];
}

/// The codes of the target; their own only where it has gaps, or where there is none.
void Classes::set_labels(const Dataset& data) {
  if (target_ < 0) {
    own_labels_.resize(static_cast<std::size_t>(data.rows()));
  } else {
    const Column& from = data.column(target_);
    labels_ = from.codes();
    if (from.null_count() == 0) return;
    own_labels_.assign(labels_.begin(), labels_.end());
    for (std::size_t i = 0; i < own_labels_.size(); ++i) {
      const bool valid = from.is_valid(static_cast<std::int64_t>(i));
      if (!valid) own_labels_[i] = data.schema()[target_].categories.size();
    }
  }
  labels_ = own_labels_;
}

std::span<const std::int64_t> Classes::members(std::int32_t label) const {
  const auto c = static_cast<std::size_t>(label);
  std::call_once(once_[c], [&] {
    members_[c].reserve(static_cast<std::size_t>(sizes_[c]));
    for (std::size_t i = 0; i < labels_.size(); ++i) {
      if (labels_[i] == label) members_[c].push_back(static_cast<std::int64_t>(i));
    }
  });
  return members_[c];
}

MemberIndex Classes::index(std::int32_t label) const {
  return {members(label), std::ssize(labels_)};
}

}  // namespace semblance
