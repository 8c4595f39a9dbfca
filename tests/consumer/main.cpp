// SPDX-License-Identifier: Apache-2.0
// Uses the installed package as a stranger would: data in, two parts out, and an error that reads
// well.
#include <semblance/semblance.hpp>

#include <iostream>
#include <vector>

namespace sb = semblance;

int main() {
  const sb::Schema schema = {{.name = "x", .kind = sb::Kind::kReal},
                             {.name = "y",
                              .kind = sb::Kind::kCategorical,
                              .role = sb::Role::kTarget,
                              .categories = {"no", "yes"}}};
  std::vector<double> x;
  std::vector<std::int32_t> y;
  for (int i = 0; i < 100; ++i) {
    x.push_back(i);
    y.push_back(i % 4 == 0 ? 1 : 0);
  }
  const sb::Dataset data(schema, {sb::Column::reals(x), sb::Column::categories(y)});
  const auto [train, holdout] = sb::split(data, 0.8, sb::Seed{7});
  std::cout << "semblance " << sb::kVersion << ": " << train.rows() << " + " << holdout.rows()
            << " rows\n";
  try {
    static_cast<void>(sb::make_generator("no such generator"));
  } catch (const sb::InvalidArgument& e) {
    std::cout << e.what() << '\n';
    return train.rows() == 80 ? 0 : 1;
  }
  return 1;
}
