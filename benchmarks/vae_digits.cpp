// SPDX-License-Identifier: Apache-2.0
// What Vae draws after some seconds of training on images of digits, as a picture and as numbers.
//
//   vae_digits FOLDER digits|mnist SECONDS [SHEET.png] [CONFIG-JSON]
//
// FOLDER holds digits8x8.csv (64 pixels 0 ... 16 and the digit a row) or MNIST's IDX files. Prints
// the bound on the log-likelihood of training and test rows, and the accuracy on real test rows of
// a softmax regression on pixels that was trained on drawn (TSTR) or on real rows (TRTR).
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <numeric>
#include <string>

#include "semblance/core/error.hpp"
#include "semblance/data/csv.hpp"
#include "semblance/data/idx.hpp"
#include "semblance/data/png.hpp"
#include "semblance/learners/linear.hpp"
#include "semblance/registry.hpp"
#include "semblance/vae/vae.hpp"

namespace {

using namespace semblance;
namespace fs = std::filesystem;

/// The columns p00 ... p77 of one row become an image; 16 levels become 255.
Dataset read_digits(const fs::path& file) {
  const Dataset table = read_csv(file, {.target = "digit"});
  std::vector<std::uint8_t> pixels;
  for (std::int64_t i = 0; i < table.rows(); ++i) {
    for (std::int64_t c = 0; c < 64; ++c)
      pixels.push_back(static_cast<std::uint8_t>(255 * std::stol(table.cell(i, c)) / 16));
  }
  std::vector<std::string> labels;
  for (std::int64_t i = 0; i < table.rows(); ++i) labels.push_back(table.cell(i, 64));
  return image_dataset(Column::tensors(std::move(pixels), {1, 8, 8}), Column::texts(labels));
}

std::pair<Dataset, Dataset> read_parts(const fs::path& folder, const std::string& which) {
  if (which == "digits") return split(read_digits(folder / "digits8x8.csv"), 0.7, Seed{1});
  const auto part = [&](const std::string& name) {
    return read_idx_dataset(folder / ("mnist-" + name + "-images-idx3-ubyte.gz"),
                            folder / ("mnist-" + name + "-labels-idx1-ubyte.gz"));
  };
  return {part("train10k"), part("t10k")};
}

FeatureMatrix pixels(const Dataset& data) {
  const auto bytes = data.column("image").bytes();
  FeatureMatrix out{.rows = data.rows(), .columns = std::ssize(bytes) / data.rows()};
  for (const auto b : bytes) out.values.push_back(static_cast<float>(b) / 255.0F);
  out.levels.assign(static_cast<std::size_t>(out.columns), 0);
  return out;
}

Labels digits(const Dataset& data) {
  const auto codes = data.column("label").codes();
  return {Task::kMulticlass, {codes.begin(), codes.end()}, 10};
}

double accuracy(const Dataset& train, const Dataset& test) {
  LinearLearner judge({.l2 = 10, .iterations = 60});
  judge.fit(pixels(train), digits(train), Seed{1});
  const auto p = judge.predict(pixels(test));
  std::int64_t right = 0;
  for (std::int64_t i = 0; i < test.rows(); ++i) {
    const auto best = std::max_element(p.begin() + 10 * i, p.begin() + 10 * i + 10);
    right +=
        best - (p.begin() + 10 * i) == test.column("label").codes()[static_cast<std::size_t>(i)];
  }
  return static_cast<double>(right) / static_cast<double>(test.rows());
}

double mean(const std::vector<double>& v) {
  return std::accumulate(v.begin(), v.end(), 0.0) / static_cast<double>(v.size());
}

/// Ten rows of one digit each, drawn by condition; small images enlarged.
void write_sheet(const Vae& vae, const fs::path& file) {
  const auto side = static_cast<std::size_t>(vae.schema()[0].shape[1]);
  const std::size_t zoom = side < 20 ? 4 : 1, extent = 10 * side * zoom;
  std::vector<std::uint8_t> sheet(extent * extent);
  for (std::size_t d = 0; d < 10; ++d) {
    const Dataset rows = vae.sample(10, Seed{7}, {.given = {{"label", std::to_string(d)}}});
    const auto bytes = rows.column("image").bytes();
    for (std::size_t i = 0; i < extent * side * zoom; ++i) {
      const std::size_t y = i / extent / zoom, x = i % extent / zoom;
      sheet[d * side * zoom * extent + i] = bytes[(x / side * side + y) * side + x % side];
    }
  }
  const auto shape = static_cast<std::int64_t>(extent);
  write_png(Column::tensors(std::move(sheet), {1, shape, shape}), 0, file);
}

void run(const fs::path& folder, const std::string& which, double seconds, const fs::path& sheet,
         const std::string& config) {
  const auto [train, test] = read_parts(folder, which);
  const auto generator = make_generator("vae", config);
  Vae& vae = dynamic_cast<Vae&>(*generator);
  const auto start = std::chrono::steady_clock::now();
  vae.fit(train, Seed{1}, {.budget = std::chrono::duration<double>(seconds)});
  const std::chrono::duration<double> fit = std::chrono::steady_clock::now() - start;
  std::printf("%s: %lld rows, %.1f s, %zu epochs, best %lld\n", which.c_str(),
              static_cast<long long>(train.rows()), fit.count(), vae.history().training_loss.size(),
              static_cast<long long>(vae.history().best_epoch));
  std::printf("ELBO, nats a row: train %.2f, test %.2f\n", mean(vae.elbo(train, Seed{2})),
              mean(vae.elbo(test, Seed{2})));
  const Dataset drawn = vae.sample(train.rows(), Seed{3});
  std::printf("TSTR %.4f, TRTR %.4f\n", accuracy(drawn, test), accuracy(train, test));
  if (!sheet.empty()) write_sheet(vae, sheet);
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 4) {
    std::fprintf(stderr, "usage: vae_digits FOLDER digits|mnist SECONDS [SHEET.png] [CONFIG]\n");
    return 2;
  }
  try {
    run(argv[1], argv[2], std::atof(argv[3]), argc > 4 ? argv[4] : "", argc > 5 ? argv[5] : "{}");
  } catch (const Error& e) {
    std::fprintf(stderr, "%s\n", e.what());
    return 1;
  }
  return 0;
}
