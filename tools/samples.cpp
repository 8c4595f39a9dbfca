// SPDX-License-Identifier: Apache-2.0
#include "samples.hpp"

#include "detail/check.hpp"
#include "semblance/data/idx.hpp"
#include "semblance/data/npy.hpp"
#include "semblance/evaluate/evaluate_images.hpp"
#include "semblance/evaluate/evaluate_signals.hpp"
#include "tables.hpp"

namespace semblance::command {
namespace {

namespace fs = std::filesystem;

enum class Content { kTables, kSignals, kImages };

bool is_idx(const fs::path& file) {
  const std::string name = file.filename().string();
  return name.find("idx") != std::string::npos &&
         (name.ends_with("ubyte") || name.ends_with("ubyte.gz") || name.ends_with(".idx") ||
          name.ends_with(".idx.gz"));
}

Column read_array(const fs::path& file) { return is_idx(file) ? read_idx(file) : read_npy(file); }

Content content_of(const EvaluateCommand& command) {
  const fs::path& file = command.train.file;
  if (is_idx(file)) return Content::kImages;
  if (file.extension() != ".npy") {
    require(command.extractor.empty(), "--extractor is for images: --train must be .npy or IDX");
    return command.series_key.empty() ? Content::kTables : Content::kSignals;
  }
  const Column column = read_npy(file);
  require(column.kind() == Kind::kTensor && column.shape().size() <= 3,
          "{}: must be signals [n, T] or [n, T, C], or images [n, C, H, W]", file.string());
  return column.shape().size() == 3 ? Content::kImages : Content::kSignals;
}

/// Reads --train, --synthetic and --holdout alike.
template <class Evaluation, class Read>
Evaluation read_all(const EvaluateCommand& command, Read read) {
  require(command.synthetic.size() == 1,
          "--synthetic may be given once for signals and images, got {} files",
          command.synthetic.size());
  Evaluation out;
  out.train = read(command.train.file);
  out.synthetic = read(command.synthetic.front());
  if (!command.holdout.empty()) out.holdout = read(command.holdout);
  return out;
}

Signals read_signals(const EvaluateCommand& command, const fs::path& file) {
  if (command.series_key.empty()) return signals_of(read_array(file));
  return signals_of(read_table({.file = file, .schema = command.train.schema}), command.series_key,
                    command.time);
}

}  // namespace

std::optional<Report> evaluate_samples(const EvaluateCommand& command,
                                       const std::vector<std::string>& metrics, Console& console) {
  const Content content = content_of(command);
  if (content == Content::kTables) return std::nullopt;
  const Seed seed{command.seed};
  if (content == Content::kSignals) {
    const auto what = read_all<SignalEvaluation>(
        command, [&](const fs::path& file) { return read_signals(command, file); });
    return evaluate_signals(what, seed, {.run = console.run_options(), .metrics = metrics});
  }
  const auto what = read_all<ImageEvaluation>(
      command, [](const fs::path& file) { return images_of(read_array(file)); });
  return evaluate_images(
      what, seed,
      {.run = console.run_options(), .extractor = command.extractor, .metrics = metrics});
}

}  // namespace semblance::command
