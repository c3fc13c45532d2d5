// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <ailoop/parallel/mpi_session.hpp>

#include <ailoop/core/error.hpp>
#include <ailoop/parallel/mpi_call.hpp>

#include <mpi.h>

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

}  // namespace ailoop
