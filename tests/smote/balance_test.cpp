// SPDX-License-Identifier: Apache-2.0
#include "semblance/balance.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "semblance/core/error.hpp"
#include "semblance/smote/smote.hpp"
#include "support/message.hpp"

namespace semblance {
namespace {

using testing::ElementsAre;

const Vocabulary kClasses = {"a", "b", "c", "none"};
const std::vector<std::int64_t> kSizes = {40, 12, 20, 0};

std::vector<std::int64_t> add(const BalanceStrategy& strategy) {
  return rows_to_add(strategy, kClasses, kSizes);
}

std::string message(const std::function<void()>& call) { return message_of<InvalidArgument>(call); }

TEST(BalanceStrategy, NamesSizesOfClasses) {
  EXPECT_THAT(add(NotMajority{}), ElementsAre(0, 28, 20, 0));
  EXPECT_THAT(add(Minority{}), ElementsAre(0, 28, 0, 0));
  EXPECT_THAT(add(NotMinority{}), ElementsAre(0, 0, 20, 0));
  EXPECT_THAT(add(All{}), ElementsAre(0, 28, 20, 0));
  EXPECT_THAT(add(Counts{{{"c", 25}, {"a", 40}}}), ElementsAre(0, 0, 5, 0));
  EXPECT_THAT(rows_to_add(Ratio{0.75}, {"a", "b"}, {8, 12}), ElementsAre(1, 0));
}

TEST(BalanceStrategy, NamesSizesToShrinkTo) {
  const auto keep = [](const BalanceStrategy& s) { return rows_to_keep(s, kClasses, kSizes); };
  EXPECT_THAT(keep(Automatic{}), ElementsAre(12, 12, 12, 0));
  EXPECT_THAT(keep(Majority{}), ElementsAre(12, 12, 20, 0));
  EXPECT_THAT(keep(NotMajority{}), ElementsAre(40, 12, 12, 0));
  EXPECT_THAT(keep(ClassList{{"c"}}), ElementsAre(40, 12, 12, 0));
  EXPECT_THAT(keep(Counts{{{"a", 5}, {"b", 12}}}), ElementsAre(5, 12, 20, 0));
  EXPECT_THAT(rows_to_keep(Ratio{0.75}, {"a", "b"}, {8, 12}), ElementsAre(8, 10));
}

TEST(BalanceStrategy, NamesClassesToClean) {
  const auto clean = [](const BalanceStrategy& s) { return classes_to_clean(s, kClasses, kSizes); };
  EXPECT_THAT(clean(Automatic{}), ElementsAre(true, false, true, false));
  EXPECT_THAT(clean(Majority{}), ElementsAre(true, false, false, false));
  EXPECT_THAT(clean(NotMajority{}), ElementsAre(false, true, true, false));
  EXPECT_THAT(clean(All{}), ElementsAre(true, true, true, false));
  EXPECT_THAT(clean(ClassList{{"b"}}), ElementsAre(false, true, false, false));
}

TEST(BalanceStrategy, IsForAddingOrForRemoving) {
  EXPECT_EQ(message([] { (void)add(Majority{}); }),
            "balance strategy: 'majority' is for methods that remove rows; those that add some "
            "take auto, minority, not-majority, not-minority, all or classes");
  const std::string minority =
      "balance strategy: 'minority' is for methods that add rows; those that remove some take "
      "auto, majority, not-minority, not-majority, all or classes";
  EXPECT_EQ(message([] { (void)rows_to_keep(Minority{}, kClasses, kSizes); }), minority);
  EXPECT_EQ(message([] { (void)classes_to_clean(Minority{}, kClasses, kSizes); }), minority);
  const std::string cleaner =
      "balance strategy: a cleaner decides itself how many rows it removes; name classes instead "
      "of ";
  EXPECT_EQ(message([] { (void)classes_to_clean(Ratio{0.5}, kClasses, kSizes); }),
            cleaner + "a ratio");
  EXPECT_EQ(message([] { (void)classes_to_clean(Counts{}, kClasses, kSizes); }), cleaner + "sizes");
  const auto keep = [](const BalanceStrategy& s) { (void)rows_to_keep(s, kClasses, kSizes); };
  EXPECT_EQ(message([&] { keep(Counts{{{"b", 13}}}); }),
            "Counts: class 'b' has 12 rows to keep, got 13");
  EXPECT_EQ(message([&] { keep(Counts{{{"b", 0}}}); }),
            "Counts: class 'b' must keep at least 1 row, got 0");
  EXPECT_EQ(message([] { (void)rows_to_keep(Ratio{0.5}, {"a", "b"}, {8, 12}); }),
            "Ratio.value: class 'b' has 12 rows, fewer than the 16 that ratio 0.5 asks for");
  EXPECT_EQ(message([&] { keep(ClassList{{"not-majorty"}}); }),
            "balance strategy: there is no class or strategy 'not-majorty'; did you mean "
            "'not-majority'?");
  EXPECT_EQ(message([&] { keep(ClassList{{"b", "b"}}); }),
            "balance strategy: class 'b' is named twice");
  EXPECT_EQ(message([&] { keep(ClassList{{"none"}}); }),
            "balance strategy: class 'none' has no rows");
}

TEST(BalanceStrategy, RatiosOfWholeNumbersAreNotCutByRounding) {
  EXPECT_THAT(rows_to_add(Ratio{0.29}, {"a", "b"}, {9, 100}), ElementsAre(20, 0));
  EXPECT_THAT(rows_to_keep(Ratio{0.07}, {"a", "b"}, {7, 200}), ElementsAre(7, 100));
}

TEST(BalanceStrategy, EquallyLargeClassesNeedNothing) {
  EXPECT_THAT(rows_to_add(NotMajority{}, {"a", "b"}, {5, 5}), ElementsAre(0, 0));
  EXPECT_THAT(rows_to_add(Minority{}, {"a", "b"}, {5, 5}), ElementsAre(0, 0));
}

TEST(BalanceStrategy, SaysWhatIsWrong) {
  EXPECT_EQ(message([] { add(Ratio{0.5}); }),
            "Ratio: the target must have 2 classes, got 3; give Counts instead");
  EXPECT_EQ(message([] { (void)rows_to_add(Ratio{0.5}, {"a", "b"}, {8, 12}); }),
            "Ratio.value: class 'a' has 8 rows, more than the 6 that ratio 0.5 asks for");
  EXPECT_EQ(message([] { add(Ratio{1.5}); }), "Ratio.value must be in (0, 1], got 1.5");
  EXPECT_EQ(message([] { add(Counts{{{"b", 2}}}); }),
            "Counts: class 'b' has 12 rows already, got 2");
  EXPECT_EQ(message([] { add(Counts{{{"b", 20}, {"b", 30}}}); }),
            "Counts: class 'b' is named twice");
  EXPECT_EQ(message([] { add(Counts{{{"none", 20}}}); }),
            "Counts: class 'none' has no rows to learn from");
  EXPECT_THAT(message([] { add(Counts{{{"d", 20}}}); }),
              testing::StartsWith("Counts: there is no class 'd'; "));
}

TEST(BalanceStrategy, IsReadFromText) {
  EXPECT_THAT(add(parse_balance_strategy("not-majority")), ElementsAre(0, 28, 20, 0));
  EXPECT_THAT(add(parse_balance_strategy("minority")), ElementsAre(0, 28, 0, 0));
  EXPECT_THAT(add(parse_balance_strategy("not-minority")), ElementsAre(0, 0, 20, 0));
  EXPECT_THAT(add(parse_balance_strategy("all")), ElementsAre(0, 28, 20, 0));
  EXPECT_THAT(add(parse_balance_strategy("c=25,b=15")), ElementsAre(0, 3, 5, 0));
  EXPECT_DOUBLE_EQ(std::get<Ratio>(parse_balance_strategy("0.5")).value, 0.5);
  EXPECT_THAT(add(parse_balance_strategy("auto")), ElementsAre(0, 28, 20, 0));
  EXPECT_THAT(add(parse_balance_strategy("b,a")), ElementsAre(0, 28, 0, 0));
  EXPECT_THAT(add(parse_balance_strategy("c")), ElementsAre(0, 0, 20, 0));
  EXPECT_THAT(std::get<ClassList>(parse_balance_strategy("1,")).names, ElementsAre("1"));
  EXPECT_EQ(message([] { (void)parse_balance_strategy("a=5,b"); }),
            "balance strategy: sizes must read class=rows,..., got 'a=5,b'");
  EXPECT_EQ(message([] { (void)parse_balance_strategy(""); }),
            "balance strategy: must not be empty");
}

Dataset two_classes() {
  std::vector<double> x;
  std::vector<std::int32_t> label;
  for (int i = 0; i < 30; ++i) {
    x.push_back(i);
    label.push_back(i % 5 == 0 ? 1 : 0);
  }
  return {Schema{{.name = "x"},
                 {.name = "y",
                  .kind = Kind::kCategorical,
                  .role = Role::kTarget,
                  .categories = {"common", "rare"}}},
          {Column::reals(x), Column::categories(label)}};
}

TEST(Balance, KeepsTheRowsAndAddsExactlyWhatIsMissing) {
  const Dataset train = two_classes();
  Smote smote;
  smote.fit(train, Seed{1});
  const Dataset out = balance(train, smote, Seed{2});
  ASSERT_EQ(out.rows(), 48);
  for (std::int64_t i = 0; i < 48; ++i) {
    if (i < 30) {
      EXPECT_EQ(out.cell(i, 0), train.cell(i, 0));
      EXPECT_EQ(out.cell(i, 1), train.cell(i, 1));
    } else {
      EXPECT_EQ(out.cell(i, 1), "rare");
      EXPECT_LE(out.column("x").number(i), 25);
    }
  }
  EXPECT_EQ(balance(train, smote, Seed{2}, {.strategy = Counts{{{"common", 25}}}}).rows(), 31);
}

TEST(Balance, NeedsACategoricalTarget) {
  const Dataset plain(Schema{{.name = "x"}}, {Column::reals({1, 2, 3})});
  Smote smote;
  smote.fit(plain, Seed{1});
  EXPECT_EQ(message([&] { (void)balance(plain, smote, Seed{1}); }),
            "balance: the generator was fitted without a target column");
  smote.fit(two_classes(), Seed{1});
  EXPECT_EQ(message([&] { (void)balance(plain, smote, Seed{1}); }),
            "balance: train must have the generator's target 'y', with the same categories");
}

}  // namespace
}  // namespace semblance
