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
  return {whole(logarithmic("latent_dim", 4, 64)),
          logarithmic("beta", 0.1, 3),
          logarithmic("learning_rate", 3e-4, 5e-3),
          one_of("hidden", {"[64, 64]", "[128, 128]", "[256, 256]", "[512, 512]"}),
          one_of("prior", {R"("normal")", R"("mixture")"}),
          logarithmic("weight_decay", 1e-6, 0.1)};
}

Spaces diffusion() {
  return {whole(logarithmic("width", 64, 512)), whole(between("blocks", 1, 6)),
          whole(between("waves", 0, 6)), between("dropout", 0, 0.3),
          logarithmic("learning_rate", 3e-4, 5e-3), logarithmic("category_weight", 0.1, 3)};
}

Spaces tabsyn() {
  return {whole(between("latent", 2, 8)), whole(logarithmic("width", 64, 512)),
          whole(between("blocks", 1, 6)), between("dropout", 0, 0.3),
          logarithmic("learning_rate", 3e-4, 5e-3)};
}

Spaces gan() {
  return {whole(logarithmic("noise_dim", 16, 256)),
          logarithmic("learning_rate", 5e-5, 2e-3),
          logarithmic("penalty", 0.1, 30),
          logarithmic("temperature", 0.1, 1),
          one_of("generator", {"[128]", "[256, 256]", "[512, 512]"}),
          one_of("critic", {"[128]", "[256, 256]", "[512, 512]"}),
          between("dropout", 0, 0.5)};
}

Spaces forest_flow() {
  return {whole(between("levels", 10, 40)), whole(logarithmic("trees", 20, 100)),
          whole(between("depth", 3, 9)), logarithmic("learning_rate", 0.05, 0.5),
          whole(logarithmic("copies", 10, 100))};
}

Spaces independent() {
  return {whole(logarithmic("bins", 16, 512)), whole(logarithmic("max_values", 32, 1024))};
}

SearchSpace neighbours() { return whole(logarithmic("k", 2, 15)); }
SearchSpace judges() { return whole(logarithmic("m", 3, 20)); }

/// Over-samplers: their neighbours, and what each has besides.
std::map<std::string, Spaces, std::less<>> over_samplers() {
  const Spaces k = {neighbours()}, k_and_m = {neighbours(), judges()};
  return {{"smote", k},
          {"smote-nc", k},
          {"smote-n", k},
          {"adasyn", k},
          {"safe-level", k},
          {"borderline-1", k_and_m},
          {"borderline-2", k_and_m},
          {"svm-smote", {neighbours(), judges(), logarithmic("c", 0.1, 100)}},
          {"kmeans-smote", {neighbours(), whole(logarithmic("clusters", 2, 100))}},
          {"lee", {neighbours(), judges(), between("share", 0.3, 1)}},
          {"smobd", {neighbours(), between("balance", 0, 1), logarithmic("noise", 1, 4)}},
          {"prowsyn", {neighbours(), whole(between("levels", 2, 10)), between("theta", 0, 3)}},
          {"mgs", {neighbours(), logarithmic("lambda", 0.1, 3)}},
          {"simplicial", {neighbours(), whole(between("dimension", 1, 5))}},
          {"geometric",
           {neighbours(), between("truncation", -1, 1), between("deformation", 0, 1),
            one_of("selection", {R"("minority")", R"("majority")", R"("combined")"})}},
          {"polynom-fit", {one_of("kind", {R"("star")", R"("bus")", R"("mesh")"})}},
          {"ccr", {logarithmic("energy", 0.05, 2)}},
          {"rose", {logarithmic("shrinkage", 0.1, 2)}}};
}

const std::map<std::string, Spaces, std::less<>>& all() {
  static const auto spaces = [] {
    auto out = over_samplers();
    out.insert({{"any-order", any_order()},
                {"copula", copula()},
                {"independent", independent()},
                {"forest-flow", forest_flow()},
                {"vae", vae()},
                {"tvae", vae()},
                {"diffusion", diffusion()},
                {"tabddpm", diffusion()},
                {"tabdiff", diffusion()},
                {"tabsyn", tabsyn()},
                {"gan", gan()},
                {"ctgan", gan()},
                {"ctab-gan-plus", gan()},
                {"r3gan", gan()}});
    return out;
  }();
  return spaces;
}

}  // namespace

std::vector<SearchSpace> search_space(std::string_view model) {
  const auto it = all().find(model);
  return it == all().end() ? Spaces() : it->second;
}

}  // namespace semblance
