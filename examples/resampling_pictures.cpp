// SPDX-License-Identifier: Apache-2.0
// Draws what resampling methods do to small tables: resampling_pictures FOLDER writes one SVG file
// a group of methods. The pictures of the documentation are its output.
#include <algorithm>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iostream>
#include <map>
#include <numbers>
#include <semblance/neighbours/neighbours.hpp>
#include <semblance/semblance.hpp>
#include <sstream>
#include <string>
#include <vector>

namespace sb = semblance;

/// Two interleaved half circles: 240 frequent rows, 30 rare ones.
sb::Dataset two_moons() {
  std::vector<double> x, y;
  std::vector<std::int32_t> label;
  for (std::uint64_t i = 0; i < 270; ++i) {
    sb::Stream stream(sb::Seed{11}, i);
    const bool rare = i >= 240;
    const double angle = std::numbers::pi * stream.uniform();
    x.push_back((rare ? 1 - std::cos(angle) : std::cos(angle)) + 0.16 * stream.normal());
    y.push_back((rare ? 0.4 - std::sin(angle) : std::sin(angle)) + 0.16 * stream.normal());
    label.push_back(rare ? 1 : 0);
  }
  const sb::Vocabulary names({"frequent", "rare"});
  return {sb::Schema({{.name = "x"},
                      {.name = "y"},
                      {.name = "class",
                       .kind = sb::Kind::kCategorical,
                       .role = sb::Role::kTarget,
                       .categories = names}}),
          {sb::Column::reals(x), sb::Column::reals(y), sb::Column::categories(label)}};
}

/// A number and a colour: 160 frequent rows, 24 rare ones that are red and large, or blue and
/// small.
sb::Dataset mixed() {
  std::vector<double> x;
  std::vector<std::int32_t> colour, label;
  for (std::uint64_t i = 0; i < 184; ++i) {
    sb::Stream stream(sb::Seed{12}, i);
    const bool rare = i >= 160;
    const auto tone = static_cast<std::int32_t>(stream.below(rare ? 2 : 3));
    colour.push_back(tone);
    x.push_back(rare ? (tone == 0 ? 2.0 : -2.0) + 0.5 * stream.normal() : 1.5 * stream.normal());
    label.push_back(rare ? 1 : 0);
  }
  const sb::Vocabulary names({"frequent", "rare"}), colours({"red", "blue", "green"});
  return {sb::Schema({{.name = "x"},
                      {.name = "colour", .kind = sb::Kind::kCategorical, .categories = colours},
                      {.name = "class",
                       .kind = sb::Kind::kCategorical,
                       .role = sb::Role::kTarget,
                       .categories = names}}),
          {sb::Column::reals(x), sb::Column::categories(colour), sb::Column::categories(label)}};
}

/// y = x^2 with noise: most rows near 0, few with large answers.
sb::Dataset curve() {
  std::vector<double> x, y;
  for (std::uint64_t i = 0; i < 200; ++i) {
    sb::Stream stream(sb::Seed{13}, i);
    x.push_back(0.8 * stream.normal());
    y.push_back(x.back() * x.back() + 0.15 * stream.normal());
  }
  return {sb::Schema({{.name = "x"}, {.name = "y", .role = sb::Role::kTarget}}),
          {sb::Column::reals(x), sb::Column::reals(y)}};
}

/// Where a table's row stands in a panel; categories are spread a little, always alike.
struct Place {
  std::int64_t x, y;
  [[nodiscard]] double at(const sb::Dataset& data, std::int64_t column, std::int64_t row) const {
    const sb::Column& values = data.column(column);
    if (values.kind() != sb::Kind::kCategorical) return values.number(row);
    return values.number(row) + 0.6 * sb::Stream(sb::Seed{14}, row).uniform() - 0.3;
  }
};

constexpr double kWidth = 220, kHeight = 190, kMargin = 14;
constexpr int kColumns = 4;

/// The panels of one picture.
class Picture {
 public:
  Picture(const sb::Dataset& data, Place place) : data_(data), place_(place) {
    const auto range = [&](std::int64_t column, double& low, double& high) {
      low = 1e300, high = -1e300;
      for (std::int64_t i = 0; i < data.rows(); ++i) {
        low = std::min(low, place.at(data, column, i));
        high = std::max(high, place.at(data, column, i));
      }
      const double rim = 0.15 * (high - low);
      low -= rim, high += rim;
    };
    range(place.x, low_x_, high_x_);
    range(place.y, low_y_, high_y_);
  }

