// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "commands.hpp"
#include "detail/check.hpp"
#include "listing.hpp"
#include "semblance/data/constraint.hpp"
#include "tables.hpp"

namespace semblance::command {

void check(const CheckCommand& command, Console& console) {
  const Constraints rules = read_constraints(command.table.schema);
  require(!rules.empty(), "{}: declares no constraints", command.table.schema.string());
  const Dataset rows = read_table(command.table);
  const Dataset train =
      command.train.empty() ? rows : read_table_like(command.train, rows.schema());
  nlohmann::ordered_json list = nlohmann::ordered_json::array();
  std::vector<std::vector<std::string>> table = {{"constraint", "rows that break it", "first row"}};
  bool good = true;
  for (const Violations& v : violations(rules, rows, train)) {
    good = good && v.rows == 0;
    table.push_back({v.constraint, grouped(v.rows), v.first < 0 ? "-" : grouped(v.first)});
    list.push_back({{"constraint", v.constraint}, {"rows", v.rows}});
    list.back()["first"] = v.first < 0 ? nlohmann::ordered_json() : nlohmann::ordered_json(v.first);
  }
  if (!good) console.end_with(Exit::kGate);
  if (!console.json()) console.print(text_table(table));
  console.result({{"command", "check"}, {"rows", rows.rows()}, {"constraints", list}});
}

}  // namespace semblance::command
