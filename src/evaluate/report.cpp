// SPDX-License-Identifier: Apache-2.0
#include "semblance/evaluate/report.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "core/atomic_file.hpp"
#include "detail/check.hpp"
#include "detail/names.hpp"

namespace semblance {
namespace {

using Json = nlohmann::ordered_json;

Json number(const std::optional<double>& value) { return value ? Json(*value) : Json(nullptr); }

Json to_object(const Interval& interval) {
  return {{"lo", interval.lo},
          {"hi", interval.hi},
          {"level", interval.level},
          {"method", interval.method}};
}

Json to_object(const Reference& reference) {
  return {{"value", number(reference.value)}, {"is", reference.meaning}};
}

Json to_object(const Detail& detail) {
  Json out = {{"name", detail.name},
              {"measure", detail.measure},
              {"value", detail.value},
              {"holdout", number(detail.holdout)}};
  if (detail.p_value) out["p_value"] = *detail.p_value;
  if (detail.p_adjusted) out["p_adjusted"] = *detail.p_adjusted;
  return out;
}

Json to_object(const Metric& m) {
  Json out = {{"id", m.id}, {"title", m.title}, {"group", to_string(m.group)}};
  out["status"] = to_string(m.status);
  if (!m.reason.empty()) out["reason"] = m.reason;
  out["value"] = number(m.value);
  out["unit"] = m.unit;
  out["interval"] = m.interval ? to_object(*m.interval) : Json(nullptr);
  if (m.p_value) out["p_value"] = *m.p_value;
  out["direction"] = to_string(m.direction);
  out["ideal"] = number(m.ideal);
  out["holdout"] = to_object(m.holdout);
  out["floor"] = to_object(m.floor);
  out["normalised"] = number(m.normalised);
  out["grade"] = to_string(m.grade);
  out["verdict"] = m.verdict;
  out["meaning"] = m.meaning;
  if (!m.judge.empty()) out["judge"] = m.judge;
  out["rows"] = {
      {"real", m.rows_real}, {"synthetic", m.rows_synthetic}, {"holdout", m.rows_holdout}};
  out["seconds"] = m.seconds;
  if (m.seed_deviation) out["seed_deviation"] = *m.seed_deviation;
  if (m.draw_deviation) out["draw_deviation"] = *m.draw_deviation;
  if (m.draws.size() > 1) out["draws"] = m.draws;
  out["details"] = Json::array();
  for (const Detail& detail : m.details) out["details"].push_back(to_object(detail));
  return out;
}

Json to_object(const GateOutcome& gate) {
  Json out = {{"rule", gate.rule},
              {"passed", gate.passed},
              {"metric", gate.metric},
              {"value", number(gate.value)}};
  if (!gate.reason.empty()) out["reason"] = gate.reason;
  return out;
}

void write_file(const std::filesystem::path& file, const std::string& text) {
  AtomicFile out(file);
  out.stream() << text;
  out.commit();
}

}  // namespace

const Metric& Report::operator[](std::string_view id) const {
  const auto it = std::ranges::find(metrics, id, &Metric::id);
  if (it != metrics.end()) return *it;
  std::vector<std::string> known;
  for (const Metric& m : metrics) known.push_back(m.id);
  fail("Report has no metric '{}'; {}", id, did_you_mean(id, known));
}

bool Report::has(std::string_view id) const noexcept {
  return std::ranges::find(metrics, id, &Metric::id) != metrics.end();
}

std::string Report::to_json() const {
  const auto& p = provenance;
  Json out = {{"schema", "semblance.report/1"}};
  out["library"] = {{"name", "semblance"}, {"version", p.version}};
  out["seed"] = static_cast<std::uint64_t>(p.seed);
  if (p.things != "rows") out["things"] = p.things;
  if (!p.extractor.empty()) out["extractor"] = p.extractor;
  out["rows"] = {
      {"train", p.train_rows}, {"synthetic", p.synthetic_rows}, {"holdout", p.holdout_rows}};
  out["synthetic_tables"] = p.synthetic_tables;
  out["columns"] = pictures.columns;
  out["target"] = p.target.empty() ? Json(nullptr) : Json(p.target);
  out["judge"] = p.judge;
  out["seconds"] = p.seconds;
  out["warnings"] = warnings;
  out["metrics"] = Json::array();
  for (const Metric& m : metrics) out["metrics"].push_back(to_object(m));
  out["gates"] = Json::array();
  for (const GateOutcome& gate : gates) out["gates"].push_back(to_object(gate));
  return out.dump(1, ' ', false, Json::error_handler_t::replace) + "\n";
}

void Report::write_html(const std::filesystem::path& file) const { write_file(file, to_html()); }

void Report::write_json(const std::filesystem::path& file) const { write_file(file, to_json()); }

}  // namespace semblance
