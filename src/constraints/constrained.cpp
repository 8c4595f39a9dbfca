// SPDX-License-Identifier: Apache-2.0
#include "semblance/constraints/constrained.hpp"

#include <algorithm>
#include <numeric>

#include "constraints/entry.hpp"
#include "constraints/layout.hpp"
#include "data/rows_file.hpp"
#include "detail/config.hpp"
#include "detail/part.hpp"
#include "detail/terms.hpp"
#include "semblance/core/archive.hpp"
#include "semblance/core/log.hpp"

namespace semblance {
namespace {

/// A field that holds JSON: nested in the configuration's JSON, a text in C++.
struct Nested {
  std::string* text;
};
void to_json(nlohmann::ordered_json& json, const Nested& nested) {
  json = nlohmann::ordered_json::parse(*nested.text);
}
void to_json(nlohmann::json& json, const Nested& nested) {
  json = nlohmann::json::parse(*nested.text);
}
void from_json(const nlohmann::json& json, Nested& nested) { *nested.text = json.dump(); }

}  // namespace

template <class Visitor>
static void visit(ConstrainedConfig& c, Visitor&& v) {
  Nested config{&c.config}, constraints{&c.constraints};
  v("model", c.model, "The generator within, by its registered name");
  v("config", config, "Its configuration");
  v("constraints", constraints, "What every row keeps: see docs/constraints.md");
  v("tries", c.tries, "Draws of a row before sampling gives up, >= 1");
}

namespace {

using constraints::Derived;
using constraints::Layout;

bool is_unique(const Constraint& c) { return std::holds_alternative<Unique>(c); }
bool is_fixed(const Constraint& c) { return std::holds_alternative<FixedCombinations>(c); }

bool has_unique(const Constraints& all) { return std::any_of(all.begin(), all.end(), is_unique); }

/// Those that rows are checked for: combinations hold by construction.
Constraints checked(const Constraints& all) {
  Constraints out;
  std::copy_if(all.begin(), all.end(), std::back_inserter(out),
               [](auto& c) { return !is_fixed(c); });
  return out;
}

Constraints with_text(const Constraints& all) {
  Constraints out;
  std::copy_if(all.begin(), all.end(), std::back_inserter(out),
               [](auto& c) { return !std::holds_alternative<Predicate>(c); });
  return out;
}

void check_rows(const Constraints& all, const Dataset& train, std::string_view call) {
  for (const Violations& v : violations(all, train, train))
    require(v.rows == 0,
            "constrained.{}: {} of {} training rows break '{}', row {} first; correct the rows or "
            "the constraint",
            call, v.rows, train.rows(), v.constraint, v.first);
}

/// Runs of rows to be drawn again: near ones are drawn together.
std::vector<RowRange> runs_of(const std::vector<std::int64_t>& rows) {
  constexpr std::int64_t kNear = 16;
  std::vector<RowRange> out;
  for (const std::int64_t row : rows) {
    if (!out.empty() && row - (out.back().first + out.back().count) < kNear)
      out.back().count = row + 1 - out.back().first;
    else
      out.push_back({row, 1});
  }
  return out;
}

}  // namespace

struct Constrained::State {
  Layout layout;
  std::unique_ptr<Generator> inner;
};

void ConstrainedConfig::validate() const {
  require(!model.empty() && model != "constrained",
          "ConstrainedConfig.model must name another generator, got '{}'", model);
  require(tries >= 1, "ConstrainedConfig.tries must be >= 1, got {}", tries);
  static_cast<void>(make_generator(model, config));
  static_cast<void>(parse_constraints(constraints));
}

Constrained::Constrained(ConstrainedConfig config) : config_(std::move(config)) {
  config_.validate();
  constraints_ = parse_constraints(config_.constraints);
  built_in_ = constraints_.size();
}

Constrained::Constrained(std::string model, Constraints constraints, std::string config,
                         std::int64_t tries)
    : Constrained(ConstrainedConfig{std::move(model), std::move(config),
                                    to_json(with_text(constraints)), tries}) {
  constraints_ = std::move(constraints);
  built_in_ = constraints_.size();
}

Constrained::~Constrained() = default;

void Constrained::add(Constraint constraint) {
  if (is_fitted()) {
    validate({constraint}, schema());
    require(!is_fixed(constraint),
            "constrained.add: '{}' needs the training rows; give it before fit",
            to_string(constraint));
  }
  constraints_.push_back(std::move(constraint));
  if (!is_fitted()) built_in_ = constraints_.size();
}

const Generator& Constrained::inner() const {
  require<NotFitted>(state_ != nullptr, "constrained.inner: call fit first");
  return *state_->inner;
}

void Constrained::do_fit(const Dataset& train, Seed seed, const RunOptions& run) {
  validate(constraints_, train.schema());
  Reporter(run, "constraints", 1).step(0);
  Layout layout(constraints_, train);
  check_rows(constraints_, train, "fit");
  auto inner = make_generator(config_.model, config_.config);
  inner->fit(layout.apply(train), seed, run);
  state_ = std::make_unique<const State>(State{std::move(layout), std::move(inner)});
  built_in_ = constraints_.size();
}

void Constrained::do_refit(const Dataset& rows, Seed seed, const RunOptions& run) {
  check_rows(checked(constraints_), rows, "refit");
  state_->inner->refit(state_->layout.apply(rows), seed, run);
}

namespace {

/// Draws rows that keep everything: first the rows of the stream, then again where they do not.
class Drawer {
 public:
  using Draw = std::function<Dataset(RowRange, Seed)>;

