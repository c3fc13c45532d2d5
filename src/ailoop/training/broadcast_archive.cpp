// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <ailoop/training/broadcast_archive.hpp>

#include <ailoop/core/error.hpp>
#include <ailoop/parallel/mpi_call.hpp>

#include <limits>
#include <type_traits>
#include <variant>

namespace ailoop {

void BroadcastArchive::tensor(std::string_view /*name*/, std::span<const std::int64_t> /*shape*/,
                              const ArchiveValues& values) {
  std::visit(
      [&]<class T>(std::span<T> numbers) {
        AILOOP_REQUIRE(std::ssize(numbers) <= std::numeric_limits<int>::max(),
                       "BroadcastArchive: MPI counts numbers in an int");
        MPI_Datatype type = std::is_same_v<T, float> ? MPI_FLOAT : std::is_same_v<T, double> ? MPI_DOUBLE : MPI_INT64_T;
        AILOOP_MPI(MPI_Bcast(numbers.data(), static_cast<int>(numbers.size()), type, m_root, m_comm.get()));
      },
      values);
}

}  // namespace ailoop
