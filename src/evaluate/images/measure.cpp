// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <string>

#include "detail/check.hpp"
#include "evaluate/evaluator.hpp"
#include "evaluate/images/extractor.hpp"
#include "evaluate/sample_report.hpp"

namespace semblance {
namespace {

constexpr std::int64_t kLeast = 12;  // images of a sample

void check(const Images& images, const Images& train, const char* which) {
  images.validate();
  require(images.count >= kLeast, "evaluate_images: {} must have at least {} images, got {}", which,
          kLeast, images.count);
  require(images.channels == train.channels && images.height == train.height &&
              images.width == train.width,
          "evaluate_images: {} must have images of {} x {} x {}, got {} x {} x {}", which,
          train.channels, train.height, train.width, images.channels, images.height, images.width);
}

Images draw_images(const Images& images, std::int64_t most, Seed seed) {
  if (images.count <= most) return images;
  return images.take(draw_rows(images.count, most, seed));
}

/// Every image with its pixels in random order: what keeps no shape.
Images scramble(const Images& images, Seed seed) {
  Images out = images;
  const auto size = static_cast<std::size_t>(images.channels * images.height * images.width);
  for (std::size_t i = 0; i < static_cast<std::size_t>(images.count); ++i) {
    auto pixels = std::span(out.values).subspan(i * size, size);
    Stream(seed, i).shuffle(pixels);
  }
  return out;
}

/// All samples, equally many of each.
struct ImageSamples {
  Images train, synthetic, reference_train, reference, scrambled;
  bool holdout = false;
  std::string reference_meaning;

