// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <ailoop/output/provenance.hpp>

#include <ailoop/core/execution.hpp>
#include <ailoop/core/index_range.hpp>
#include <ailoop/core/version.hpp>
#include <ailoop/execution/executions.hpp>
#include <ailoop/execution/kokkos_session.hpp>

#include <mpi.h>

#include <array>
#include <fstream>
#include <string_view>

namespace ailoop {

namespace {

std::string processor() {
  std::ifstream cpuinfo("/proc/cpuinfo");
  for (std::string line; std::getline(cpuinfo, line);) {
    const auto colon = line.find(": ");
    if (line.starts_with("model name") && colon != std::string::npos) {
      return line.substr(colon + 2);
    }
  }
  return "unknown";
}

}  // namespace

std::string mpi_version() {
  std::array<char, MPI_MAX_LIBRARY_VERSION_STRING> text{};
  int length = 0;
  MPI_Get_library_version(text.data(), &length);
  const std::string version(text.data(), as_size(length));
  return version.substr(0, version.find_first_of(std::string_view("\n,\0", 3)));
}

std::vector<std::pair<std::string, std::string>> provenance() {
  const BuildInfo& build = build_info();
  std::vector<std::pair<std::string, std::string>> facts = {
      {"ailoop", build.version},
      {"revision", build.revision},
      {"compiler", build.compiler},
      {"flags", build.flags},
      {"build_type", build.build_type},
      {"kokkos", kokkos_version()},
      {"execution_space", std::string(name(Execution::host_threads))},
      {"mpi", mpi_version()},
      {"processor", processor()},
  };
  if (!build.libtorch.empty()) {
    facts.emplace_back("libtorch", build.libtorch);
  }
  return facts;
}

}  // namespace ailoop
