#include <ailoop/app/sessions.hpp>

#include <ailoop/core/error.hpp>
#include <ailoop/parallel/mpi_call.hpp>

#include <Kokkos_Core.hpp>
#include <mpi.h>

#include <string_view>

namespace ailoop {

MpiSession::MpiSession(int& argc, char**& argv) {
  int is_initialized = 0;
  AILOOP_MPI(MPI_Initialized(&is_initialized));
  if (is_initialized == 0) {
    int provided = MPI_THREAD_SINGLE;
    AILOOP_MPI(MPI_Init_thread(&argc, &argv, MPI_THREAD_FUNNELED, &provided));
    m_started_here = true;
    if (provided < MPI_THREAD_FUNNELED) {
      MPI_Finalize();
      throw DependencyError("this MPI library does not support processes with threads (MPI_THREAD_FUNNELED)");
    }
  }
  detail::require_mpi("ailoop");
}

MpiSession::~MpiSession() {
  if (m_started_here) {
    MPI_Finalize();
  }
}

KokkosSession::KokkosSession(int& argc, char** argv, const KokkosSettings& settings) {
  if (!Kokkos::is_initialized()) {
    kokkos_initialize(settings, argc, argv);
    m_started_here = true;
    for (int i = 1; i < argc; ++i) {
      if (std::string_view(argv[i]).starts_with("--kokkos-")) {
        Kokkos::finalize();
        throw ConfigurationError("command line: " + std::string(argv[i]) + ": unknown to Kokkos; see --kokkos-help");
      }
    }
  }
}

KokkosSession::~KokkosSession() {
  if (m_started_here) {
    Kokkos::finalize();
  }
}

}  // namespace ailoop
