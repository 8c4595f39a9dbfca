// SPDX-License-Identifier: Apache-2.0
// The command line's grammar; the only file that knows CLI11.
#include "command_line.hpp"

#include <CLI/CLI.hpp>
#include <functional>
#include <iostream>
#include <memory>
#include <new>

#include "commands.hpp"
#include "detail/names.hpp"
#include "semblance/core/error.hpp"
#include "semblance/core/version.hpp"

namespace semblance::command {
namespace {

/// A subcommand, and what it does once the arguments are parsed.
struct Subcommand {
  CLI::App* app;
  std::function<void(Console&)> run;
};

struct Grammar {
  CLI::App app{"Synthetic data: learn a table, draw new rows, measure how good they are."};
  ConsoleOptions console = {};
  std::vector<Subcommand> subcommands = {};

  /// Adds a subcommand whose options `declare` binds to a new `Options`.
  template <class Options>
  void add(const std::string& name, const std::string& what, const std::string& example,
           void (*declare)(CLI::App&, Options&), void (*run)(const Options&, Console&)) {
    CLI::App& sub = *app.add_subcommand(name, what);
    sub.footer("Example:\n  " + example);
    auto options = std::make_shared<Options>();
    declare(sub, *options);
    sub.add_flag("--quiet", console.quiet, "No progress, notes or warnings");
    subcommands.push_back({&sub, [options, run](Console& c) { run(*options, c); }});
  }

