#include <ailoop/parallel/node_resources.hpp>

#include <ailoop/parallel/mpi_call.hpp>

#include <sched.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <limits>
#include <string>
#include <string_view>

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

/// Limit of the control group that this process sees as its own; infinite where there is none.
double memory_limit() {
  for (const char* name : {"/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes"}) {
    std::ifstream file(name);
    double limit = 0.0;
    if (file >> limit) {  // "max" is no number
      return limit;
    }
  }
  return std::numeric_limits<double>::infinity();
}

}  // namespace

NodeResources node_resources(const Communicator& comm) {
  const Communicator node = comm.same_node();
  cpu_set_t mine;
  CPU_ZERO(&mine);
  if (sched_getaffinity(0, sizeof(mine), &mine) != 0) {
    CPU_SET(0, &mine);
  }
  cpu_set_t all = mine;
  AILOOP_MPI(MPI_Allreduce(&mine, &all, sizeof(cpu_set_t), MPI_BYTE, MPI_BOR, node.get()));

  NodeResources resources;
  resources.ranks = node.size();
  resources.cores = CPU_COUNT(&all);
  resources.own_cores = CPU_COUNT(&mine);
  resources.memory_bytes = std::min(memory_info("MemAvailable:"), memory_limit());
  resources.on_model_node.resize(static_cast<std::size_t>(comm.size()));
  // the node that holds world rank 0 is the one whose first rank is world rank 0
  resources.first_rank = comm.rank();
  AILOOP_MPI(MPI_Bcast(&resources.first_rank, 1, MPI_INT, 0, node.get()));
  const int on_model_node = resources.first_rank == 0 ? 1 : 0;
  AILOOP_MPI(MPI_Allgather(&on_model_node, 1, MPI_INT, resources.on_model_node.data(), 1, MPI_INT, comm.get()));
  return resources;
}

}  // namespace ailoop
