// SPDX-License-Identifier: Apache-2.0
#include <iostream>
#include <semblance/semblance.hpp>
namespace sb = semblance;
int main() {
  const sb::Dataset credit = sb::read_csv("examples/data/german_credit.csv", {.target = "class"});
  sb::AnyOrderModel model;  // or Smote, Vae, a simulator: every generator is used like this
  model.fit(credit, sb::Seed{1}, {.on_progress = sb::progress_bar()});
  const sb::Dataset rows = model.sample(5000, sb::Seed{2}, {.given = {{"class", 2}, {"age", 30}}});
  std::cout << rows.rows() << " new rows, each of bad credit at age 30\n";
}
