// SPDX-License-Identifier: Apache-2.0
// Rows that are not in memory.
#include <fmt/format.h>

#include <stdexcept>

#include "conformance/checks.hpp"
#include "conformance/support.hpp"
#include "semblance/data/row_source.hpp"

namespace semblance::conformance {
namespace {

constexpr std::int64_t kSample = 1'000'000;  // more than there are: what is sampled is all

/// Breaks off after its first chunk.
class Broken final : public RowSource {
 public:
  explicit Broken(Dataset data) : whole_(std::move(data), 10) {}
  [[nodiscard]] const Schema& schema() const override { return whole_.schema(); }
  [[nodiscard]] std::int64_t rows() const override { return whole_.rows(); }
  void for_each_chunk(const std::function<void(const Dataset&)>& take) const override {
    bool first = true;
    whole_.for_each_chunk([&](const Dataset& chunk) {
      if (!first) throw std::domain_error("source");
      first = false;
      take(chunk);
    });
  }

 private:
  DatasetSource whole_;
};

}  // namespace

Outcome learns_from_a_source(const Subject& subject) {
  Outcome out;
  const Dataset rows = training_rows(subject);
  const auto a = subject.make(), b = subject.make();
  a->fit(DatasetSource(rows, 7), Seed{2}, {}, kSample);
  b->fit(DatasetSource(rows, 64), Seed{2}, {}, kSample);
  const Dataset made = a->sample(60, Seed{3});
  expect_equal(out, made, b->sample(60, Seed{3}), "chunks of 7 and of 64 rows");
  expect_valid(out, made, rows.schema(), "rows of a model of a source");
  if (a->training_rows() < rows.rows())
    out.violations.push_back(fmt::format("training_rows() is {}", a->training_rows()));
  const auto c = subject.make();
  c->fit(DatasetSource(rows, 64), Seed{2}, {}, 50);
  const bool all = c->capabilities().streams;
  if (all ? c->training_rows() != rows.rows() : c->training_rows() >= rows.rows())
    out.violations.push_back(
        fmt::format("training_rows() is {} after a sample of 50", c->training_rows()));
  expect_valid(out, c->sample(60, Seed{3}), rows.schema(), "rows of a model of a sample");
  return out;
}

Outcome a_throwing_source_leaves_the_generator(const Subject& subject) {
  Outcome out;
  const auto model = fitted(subject);
  const Dataset before = model->sample(60, Seed{3});
  const Broken source(training_rows(subject));
  expect_refusal<std::domain_error>(
      out, [&] { model->fit(source, Seed{2}); }, "source", "a source that breaks off");
  expect_equal(out, before, model->sample(60, Seed{3}), "before and after a broken source");
  return out;
}

}  // namespace semblance::conformance