  Drawer(const Layout& layout, const Constraints& rules, const std::vector<ResolvedTerm>& left,
         Draw draw)
      : layout_(layout), rules_(checked(rules)), left_(left), draw_(std::move(draw)) {}

  Dataset rows(RowRange range, Seed seed, std::int64_t tries) {
    Dataset out = draw_(range, seed);
    auto bad = broken(out);
    const auto first = std::ssize(bad);
    for (std::int64_t t = 1; t < tries && !bad.empty(); ++t) {
      redraw(out, bad, range.first, derive(derive(seed, "again"), static_cast<std::uint64_t>(t)));
      bad = broken(out);
    }
    if (!bad.empty()) give_up(out, std::ssize(bad), tries);
    if (2 * first > range.count && range.count >= 100)
      log(LogLevel::kWarning,
          fmt::format("constrained: {} of {} rows had to be drawn again to keep the constraints",
                      first, range.count));
    return out;
  }

 private:
  [[nodiscard]] bool in_range(const Dataset& rows, std::int64_t row) const {
    return std::all_of(layout_.derived().begin(), layout_.derived().end(), [&](const Derived& d) {
      const auto& range = rows.schema()[d.column].range;
      const Column& column = rows.column(d.column);
      if (!range || !column.is_valid(row)) return true;
      return column.number(row) >= range->min && column.number(row) <= range->max;
    });
  }

  [[nodiscard]] std::vector<std::int64_t> broken(const Dataset& rows) const {
    const auto breaks = rows_that_violate(rules_, rows, rows);
    std::vector<std::int64_t> out;
    for (std::int64_t i = 0; i < rows.rows(); ++i) {
      if (breaks[static_cast<std::size_t>(i)] || !in_range(rows, i) || !satisfies(rows, i, left_))
        out.push_back(i);
    }
    return out;
  }

  /// New draws in the place of those rows.
  void redraw(Dataset& rows, const std::vector<std::int64_t>& bad, std::int64_t first, Seed seed) {
    std::vector<Dataset> parts = {rows};
    std::vector<std::int64_t> from(static_cast<std::size_t>(rows.rows()));
    std::iota(from.begin(), from.end(), std::int64_t{0});
    std::int64_t before = rows.rows();
    auto next = bad.begin();
    for (const RowRange& run : runs_of(bad)) {
      parts.push_back(draw_({first + run.first, run.count}, seed));
      for (; next != bad.end() && *next < run.first + run.count; ++next)
        from[static_cast<std::size_t>(*next)] = before + *next - run.first;
      before += run.count;
    }
    rows = Dataset::concat(parts).take(from);
  }

  [[noreturn]] void give_up(const Dataset& rows, std::int64_t count, std::int64_t tries) const {
    std::string worst = left_.empty() ? "the range of a total or distance"
                                      : "the condition on a column that constraints determine";
    std::int64_t most = 0;
    for (const Violations& v : violations(rules_, rows, rows)) {
      if (v.rows > most) worst = v.constraint, most = v.rows;
    }
    fail(
        "constrained.sample: after {} draws {} of {} rows still break '{}'; loosen it, or raise "
        "'tries'",
        tries, count, rows.rows(), worst);
  }