  /// Rows that stay are dots, those that go are crosses, new ones are rings.
  void add(const std::string& title, const sb::Resampled& made) {
    const double left = (panels_ % kColumns) * kWidth, top = (panels_ / kColumns) * kHeight;
    body_ << "<g transform='translate(" << left << ' ' << top << ")'><rect class='frame' x='4' "
          << "y='22' width='" << kWidth - 8 << "' height='" << kHeight - 28 << "' rx='4'/>"
          << "<text x='8' y='16'>" << title << "</text>";
    std::vector<bool> stays(static_cast<std::size_t>(data_.rows()));
    for (const auto row : made.kept) stays[static_cast<std::size_t>(row)] = true;
    for (std::int64_t i = 0; i < data_.rows(); ++i) {
      mark(data_, i, stays[static_cast<std::size_t>(i)] ? "dot" : "gone");
    }
    for (auto i = static_cast<std::int64_t>(made.kept.size()); i < made.rows.rows(); ++i) {
      mark(made.rows, i, "new");
    }
    for (const auto& [style, path] : marks_) {
      body_ << "<path class='" << style << "' d='" << path.str() << "'/>";
    }
    marks_.clear();
    body_ << "</g>\n";
    ++panels_;
  }

  void write(const std::filesystem::path& file) const {
    const int rows = (panels_ + kColumns - 1) / kColumns;
    std::ofstream(file) << "<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 "
                        << kColumns * kWidth << ' ' << rows * kHeight << "'>\n<style>"
                        << "text{font:13px sans-serif;fill:#222}"
                        << ".frame{fill:#fff;stroke:#ccc}"
                        << "path{fill:none}.c0{stroke:#8fa3b8}.c1{stroke:#d1495b}"
                        << ".dot{stroke-width:3.8;stroke-linecap:round}"
                        << ".gone{stroke-width:1;opacity:.55}.new{stroke-width:1.1}"
                        << "@media(prefers-color-scheme:dark){text{fill:#ddd}"
                        << ".frame{fill:#1b1e23;stroke:#444}}</style>\n"
                        << body_.str() << "</svg>\n";
  }

 private:
  void mark(const sb::Dataset& rows, std::int64_t i, const std::string& what) {
    const auto scaled = [](double v, double low, double high, double from, double to) {
      return std::round(10 * (from + (v - low) / (high - low) * (to - from))) / 10;
    };
    const double x = scaled(place_.at(rows, place_.x, i), low_x_, high_x_, 4, kWidth - 4);
    const double y = scaled(place_.at(rows, place_.y, i), low_y_, high_y_, kHeight - 6, 22);
    if (x < 6 || x > kWidth - 6 || y < 24 || y > kHeight - 8) return;  // outside the panel
    const std::int64_t target = rows.schema().target();
    const bool classes = rows.schema()[target].kind == sb::Kind::kCategorical;
    const bool rare = classes ? rows.column(target).number(i) > 0 : what == "new";
    std::ostringstream& path = marks_[what + (rare ? " c1" : " c0")];
    if (what == "dot") path << 'M' << x << ' ' << y << "h0";
    if (what == "gone") path << 'M' << x - 2 << ' ' << y - 2 << "l4 4m0-4l-4 4";
    if (what == "new")
      path << 'M' << x - 2.4 << ' ' << y << "a2.4 2.4 0 1 0 4.8 0a2.4 2.4 0 1 0-4.8 0";
  }

  const sb::Dataset& data_;
  Place place_;
  double low_x_ = 0, high_x_ = 0, low_y_ = 0, high_y_ = 0;
  std::ostringstream body_;
  std::map<std::string, std::ostringstream> marks_;  // paths of the panel, by style
  int panels_ = 0;
};

void draw(const sb::Dataset& data, Place place, const std::vector<std::string>& methods,
          const std::filesystem::path& file) {
  Picture picture(data, place);
  sb::Resampled before{data, sb::own_rows(data.rows()), {}};
  picture.add("before", before);
  for (const auto& name : methods) {
    picture.add(name, sb::make_resampler(name)->resample(data, sb::Seed{1}));
  }
  picture.write(file);
  std::cout << file.filename().string() << ": " << methods.size() << " methods\n";
}

int main(int argc, char** argv) {
  if (argc != 2) {
    std::cerr << "usage: resampling_pictures FOLDER\n";
    return 2;
  }
  const std::filesystem::path folder = argv[1];
  std::filesystem::create_directories(folder);
  draw(two_moons(), {0, 1},
       {"smote", "borderline-1", "borderline-2", "svm-smote", "kmeans-smote", "adasyn", "random",
        "rose", "safe-level", "geometric", "polynom-fit", "prowsyn", "lee", "smobd", "ccr", "mgs",
        "simplicial"},
       folder / "over-sampling.svg");
  draw(two_moons(), {0, 1},
       {"tomek", "enn", "renn", "all-knn", "ncr", "cnn", "oss", "near-miss-1", "near-miss-2",
        "near-miss-3", "iht", "cluster-centroids", "random-under", "smote-enn", "smote-tomek",
        "smote-ipf"},
       folder / "cleaning.svg");
  draw(mixed(), {0, 1}, {"smote-nc", "borderline-1", "enn"}, folder / "mixed.svg");
  draw(curve(), {0, 1}, {"smoter", "smogn"}, folder / "regression.svg");
}
