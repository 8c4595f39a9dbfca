// SPDX-License-Identifier: Apache-2.0
// What turns images into features.
#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "evaluate/embedding.hpp"
#include "semblance/evaluate/evaluate_images.hpp"

namespace semblance {

/// Features of images, and who makes them.
struct Extractor {
  std::string name;
  std::function<Points(const Images&)> features;  ///< [n, d].
};

/// The user's TorchScript module. \throws FileError if it cannot be read.
[[nodiscard]] Extractor scripted_extractor(const ImageOptions& options);

/// A small network trained on these images.
[[nodiscard]] Extractor trained_extractor(const Images& train, const ImageOptions& options,
                                          Seed seed);

}  // namespace semblance
