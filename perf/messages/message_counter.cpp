// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Linked into a program, counts what each rank gives to MPI to be sent, and writes it at MPI_Finalize into the file
// that AILOOP_MESSAGES names: `rank,call,calls,bytes`, a row for each rank and call. It stands before the MPI library
// by the profiling interface of the MPI standard (chapter "Tool Support"): each function has a second name with PMPI_.
//
// Bytes are those of the rank's own data: nothing for a rank that only receives (of MPI_Bcast, or the root of a
// gathering in place). How many messages a library makes of a collective call is its own affair and cannot be seen
// here.
#include <mpi.h>

#include <array>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <numeric>
#include <vector>

namespace {

enum Call : std::size_t { send, bcast, reduce, allreduce, exscan, gather, gatherv, allgather, alltoallv, n_calls };

constexpr std::array<const char*, n_calls> names = {"MPI_Send",      "MPI_Bcast",     "MPI_Reduce",
                                                    "MPI_Allreduce", "MPI_Exscan",    "MPI_Gather",
                                                    "MPI_Gatherv",   "MPI_Allgather", "MPI_Alltoallv"};

struct Count {
  std::int64_t calls = 0;
  std::int64_t bytes = 0;
};

using Counts = std::array<Count, n_calls>;

Counts counts;

void count(Call call, std::int64_t items, MPI_Datatype type) {
  int item_size = 0;
  if (items > 0) {  // else the type may be anything
    PMPI_Type_size(type, &item_size);
  }
  ++counts.at(call).calls;
  counts.at(call).bytes += items * item_size;
}

bool is_rank(int rank, MPI_Comm comm) {
  int mine = 0;
  PMPI_Comm_rank(comm, &mine);
  return mine == rank;
}

/// Whether a gathering sends a rank's data from where the root wants them, so that nothing is sent.
bool stays(const void* data) { return data == MPI_IN_PLACE; }

bool write(const char* path, const std::vector<Counts>& of_ranks) {
  std::FILE* const file = std::fopen(path, "w");
  if (file == nullptr) {
    return false;
  }
  std::fprintf(file, "rank,call,calls,bytes\n");
  for (std::size_t rank = 0; rank < of_ranks.size(); ++rank) {
    for (std::size_t call = 0; call < n_calls; ++call) {
      const Count& found = of_ranks[rank].at(call);
      std::fprintf(file, "%zu,%s,%lld,%lld\n", rank, names.at(call), static_cast<long long>(found.calls),
                   static_cast<long long>(found.bytes));
    }
  }
  return std::fclose(file) == 0;
}

}  // namespace

// NOLINTBEGIN(readability-inconsistent-declaration-parameter-name): MPI's headers name them as they like
extern "C" {

int MPI_Send(const void* data, int items, MPI_Datatype type, int to, int tag, MPI_Comm comm) {
  count(send, items, type);
  return PMPI_Send(data, items, type, to, tag, comm);
}

int MPI_Bcast(void* data, int items, MPI_Datatype type, int root, MPI_Comm comm) {
  count(bcast, is_rank(root, comm) ? items : 0, type);
  return PMPI_Bcast(data, items, type, root, comm);
}

int MPI_Reduce(const void* data, void* result, int items, MPI_Datatype type, MPI_Op op, int root, MPI_Comm comm) {
  count(reduce, items, type);
  return PMPI_Reduce(data, result, items, type, op, root, comm);
}

int MPI_Allreduce(const void* data, void* result, int items, MPI_Datatype type, MPI_Op op, MPI_Comm comm) {
  count(allreduce, items, type);
  return PMPI_Allreduce(data, result, items, type, op, comm);
}

int MPI_Exscan(const void* data, void* result, int items, MPI_Datatype type, MPI_Op op, MPI_Comm comm) {
  count(exscan, items, type);
  return PMPI_Exscan(data, result, items, type, op, comm);
}

int MPI_Gather(const void* data, int items, MPI_Datatype type, void* all, int of_each, MPI_Datatype of_type, int root,
               MPI_Comm comm) {
  count(gather, stays(data) ? 0 : items, type);
  return PMPI_Gather(data, items, type, all, of_each, of_type, root, comm);
}

int MPI_Gatherv(const void* data, int items, MPI_Datatype type, void* all, const int* of_ranks, const int* offsets,
                MPI_Datatype of_type, int root, MPI_Comm comm) {
  count(gatherv, stays(data) ? 0 : items, type);
  return PMPI_Gatherv(data, items, type, all, of_ranks, offsets, of_type, root, comm);
}

int MPI_Allgather(const void* data, int items, MPI_Datatype type, void* all, int of_each, MPI_Datatype of_type,
                  MPI_Comm comm) {
  count(allgather, stays(data) ? 0 : items, type);
  return PMPI_Allgather(data, items, type, all, of_each, of_type, comm);
}

int MPI_Alltoallv(const void* data, const int* items, const int* offsets, MPI_Datatype type, void* all,
                  const int* of_ranks, const int* all_offsets, MPI_Datatype of_type, MPI_Comm comm) {
  int ranks = 0;
  PMPI_Comm_size(comm, &ranks);
  count(alltoallv, std::accumulate(items, items + ranks, std::int64_t{0}), type);
  return PMPI_Alltoallv(data, items, offsets, type, all, of_ranks, all_offsets, of_type, comm);
}

int MPI_Finalize() {
  const char* const path = std::getenv("AILOOP_MESSAGES");
  int ranks = 0;
  PMPI_Comm_size(MPI_COMM_WORLD, &ranks);
  const bool first = is_rank(0, MPI_COMM_WORLD);
  std::vector<Counts> of_ranks(first ? static_cast<std::size_t>(ranks) : 0);
  constexpr int n = sizeof(Counts) / sizeof(std::int64_t);
  PMPI_Gather(counts.data(), n, MPI_INT64_T, of_ranks.data(), n, MPI_INT64_T, 0, MPI_COMM_WORLD);
  if (first && (path == nullptr || !write(path, of_ranks))) {
    std::fprintf(stderr, "AILOOP_MESSAGES names no file that can be written: messages are not told\n");
  }
  return PMPI_Finalize();
}
}
// NOLINTEND(readability-inconsistent-declaration-parameter-name)
