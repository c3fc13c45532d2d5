#pragma once

#include <filesystem>
#include <limits>

namespace ailoop {

/// What the control groups allow in which a process is: its own one and all around it, up to the root.
struct ControlGroupLimits {
  double cpus = std::numeric_limits<double>::infinity();          ///< quota of CPU time in cores; infinite without one
  double memory_bytes = std::numeric_limits<double>::infinity();  ///< that are left; infinite without a limit
  int cores = 0;  ///< that its processes can be bound to (cpuset), however few this one has; 0: unknown
};

/// The limits of this process, of version 1 and 2 of control groups (Linux).
/// \param[in] root where `proc/self/cgroup` and `sys/fs/cgroup` are looked up; what is not there limits nothing
[[nodiscard]] ControlGroupLimits control_group_limits(const std::filesystem::path& root = "/");

}  // namespace ailoop
