// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <ailoop/parallel/node_resources.hpp>

#include <ailoop/core/index_range.hpp>
#include <ailoop/parallel/mpi_call.hpp>

#include <sched.h>
#include <unistd.h>
#if defined(_OPENMP)
#include <omp.h>
#endif

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdlib>
#include <fstream>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace ailoop {

namespace {

/// The number that a line of /proc/meminfo gives for `name`, in bytes; infinite without such a line.
double memory_info(std::string_view name) {
  std::ifstream file("/proc/meminfo");
  for (std::string line; std::getline(file, line);) {
    if (line.starts_with(name)) {
      return std::strtod(line.c_str() + name.size(), nullptr) * 1024.0;
    }
  }
  return std::numeric_limits<double>::infinity();
}

cpu_set_t affinity() {
  cpu_set_t cores;
  CPU_ZERO(&cores);
  if (sched_getaffinity(0, sizeof(cores), &cores) != 0) {
    CPU_SET(0, &cores);
  }
  return cores;
}

/// The cores that this process was started with. With OMP_PROC_BIND or OMP_PLACES the OpenMP runtime binds the main
/// thread to the first place, when it is loaded or asked; its places are still all cores that the process may use.
cpu_set_t cores_of_process() {
#if defined(_OPENMP)
  cpu_set_t cores;
  CPU_ZERO(&cores);
  const int places = omp_get_proc_bind() == omp_proc_bind_false ? 0 : omp_get_num_places();
  for (int place = 0; place < places; ++place) {
    std::vector<int> ids(as_size(omp_get_place_num_procs(place)));
    omp_get_place_proc_ids(place, ids.data());
    for (const int id : ids) {
      if (id < CPU_SETSIZE) {
        CPU_SET(as_size(id), &cores);
      }
    }
  }
  if (CPU_COUNT(&cores) > 0) {
    return cores;
  }
#endif
  return affinity();
}

int first_core(const cpu_set_t& cores) {
  int core = 0;
  while (core < CPU_SETSIZE - 1 && !CPU_ISSET(as_size(core), &cores)) {
    ++core;
  }
  return core;
}

/// Where the files of a controller are, from the own group up to the root of all.
struct Groups {
  bool is_version_1 = false;
  std::vector<std::filesystem::path> folders;
};

bool contains(const std::string& comma_separated, const std::string& word) {
  return ("," + comma_separated + ",").find("," + word + ",") != std::string::npos;
}

/// Each line of /proc/self/cgroup is number:controllers:path, and names no controllers for version 2.
Groups groups_of(const std::filesystem::path& root, const std::string& controller) {
  Groups groups;
  std::string own;
  std::ifstream file(root / "proc/self/cgroup");
  for (std::string number, controllers, path;
       std::getline(file, number, ':') && std::getline(file, controllers, ':') && std::getline(file, path);) {
    if (contains(controllers, controller) || (controllers.empty() && !groups.is_version_1)) {
      groups.is_version_1 = !controllers.empty();
      own = path;
    }
  }
  const std::filesystem::path top = root / "sys/fs/cgroup" / (groups.is_version_1 ? controller : "");
  // a path that the view of a container leaves no folder for: what is there are the groups above it
  std::filesystem::path path = std::filesystem::path(own).lexically_normal().relative_path();
  for (; !path.empty(); path = path.parent_path()) {
    groups.folders.push_back(top / path);
  }
  groups.folders.push_back(top);
  return groups;
}

/// The first number of a file; nothing where it has none ("max") or it is not there.
std::optional<double> number_in(const std::filesystem::path& path) {
  std::ifstream file(path);
  double number = 0.0;
  return file >> number ? std::optional(number) : std::nullopt;
}

std::optional<double> cpu_quota(const std::filesystem::path& folder, bool is_version_1) {
  if (is_version_1) {
    const auto quota = number_in(folder / "cpu.cfs_quota_us");  // -1: none
    const auto period = number_in(folder / "cpu.cfs_period_us");
    return quota && period && *quota > 0.0 && *period > 0.0 ? std::optional(*quota / *period) : std::nullopt;
  }
  std::ifstream file(folder / "cpu.max");
  double quota = 0.0;
  double period = 0.0;
  return file >> quota >> period && period > 0.0 ? std::optional(quota / period) : std::nullopt;
}

/// What processes of a group may still take: pages of files that are not in use make room.
double memory_left(const std::filesystem::path& folder, bool is_version_1) {
  const auto limit = number_in(folder / (is_version_1 ? "memory.limit_in_bytes" : "memory.max"));
  if (!limit) {
    return std::numeric_limits<double>::infinity();
  }
  const double used = number_in(folder / (is_version_1 ? "memory.usage_in_bytes" : "memory.current")).value_or(0.0);
  const std::string reclaimable = is_version_1 ? "total_inactive_file" : "inactive_file";
  std::ifstream file(folder / "memory.stat");
  std::string name;
  double bytes = 0.0;
  while (file >> name >> bytes && name != reclaimable) {
  }
  return std::max(0.0, *limit - used + (name == reclaimable ? bytes : 0.0));
}

/// How many numbers a list such as 0-3,8 has.
int length_of_list(std::istream& list) {
  int length = 0;
  int first = 0;
  while (list >> first) {
    int last = first;
    if (list.peek() == '-') {
      list.ignore();
      list >> last;
    }
    length += std::max(0, last - first + 1);
    list.ignore();  // the comma
  }
  return length;
}

}  // namespace

