// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <ailoop/command/thread_check.hpp>

#include <ailoop/core/index_range.hpp>
#include <ailoop/parallel/mpi_call.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>
#include <optional>

namespace ailoop {

namespace {

constexpr const char* how_to_set = "--kokkos-num-threads=N, KOKKOS_NUM_THREADS or OMP_NUM_THREADS";

/// What the ranks of a node need together.
struct NodeLoad {
  int ranks = 0;
  int threads = 0;
  int most_of_a_rank = 0;
  int cores = 1;
};

using Warning = std::optional<std::string>;

Warning warning_of_contradictions(const std::vector<ThreadWish>& wishes) {
  std::string overruled;
  for (const ThreadWish& wish : wishes) {
    if (wish.threads != wishes.front().threads) {
      overruled += fmt::format("{}{}={}", overruled.empty() ? "" : " and ", wish.where, wish.threads);
    }
  }
  if (overruled.empty()) {
    return std::nullopt;
  }
  return fmt::format(
      "{}={} counts, not {}: of settings that contradict each other the command line comes first, then "
      "KOKKOS_NUM_THREADS, then OMP_NUM_THREADS",
      wishes.front().where, wishes.front().threads, overruled);
}

Warning warning_of_unfulfilled_wishes(const std::vector<RankThreads>& ranks) {
  const auto unfulfilled = std::ranges::find_if(
      ranks, [](const RankThreads& rank) { return rank.wished > 0 && rank.threads != rank.wished; });
  if (unfulfilled != ranks.end()) {
    return fmt::format("rank {} has {} threads, not {} as asked for: Kokkos or OMP_THREAD_LIMIT does not allow more",
                       unfulfilled - ranks.begin(), unfulfilled->threads, unfulfilled->wished);
  }
  const bool was_asked = std::ranges::any_of(ranks, [](const RankThreads& rank) { return rank.wished > 0; });
  const auto [fewest, most] = std::ranges::minmax_element(ranks, {}, &RankThreads::threads);
  if (!was_asked || fewest->threads == most->threads) {
    return std::nullopt;
  }
  return fmt::format(
      "ranks have different numbers of threads: rank {} has {}, rank {} has {}; results are the same, but the slowest "
      "decides: give all the same {}",
      fewest - ranks.begin(), fewest->threads, most - ranks.begin(), most->threads, how_to_set);
}

/// Of the node that is worst off.
Warning warning_of_node(const std::vector<RankThreads>& ranks) {
  std::map<int, NodeLoad> nodes;
  for (const RankThreads& rank : ranks) {
    NodeLoad& node = nodes[rank.first_rank];
    ++node.ranks;
    node.threads += rank.threads;
    node.most_of_a_rank = std::max(node.most_of_a_rank, rank.threads);
    node.cores = rank.cores;
  }
  const auto excess = [](const auto& entry) {
    const NodeLoad& node = entry.second;
    return node.most_of_a_rank > 1 ? static_cast<double>(node.threads) / node.cores : 0.0;
  };
  const NodeLoad worst = std::ranges::max_element(nodes, {}, excess)->second;
  if (worst.most_of_a_rank == 1 || worst.threads <= worst.cores) {
    return std::nullopt;
  }
  return fmt::format(
      "{} threads of {} {} of a node share {} {}: they take turns, which costs time; allow at most {} a rank by {}, or "
      "set none of these",
      worst.threads, worst.ranks, worst.ranks == 1 ? "rank" : "ranks", worst.cores, worst.cores == 1 ? "core" : "cores",
      std::max(1, worst.cores / worst.ranks), how_to_set);
}

/// Of the rank that is worst off.
Warning warning_of_rank(const std::vector<RankThreads>& ranks) {
  const auto worst = std::ranges::max_element(
      ranks, {}, [](const RankThreads& rank) { return static_cast<double>(rank.threads) / rank.own_cores; });
  if (worst->threads == 1 || worst->threads <= worst->own_cores) {
    return std::nullopt;
  }
  return fmt::format(
      "{} threads of rank {} share {} {}, to which it is bound: let the launcher give it more, or allow at most {} a "
      "rank by {}",
      worst->threads, worst - ranks.begin(), worst->own_cores, worst->own_cores == 1 ? "core" : "cores",
      worst->own_cores, how_to_set);
}

/// Of the cores on which most ranks of a node sit though others are left: by a launcher that binds nobody where OpenMP
/// binds each main thread to the first place, or that binds all to the same.
Warning warning_of_crowd(const std::vector<RankThreads>& ranks) {
  struct Crowd {
    int ranks = 0;
    RankThreads one;
  };
  std::map<int, int> ranks_of_node;
  std::map<std::array<int, 3>, Crowd> crowds;
  for (const RankThreads& rank : ranks) {
    ++ranks_of_node[rank.first_rank];
    Crowd& crowd = crowds[{rank.first_rank, rank.main_thread_core, rank.main_thread_cores}];
    ++crowd.ranks;
    crowd.one = rank;
  }
  const auto most = std::ranges::max_element(crowds, {}, [](const auto& entry) { return entry.second.ranks; });
  const auto& [n_ranks, one] = most->second;
  // as many as there would be if all cores were shared evenly are nobody's mistake
  const int even = (ranks_of_node[one.first_rank] + one.job_cores - 1) / one.job_cores;
  if (n_ranks <= even * one.main_thread_cores) {
    return std::nullopt;
  }
  return fmt::format(
      "{} ranks of a node run on {} of its {} cores: they take turns, which costs time; let the launcher bind each to "
      "cores of its own, or unset OMP_PROC_BIND and OMP_PLACES",
      n_ranks,
      one.main_thread_cores == 1 ? fmt::format("core {} alone", one.main_thread_core)
                                 : fmt::format("the same {}", one.main_thread_cores),
      one.job_cores);
}

}  // namespace

std::vector<RankThreads> gathered_threads(const Communicator& comm, const NodeResources& node,
                                          const std::vector<ThreadWish>& wishes, int threads) {
  // NOLINTNEXTLINE(cppcoreguidelines-slicing): of the node's resources what the check looks at
  const RankThreads mine = {node, threads, wishes.empty() ? 0 : wishes.front().threads};
  std::vector<RankThreads> ranks(comm.rank() == 0 ? as_size(comm.size()) : 0);
  AILOOP_MPI(MPI_Gather(&mine, sizeof(mine), MPI_BYTE, ranks.data(), sizeof(mine), MPI_BYTE, 0, comm.get()));
  return ranks;
}

std::string threads_text(const std::vector<RankThreads>& ranks) {
  const auto [fewest, most] = std::ranges::minmax(ranks, {}, &RankThreads::threads);
  return fewest.threads == most.threads ? fmt::format("{}", most.threads)
                                        : fmt::format("{}-{}", fewest.threads, most.threads);
}

std::vector<std::string> thread_warnings(const std::vector<RankThreads>& ranks, const std::vector<ThreadWish>& wishes) {
  std::vector<std::string> warnings;
  if (ranks.empty()) {
    return warnings;
  }
  const Warning of_node = warning_of_node(ranks);
  for (const Warning& warning : {warning_of_contradictions(wishes), warning_of_unfulfilled_wishes(ranks),
                                 of_node ? of_node : warning_of_rank(ranks), warning_of_crowd(ranks)}) {
    if (warning) {
      warnings.push_back(*warning);
    }
  }
  return warnings;
}

}  // namespace ailoop
