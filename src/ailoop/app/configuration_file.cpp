#include <ailoop/app/configuration_file.hpp>

#include <ailoop/config/yaml_file.hpp>

#include <spdlog/spdlog.h>

#include <system_error>

namespace ailoop {

namespace {

namespace fs = std::filesystem;

/// PREFIX/share/ailoop, PREFIX being where this program is installed.
fs::path installed_share() {
  std::error_code error;
  const fs::path program = fs::read_symlink("/proc/self/exe", error);
  return error ? fs::path() : program.parent_path().parent_path() / "share" / "ailoop";
}

fs::path find_configuration(const fs::path& given) {
  std::error_code error;
  if (given.is_absolute() || fs::exists(given, error)) {
    return given;
  }
  fs::path installed = installed_share() / given;
  if (fs::is_regular_file(installed, error)) {
    spdlog::info("using {}", installed.string());
    return installed;
  }
  return given;
}

}  // namespace

ConfigurationSource load_configuration(const CommandLine& command_line) {
  ConfigurationSource source;
  source.file = find_configuration(command_line.config);
  source.text = read_configuration_file(source.file);
  source.overrides = command_line.overrides;
  return source;
}

}  // namespace ailoop