ControlGroupLimits control_group_limits(const std::filesystem::path& root) {
  ControlGroupLimits limits;
  const Groups of_cpu = groups_of(root, "cpu");
  for (const auto& folder : of_cpu.folders) {
    limits.cpus = std::min(limits.cpus, cpu_quota(folder, of_cpu.is_version_1).value_or(limits.cpus));
  }
  const Groups of_memory = groups_of(root, "memory");
  for (const auto& folder : of_memory.folders) {
    limits.memory_bytes = std::min(limits.memory_bytes, memory_left(folder, of_memory.is_version_1));
  }
  const Groups of_cores = groups_of(root, "cpuset");
  for (const auto& folder : of_cores.folders) {
    std::ifstream file(folder / (of_cores.is_version_1 ? "cpuset.cpus" : "cpuset.cpus.effective"));
    limits.cores = length_of_list(file);
    if (limits.cores > 0) {
      break;  // of the innermost group, whose cores are among those of the others
    }
  }
  return limits;
}

NodeResources node_resources(const Communicator& comm) {
  const Communicator node = comm.same_node();
  const cpu_set_t own = cores_of_process();
  const cpu_set_t of_main_thread = affinity();
  std::array<cpu_set_t, 2> of_node = {own, of_main_thread};
  AILOOP_MPI(MPI_Allreduce(MPI_IN_PLACE, of_node.data(), sizeof(of_node), MPI_BYTE, MPI_BOR, node.get()));
  const auto& [all, of_main_threads] = of_node;
  const ControlGroupLimits limits = control_group_limits();
  const auto within_quota = [&](int cores) {
    return static_cast<int>(std::min<double>(cores, std::max(1.0, std::floor(limits.cpus))));
  };
  const auto online = static_cast<int>(sysconf(_SC_NPROCESSORS_ONLN));

  NodeResources resources;
  resources.ranks = node.size();
  resources.cores = within_quota(CPU_COUNT(&all));
  resources.own_cores = within_quota(CPU_COUNT(&own));
  resources.job_cores = within_quota(std::max(limits.cores > 0 ? limits.cores : online, CPU_COUNT(&all)));
  resources.oversubscribed = node.size() > within_quota(CPU_COUNT(&of_main_threads));
  resources.main_thread_cores = CPU_COUNT(&of_main_thread);
  resources.main_thread_core = first_core(of_main_thread);
  resources.memory_bytes = std::min(memory_info("MemAvailable:"), limits.memory_bytes);
  resources.on_model_node.resize(as_size(comm.size()));
  // the node that holds world rank 0 is the one whose first rank is world rank 0
  resources.first_rank = comm.rank();
  AILOOP_MPI(MPI_Bcast(&resources.first_rank, 1, MPI_INT, 0, node.get()));
  const int on_model_node = resources.first_rank == 0 ? 1 : 0;
  AILOOP_MPI(MPI_Allgather(&on_model_node, 1, MPI_INT, resources.on_model_node.data(), 1, MPI_INT, comm.get()));
  return resources;
}

}  // namespace ailoop
