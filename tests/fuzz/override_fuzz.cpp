// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The texts of `--set`, one a line of the input, on top of a configuration.
#include <ailoop/app/run_settings.hpp>
#include <ailoop/config/overrides.hpp>
#include <ailoop/config/settings_printer.hpp>
#include <ailoop/config/settings_reader.hpp>
#include <ailoop/config/yaml_loader.hpp>
#include <ailoop/core/error.hpp>

#include "fuzz_target.hpp"

#include <algorithm>
#include <cstddef>
#include <string>

namespace ailoop::test {
namespace {

constexpr std::string_view configuration = R"(schema: 1
problem: {name: sine, terms: 4}
sampling: {per_rank: 32}
training:
  trainer: adam
  learning_rate: 0.01
limits:
)";

const Registries& registries() {
  static const Registries all = builtin_registries();
  return all;
}

}  // namespace

void run_target(std::string_view input) {
  static const Node file = load_yaml(configuration, "/fuzz.yaml");
  Node root = file;
  try {
    while (!input.empty()) {
      const std::size_t length = std::min(input.find('\n'), input.size());
      root = with_override(root, input.substr(0, length));
      input.remove_prefix(std::min(length + 1, input.size()));
    }
    RunSettings settings{registries()};
    read_settings(root, settings);
    require(!print_settings(settings).empty(), "settings that are read can be printed");
  } catch (const ConfigurationError& error) {
    const std::string message = error.what();
    require_good_message(message, message.starts_with("--set ") ? "--set " : "/fuzz.yaml");
  }
}

}  // namespace ailoop::test
