// SPDX-License-Identifier: Apache-2.0
// What peers_test.py compares with other libraries: `peer_numbers REAL.csv OTHER.csv` prints
// metrics of two tables without gaps, by column, as JSON.
#include <array>
#include <cmath>
#include <iostream>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "semblance/data/csv.hpp"
#include "semblance/evaluate/association.hpp"
#include "semblance/evaluate/detection.hpp"
#include "semblance/evaluate/diversity.hpp"
#include "semblance/evaluate/feature_distance.hpp"
#include "semblance/evaluate/hypothesis.hpp"
#include "semblance/evaluate/marginal.hpp"
#include "semblance/evaluate/statistics.hpp"

namespace {

using namespace semblance;
using Json = nlohmann::ordered_json;

std::vector<double> numbers(const Column& column) {
  std::vector<double> out;
  for (std::int64_t i = 0; i < column.size(); ++i) out.push_back(column.number(i));
  return out;
}

Json number(const std::optional<double>& value) { return value ? Json(*value) : Json(nullptr); }

Json of_numbers(const std::vector<double>& a, const std::vector<double>& b) {
  const auto similarity = [&](Statistic s) { return number(statistic_similarity(a, b, s)); };
  return {{"ks", number(ks(a, b))},
          {"wasserstein", number(wasserstein1(a, b))},
          {"energy", number(energy_distance(a, b))},
          {"cvm", number(cramer_von_mises(a, b))},
          {"ad", number(anderson_darling(a, b))},
          {"range_coverage", number(range_coverage(a, b))},
          {"boundary", number(boundary_adherence(a, b))},
          {"mean", similarity(Statistic::kMean)},
          {"median", similarity(Statistic::kMedian)},
          {"deviation", similarity(Statistic::kStandardDeviation)}};
}

std::vector<double> counts(const Column& column, std::int32_t categories) {
  std::vector<double> out(static_cast<std::size_t>(categories), 0);
  for (const auto code : column.codes()) out[static_cast<std::size_t>(code)] += 1;
  return out;
}

Json of_categories(const std::vector<double>& a, const std::vector<double>& b) {
  const auto test = chi_square(a, b);
  return {{"tvd", number(tvd(a, b))},
          {"hellinger", number(hellinger(a, b))},
          {"jensen_shannon", number(jensen_shannon(a, b))},
          {"coverage", number(category_coverage(a, b))},
          {"adherence", number(category_adherence(a, b))},
          {"chi2", test ? Json(test->statistic) : Json(nullptr)},
          {"chi2_p", test ? Json(test->p_value) : Json(nullptr)}};
}

/// The number columns as points, each column over the first table's standard deviation.
std::array<std::vector<double>, 2> points(const Dataset& a, const Dataset& b,
                                          const std::vector<std::int64_t>& columns) {
  std::array<std::vector<double>, 2> out;
  std::vector<double> scale;
  for (const auto c : columns) scale.push_back(std::sqrt(moments(numbers(a.column(c)))->variance));
  for (std::size_t t = 0; t < 2; ++t) {
    const Dataset& table = t == 0 ? a : b;
    for (std::int64_t i = 0; i < table.rows(); ++i) {
      for (std::size_t k = 0; k < columns.size(); ++k)
        out[t].push_back(table.column(columns[k]).number(i) / scale[k]);
    }
  }
  return out;
}

Json of_points(const Dataset& a, const Dataset& b, const std::vector<std::int64_t>& columns) {
  const auto both = points(a, b, columns);
  const auto d = std::ssize(columns);
  const MatrixView<double> x{both[0], a.rows(), d}, y{both[1], b.rows(), d};
  const auto balls = prdc(x, y);
  const auto gaussian = mmd(x, y, {.gamma = 0.1});
  const auto cubic = mmd(x, y, {.kernel = MmdKernel::kPolynomial});
  const auto neighbours = nearest_neighbour_test(x, y);
  return {{"precision", balls.precision},
          {"recall", balls.recall},
          {"density", balls.density},
          {"coverage", balls.coverage},
          {"mmd", gaussian.biased},
          {"mmd_unbiased", gaussian.unbiased},
          {"cubic", cubic.unbiased},
          {"frechet", frechet_distance(x, y).distance},
          {"nearest_first", neighbours.first},
          {"nearest_second", neighbours.second}};
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 3) return 2;
  const Dataset a = read_csv(argv[1]), b = conform(read_csv(argv[2]), a.schema(), Unseen::kAppend);
  const Dataset real = conform(a, b.schema());
  Json out = {{"columns", Json::object()}, {"pairs", Json::array()}};
  std::vector<std::int64_t> columns;
  for (std::int64_t c = 0; c < b.schema().size(); ++c) {
    const Field& field = b.schema()[c];
    if (field.kind == Kind::kCategorical) {
      out["columns"][field.name] = of_categories(counts(real.column(c), field.categories.size()),
                                                 counts(b.column(c), field.categories.size()));
    } else {
      columns.push_back(c);
      out["columns"][field.name] = of_numbers(numbers(real.column(c)), numbers(b.column(c)));
    }
  }
  for (std::size_t i = 0; i + 1 < columns.size(); ++i) {
    const auto x = numbers(real.column(columns[i])), y = numbers(real.column(columns[i + 1]));
    out["pairs"].push_back({{"pearson", number(pearson(x, y))},
                            {"spearman", number(spearman(x, y))},
                            {"kendall", number(kendall(x, y))}});
  }
  out["points"] = of_points(real, b, columns);
  std::cout << out.dump() << "\n";
}
