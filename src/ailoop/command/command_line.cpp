// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <ailoop/command/command_line.hpp>

#include <ailoop/core/error.hpp>

#include <CLI/CLI.hpp>

#include <string_view>
#include <utility>

namespace ailoop {

namespace {

constexpr const char* description =
    "AI in the loop: answers queries by a surrogate that a cheap approximation checks and that fresh samples of the\n"
    "expensive simulation retrain, in one MPI program. Start it with mpiexec.";

constexpr const char* footer =
    "Arguments that begin with --kokkos- go to Kokkos (--kokkos-num-threads=N, ...).\n"
    "Exit codes: 0 converged, 1 internal error or failed dependency, 2 wrong command line or configuration,\n"
    "3 gave up at a limit, 4 numerical failure, 5 interrupted (--resume goes on).";

/// The value as YAML text that reads as a string whatever it looks like.
std::string single_quoted(const std::string& value) {
  std::string text = "'";
  for (const char c : value) {
    text += c;
    if (c == '\'') {
      text += c;
    }
  }
  return text + "'";
}

/// Description and footer have lines of their own, which newer versions of CLI11 would break again.
template <class Formatter>
void keep_lines(Formatter& formatter) {
  if constexpr (requires { formatter.enable_footer_formatting(false); }) {
    formatter.enable_description_formatting(false);
    formatter.enable_footer_formatting(false);
  }
}

}  // namespace

CommandLine parse_command_line(int argc, const char* const* argv) {
  CommandLine result;
  std::vector<std::string> sets;
  std::optional<std::string> seed;
  std::optional<std::string> output;
  bool force = false;
  bool resume = false;
  std::vector<std::pair<CLI::Option*, CommandLine::Action>> actions;  // the last one that is given counts

  CLI::App app(description, "ailoop");
  app.footer(footer);
  keep_lines(*app.get_formatter());
  app.add_option("CONFIG", result.config, "configuration file (YAML)");
  app.add_option("--set", sets,
                 "sets one setting, e.g. loop.tolerance=0.01, or takes it back: KEY=null; the last one wins")
      ->type_name("KEY=VALUE")
      ->allow_extra_args(false);  // one value each time: what follows may be CONFIG
  app.add_option("--output", output,
                 "folder of the run, instead of runs/{config}-{n}; short for --set output.directory=DIR")
      ->type_name("DIR");
  auto* overwrite = app.add_flag("--force", force,
                                 "use the folder even if it holds files; an earlier run in it is set aside, and "
                                 "removed when the new one has converged");
  app.add_flag("--resume", resume,
               "go on from the last checkpoint in the folder, or in the newest runs/{config}-{n} that is not done")
      ->excludes(overwrite);
  app.add_option("--seed", seed, "seed of all random numbers; short for --set seed=N")->type_name("N");
  auto* quiet = app.add_flag("-q,--quiet", result.quiet, "nothing on standard output; only warnings and errors");
  app.add_flag("-v,--verbose", result.verbose, "more about what happens, on standard error")->excludes(quiet);
  const auto add_action = [&](const char* flag, CommandLine::Action action, const std::string& meaning) {
    return actions.emplace_back(app.add_flag(flag, meaning), action).first;
  };
  add_action("--validate", CommandLine::Action::validate, "check the configuration and the files it names, and stop");
  add_action("--print-config", CommandLine::Action::print_config,
             "print all settings after file, overrides and defaults, and stop")
      ->excludes("--validate");
  add_action("--dry-run", CommandLine::Action::dry_run,
             "start MPI, print which rank would do what, memory and messages, and stop")
      ->excludes("--validate")
      ->excludes("--print-config");
  add_action("--print-schema", CommandLine::Action::print_schema,
             "print a JSON Schema of all configurations, and stop");
  add_action("--list", CommandLine::Action::list, "list all settings and what can be chosen, and stop");
  add_action("--version", CommandLine::Action::version, "print versions, and stop");

  // CLI11 takes its arguments from the back
  std::vector<std::string> arguments;
  for (int i = argc - 1; i > 0; --i) {
    if (!std::string_view(argv[i]).starts_with("--kokkos-")) {
      arguments.emplace_back(argv[i]);
    }
  }
  try {
    app.parse(arguments);
  } catch (const CLI::CallForHelp&) {
    result.action = CommandLine::Action::help;
    result.help = app.help();
    return result;
  } catch (const CLI::ParseError& error) {
    throw ConfigurationError(std::string("command line: ") + error.what() + "; see ailoop --help");
  }

  for (const auto& [flag, action] : actions) {
    result.action = flag->count() > 0 ? action : result.action;
  }
  const bool needs_no_file = result.action == CommandLine::Action::print_schema ||
                             result.action == CommandLine::Action::list ||
                             result.action == CommandLine::Action::version;
  if (result.config.empty() && !needs_no_file) {
    throw ConfigurationError("command line: no configuration; usage: ailoop CONFIG.yaml, see ailoop --help");
  }
  result.files_there = force ? FilesThere::overwritten : resume ? FilesThere::kept : FilesThere::refused;
  if (seed) {
    result.overrides.push_back("seed=" + *seed);
  }
  if (output) {
    result.overrides.push_back("output.directory=" + single_quoted(*output));
  }
  result.overrides.insert(result.overrides.end(), sets.begin(), sets.end());
  return result;
}

}  // namespace ailoop
