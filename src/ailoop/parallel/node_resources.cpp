#include <ailoop/parallel/node_resources.hpp>

#include <ailoop/core/index_range.hpp>
#include <ailoop/parallel/control_group.hpp>
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

}  // namespace

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
