// SPDX-License-Identifier: Apache-2.0
// Methods that remove the rows that disturb a classifier. They decide themselves how many; the
// strategy says from which classes (automatically all but the smallest).
//
// Distances are those of TableSpace: numbers (of unit variance with `standardize`), categories and
// missing cells. Neighbours are exact, and a row is never its own; ties go to the first row.
#pragma once

#include <cstdint>
#include <vector>

#include "semblance/resample/selector.hpp"

namespace semblance {

/// How neighbours judge a row.
enum class NeighbourVote : std::uint8_t {
  kAll,  ///< It stays if all of them are of its class.
  kMode  ///< It stays if its class is the most frequent among them; ties: the first in the
         ///< vocabulary.
};

/// Tomek links [1]: two rows of different classes, each the nearest of the other. Those of its rows
/// go that are of a class to be cleaned: with All, both.
///
/// [1] Tomek, "Two modifications of CNN", IEEE Trans. Systems, Man and Cybernetics 6, 1976.
struct TomekConfig {
  bool standardize = true;  ///< Distances on columns of unit variance.

  void validate() const;  ///< \throws InvalidArgument that names the first bad field.
};
using TomekLinks = SelectorOf<TomekConfig>;
extern template class SelectorOf<TomekConfig>;

/// Edited nearest neighbours [1]: rows go that their k nearest disagree with.
///
/// [1] Wilson, "Asymptotic properties of nearest neighbor rules using edited data", IEEE Trans.
///     Systems, Man and Cybernetics 2, 1972.
struct EnnConfig {
  std::int64_t k = 3;                        ///< Neighbours, >= 1.
  NeighbourVote vote = NeighbourVote::kAll;  ///< How they judge.
  bool standardize = true;                   ///< Distances on columns of unit variance.

  void validate() const;  ///< \throws InvalidArgument that names the first bad field.
};
using EditedNearestNeighbours = SelectorOf<EnnConfig>;
extern template class SelectorOf<EnnConfig>;

/// Edited nearest neighbours again and again [1], until a round removes nothing or leaves a class
/// with fewer rows than the smallest class had at first. The strategy applies to the classes as
/// each round finds them. Also ends before a round that would remove a class, and where fewer than
/// k + 1 rows are left.
///
/// [1] Tomek, "An experiment with the edited nearest-neighbor rule", IEEE Trans. Systems, Man and
///     Cybernetics 6, 1976.
struct RepeatedEnnConfig {
  std::int64_t k = 3;                        ///< Neighbours, >= 1.
  NeighbourVote vote = NeighbourVote::kAll;  ///< How they judge.
  std::int64_t rounds = 100;                 ///< Most rounds, >= 1.
  bool standardize = true;                   ///< Distances on columns of unit variance.

  void validate() const;  ///< \throws InvalidArgument that names the first bad field.
};
using RepeatedEditedNearestNeighbours = SelectorOf<RepeatedEnnConfig>;
extern template class SelectorOf<RepeatedEnnConfig>;

/// Edited nearest neighbours with 1, 2, ..., k neighbours in turn, each on what the last left [1];
/// ends as RepeatedEditedNearestNeighbours does.
///
/// [1] Tomek, as there.
struct AllKnnConfig {
  std::int64_t k = 3;                        ///< Most neighbours, >= 1.
  NeighbourVote vote = NeighbourVote::kAll;  ///< How they judge.
  bool allow_minority = false;  ///< Goes on when a class gets smaller than the smallest was.
  bool standardize = true;      ///< Distances on columns of unit variance.

  void validate() const;  ///< \throws InvalidArgument that names the first bad field.
};
using AllKnn = SelectorOf<AllKnnConfig>;
extern template class SelectorOf<AllKnnConfig>;

/// The neighbourhood cleaning rule [1]: rows go that the mode of their k neighbours disagrees with,
/// and the neighbours of rows of the smallest class that are misclassified, if they are of a class
/// with more than `threshold` times its rows.
///
/// [1] Laurikkala, "Improving identification of difficult small classes by balancing class
///     distribution", AIME 2001.
struct NeighbourhoodCleaningConfig {
  /// Who says that a row of the smallest class is misclassified.
  enum class Rule : std::uint8_t {
    kPaper,    ///< Its k neighbours.
    kImblearn  ///< Itself and its k - 1 nearest, as imbalanced-learn has it.
  };
  std::int64_t k = 3;        ///< Neighbours, >= 1.
  double threshold = 0.5;    ///< Of the smallest class's rows, >= 0.
  Rule rule = Rule::kPaper;  ///< Who judges the smallest class.
  bool standardize = true;   ///< Distances on columns of unit variance.

