// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <ailoop/command/run_plan.hpp>

#include <ailoop/core/execution.hpp>
#include <ailoop/core/index_range.hpp>
#include <ailoop/execution/executions.hpp>
#include <ailoop/parallel/mpi_call.hpp>

#include <fmt/format.h>

#include <array>
#include <vector>

namespace ailoop {

namespace {

using NodeName = std::array<char, MPI_MAX_PROCESSOR_NAME>;

/// Name of the node of each rank, on rank 0.
std::vector<NodeName> node_names(const Communicator& comm) {
  NodeName mine{};
  int length = 0;
  AILOOP_MPI(MPI_Get_processor_name(mine.data(), &length));
  std::vector<NodeName> names(comm.rank() == 0 ? as_size(comm.size()) : 0);
  AILOOP_MPI(MPI_Gather(mine.data(), static_cast<int>(mine.size()), MPI_CHAR, names.data(),
                        static_cast<int>(mine.size()), MPI_CHAR, 0, comm.get()));
  return names;
}

std::string range_text(std::int64_t first, std::int64_t last) {
  return first == last ? fmt::format("{}", first) : fmt::format("{}-{}", first, last);
}

std::string role_of(int rank, const Assembly& assembly) {
  std::string role = rank == RoleLayout::model_rank ? "model" : "";
  if (assembly.asks_everywhere()) {
    return role + (role.empty() ? "" : ", ") + "its part of the queries";
  }
  const IndexRange shares = assembly.roles().shares_of(rank);
  if (shares.size() > 0) {
    role += fmt::format("{}approximation: {} {}", role.empty() ? "" : ", ", shares.size() == 1 ? "share" : "shares",
                        range_text(shares.first, shares.last - 1));
  }
  return !role.empty() ? role : assembly.trains_everywhere() ? "samples and training" : "samples only";
}

/// A line for each run of neighbouring ranks with the same node and role.
std::string layout_text(const std::vector<NodeName>& nodes, const Assembly& assembly) {
  std::string text;
  const auto ranks = static_cast<int>(nodes.size());
  for (int first = 0; first < ranks;) {
    const auto line = [&](int rank) {
      return fmt::format("{}: {}", nodes[as_size(rank)].data(), role_of(rank, assembly));
    };
    int last = first;
    while (last + 1 < ranks && line(last + 1) == line(first)) {
      ++last;
    }
    text += fmt::format("  {:9} {}\n", range_text(first, last), line(first));
    first = last + 1;
  }
  return text;
}

}  // namespace

std::string plan_text(const Communicator& comm, const RunSettings& settings, const Assembly& assembly,
                      const Limits& limits, const std::vector<RankThreads>& threads) {
  const std::vector<NodeName> nodes = node_names(comm);
  if (comm.rank() != 0) {
    return "";
  }
  const Facts& facts = assembly.problem().facts();
  const std::int64_t samples = settings.sampling.samples(comm.size());
  const double share_bytes = 8.0 * static_cast<double>(limits.batch * facts.outputs);
  const double sample_bytes = static_cast<double>(facts.dimension + facts.outputs) *
                              (settings.surrogate.kind->precision() == Precision::float32 ? 4.0 : 8.0);

  std::string text = fmt::format("ranks and what they do in a check ({} in all)\n", comm.size());
  text += layout_text(nodes, assembly);
  text += fmt::format("threads of each rank: {} ({})\n", threads_text(threads), name(Execution::host_threads));
  text += fmt::format("queries: {}, {}; at most {} in a check; {} answers wanted\n", settings.queries.name,
                      limits.queries ? fmt::format("{} of them", *limits.queries) : "without end", limits.batch,
                      limits.accepted);
  text += fmt::format("samples of a retraining: {}, at most {} on a rank\n", samples,
                      block_of(samples, comm.size(), 0).size());
  text += fmt::format(
      "arrays: at most {} on the model rank, {} on every other{}\n", bytes_text(assembly.memory().model_rank.total()),
      bytes_text(assembly.memory().other_rank.total()),
      settings.memory_bytes > 0 ? fmt::format("; {} allowed", bytes_text(static_cast<double>(settings.memory_bytes)))
                                : "");
  text += assembly.asks_everywhere()
              ? fmt::format("messages of a check: a sum over all ranks of {}\n", bytes_text(double{sizeof(LoopCounts)}))
              : fmt::format("messages of a check: {} to, at most {} from an approximation rank\n", bytes_text(32.0),
                            bytes_text(16.0 + static_cast<double>(assembly.most_shares()) * share_bytes));
  const auto rows = static_cast<double>(samples - block_of(samples, comm.size(), 0).size());
  text += fmt::format("messages of a retraining: {} in all {}\n", bytes_text(rows * sample_bytes),
                      assembly.trains_everywhere() ? "among the ranks, for each order of the samples, and a sum a step"
                                                   : "to the model rank");
  return text;
}

}  // namespace ailoop
