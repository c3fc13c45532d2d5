#include <ailoop/app/configured_emulator.hpp>

#include <ailoop/app/configuration_file.hpp>
#include <ailoop/core/error.hpp>
#include <ailoop/parallel/agreement.hpp>
#include <ailoop/parallel/mpi_call.hpp>

#include <Kokkos_Core.hpp>
#include <fmt/format.h>

#include <cstdio>
#include <utility>

namespace ailoop {

namespace {

/// `comm`, where all that the caller must have started is there. Looked at before anything else: what misses it ends
/// the process without a word of ours.
MPI_Comm checked(MPI_Comm comm) {
  detail::require_mpi("ConfiguredEmulator");
  AILOOP_REQUIRE(Kokkos::is_initialized(), "ConfiguredEmulator: Kokkos must be initialized");
  AILOOP_REQUIRE(comm != MPI_COMM_NULL, "ConfiguredEmulator: a communicator is needed, not MPI_COMM_NULL");
  return comm;
}

}  // namespace

ConfiguredEmulator::ConfiguredEmulator(MPI_Comm comm, const std::filesystem::path& config, Registries registries,
                                       const std::vector<std::string>& overrides)
    : m_comm(checked(comm)),
      m_registries(std::move(registries)),
      m_settings(read_run_settings(shared_configuration(m_comm, config, overrides, m_registries), m_registries)),
      m_assembly(m_comm, node_resources(m_comm), m_settings) {
  if (m_comm.rank() != RoleLayout::model_rank) {
    return;
  }
  for (const char* limit : {"limits.retrainings", "limits.checks", "limits.wall_seconds"}) {
    if (m_settings.root && find_node(*m_settings.root, limit) != nullptr) {
      fmt::print(stderr, "ailoop: {}\n", m_settings.error_at(limit, "has no effect in a simulation").what());
    }
  }
}

void ConfiguredEmulator::save_model(const std::filesystem::path& path) const {
  detail::require_mpi("ConfiguredEmulator::save_model");
  agreed(m_comm, "saving the model", [&] {
    if (m_comm.rank() == RoleLayout::model_rank) {
      static_cast<void>(ailoop::save_model(path, m_assembly.model()));
    }
  });
}

}  // namespace ailoop