  void add_json(const std::string& name) {
    app.get_subcommand(name)->add_flag("--json", console.json,
                                       "One JSON object on standard output");
  }
  void add_threads(const std::string& name) {
    app.get_subcommand(name)
        ->add_option("--threads", console.threads,
                     "Worker threads; the rows do not depend on them (default: as many as there "
                     "are, at most "
                     "8)")
        ->check(CLI::Range(1, 1024));
  }
};

void declare_seed(CLI::App& app, std::uint64_t& seed) {
  app.add_option("--seed", seed, "Same seed, same rows")
      ->capture_default_str()
      ->check([](const std::string& text) {  // CLI11 would wrap a negative number around
        return text.starts_with('-') ? "must be >= 0, got " + text : std::string();
      });
}

void declare_train(CLI::App& app, TableOptions& table) {
  app.add_option("TRAIN", table.file, "CSV file with a header line")->required();
  app.add_option("--schema", table.schema, "JSON file with the columns' types (see inspect)");
}

void declare_model(CLI::App& app, ModelOptions& model) {
  app.add_option("--model", model.name, "Which generator (see models)")->capture_default_str();
  app.add_option("--config", model.config, "Its parameters: a JSON object, or @FILE");
  app.add_option("--budget", model.budget, "Stop training after this time: 90s, 3m, 1h");
}

void declare_fit(CLI::App& app, FitCommand& o) {
  declare_train(app, o.train);
  app.add_option("--target", o.train.target, "Name of the column to predict");
  declare_model(app, o.model);
  app.add_option("--warm-start", o.model.warm_start,
                 "A model file that goes on learning from TRAIN; its columns, model and parameters "
                 "are the file's");
  app.add_option("--chunk-rows", o.chunk_rows,
                 "Read so many rows of TRAIN at a time, never all (default: all at once, unless "
                 "the file is larger than half of the memory)");
  app.add_option("--sample-rows", o.sample_rows,
                 "With chunks: rows that quantiles, and models that need all rows in memory, are "
                 "learned from")
      ->capture_default_str();
  declare_seed(app, o.seed);
  app.add_option("-o,--output", o.output, "The model file")->required();
}

void declare_sample(CLI::App& app, SampleCommand& o) {
  app.add_option("MODEL", o.model, "A model file that fit wrote")->required();
  app.add_option("-n,--rows", o.rows, "How many rows")->required();
  app.add_option("--given", o.given,
                 "column=value, repeatable: what every row must have; also column=a..b, "
                 "column=a|b, and column= for missing")
      ->allow_extra_args(false);
  declare_seed(app, o.seed);
  app.add_option("-o,--output", o.output, "CSV file, or - for standard output")
      ->capture_default_str();
}

void declare_impute(CLI::App& app, ImputeCommand& o) {
  app.add_option("MODEL", o.model, "A model file that fit wrote")->required();
  app.add_option("IN", o.input, "CSV file with the columns of the training table")->required();
  declare_seed(app, o.seed);
  app.add_option("-o,--output", o.output, "CSV file, or - for standard output")
      ->capture_default_str();
}

/// Everything is optional because of --list; `balance` asks for what else it needs.
void declare_balance(CLI::App& app, BalanceCommand& o) {
  app.add_option("TRAIN", o.train.file, "CSV file with a header line");
  app.add_option("--schema", o.train.schema, "JSON file with the columns' types (see inspect)");
  app.add_option("--target", o.train.target, "Name of the column that holds the classes");
  app.add_option("--method", o.method, "How rows are added or removed (see --list)")
      ->capture_default_str();
  app.add_option("--config", o.config, "Its parameters: a JSON object, or @FILE");
  app.add_option("--strategy", o.strategy,
                 "Classes that change: auto, minority, majority, not-majority, not-minority, all, "
                 "or a,b; or how far: a ratio like 0.5, or sizes like a=100,b=200")
      ->capture_default_str();
  app.add_option("--provenance", o.provenance,
                 "Write base, neighbour and u of each new row here, as CSV");
  app.add_flag("--list", o.list, "List the methods");
  declare_seed(app, o.seed);
  app.add_option("-o,--output", o.output, "CSV file, or - for standard output");
}

/// Everything is optional because of --list; `evaluate` asks for what else it needs.
void declare_evaluate(CLI::App& app, EvaluateCommand& o) {
  app.add_option("--train", o.train.file, "CSV file of the rows that were learned");
  app.add_option("--synthetic", o.synthetic,
                 "CSV file of the rows that were drawn, repeatable: more tables of the same "
                 "generator, for the spread between them")
      ->allow_extra_args(false);
  app.add_option("--holdout", o.holdout, "CSV file of real rows that were not learned");
  app.add_option("--target", o.train.target, "Name of the column to predict");
  app.add_option("--schema", o.train.schema, "JSON file with the columns' types (see inspect)");
  app.add_option("--positive", o.positive,
                 "The target's favourable class (default: the schema's, or the last by alphabet)");
  app.add_option("--sensitive", o.sensitive,
                 "A personal attribute, repeatable: groups that fairness and inference look at")
      ->allow_extra_args(false);
  app.add_option(
         "--quasi", o.quasi_identifiers,
         "A column that somebody may know of a person, repeatable: for k_anonymity, cap and "
         "their kin (default: the sensitive ones)")
      ->allow_extra_args(false);
  app.add_option("--constraints", o.constraints,
                 "JSON file with rules that every row must keep, for constraint_violations "
                 "(default: those in the schema file)");
  app.add_option("--epsilon", o.epsilon,
                 "The epsilon of differential privacy that was claimed, for dp_audit");
  app.add_option("--delta", o.delta, "Its delta")->capture_default_str();
  app.add_option("--html", o.html, "Write the report as one page here");
  app.add_option("--json", o.json, "Write the report as JSON here; - for standard output");
  app.add_option("--fail-if", o.gates,
                 "METRIC OPERATOR NUMBER, repeatable: exit code 3 where it holds, or where the "
                 "metric has no value; like 'c2st > 0.8' or 'privacy.ims.hi > 0.01'")
      ->allow_extra_args(false);
  app.add_option("--metrics", o.metrics,
                 "What to measure: ids, families or groups (see --list), 'default', 'all', "
                 "separated by commas")
      ->delimiter(',')
      ->allow_extra_args(false);
  app.add_option("--judges", o.judges,
                 "Judges of usefulness besides boosted trees: linear (default), forest, mlp, "
                 "separated by commas")
      ->delimiter(',')
      ->allow_extra_args(false);
  app.add_option("--judge-seeds", o.judge_seeds, "Trainings of each judge of usefulness");
  app.add_option("--extractor", o.extractor, "Images: TorchScript file that makes features");
  app.add_option("--series-key", o.series_key,
                 "The CSV files hold signals, one row a step: the column that names the signal");
  app.add_option("--time", o.time, "Signals: the column that orders the steps");
  app.add_flag("--list", o.list, "List the metrics");
  declare_seed(app, o.seed);
}

void declare_run(CLI::App& app, RunCommand& o) {
  declare_train(app, o.train);
  app.add_option("--holdout", o.holdout,
                 "CSV file of real rows to compare with (default: a fifth of TRAIN, not learned)");
  app.add_option("--target", o.train.target, "Name of the column to predict");
  app.add_option("--sensitive", o.sensitive,
                 "A personal attribute, repeatable: groups that fairness and inference look at")
      ->allow_extra_args(false);
  declare_model(app, o.model);
  declare_seed(app, o.seed);
  app.add_option("-o,--output", o.folder,
                 "Folder for synthetic.csv, report.html, report.json and model.semb")
      ->required();
}

void declare_audit(CLI::App& app, AuditCommand& o) {
  declare_train(app, o.train);
  app.add_option("--target", o.train.target, "Name of the column to predict");
  declare_model(app, o.model);
  app.add_option("--shadows", o.shadows, "How many generators are fitted, even")
      ->capture_default_str();
  app.add_option("--targets", o.targets, "How many rows an attacker guesses about")
      ->capture_default_str();
  app.add_flag("--random-targets", o.random_targets,
               "Random rows in place of the most isolated ones");
  app.add_option("--rows", o.rows,
                 "Rows that each generator learns (default: half of TRAIN, at most 1,000)");
  app.add_option("--released", o.released,
                 "Rows that each generator releases (default: as many as it learns)");
  app.add_option("--epsilon", o.epsilon,
                 "The epsilon of differential privacy that was claimed: exit code 3 if the attack "
                 "refutes it");
  app.add_option("--delta", o.delta, "Its delta")->capture_default_str();
  declare_seed(app, o.seed);
}

void declare_tune(CLI::App& app, TuneCommand& o) {
  declare_train(app, o.train);
  app.add_option("--target", o.train.target, "Name of the column to predict");
  app.add_option("--model", o.model.name, "Which generator; auto: several take turns")
      ->capture_default_str();
  app.add_option("--config", o.model.config, "Parameters that keep a value: JSON, or @FILE");
  app.add_option("--budget", o.model.budget, "End the search after this time: 90s, 3m, 1h");
  app.add_option("--trials", o.trials, "How many configurations")->capture_default_str();
  app.add_option("--objective", o.objective,
                 "What is made small: balanced, shapes, pairs, utility or detection")
      ->capture_default_str();
  app.add_option("--trial-file", o.trial_file,
                 "Write what was measured here, as JSON; a search that finds the file goes on");
  declare_seed(app, o.seed);
  app.add_option("-o,--output", o.output, "The best configuration, or - for standard output")
      ->capture_default_str();
}

void declare_check(CLI::App& app, CheckCommand& o) {
  app.add_option("TABLE", o.table.file, "CSV file with a header line")->required();
  app.add_option("--schema", o.table.schema, "JSON file with the columns and their constraints")
      ->required();
  app.add_option("--train", o.train, "CSV file of the rows whose combinations of values count");
}

void declare_inspect(CLI::App& app, InspectCommand& o) {
  app.add_option("FILE", o.file, "A CSV file or a model file")->required();
}

void declare_models(CLI::App& app, ModelsCommand& o) {
  app.add_option("NAME", o.name, "Show this model's parameters");
  app.add_flag_callback(
      "--markdown", [&o] { o.format = ModelsFormat::kMarkdown; },
      "Markdown in place of aligned text");
}

void add_commands(Grammar& g) {
  g.add("fit", "Learn a table and write a model file",
        "semblance fit adult.csv --target income --budget 3m -o adult.semb", declare_fit, fit);
  g.add("sample", "Draw new rows from a model file",
        "semblance sample adult.semb -n 50000 --given 'income=>50K' -o synthetic.csv",
        declare_sample, sample);
  g.add("impute", "Fill the missing cells of a table",
        "semblance impute adult.semb gaps.csv -o filled.csv", declare_impute, impute);
  g.add("balance", "Add or remove rows until the classes are balanced",
        "semblance balance adult.csv --target income --method smote -o balanced.csv",
        declare_balance, balance);
  g.add("evaluate", "Measure how good, useful and independent of its training rows a table is",
        "semblance evaluate --train adult.csv --synthetic synthetic.csv --holdout test.csv "
        "--target income --html report.html",
        declare_evaluate, evaluate);
  g.add("run", "Fit, sample and evaluate in one go",
        "semblance run adult.csv --target income -o adult-synthetic", declare_run, run);
  g.add("audit", "Attack a generator: fit it again and again and tell whose rows it had",
        "semblance audit adult.csv --model any-order --shadows 64 --epsilon 1", declare_audit,
        audit);
  g.add("tune", "Search for a good configuration of a generator",
        "semblance tune adult.csv --target income --model copula -o best.json", declare_tune, tune);
  g.add("check", "Count the rows of a table that break its constraints",
        "semblance check synthetic.csv --schema schema.json --train adult.csv", declare_check,
        check);
  g.add("inspect", "Show the inferred schema of a CSV file, or what is in a model file",
        "semblance inspect adult.csv > schema.json", declare_inspect, inspect);
  g.add("models", "List the generators, or one generator's parameters",
        "semblance models any-order", declare_models, models);
  for (const auto& sub : g.subcommands) {
    const std::string& name = sub.app->get_name();
    if (name != "evaluate") g.add_json(name);
    if (name != "inspect" && name != "models" && name != "check") g.add_threads(name);
  }
}

/// "semblance fit", or "semblance" where no subcommand was recognised.
std::string name_of(const Grammar& grammar) {
  for (const auto& sub : grammar.subcommands) {
    if (sub.app->parsed()) return "semblance " + sub.app->get_name();
  }
  return "semblance";
}

/// The first argument that looks like a subcommand and is none gets a suggestion.
std::string explain(const Grammar& grammar, const CLI::ParseError& error, int argc, char** argv) {
  std::vector<std::string> names;
  for (const auto& sub : grammar.subcommands) names.push_back(sub.app->get_name());
  const bool recognised = name_of(grammar) != "semblance";
  if (recognised || argc < 2 || argv[1][0] == '-') return error.what();
  return std::string("there is no command '") + argv[1] + "'; " + did_you_mean(argv[1], names);
}

Exit parse_failure(Grammar& grammar, const CLI::ParseError& error, int argc, char** argv) {
  if (error.get_exit_code() == 0)  // --help, --version
    return grammar.app.exit(error, std::cout, std::cerr) == 0 ? Exit::kOk : Exit::kUsage;
  Console console(name_of(grammar), grammar.console, {});
  console.error(explain(grammar, error, argc, argv));
  std::cerr << "Try '" << name_of(grammar) << " --help'.\n";
  return Exit::kUsage;
}

/// Runs `command`; every exception becomes one line.
Exit guarded(Console& console, const std::function<void(Console&)>& command) {
  try {
    command(console);
    return console.exit();
  } catch (const Cancelled&) {
    console.error("interrupted; nothing was written that is not complete");
    return Exit::kInterrupted;
  } catch (const InvalidArgument& e) {
    console.error(e.what());
    return Exit::kUsage;
  } catch (const FileError& e) {
    console.error(e.what());
    return Exit::kUsage;
  } catch (const std::bad_alloc&) {
    console.error("out of memory");
  } catch (const std::exception& e) {
    console.error(e.what());
  }
  return Exit::kFailure;
}

}  // namespace

Exit run_command_line(int argc, char** argv, std::stop_token stop) {
  Grammar grammar;
  grammar.app.name("semblance");
  grammar.app.footer(
      "Example:\n  semblance run adult.csv --target income -o adult-synthetic\n\n"
      "'semblance COMMAND --help' explains a command.");
  grammar.app.set_version_flag("--version", std::string("semblance ") + kVersion);
  grammar.app.require_subcommand(1);
  add_commands(grammar);
  try {
    grammar.app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return parse_failure(grammar, error, argc, argv);
  }
  Console console(name_of(grammar), grammar.console, std::move(stop));
  for (const auto& sub : grammar.subcommands) {
    if (sub.app->parsed()) return guarded(console, sub.run);
  }
  return Exit::kUsage;
}

}  // namespace semblance::command
