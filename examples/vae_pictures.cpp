// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cstdint>
#include <iostream>
#include <semblance/semblance.hpp>
#include <vector>

namespace sb = semblance;

// 8 x 8 grey pictures of a bright row or a bright column, with its kind as label.
sb::Dataset bars(std::int64_t pictures) {
  std::vector<std::uint8_t> pixels;
  std::vector<std::int32_t> kinds;
  for (std::int64_t i = 0; i < pictures; ++i) {
    sb::Stream stream(sb::Seed{1}, "bars", static_cast<std::uint64_t>(i));
    const auto kind = static_cast<std::int32_t>(stream.below(2));
    const auto place = stream.below(8);
    for (std::uint64_t p = 0; p < 64; ++p) {
      const bool bright = (kind == 0 ? p / 8 : p % 8) == place;
      pixels.push_back(static_cast<std::uint8_t>((bright ? 200 : 20) + stream.below(40)));
    }
    kinds.push_back(kind);
  }
  const sb::Schema schema = {{.name = "picture",
                              .kind = sb::Kind::kTensor,
                              .shape = {1, 8, 8},
                              .element = sb::ElementType::kUInt8},
                             {.name = "kind",
                              .kind = sb::Kind::kCategorical,
                              .role = sb::Role::kTarget,
                              .categories = {"row", "column"}}};
  return {schema, {sb::Column::tensors(pixels, {1, 8, 8}), sb::Column::categories(kinds)}};
}

// Whether the brightest line of a picture is a row.
bool is_row(const std::uint8_t* picture) {
  int rows[8] = {}, columns[8] = {};
  for (int p = 0; p < 64; ++p) {
    rows[p / 8] += picture[p];
    columns[p % 8] += picture[p];
  }
  return *std::max_element(rows, rows + 8) > *std::max_element(columns, columns + 8);
}

int main() {
  sb::Vae vae({.latent_dim = 8, .epochs = 60});
  vae.fit(bars(2000), sb::Seed{1}, {.on_progress = sb::progress_bar()});

  const sb::Dataset drawn = vae.sample(500, sb::Seed{2}, {.given = {{"kind", "row"}}});
  int right = 0;
  for (std::int64_t i = 0; i < drawn.rows(); ++i) {
    right += is_row(drawn.column("picture").bytes().data() + 64 * i) ? 1 : 0;
  }
  std::cout << (right > 450 ? "most" : "few") << " of 500 pictures of kind 'row' show a row\n";
}