  const Layout& layout_;
  Constraints rules_;
  const std::vector<ResolvedTerm>& left_;
  Draw draw_;
};

}  // namespace

Dataset Constrained::do_sample(RowRange rows, const std::vector<ResolvedTerm>& given, Seed seed,
                               const RunOptions& run) const {
  const auto terms = state_->layout.translate(given);
  const Condition condition = condition_of(terms.inner, state_->inner->schema());
  Drawer drawer(state_->layout, constraints_, terms.left, [&](RowRange range, Seed own) {
    return state_->layout.undo(
        state_->inner->sample(range.count, own, {condition, range.first, run}));
  });
  if (rows.count == 0) return state_->layout.undo(state_->inner->sample(0, seed));
  if (!has_unique(constraints_)) return drawer.rows(rows, seed, config_.tries);
  const Dataset all = drawer.rows({0, rows.first + rows.count}, seed, config_.tries);
  return all.slice(rows.first, rows.count);
}

void Constrained::do_save(Archive& archive) const {
  const Layout& layout = state_->layout;
  Constraints built(constraints_.begin(),
                    constraints_.begin() + static_cast<std::ptrdiff_t>(built_in_));
  Constraints added(constraints_.begin() + static_cast<std::ptrdiff_t>(built_in_),
                    constraints_.end());
  archive.put_text("built_in", to_json(with_text(built)));
  archive.put_text("added", to_json(with_text(added)));
  nlohmann::ordered_json derived = nlohmann::ordered_json::array();
  for (const Derived& d : layout.derived())
    derived.push_back({{"stand_in", d.stand_in}, {"kept", d.kept}});
  archive.put_text("derived", derived.dump());
  for (std::size_t g = 0; g < layout.merged().size(); ++g) {
    Archive part;
    part.put_text("schema", to_json(layout.merged()[g].combinations.schema()));
    save_rows(layout.merged()[g].combinations, part);
    archive.put_part("group" + std::to_string(g), part);
  }
  archive.put_part("model", archive_of(*state_->inner));
}

void Constrained::do_load(const Archive& archive, const Schema& schema) {
  Constraints built = parse_constraints(archive.text("built_in"));
  Constraints added = parse_constraints(archive.text("added"));
  validate(added, schema);
  std::vector<Dataset> combinations;
  for (std::size_t g = 0; archive.has_text("group" + std::to_string(g) + ".schema"); ++g) {
    const Archive part = archive.part("group" + std::to_string(g));
    combinations.push_back(load_rows(part, parse_schema(part.text("schema"))));
  }
  std::vector<double> stand_ins;
  std::vector<bool> kept;
  for (const auto& d : parse_json(archive.text("derived"), "derived")) {
    stand_ins.push_back(d.at("stand_in").get<double>());
    kept.push_back(d.at("kept").get<bool>());
  }
  Layout layout(built, schema, combinations, stand_ins, kept);
  const Archive part = archive.part("model");
  require<FileError>(part.has_text("generator") && part.text("generator") != "constrained",
                     "the model file holds no model within its constraints");
  auto inner = restore(part);
  layout.check_inner(inner->schema());
  state_ = std::make_unique<const State>(State{std::move(layout), std::move(inner)});
  built_in_ = built.size();
  constraints_ = std::move(built);
  constraints_.insert(constraints_.end(), added.begin(), added.end());
}

Capabilities Constrained::do_capabilities() const {
  const Capabilities own = state_ != nullptr
                               ? state_->inner->capabilities()
                               : make_generator(config_.model, config_.config)->capabilities();
  return {.kinds = own.kinds,
          .missing_values = own.missing_values,
          .conditioning = own.conditioning,
          .cuda = own.cuda,
          .refits = own.refits};
}

std::string Constrained::do_config_json() const { return config_to_json(config_).dump(); }

RegistryEntry constrained_entry() {
  return {"constrained", "Any generator, with rows that keep declared constraints",
          parameters_of<ConstrainedConfig>(),
          [](std::string_view json) -> std::unique_ptr<Generator> {
            return std::make_unique<Constrained>(
                config_from_json<ConstrainedConfig>(json, "ConstrainedConfig"));
          }};
}

}  // namespace semblance
