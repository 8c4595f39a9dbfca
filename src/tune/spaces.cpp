// SPDX-License-Identifier: Apache-2.0
#include <map>

#include "semblance/tune/tune.hpp"

namespace semblance {
namespace {

SearchSpace between(const char* field, double low, double high) {
  return {.field = field, .low = low, .high = high};
}
SearchSpace logarithmic(const char* field, double low, double high) {
  return {.field = field, .low = low, .high = high, .logarithmic = true};
}
SearchSpace whole(SearchSpace space) {
  space.whole = true;
  return space;
}
SearchSpace one_of(const char* field, std::vector<std::string> json) {
  return {.field = field, .choices = std::move(json)};
}

using Spaces = std::vector<SearchSpace>;

Spaces any_order() {
  return {one_of("hidden", {"[64]", "[64, 32]", "[128, 64]", "[256, 128]"}),
          whole(logarithmic("embedding_dim", 4, 32)),
          between("dropout", 0, 0.5),
          logarithmic("learning_rate", 5e-4, 5e-3),
          logarithmic("weight_decay", 0.05, 3),
          whole(logarithmic("bins", 16, 256))};
}

Spaces copula() {
  return {logarithmic("ridge", 1e-3, 0.3), whole(logarithmic("min_category_rows", 2, 50)),
          one_of("by_target", {"false", "true"}), logarithmic("class_shrinkage", 0.3, 100),
          whole(logarithmic("bins", 16, 512))};
}

Spaces vae() {
  return {whole(logarithmic("latent_dim", 4, 64)), logarithmic("beta", 0.1, 3),
          logarithmic("learning_rate", 3e-4, 5e-3),
          one_of("hidden", {"[64, 64]", "[128, 128]", "[256, 256]", "[512, 512]"}),
          logarithmic("weight_decay", 1e-6, 0.1)};
}

Spaces diffusion() {
  return {whole(logarithmic("width", 64, 512)), whole(between("blocks", 1, 6)),
          between("dropout", 0, 0.3), logarithmic("learning_rate", 3e-4, 5e-3),
          logarithmic("category_weight", 0.1, 3)};
}

Spaces gan() {
  return {whole(logarithmic("noise_dim", 16, 256)), logarithmic("learning_rate", 5e-5, 2e-3),
          logarithmic("penalty", 0.1, 30), logarithmic("temperature", 0.1, 1)};
}

Spaces neighbours() { return {whole(logarithmic("k", 2, 15))}; }

const std::map<std::string, Spaces, std::less<>>& all() {
  static const std::map<std::string, Spaces, std::less<>> spaces = {{"any-order", any_order()},
                                                                    {"copula", copula()},
                                                                    {"vae", vae()},
                                                                    {"tvae", vae()},
                                                                    {"diffusion", diffusion()},
                                                                    {"gan", gan()},
                                                                    {"ctgan", gan()},
                                                                    {"ctab-gan-plus", gan()},
                                                                    {"r3gan", gan()},
                                                                    {"smote", neighbours()},
                                                                    {"adasyn", neighbours()}};
  return spaces;
}

}  // namespace

std::vector<SearchSpace> search_space(std::string_view model) {
  const auto it = all().find(model);
  return it == all().end() ? Spaces() : it->second;
}

}  // namespace semblance
