// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// A configuration file, read as the command reads it.
#include <ailoop/app/run_settings.hpp>
#include <ailoop/config/settings_printer.hpp>
#include <ailoop/core/error.hpp>

#include "fuzz_target.hpp"

#include <string>

namespace ailoop::test {
namespace {

const Registries& registries() {
  static const Registries all = builtin_registries();
  return all;
}

}  // namespace

void run_target(std::string_view input) {
  std::string printed;
  try {
    printed = print_settings(read_run_settings({"/fuzz.yaml", std::string(input), {}}, registries()));
  } catch (const ConfigurationError& error) {
    require_good_message(error.what(), "/fuzz.yaml");
    return;
  }
  const std::string again = print_settings(read_run_settings({"/fuzz.yaml", printed, {}}, registries()));
  require(again == printed, "what is printed reads back to the same settings");
}

}  // namespace ailoop::test
