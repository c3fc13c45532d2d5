#include <ailoop/parallel/mpi_call.hpp>

#include <ailoop/core/error.hpp>

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
                        std::string(text.data(), static_cast<std::size_t>(length)));
}

}  // namespace ailoop::detail
