// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <ailoop/app/configuration_file.hpp>

#include <ailoop/config/yaml_loader.hpp>
#include <ailoop/parallel/agreement.hpp>
#include <ailoop/parallel/mpi_call.hpp>
#include <ailoop/storage/file_descriptor.hpp>
#include <ailoop/storage/sha256.hpp>

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>

#include <cerrno>
#include <system_error>

namespace ailoop {

namespace fs = std::filesystem;

namespace {

/// The file itself, or else that of PREFIX/share/ailoop, PREFIX being where this program is installed.
fs::path find_configuration(const fs::path& given) {
  std::error_code error;
  if (given.is_absolute() || fs::exists(given, error)) {
    return given;
  }
  const fs::path program = fs::read_symlink("/proc/self/exe", error);
  const fs::path installed = program.parent_path().parent_path() / "share" / "ailoop" / given;
  return !error && fs::is_regular_file(installed, error) ? installed : given;
}

}  // namespace

std::string read_configuration_file(const fs::path& file) {
  const auto refuse = [&](const std::string& why) {
    return ConfigurationError(fmt::format("{}: cannot be read: {}; a YAML file is expected", file.string(), why));
  };
  const detail::FileDescriptor opened = detail::open_file(file, O_RDONLY | O_NONBLOCK);
  struct stat status{};
  if (!opened.is_open() || ::fstat(opened.get(), &status) != 0) {
    throw refuse(std::generic_category().message(errno));
  }
  if (!S_ISREG(status.st_mode)) {
    throw refuse(S_ISDIR(status.st_mode) ? "it is a folder" : "it is not a regular file");
  }
  std::string text(YamlLimits::bytes + 1, '\0');
  const detail::Transfer read = detail::read_all(opened.get(), text);
  if (read.error != 0) {
    throw refuse(std::generic_category().message(read.error));
  }
  text.resize(read.bytes);
  return text;
}

ConfigurationSource load_configuration(const fs::path& config, const std::vector<std::string>& overrides) {
  ConfigurationSource source;
  source.file = find_configuration(config);
  source.text = read_configuration_file(source.file);
  source.overrides = overrides;
  return source;
}

ConfigurationSource shared_configuration(const Communicator& comm, const fs::path& config,
                                         const std::vector<std::string>& overrides, const Registries& registries) {
  ConfigurationSource source;
  agreed_on_rank_0(comm, "configuration", [&] {
    source = load_configuration(config, overrides);
    static_cast<void>(read_run_settings(source, registries));
  });
  const auto share = [&](std::string text) {
    broadcast(comm, text, 0);
    return text;
  };
  source.file = share(source.file.string());
  source.text = share(source.text);
  // as a rule all ranks bring the same, and a hash is enough
  std::string brought = config.string();
  for (const std::string& assignment : overrides) {
    brought += "\n" + assignment;
  }
  const std::string hash = sha256_hex(brought);
  int differs = share(hash) != hash ? 1 : 0;
  AILOOP_MPI(MPI_Allreduce(MPI_IN_PLACE, &differs, 1, MPI_INT, MPI_MAX, comm.get()));
  if (differs == 0) {
    source.overrides = overrides;
    return source;
  }
  source.overrides.resize(std::stoul(share(std::to_string(source.overrides.size()))));
  for (std::string& assignment : source.overrides) {
    assignment = share(assignment);
  }
  agreed(comm, "configuration", [&] {
    const RunSettings here = read_run_settings(load_configuration(config, overrides), registries);
    require_same(read_run_settings(source, registries), here, comm.rank());
  });
  return source;
}

}  // namespace ailoop
