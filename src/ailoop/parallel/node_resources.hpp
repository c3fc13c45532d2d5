#pragma once

#include <ailoop/parallel/communicator.hpp>

#include <algorithm>
#include <vector>

namespace ailoop {

/// What the ranks of this rank's node share.
struct NodeResources {
  int ranks = 1;                   ///< ranks on this node
  int cores = 1;                   ///< cores that at least one of them may run on, at most the quota of CPU time
  int own_cores = 1;               ///< cores that this rank may run on, at most that quota
  int job_cores = 1;               ///< cores that the ranks could be bound to, at most that quota
  bool oversubscribed = false;     ///< whether the main threads of these ranks have to take turns on cores
  int main_thread_cores = 1;       ///< cores that the main thread of this rank may run on
  int main_thread_core = 0;        ///< the lowest of them
  int first_rank = 0;              ///< the lowest of these ranks in the world: tells the node from others
  double memory_bytes = 0.0;       ///< that the node, or the job's control group on it, has left; infinite if unknown
  std::vector<int> on_model_node;  ///< for each rank of the world, 1 where it shares a node with rank 0

  /// Threads a rank can use without sharing cores, at least 1.
  [[nodiscard]] int threads_per_rank() const { return std::clamp(cores / ranks, 1, std::max(own_cores, 1)); }
};

/// Collective over `comm`. Cores are those that the ranks were started with (Linux), so that a launcher's binding
/// counts and that of OpenMP threads to places does not; quotas of CPU time and memory are those of the control groups.
[[nodiscard]] NodeResources node_resources(const Communicator& comm);

}  // namespace ailoop
