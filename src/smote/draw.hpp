// SPDX-License-Identifier: Apache-2.0
// Rows from parents: what SMOTE and its variants have in common after they have chosen them.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "smote/neighbourhood.hpp"

namespace semblance {

/// Makes the columns of synthetic rows.
class RowMaker {
 public:
  /// Keeps references to all three.
  RowMaker(const Dataset& data, const Classes& classes, const Neighbourhood& neighbourhood);

  /// One row for each of `parents`; row i breaks its tied votes by index `first` + i of the seed.
  [[nodiscard]] Dataset make(std::span<const Provenance> parents, std::int64_t first, Seed seed,
                             int threads) const;

 private:
  struct Votes;
  [[nodiscard]] Column make_column(std::int64_t column, std::span<const Provenance> parents,
                                   const Votes& votes) const;
  [[nodiscard]] Column classes(std::span<const Provenance> parents) const;
  [[nodiscard]] Column categories(std::int64_t column, std::span<const Provenance> parents,
                                  const Votes& votes) const;
  template <class T>
  [[nodiscard]] Column numbers(std::int64_t column, std::span<const Provenance> parents,
                               const Votes& votes) const;

  const Dataset& data_;
  const Classes& classes_;
  const Neighbourhood& neighbourhood_;
  bool base_votes_;                 ///< SMOTE-N: no numbers, so the base is one of the voters.
  std::vector<std::int64_t> unit_;  ///< Of integer and datetime columns: what their values are
                                    ///< multiples of.
};

}  // namespace semblance