  ImageSamples(const ImageEvaluation& e, std::int64_t most, Seed seed)
      : holdout(e.holdout.has_value()) {
    check(e.train, e.train, "train");
    check(e.synthetic, e.train, "synthetic");
    if (holdout) check(*e.holdout, e.train, "holdout");
    const std::int64_t real =
        holdout ? std::min(e.train.count, e.holdout->count) : e.train.count / 2;
    const std::int64_t n = std::min({real, e.synthetic.count, most});
    const auto draw = [&](const Images& images, const char* stage) {
      return draw_images(images, n, derive(seed, stage));
    };
    train = draw(e.train, "train");
    synthetic = draw(e.synthetic, "synthetic");
    scrambled = scramble(train, derive(seed, "scramble"));
    if (holdout) {
      reference_train = train;
      reference = draw(*e.holdout, "holdout");
      reference_meaning = "the holdout in place of the synthetic images";
      return;
    }
    auto order = draw_rows(e.train.count, e.train.count, seed);
    Stream(seed, "halves").shuffle(order);
    const std::span<const std::int64_t> all(order);
    reference_train = draw(e.train.take(all.first(all.size() / 2)), "first half");
    reference = draw(e.train.take(all.subspan(all.size() / 2)), "second half");
    reference_meaning = "no holdout: one half of the training images against the other";
  }
};

/// Features as a table, for the judge.
Dataset table_of(const Points& points) {
  std::vector<Field> fields;
  std::vector<Column> columns;
  for (std::int64_t c = 0; c < points.dim; ++c) {
    fields.push_back({.name = fmt::format("feature {}", c + 1), .kind = Kind::kReal});
    std::vector<double> values;
    for (std::int64_t i = 0; i < points.rows; ++i) values.push_back(points.view().row(i)[c]);
    columns.push_back(Column::reals(std::move(values)));
  }
  return {Schema(std::move(fields)), std::move(columns)};
}

void add_tests(SampleReport& out, const FeatureSets& f) {
  const JudgeChoice judge(Judge::kAuto);
  out.report().provenance.judge = judge.name + " on features";
  if (!judge.warning.empty()) out.report().warnings.push_back(judge.warning);
  const Dataset train = table_of(f.train), synthetic = table_of(f.synthetic);
  const Dataset half = table_of(f.reference_train), other = table_of(f.reference);
  Tasks tasks;
  const auto test = [&](const Dataset& a, const Dataset& b, const char* stage) {
    auto made = std::make_unique<TwoSampleTest>(judge, a, b, a.rows(), derive(out.seed(), stage));
    made->add_tasks(tasks);
    return made;
  };
  std::unique_ptr<TwoSampleTest> unseen;
  if (f.holdout) unseen = test(other, synthetic, "c2st holdout");
  const auto seen = test(train, synthetic, "c2st train"),
             real = test(half, other, "c2st reference");
  out.run(tasks);
  const auto file = [&](const char* id, const TwoSampleTest& own) {
    Metric m = out.start(id);
    m.judge = judge.name;
    m.value = own.auc().value;
    m.interval = own.auc().interval(out.options().level);
    m.holdout = {real->auc().value, f.reference_meaning};
    m.floor = {1.0, "told apart without error"};
    out.finish(std::move(m));
  };
  if (unseen) {
    file("c2st_holdout", *unseen);
  } else {
    out.skip("c2st_holdout", Status::kNotApplicable, kNeedsHoldout);
  }
  file("c2st_train", *seen);
}

/// An image as bytes: equal for equal images.
std::vector<std::string> bytes_of(const Images& images) {
  const auto size = static_cast<std::size_t>(images.channels * images.height * images.width);
  std::vector<std::string> out;
  for (std::size_t i = 0; i < static_cast<std::size_t>(images.count); ++i) {
    const float* first = images.values.data() + i * size;
    out.emplace_back(reinterpret_cast<const char*>(first), size * sizeof(float));
  }
  return out;
}

void add_copies(SampleReport& out, const ImageEvaluation& e, const ImageSamples& s) {
  const auto copies = [](const Images& train, const Images& other) {
    auto known = bytes_of(train);
    std::ranges::sort(known);
    double hits = 0;
    for (const auto& image : bytes_of(other))
      hits += std::ranges::binary_search(known, image) ? 1 : 0;
    return hits;
  };
  const auto n = static_cast<double>(e.synthetic.count);
  const double hits = copies(e.train, e.synthetic);
  Metric m = out.start("ims");
  m.value = hits / n;
  m.interval = wilson(hits, n, out.options().level);
  m.holdout = {copies(s.reference_train, s.reference) / static_cast<double>(s.reference.count),
               s.reference_meaning};
  m.floor = {1.0, "the training images themselves"};
  out.finish(std::move(m));
}

}  // namespace

void ImageOptions::validate() const {
  require(level > 0 && level < 1, "ImageOptions.level must be in (0, 1), got {}", level);
  require(bootstrap == 0 || bootstrap >= 20, "ImageOptions.bootstrap must be 0 or >= 20, got {}",
          bootstrap);
  require(most >= kLeast, "ImageOptions.most must be >= {}, got {}", kLeast, most);
  require(steps >= 1, "ImageOptions.steps must be >= 1, got {}", steps);
}

Report evaluate_images(const ImageEvaluation& evaluation, Seed seed, const ImageOptions& options) {
  options.validate();
  const ImageSamples s(evaluation, options.most, derive(seed, "samples"));
  SampleReport out({.things = "images",
                    .train = evaluation.train.count,
                    .synthetic = evaluation.synthetic.count,
                    .holdout = evaluation.holdout ? evaluation.holdout->count : 0,
                    .metrics = options.metrics,
                    .level = options.level,
                    .bootstrap = options.bootstrap,
                    .steps = 3 * TwoSampleTest::kFolds},
                   seed, options.run);
  const Extractor extractor =
      options.extractor.empty()
          ? trained_extractor(draw_images(evaluation.train, options.most, derive(seed, "teaching")),
                              options, derive(seed, "extractor"))
          : scripted_extractor(options);
  FeatureSets sets{.extractor = extractor.name,
                   .train = extractor.features(s.train),
                   .synthetic = extractor.features(s.synthetic),
                   .reference_train = extractor.features(s.reference_train),
                   .reference = extractor.features(s.reference),
                   .floor = extractor.features(s.scrambled),
                   .holdout = {},
                   .reference_meaning = s.reference_meaning,
                   .floor_meaning = "training images with their pixels in random order"};
  if (s.holdout) sets.holdout = sets.reference;
  out.report().provenance.columns = sets.train.dim;
  out.report().provenance.extractor = extractor.name;
  measure_features(out, sets);
  add_tests(out, sets);
  add_copies(out, evaluation, s);
  return out.end();
}

}  // namespace semblance
