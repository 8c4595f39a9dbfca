// SPDX-License-Identifier: Apache-2.0
// Uses the installed package as a stranger would: a table in, rows out, and an error that reads
// well.
#include <semblance/semblance.hpp>

#include <iostream>
#include <string>

namespace sb = semblance;

namespace {

// 60 rows: y is "yes" for every third x.
std::string table() {
  std::string csv = "x,y\n";
  for (int i = 0; i < 60; ++i) {
    csv += std::to_string(i) + ".5," + (i % 3 == 0 ? "yes" : "no") + "\n";
  }
  return csv;
}

bool rows_are_made() {
  const sb::Dataset train = sb::parse_csv(table(), {.target = "y"});
  sb::AnyOrderModel model({.hidden = {8}, .epochs = 1});
  model.fit(train, sb::Seed{1});
  const sb::Dataset rows = model.sample(10, sb::Seed{2}, {.given = {{"y", "yes"}}});
  sb::write_csv(rows, std::cout);
  return rows.rows() == 10 && rows.cell(9, 1) == "yes";
}

bool error_names_the_generators() {
  try {
    static_cast<void>(sb::make_generator("no such generator"));
  } catch (const sb::InvalidArgument& e) {
    std::cout << e.what() << '\n';
    return std::string(e.what()).find("any-order") != std::string::npos;
  }
  return false;
}

}  // namespace

int main() {
  std::cout << "semblance " << sb::kVersion << '\n';
  return rows_are_made() && error_names_the_generators() ? 0 : 1;
}
