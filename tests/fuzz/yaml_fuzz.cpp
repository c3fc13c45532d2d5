// A configuration file, read as the command reads it.
#include <ailoop/app/run_settings.hpp>
#include <ailoop/config/settings_printer.hpp>
#include <ailoop/core/error.hpp>

#include "fuzz_target.hpp"

#include <string>

namespace {

const ailoop::Registries& registries() {
  static const ailoop::Registries all = ailoop::builtin_registries();
  return all;
}

}  // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace ailoop;
  const std::string text(test::as_text(data, size));
  std::string printed;
  try {
    printed = print_settings(read_run_settings({"/fuzz.yaml", text, {}}, registries()));
  } catch (const ConfigurationError& error) {
    test::require_good_message(error.what(), "/fuzz.yaml");
    return 0;
  }
  const std::string again = print_settings(read_run_settings({"/fuzz.yaml", printed, {}}, registries()));
  test::require(again == printed, "what is printed reads back to the same settings");
  return 0;
}
