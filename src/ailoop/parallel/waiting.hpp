#pragma once

#include <mpi.h>

#include <cstddef>

namespace ailoop {

/// How a rank passes the time until a message arrives.
enum class Waiting {
  spin,      ///< polls without pause: fastest where the rank has a core to itself
  yield,     ///< gives its core to another process between polls: for ranks of a check that share cores
  back_off,  ///< sleeps between polls, longer and longer up to a millisecond: for ranks with nothing to do for long
};

/// Message of `count` items of `type`, received with the given way of waiting.
/// \throws DependencyError if MPI reports a failure
void receive(void* buffer, int count, MPI_Datatype type, int source, int tag, MPI_Comm comm, Waiting waiting);

}  // namespace ailoop
