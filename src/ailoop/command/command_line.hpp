// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <ailoop/output/run_folder.hpp>

#include <string>
#include <vector>

namespace ailoop {

/// What the user asked for.
struct CommandLine {
  enum class Action { run, dry_run, validate, print_config, print_schema, list, help, version };

  Action action = Action::run;
  std::string help;                              ///< text of Action::help
  std::string config;                            ///< path as given
  std::vector<std::string> overrides;            ///< KEY=VALUE in order; --seed and --output come before all --set
  FilesThere files_there = FilesThere::refused;  ///< in the folder of the run
  bool quiet = false;
  bool verbose = false;
};

/// Reads the command line; `--kokkos-*` arguments are left to Kokkos.
/// \throws ConfigurationError if it is wrong
[[nodiscard]] CommandLine parse_command_line(int argc, const char* const* argv);

}  // namespace ailoop
