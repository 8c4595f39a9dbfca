// SPDX-License-Identifier: Apache-2.0
// The suite on every generator of the registry. A new one gets an entry in kSubjects.
#include <gtest/gtest.h>

#include <algorithm>

#include "conformance/conformance.hpp"
#include "semblance/registry.hpp"
#include "semblance/simulation/credit_simulator.hpp"

namespace semblance::conformance {
namespace {

/// A registered generator under a small, quick configuration.
Subject registered(std::string name, const std::string& generator, const std::string& config) {
  return {.name = std::move(name),
          .make = [generator, config] { return make_generator(generator, config); }};
}

std::vector<Subject> subjects() {
  const std::string quick = R"({"epochs": 3, "batch_size": 64, "hidden": [16], "latent_dim": 4})";
  Subject pictures = registered("VaePictures", "vae", quick);
  pictures.data = bar_pictures;
  return {
      registered("Vae", "vae", quick),
      registered("Tvae", "tvae", R"({"epochs": 2, "batch_size": 64})"),
      registered("VaeMixturePrior", "vae",
                 R"({"epochs": 2, "batch_size": 64, "hidden": [16], "latent_dim": 3,
                     "prior": "mixture", "components": 2, "free_bits": 0.1})"),
      registered("VaeFlowPrior", "vae",
                 R"({"epochs": 2, "batch_size": 64, "hidden": [16], "latent_dim": 3,
                     "prior": "flow"})"),
      pictures,
      registered("AnyOrder", "any-order",
                 R"({"epochs": 3, "batch_size": 64, "hidden": [16], "embedding_dim": 4})"),
      registered("Diffusion", "diffusion",
                 R"({"epochs": 2, "batch_size": 64, "width": 16, "blocks": 1, "steps": 4})"),
      registered("DiffusionThatCompletes", "diffusion",
                 R"({"epochs": 2, "batch_size": 64, "width": 16, "blocks": 1, "steps": 4,
                     "known_share": 0.5})"),
      registered("Tabddpm", "tabddpm",
                 R"({"epochs": 2, "batch_size": 64, "width": 16, "blocks": 1, "steps": 4,
                     "known_share": 0.5})"),
      registered("Tabdiff", "tabdiff",
                 R"({"epochs": 2, "batch_size": 64, "width": 16, "blocks": 1, "steps": 4,
                     "known_share": 0.5})"),
      registered("Tabsyn", "tabsyn",
                 R"({"epochs": 2, "batch_size": 64, "width": 16, "blocks": 1, "steps": 4})"),
      registered("ForestFlow", "forest-flow",
                 R"({"levels": 3, "trees": 3, "depth": 3, "copies": 2})"),
      registered("Gan", "gan",
                 R"({"epochs": 2, "batch_size": 60, "generator": [16], "critic": [16]})"),
      registered("R3gan", "r3gan",
                 R"({"epochs": 2, "batch_size": 60, "generator": [16], "critic": [16]})"),
      registered(
          "CtabGanPlus", "ctab-gan-plus",
          R"({"epochs": 2, "batch_size": 60, "generator": [16], "critic": [16], "critic_turns": 2})"),
      registered("Smote", "smote", "{}"),
      registered("BorderlineOne", "borderline-1", "{}"),
      registered("BorderlineTwo", "borderline-2", "{}"),
      registered("SvmSmote", "svm-smote", "{}"),
      registered("KMeansSmote", "kmeans-smote", "{}"),
      registered("Adasyn", "adasyn", "{}"),
      registered("RandomOverSampler", "random", "{}"),
      registered("Rose", "rose", "{}"),
      registered("SafeLevelSmote", "safe-level", "{}"),
      registered("GeometricSmote", "geometric", "{}"),
      registered("PolynomStar", "polynom-fit", "{}"),
      registered("PolynomBus", "polynom-fit", R"({"kind": "bus"})"),
      registered("PolynomMesh", "polynom-fit", R"({"kind": "mesh"})"),
      registered("PolynomPoly", "polynom-fit", R"({"kind": "poly"})"),
      registered("ProWSyn", "prowsyn", "{}"),
      registered("Lee", "lee", "{}"),
      registered("Smobd", "smobd", "{}"),
      registered("Ccr", "ccr", "{}"),
      registered("Mgs", "mgs", "{}"),
      registered("Simplicial", "simplicial", "{}"),
      registered("GaussianCopula", "copula", "{}"),
      registered("CopulaByClass", "copula", R"({"by_target": true})"),
      registered("Constrained", "constrained", R"({"model": "copula"})"),
      registered("Auto", "auto", R"({"models": ["copula"]})"),
      registered("Independent", "independent", "{}"),
      registered("Bootstrap", "bootstrap", "{}"),
      {.name = "CreditSimulator",
       .make = [] { return make_generator("credit-sim"); },
       .data = [](std::int64_t rows, Seed seed) { return CreditSimulator().simulate(rows, seed); },
       .own_schema = true},
  };
}

const bool kAdded = [] {
  for (const Subject& subject : subjects()) add(subject);
  return true;
}();

TEST(Registry, EveryGeneratorTakesTheConformanceSuite) {
  // Presets: their name is their family's.
  std::vector<std::string> tested = {"tvae",    "ctgan",  "ctab-gan-plus", "r3gan",  "tabddpm",
                                     "tabdiff", "tabsyn", "smote-nc",      "smote-n"};
  for (const Subject& subject : subjects()) tested.push_back(subject.make()->name());
  for (const RegistryEntry& entry : registry()) {
    EXPECT_NE(std::find(tested.begin(), tested.end(), entry.name), tested.end())
        << entry.name << " has no entry in subjects()";
  }
}

}  // namespace
}  // namespace semblance::conformance
