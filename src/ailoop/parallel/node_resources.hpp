#pragma once

#include <ailoop/parallel/communicator.hpp>

#include <algorithm>
#include <vector>

namespace ailoop {

/// Where a rank runs.
struct RankCores {
  int first_rank = 0;         ///< the lowest rank of its node in the world: tells the node from others
  int cores = 1;              ///< cores that at least one rank of the node may run on, at most the quota of CPU time
  int own_cores = 1;          ///< cores that the rank may run on, at most that quota
  int job_cores = 1;          ///< cores that the ranks of the node could be bound to, at most that quota
  int main_thread_cores = 1;  ///< cores that the main thread of the rank may run on
  int main_thread_core = 0;   ///< the lowest of them
};

/// What the ranks of this rank's node share.
struct NodeResources : RankCores {
  int ranks = 1;                   ///< ranks on this node
  bool oversubscribed = false;     ///< whether the main threads of these ranks have to take turns on cores
  double memory_bytes = 0.0;       ///< that the node, or the job's control group on it, has left; infinite if unknown
  std::vector<int> on_model_node;  ///< for each rank of the world, 1 where it shares a node with rank 0

  /// Threads a rank can use without sharing cores, at least 1.
  [[nodiscard]] int threads_per_rank() const { return std::clamp(cores / ranks, 1, std::max(own_cores, 1)); }
};

/// Collective over `comm`. Cores are those that the ranks were started with (Linux), so that a launcher's binding
/// counts and that of OpenMP threads to places does not; quotas of CPU time and memory are those of the control groups.
[[nodiscard]] NodeResources node_resources(const Communicator& comm);

}  // namespace ailoop
