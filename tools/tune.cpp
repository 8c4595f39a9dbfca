// SPDX-License-Identifier: Apache-2.0
#include "semblance/tune/tune.hpp"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "arguments.hpp"
#include "commands.hpp"
#include "semblance/registry.hpp"
#include "tables.hpp"

namespace semblance::command {
namespace {

using Json = nlohmann::ordered_json;

std::string line_of(const Trial& t) {
  if (!t.failure.empty()) return fmt::format("{} {}: failed: {}", t.model, t.config, t.failure);
  return fmt::format("{} {}: loss {:.4f} on {}{}", t.model, t.config, t.loss,
                     count_of(t.rows, "row"), t.copies ? ", copies" : "");
}

/// Keeps the file of trials up to date and tells of each.
class Diary {
 public:
  Diary(const TuneCommand& command, Console& console) : command_(command), console_(console) {
    const bool there = !command.trial_file.empty() && std::filesystem::exists(command.trial_file);
    if (!command.trial_file.empty()) check_output(command.trial_file);
    if (there) known_ = parse_trials(text_or_file("@" + command.trial_file.string()));
    trials_ = known_;
  }

  [[nodiscard]] const std::vector<Trial>& known() const noexcept { return known_; }
  [[nodiscard]] std::size_t measured() const noexcept { return trials_.size() - known_.size(); }

  void add(const Trial& trial) {
    for (const Trial& old : known_) {
      if (old.model == trial.model && old.config == trial.config && old.rows == trial.rows) return;
    }
    trials_.push_back(trial);
    console_.note(line_of(trial));
    if (!command_.trial_file.empty()) write_text(command_.trial_file, to_json(trials_));
  }

 private:
  const TuneCommand& command_;
  Console& console_;
  std::vector<Trial> known_, trials_;
};

void report(const TuneResult& found, const TuneCommand& command, std::size_t measured,
            Console& console) {
  const Json config = Json::parse(found.config);
  const std::string text = config.dump(2) + "\n";
  if (command.output != "-") write_text(command.output, text);
  if (command.output == "-" && !console.json()) console.print(text);
  if (!found.complete) console.warn("the budget ended the search; --trial-file lets it go on");
  console.note(fmt::format("best of {}: {} with loss {:.4f}; the default has {:.4f}",
                           count_of(command.trials, "configuration"), found.model, found.loss,
                           found.default_loss));
  console.result({{"command", "tune"},
                  {"model", found.model},
                  {"config", config},
                  {"loss", found.loss},
                  {"default_loss", found.default_loss},
                  {"complete", found.complete},
                  {"measured", measured},
                  {"trials", Json::parse(to_json(found.trials))}});
}

}  // namespace

void tune(const TuneCommand& command, Console& console) {
  const Aim aim = parse_aim(command.objective);
  const auto generator = make_generator(command.model.name);
  if (command.output != "-") check_output(command.output);
  Diary diary(command, console);
  const Dataset train = read_table(command.train);
  check_learnable(train.schema(), *generator, command.train.file);
  semblance::TuneOptions options = {.aim = aim,
                                    .trials = command.trials,
                                    .fixed = text_or_file(command.model.config),
                                    .run = console.run_options(),
                                    .known = diary.known(),
                                    .on_trial = [&](const Trial& t) { diary.add(t); }};
  options.run.budget = parse_budget(command.model.budget);
  const auto found = semblance::tune(command.model.name, train, Seed{command.seed}, options);
  report(found, command, diary.measured(), console);
}

}  // namespace semblance::command
