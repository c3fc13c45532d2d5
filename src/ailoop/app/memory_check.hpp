#pragma once

#include <ailoop/parallel/node_resources.hpp>
#include <ailoop/problem/problem.hpp>
#include <ailoop/surrogate/surrogate.hpp>

#include <cstdint>

namespace ailoop {

/// What the largest arrays of a run depend on.
struct RunSizes {
  const Facts& facts;
  const Surrogate& surrogate;
  std::int64_t samples = 1;  ///< of a retraining, all ranks together
  std::int64_t batch = 1;    ///< queries of a check
  int ranks = 1;
};

/// Bytes of the arrays that a run allocates once: on the model rank, and on each other rank.
struct RunMemory {
  double model_rank = 0.0;
  double other_rank = 0.0;
};

[[nodiscard]] RunMemory memory_of(const RunSizes& sizes);

/// Whether the arrays fit into what the model rank's node has left.
/// \throws ConfigurationError that says how much would be needed and how much there is
void require_memory(const RunMemory& memory, const NodeResources& node);

}  // namespace ailoop
