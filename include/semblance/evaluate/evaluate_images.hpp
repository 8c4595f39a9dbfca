// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "semblance/core/run.hpp"
#include "semblance/core/seed.hpp"
#include "semblance/data/dataset.hpp"
#include "semblance/evaluate/report.hpp"

namespace at {
class Tensor;
}

namespace semblance {

/// A sample of images of one shape.
struct Images {
  std::int64_t count = 0, channels = 1, height = 0, width = 0;
  std::vector<float> values = {};         ///< [count, channels, height, width], finite.
  std::vector<std::int32_t> labels = {};  ///< [count] classes >= 0, or empty.

  /// Those images, in that order; repeats allowed.
  [[nodiscard]] Images take(std::span<const std::int64_t> wanted) const;
  /// \throws InvalidArgument unless sizes fit and values are finite.
  void validate() const;
};

/// Of a tensor column of shape [H, W] or [C, H, W]; bytes become 0 to 1. \throws InvalidArgument.
[[nodiscard]] Images images_of(const Column& column);
/// The first tensor column, and the categorical target as labels. \throws InvalidArgument.
[[nodiscard]] Images images_of(const Dataset& data);
/// Of a tensor [n, H, W] or [n, C, H, W]; bytes become 0 to 1. \throws InvalidArgument.
[[nodiscard]] Images images_of(const at::Tensor& tensor, std::vector<std::int32_t> labels = {});

/// Images that are compared.
struct ImageEvaluation {
  Images train;                        ///< What the generator learned, >= 12 images.
  Images synthetic;                    ///< What it made, >= 12, of the same shape.
  std::optional<Images> holdout = {};  ///< Real images it has not seen, >= 12.
};

/// How much is measured, and by which features.
struct ImageOptions {
  RunOptions run = {};  ///< Progress, cancellation, threads: never the numbers.
  /// A TorchScript module: [n, C, H, W] float32, values as they are in `Images`, to [n, d]. Its
  /// code is run: take it from where you would take a program. Empty: the in-library extractor, a
  /// small convolutional network that is trained here, on the training images' labels where there
  /// are any, else to restore noisy images.
  std::filesystem::path extractor = {};
  std::string extractor_name = {};  ///< For the report; empty: the file's name.
  /// Ids, families, groups or themes of metrics, as in EvaluateOptions; empty: the default set.
  std::vector<std::string> metrics = {};
  double level = 0.95;           ///< Confidence of the intervals, in (0, 1).
  std::int64_t bootstrap = 100;  ///< Replicates; 0: no bootstrap intervals. 0 or >= 20.
  std::int64_t most = 5'000;     ///< Most images of a sample, >= 12.
  std::int64_t steps = 400;      ///< Training steps of the in-library extractor, >= 1.

  void validate() const;  ///< \throws InvalidArgument that names the first bad field.
};

/// Measures images as `evaluate` measures tables: Fréchet, kernel and sliced Wasserstein distance,
/// precision, recall, density and coverage of features, a classifier two-sample test on them,
/// copies. docs/images.md explains each. The extractor is named in the report; numbers of different
/// extractors cannot be compared, and none but Inception's is an "FID".
///
/// The numbers depend on the data, the seed, the extractor and the options other than `run`; not on
/// threads.
/// \throws InvalidArgument for other shapes, too few images, or features that are not [n, d] and
///         finite; FileError for an extractor that cannot be read; Cancelled.
[[nodiscard]] Report evaluate_images(const ImageEvaluation& evaluation, Seed seed,
                                     const ImageOptions& options = {});

}  // namespace semblance
