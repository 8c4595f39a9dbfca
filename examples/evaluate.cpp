// SPDX-License-Identifier: Apache-2.0
// Measures a synthetic table and writes a report.
//
//   evaluate TRAIN.csv SYNTHETIC.csv [HOLDOUT.csv [SCHEMA.json [REPORT.html [REPORT.json]]]]
#include <cstdio>
#include <exception>
#include <semblance/semblance.hpp>
#include <string>
#include <vector>

namespace sb = semblance;

namespace {

/// The column types of a schema, open to categories that it does not list.
sb::Schema types_of(const sb::Schema& schema) {
  std::vector<sb::Field> fields = schema.fields();
  for (sb::Field& field : fields) field.categories = {};
  return fields;
}

sb::Report measure(const std::vector<std::string>& files) {
  sb::CsvOptions csv;
  if (files.size() > 3) csv.schema = sb::read_schema(files[3]);
  const sb::Dataset train = sb::read_csv(files[0], csv);
  csv.schema = types_of(train.schema());  // synthetic rows may hold categories that train lacks
  sb::Evaluation evaluation{.train = train, .synthetic = sb::read_csv(files[1], csv)};
  if (files.size() > 2) evaluation.holdout = sb::read_csv(files[2], csv);
  return sb::evaluate(evaluation, sb::Seed{4}, {.run = {.on_progress = sb::progress_bar()}});
}

}  // namespace

int main(int argc, char** argv) {
  const std::vector<std::string> files(argv + 1, argv + argc);
  if (files.size() < 2) {
    std::fputs(
        "usage: evaluate TRAIN.csv SYNTHETIC.csv [HOLDOUT.csv [SCHEMA.json [HTML [JSON]]]]\n",
        stderr);
    return 2;
  }
  try {
    const sb::Report report = measure(files);
    std::fputs(report.to_text({.width = 120}).c_str(), stdout);
    if (files.size() > 4) report.write_html(files[4]);
    if (files.size() > 5) report.write_json(files[5]);
  } catch (const std::exception& e) {
    std::fprintf(stderr, "evaluate: %s\n", e.what());
    return 1;
  }
  return 0;
}
