// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <ailoop/parallel/communicator.hpp>

#include <algorithm>
#include <filesystem>
#include <limits>
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

/// What the control groups allow in which a process is: its own one and all around it, up to the root.
struct ControlGroupLimits {
  double cpus = std::numeric_limits<double>::infinity();          ///< quota of CPU time in cores; infinite without one
  double memory_bytes = std::numeric_limits<double>::infinity();  ///< that are left; infinite without a limit
  int cores = 0;  ///< that its processes can be bound to (cpuset), however few this one has; 0: unknown
};

/// The limits of this process, of version 1 and 2 of control groups (Linux).
/// \param[in] root where `proc/self/cgroup` and `sys/fs/cgroup` are looked up; what is not there limits nothing
[[nodiscard]] ControlGroupLimits control_group_limits(const std::filesystem::path& root = "/");

/// Collective over `comm`. Cores are those that the ranks were started with (Linux), so that a launcher's binding
/// counts and that of OpenMP threads to places does not; quotas of CPU time and memory are those of the control groups.
[[nodiscard]] NodeResources node_resources(const Communicator& comm);

}  // namespace ailoop
