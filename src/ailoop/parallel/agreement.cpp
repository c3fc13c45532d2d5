// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <ailoop/parallel/agreement.hpp>

#include <ailoop/parallel/mpi_call.hpp>

#include <new>

namespace ailoop {

LocalFailure current_failure(std::string_view phase) {
  LocalFailure failure;
  try {
    throw;
  } catch (const Error& error) {
    failure = {error.kind(), error.what()};
  } catch (const std::bad_alloc&) {
    failure = {ErrorKind::dependency, "out of memory"};
  } catch (const std::exception& error) {
    failure.message = error.what();
  } catch (...) {
    failure.message = "an exception that is not a std::exception";
  }
  // what is wrong about the configuration begins with its place
  if (!phase.empty() && failure.kind != ErrorKind::configuration) {
    failure.message = std::string(phase) + ": " + failure.message;
  }
  return failure;
}

void agree_or_throw(const Communicator& comm, const std::optional<LocalFailure>& failure) {
  int lowest = failure ? comm.rank() : comm.size();
  AILOOP_MPI(MPI_Allreduce(MPI_IN_PLACE, &lowest, 1, MPI_INT, MPI_MIN, comm.get()));
  if (lowest == comm.size()) {
    return;
  }
  auto [kind, message, names_rank] = failure.value_or(LocalFailure{});
  AILOOP_MPI(MPI_Bcast(&kind, sizeof(kind), MPI_BYTE, lowest, comm.get()));
  AILOOP_MPI(MPI_Bcast(&names_rank, sizeof(names_rank), MPI_BYTE, lowest, comm.get()));
  broadcast(comm, message, lowest);
  // the configuration is read by rank 0 for all, so its rank tells the user nothing
  const bool name_rank = comm.size() > 1 && kind != ErrorKind::configuration && !names_rank;
  throw AgreedError(kind, name_rank ? "rank " + std::to_string(lowest) + ": " + message : message);
}

}  // namespace ailoop
