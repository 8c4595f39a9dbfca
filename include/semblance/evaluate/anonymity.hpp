// SPDX-License-Identifier: Apache-2.0
// Privacy of a table by its groups of equal quasi-identifiers: columns that somebody could know of
// a person. Exact: rows are grouped by equal keys, never by clusters. A missing cell is a value
// like any other.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "semblance/neighbours/neighbours.hpp"

namespace semblance {

/// One code a cell; only equality counts. Bin numbers first.
using KeyRows = MatrixView<std::int32_t>;

/// Rows with equal keys, in the order of their keys.
struct KeyClasses {
  std::vector<std::int64_t> of;  ///< [n] the class of each row, 0, 1, ...
  std::vector<double> size;      ///< [classes] rows.
};
/// O(n log n). \throws InvalidArgument if the codes are not rows x dim.
[[nodiscard]] KeyClasses key_classes(const KeyRows& keys);

/// k-anonymity [1]: rows of the smallest class. 0 without rows.
///
/// [1] Sweeney, "k-anonymity: a model for protecting privacy", IJUFKS 10, 2002.
[[nodiscard]] double k_anonymity(const KeyRows& keys);

/// Share of the rows that are in classes of fewer than k.
[[nodiscard]] double share_below_k(const KeyRows& keys, std::int64_t k);

/// l-diversity [2]: how many secrets the classes have.
struct Diversity {
  double distinct = 0;  ///< Fewest different secrets in a class.
  double entropy = 0;   ///< Smallest exp(entropy of the secrets) in a class, <= distinct.
};
/// \param secrets  One code a row.
/// \throws InvalidArgument if there are not as many secrets as rows; also the next.
///
/// [2] Machanavajjhala et al., "l-diversity: privacy beyond k-anonymity", TKDD 1, 2007.
[[nodiscard]] Diversity l_diversity(const KeyRows& keys, std::span<const std::int32_t> secrets);

/// How far apart two secrets are, in the earth mover's distance of t-closeness.
enum class SecretScale : std::uint8_t {
  kNominal,  ///< All alike: the distance is the total variation.
  kOrdered   ///< By the positions of the codes that occur, in order.
};

/// t-closeness [3]: the largest distance between the secrets of a class and those of all rows, in
/// [0, 1]. 0 without rows.
///
/// [3] Li, Li, Venkatasubramanian, "t-closeness: privacy beyond k-anonymity and l-diversity", ICDE
///     2007.
[[nodiscard]] double t_closeness(const KeyRows& keys, std::span<const std::int32_t> secrets,
                                 SecretScale scale = SecretScale::kNominal);

/// Released rows as pointers into a population with the same key columns.
struct KeyMap {
  /// k-map [4]: fewest rows of the population that a released key stands for, of the keys that
  /// occur in both; empty where none does.
  std::optional<double> k;
  double matched = 0;  ///< Share of the released rows whose key is in the population.
  double unique = 0;   ///< Share of the released rows whose key one row of the population has.
};
/// \throws InvalidArgument for other key columns in one than the other.
///
/// [4] El Emam, Dankar, "Protecting privacy using k-anonymity", JAMIA 15, 2008.
[[nodiscard]] KeyMap k_map(const KeyRows& released, const KeyRows& population);

/// Delta-presence [5]: smallest and largest, over the keys of the population, of the released rows
/// with that key over the population's, at most 1.
///
/// [5] Nergiz, Atzori, Clifton, "Hiding the presence of individuals from shared databases", SIGMOD
///     2007.
struct Presence {
  double lowest = 0, highest = 0;
};
/// Empty for no population. \throws InvalidArgument as k_map.
[[nodiscard]] std::optional<Presence> delta_presence(const KeyRows& released,
                                                     const KeyRows& population);

}  // namespace semblance
