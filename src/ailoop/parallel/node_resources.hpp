#pragma once

#include <ailoop/parallel/communicator.hpp>

#include <algorithm>
#include <vector>

namespace ailoop {

/// What the ranks of this rank's node share.
struct NodeResources {
  int ranks = 1;                   ///< ranks on this node
  int cores = 1;                   ///< cores that at least one of them may run on
  int own_cores = 1;               ///< cores that this rank may run on
  int first_rank = 0;              ///< the lowest of these ranks in the world: tells the node from others
  double memory_bytes = 0.0;       ///< that the node, or the job's control group on it, has left; infinite if unknown
  std::vector<int> on_model_node;  ///< for each rank of the world, 1 where it shares a node with rank 0

  /// Threads a rank can use without sharing cores, at least 1.
  [[nodiscard]] int threads_per_rank() const { return std::clamp(cores / ranks, 1, std::max(own_cores, 1)); }
  /// True where ranks have to take turns on cores.
  [[nodiscard]] bool oversubscribed() const { return ranks > cores; }
};

/// Collective over `comm`. Cores are those of the ranks' affinity masks (Linux), so that a launcher's binding counts.
[[nodiscard]] NodeResources node_resources(const Communicator& comm);

}  // namespace ailoop
