// The texts of `--set`, one a line of the input, on top of a configuration.
#include <ailoop/app/run_settings.hpp>
#include <ailoop/config/overrides.hpp>
#include <ailoop/config/settings_printer.hpp>
#include <ailoop/config/settings_reader.hpp>
#include <ailoop/config/yaml_loader.hpp>
#include <ailoop/core/error.hpp>

#include "fuzz_target.hpp"

#include <algorithm>
#include <string>

namespace {

constexpr std::string_view configuration = R"(schema: 1
problem: {name: sine, terms: 4}
sampling: {per_rank: 32}
training:
  trainer: adam
  learning_rate: 0.01
limits:
)";

const ailoop::Registries& registries() {
  static const ailoop::Registries all = ailoop::builtin_registries();
  return all;
}

}  // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace ailoop;
  static const Node file = load_yaml(configuration, "/fuzz.yaml");
  Node root = file;
  std::string_view rest = test::as_text(data, size);
  try {
    while (!rest.empty()) {
      const std::size_t length = std::min(rest.find('\n'), rest.size());
      root = with_override(root, rest.substr(0, length));
      rest.remove_prefix(std::min(length + 1, rest.size()));
    }
    RunSettings settings{registries()};
    SettingsReader(root).read(settings);
    test::require(!print_settings(settings).empty(), "settings that are read can be printed");
  } catch (const ConfigurationError& error) {
    const std::string message = error.what();
    test::require_good_message(message, message.starts_with("--set ") ? "--set " : "/fuzz.yaml");
  }
  return 0;
}
