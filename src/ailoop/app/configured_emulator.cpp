#include <ailoop/app/configured_emulator.hpp>

#include <ailoop/app/configuration_file.hpp>
#include <ailoop/parallel/agreement.hpp>

#include <utility>

namespace ailoop {

ConfiguredEmulator::ConfiguredEmulator(MPI_Comm comm, const std::filesystem::path& config, Registries registries,
                                       const std::vector<std::string>& overrides)
    : m_comm(comm),
      m_registries(std::move(registries)),
      m_settings(read_run_settings(shared_configuration(m_comm, config, overrides, m_registries), m_registries)),
      m_assembly(m_comm, node_resources(m_comm), m_settings) {}

void ConfiguredEmulator::save_model(const std::filesystem::path& path) const {
  agreed(m_comm, "saving the model", [&] {
    if (m_comm.rank() == RoleLayout::model_rank) {
      static_cast<void>(ailoop::save_model(path, m_assembly.model()));
    }
  });
}

}  // namespace ailoop
