// SPDX-License-Identifier: Apache-2.0
#include "evaluate/images/extractor.hpp"

#include <ATen/ATen.h>
#include <c10/core/GradMode.h>
#include <torch/csrc/jit/api/module.h>
#include <torch/csrc/jit/serialization/import.h>

#include <algorithm>
#include <memory>
#include <optional>

#include "detail/check.hpp"
#include "nn/rows.hpp"
#include "semblance/core/parallel.hpp"
#include "semblance/nn/mlp.hpp"
#include "semblance/nn/pyramid.hpp"
#include "semblance/train/trainer.hpp"

namespace semblance {
namespace {

constexpr std::int64_t kBlock = 256;  // images computed together
constexpr std::int64_t kWidth = 16;   // channels of the first level
constexpr std::int64_t kFeatures = 64;
constexpr std::int64_t kBatch = 64;
constexpr double kNoise = 0.3;  // standard deviation added to standardised images

at::Tensor tensor_of(const Images& images) {
  at::Tensor out = at::empty({images.count, images.channels, images.height, images.width});
  std::copy(images.values.begin(), images.values.end(), out.data_ptr<float>());
  return out;
}

/// Rows of features from blocks of images, without gradients, single-threaded.
Points in_blocks(const Images& images, const std::string& name,
                 const std::function<at::Tensor(const at::Tensor&)>& features) {
  const at::Tensor all = tensor_of(images);
  Points out{{}, images.count, 0};
  parallel_for(1, (images.count + kBlock - 1) / kBlock, [&](std::int64_t b) {
    const c10::NoGradGuard guard;
    const std::int64_t n = std::min(kBlock, images.count - b * kBlock);
    const at::Tensor found = features(all.narrow(0, b * kBlock, n));
    require(found.defined() && found.dim() == 2 && found.size(0) == n,
            "evaluate_images: the extractor {} must give [n, d], got a tensor of {} dimensions",
            name, found.defined() ? found.dim() : 0);
    const at::Tensor flat = found.to(at::kCPU).to(at::kDouble).contiguous();
    require(flat.isfinite().all().item<bool>(),
            "evaluate_images: the extractor {} gives features that are not finite", name);
    out.dim = flat.size(1);
    const auto* first = flat.const_data_ptr<double>();
    out.values.insert(out.values.end(), first, first + flat.numel());
  });
  return out;
}

/// Convolutions down to features; a head for classes, or a decoder that restores the image.
class Network {
 public:
  Network(const Images& like, std::int64_t classes, Seed seed)
      : parameters_(seed),
        shape_({like.channels, like.height, like.width}),
        encoder_(parameters_, "encoder", shape_, kWidth),
        features_(parameters_, "features", encoder_.outputs(), kFeatures) {
    if (classes > 0) {
      head_.emplace(parameters_, "head", kFeatures, classes);
    } else {
      decoder_.emplace(parameters_, "decoder", kFeatures, shape_, kWidth);
    }
  }

  [[nodiscard]] at::Tensor features(const at::Tensor& x) const { return features_(encoder_(x)); }
  [[nodiscard]] at::Tensor classes(const at::Tensor& x) const {
    return (*head_)(features(x).relu());
  }
  [[nodiscard]] at::Tensor restored(const at::Tensor& x) const {
    return (*decoder_)(features(x).relu());
  }
  [[nodiscard]] const std::vector<at::Tensor>& tensors() const { return parameters_.tensors(); }

 private:
  Parameters parameters_;
  PyramidShape shape_;
  PyramidEncoder encoder_;
  Linear features_;
  std::optional<Linear> head_;
  std::optional<PyramidDecoder> decoder_;
};

/// Mean and deviation of all training values.
struct Scale {
  double mean = 0, deviation = 1;

  explicit Scale(const at::Tensor& x) {
    mean = x.to(at::kDouble).mean().item<double>();
    deviation = std::max(x.to(at::kDouble).std().item<double>(), 1e-6);
  }
  [[nodiscard]] at::Tensor operator()(const at::Tensor& x) const { return (x - mean) / deviation; }
};

void teach(const Network& net, const at::Tensor& x, const std::vector<std::int32_t>& labels,
           const ImageOptions& options, Seed seed) {
  const at::Tensor classes = labels.empty() ? at::Tensor() : at::tensor(labels).to(at::kLong);
  Problem problem{.rows = x.size(0)};
  problem.players.push_back(
      {.name = "images",
       .parameters = net.tensors(),
       .adam = {.learning_rate = 2e-3},
       .loss = [&](const Shard& shard) {
         const at::Tensor index = row_index(shard.rows, at::kCPU), some = x.index_select(0, index);
         if (classes.defined())
           return at::cross_entropy_loss(net.classes(some), classes.index_select(0, index));
         const at::Tensor noise = normal_rows(derive(seed, "noise"), shard.number * kBatch,
                                              some.size(0), some.numel() / some.size(0))
                                      .view_as(some);
         return (net.restored(some + kNoise * noise) - some).square().mean();
       }});
  const TrainConfig loop{.epochs = options.steps,
                         .max_steps = options.steps,
                         .batch_size = kBatch,
                         .shards = 1,
                         .schedule = {.warmup = 0}};
  train(problem, loop, derive(seed, "batches"), {.stop = options.run.stop, .threads = 1});
}

}  // namespace

Extractor scripted_extractor(const ImageOptions& options) {
  const std::string name = options.extractor_name.empty() ? options.extractor.filename().string()
                                                          : options.extractor_name;
  auto module = std::make_shared<torch::jit::Module>();
  try {
    *module = torch::jit::load(options.extractor.string(), at::kCPU);
    module->eval();
  } catch (const c10::Error& e) {
    fail<FileError>("{}: is no TorchScript module: {}", options.extractor.string(),
                    e.what_without_backtrace());
  }
  return {name, [module, name](const Images& images) {
            return in_blocks(images, name, [&](const at::Tensor& x) {
              try {
                return module->forward(std::vector<c10::IValue>{x}).toTensor();
              } catch (const std::exception& e) {
                fail("evaluate_images: the extractor {} refused images: {}", name, e.what());
              }
            });
          }};
}

Extractor trained_extractor(const Images& train, const ImageOptions& options, Seed seed) {
  const std::int64_t classes =
      train.labels.empty() ? 0 : 1 + *std::ranges::max_element(train.labels);
  const auto net = std::make_shared<Network>(train, classes, derive(seed, "net"));
  const at::Tensor all = tensor_of(train);
  const Scale scale(all);
  teach(*net, scale(all), train.labels, options, derive(seed, "training"));
  const std::string name =
      fmt::format("in-library extractor: convolutions trained here {}",
                  classes > 0 ? fmt::format("on the {} classes of the training images", classes)
                              : "to restore noisy training images");
  return {name, [net, scale, name](const Images& images) {
            return in_blocks(images, name,
                             [&](const at::Tensor& x) { return net->features(scale(x)); });
          }};
}

}  // namespace semblance
