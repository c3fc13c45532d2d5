// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <ailoop/parallel/mpi_call.hpp>

#include <ailoop/core/error.hpp>
#include <ailoop/core/index_range.hpp>

#include <array>
#include <string>

namespace ailoop::detail {

void check_mpi(int code, const char* call) {
  if (code == MPI_SUCCESS) {
    return;
  }
  std::array<char, MPI_MAX_ERROR_STRING> text{};
  int length = 0;
  MPI_Error_string(code, text.data(), &length);
  throw DependencyError(std::string(call) + " failed with code " + std::to_string(code) + ": " +
                        std::string(text.data(), as_size(length)));
}

void require_mpi(const char* caller) {
  int is_initialized = 0;
  AILOOP_MPI(MPI_Initialized(&is_initialized));
  AILOOP_REQUIRE(is_initialized != 0, std::string(caller) + ": MPI must be initialized");
  int level = MPI_THREAD_SINGLE;
  int is_main = 0;
  AILOOP_MPI(MPI_Query_thread(&level));
  AILOOP_MPI(MPI_Is_thread_main(&is_main));
  AILOOP_REQUIRE(is_main != 0 || level >= MPI_THREAD_SERIALIZED,
                 std::string(caller) + ": called by another thread than the one that initialized MPI, which " +
                     "MPI_THREAD_FUNNELED does not allow; call it there, or ask MPI_Init_thread for " +
                     "MPI_THREAD_SERIALIZED");
}

}  // namespace ailoop::detail
