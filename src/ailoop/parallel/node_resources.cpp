#include <ailoop/parallel/node_resources.hpp>

#include <ailoop/parallel/mpi_call.hpp>

#include <sched.h>

namespace ailoop {

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
  resources.on_model_node.resize(static_cast<std::size_t>(comm.size()));
  // the node that holds world rank 0 is the one whose first rank is world rank 0
  int first_rank_of_node = comm.rank();
  AILOOP_MPI(MPI_Bcast(&first_rank_of_node, 1, MPI_INT, 0, node.get()));
  const int on_model_node = first_rank_of_node == 0 ? 1 : 0;
  AILOOP_MPI(MPI_Allgather(&on_model_node, 1, MPI_INT, resources.on_model_node.data(), 1, MPI_INT, comm.get()));
  return resources;
}

}  // namespace ailoop
