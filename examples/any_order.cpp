// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cmath>
#include <filesystem>
#include <iostream>
#include <memory>
#include <semblance/semblance.hpp>

namespace sb = semblance;

int main() {
  const sb::Dataset credit = sb::read_csv("examples/data/german_credit.csv", {.target = "class"});
  const auto [train, holdout] = sb::split(credit, 0.8, sb::Seed{7});

  sb::AnyOrderModel model({.epochs = 40});
  model.fit(train, sb::Seed{1}, {.on_progress = sb::progress_bar()});

  // Any subset of columns can be given: values, ranges, sets, gaps.
  const sb::Dataset young =
      model.sample(1000, sb::Seed{2}, {.given = {{"age", sb::Range{19, 25}}, {"class", "2"}}});
  std::cout << young.rows() << " bad risks of at most 25 years\n";

  // Row i depends on the model, the seed and i: chunks and windows are parts of one endless table.
  std::int64_t streamed = 0;
  for (const sb::Dataset& chunk : model.stream(10'000, sb::Seed{3})) streamed += chunk.rows();
  std::cout << streamed << " rows streamed\n";

  // Log-likelihood, in nats, of rows the model has not seen; minus infinity where a value is one
  // that the training rows do not have and the model cannot draw.
  const std::vector<double> nats = model.log_likelihood(holdout);
  const auto possible =
      std::count_if(nats.begin(), nats.end(), [](double l) { return std::isfinite(l); });
  std::cout << (possible > 100 ? "most" : "few") << " of " << nats.size()
            << " holdout rows are possible\n";

  const auto file = std::filesystem::temp_directory_path() / "credit.semb";
  model.save(file);
  const std::unique_ptr<sb::Generator> loaded = sb::load_generator(file);
  std::cout << "the file holds an '" << loaded->name() << "' model of " << loaded->training_rows()
            << " rows\n";
}