  void validate() const;  ///< \throws InvalidArgument that names the first bad field.
};
using NeighbourhoodCleaning = SelectorOf<NeighbourhoodCleaningConfig>;
extern template class SelectorOf<NeighbourhoodCleaningConfig>;

/// Condensed nearest neighbours [1]: a store of rows by which a 1-nearest-neighbour rule classifies
/// the others right. It starts with the rows of the classes that are not cleaned and one row of
/// each of those that are; rows join in order, each if the nearest row of the store, as it is then,
/// is of another class.
///
/// [1] Hart, "The condensed nearest neighbor rule", IEEE Trans. Information Theory 14, 1968.
struct CondensedConfig {
  /// What a class is compared with.
  enum class Rule : std::uint8_t {
    kMinority,  ///< The smallest class alone, class after class. One pass is enough.
    kHart       ///< All other classes, in passes until none adds a row.
  };
  Rule rule = Rule::kMinority;
  std::int64_t seeds = 1;                     ///< Rows of each class drawn at first, >= 1.
  std::vector<std::int64_t> start_rows = {};  ///< These instead, one of each class at least.
  bool standardize = true;                    ///< Distances on columns of unit variance.

  void validate() const;  ///< \throws InvalidArgument that names the first bad field.
};
using CondensedNearestNeighbour = SelectorOf<CondensedConfig>;
extern template class SelectorOf<CondensedConfig>;

/// One-sided selection [1]: of each class, one drawn row and all that a 1-nearest-neighbour rule on
/// that row and the smallest class gets wrong; then Tomek links.
///
/// [1] Kubat, Matwin, "Addressing the curse of imbalanced training sets: one-sided selection", ICML
///     1997.
struct OneSidedConfig {
  std::int64_t seeds = 1;                     ///< Rows of each class drawn at first, >= 1.
  std::vector<std::int64_t> start_rows = {};  ///< These instead, one of each class at least.
  bool standardize = true;                    ///< Distances on columns of unit variance.

  void validate() const;  ///< \throws InvalidArgument that names the first bad field.
};
using OneSidedSelection = SelectorOf<OneSidedConfig>;
extern template class SelectorOf<OneSidedConfig>;

/// The iterative partitioning filter of SMOTE-IPF [1]: the rows are dealt into folds, a decision
/// tree learns each fold, and rows go that most trees (or all) get wrong; again with new folds,
/// until some rounds in a row remove next to nothing.
///
/// [1] Saez, Luengo, Stefanowski, Herrera, "SMOTE-IPF: addressing the noisy and borderline examples
///     problem in imbalanced classification by a re-sampling method with filtering", Information
///     Sciences 291, 2015.
struct IterativePartitioningConfig {
  enum class Vote : std::uint8_t {
    kMajority,  ///< A row goes if more than half of the trees get it wrong.
    kConsensus  ///< If all do.
  };
  std::int64_t folds = 9;  ///< Parts, a tree each, >= 2.
  Vote vote = Vote::kMajority;
  std::int64_t rounds = 3;    ///< Quiet rounds in a row that end it, >= 1.
  double share = 0.01;        ///< A round is quiet that removes fewer rows than this share of all,
                              ///< or none; in [0, 1).
  std::int64_t min_leaf = 3;  ///< Fewest rows of a leaf, >= 1; of three, a wrong one is outvoted.

  void validate() const;  ///< \throws InvalidArgument that names the first bad field.
};
using IterativePartitioningFilter = SelectorOf<IterativePartitioningConfig>;
extern template class SelectorOf<IterativePartitioningConfig>;

}  // namespace semblance
