// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Runs a configuration without files and says, for each rank, what the checks of 300 queries cost beside time: calls
// that allocate, and locks. `--no-system-calls` instead ends with a signal if one of them makes a system call; one rank
// only. tests/guard/guard_test.py starts it.
#include <ailoop/app/assembly.hpp>
#include <ailoop/app/configuration_file.hpp>
#include <ailoop/app/run_settings.hpp>
#include <ailoop/execution/kokkos_session.hpp>
#include <ailoop/loop/controller.hpp>
#include <ailoop/parallel/mpi_call.hpp>
#include <ailoop/parallel/mpi_session.hpp>

#include "call_counts.hpp"
#include <fmt/format.h>
#include <mpi.h>

#include <array>
#include <chrono>
#include <string_view>
#include <utility>
#include <vector>

namespace ailoop {
namespace {

constexpr std::int64_t first_query = 1000;  // all that is made once has been made
constexpr std::int64_t window = 300;        // more than a block that is computed ahead of need
constexpr std::int64_t last_query = first_query + 10 * window;

/// Queries of the run, of which some mark where counting begins and ends, when they are first asked for. Once a second
/// checks are flushed, which may allocate: the window with the fewest calls counts.
class MarkedQueries final : public QuerySource {
 public:
  MarkedQueries(const QuerySource& queries, bool forbid_system_calls)
      : m_queries(queries), m_forbid_system_calls(forbid_system_calls) {}

  void queries(std::int64_t first, Array x) const override {
    if (first <= m_next_mark && m_next_mark < first + x.rows && m_next_mark <= last_query) {
      mark(m_next_mark);
    }
    m_queries.queries(first, x);
  }
  [[nodiscard]] std::optional<std::int64_t> count() const override { return m_queries.count(); }

  /// Of the best window; negative where the queries did not come that far.
  [[nodiscard]] const test::CallCounts& fewest() const noexcept { return m_fewest; }

 private:
  void mark(std::int64_t index) const {
    const test::CallCounts now = test::call_counts();
    if (index == first_query && m_forbid_system_calls) {
      test::forbid_system_calls();
    }
    if (index == last_query && m_forbid_system_calls) {
      test::end_without_system_calls();
    }
    if (index > first_query) {
      const test::CallCounts counted = now - m_before;
      const bool is_best =
          m_fewest.allocations < 0 || counted.allocations + counted.locks < m_fewest.allocations + m_fewest.locks;
      m_fewest = is_best ? counted : m_fewest;
    }
    m_before = test::call_counts();
    m_next_mark += window;
  }

  const QuerySource& m_queries;
  bool m_forbid_system_calls;
  mutable std::int64_t m_next_mark = first_query;
  mutable test::CallCounts m_before;
  mutable test::CallCounts m_fewest{-1, -1};
};

void run(int& argc, char** argv) {
  std::vector<std::string> overrides;
  bool forbid_system_calls = false;
  for (int i = 2; i < argc; ++i) {
    if (std::string_view(argv[i]) == "--no-system-calls") {
      forbid_system_calls = true;
    } else {
      overrides.emplace_back(argv[i]);
    }
  }
  const Communicator world(MPI_COMM_WORLD);
  const NodeResources node = node_resources(world);
  const KokkosSession kokkos(argc, argv, {node.threads_per_rank(), false});
  const Registries registries = builtin_registries();
  const RunSettings settings = read_run_settings(load_configuration(argv[1], overrides), registries);
  Assembly assembly(world, node, settings);
  const RunQueries queries = assembly.load_queries();
  const MarkedQueries marked(*queries.source, forbid_system_calls);
  Controller controller({.comm = world,
                         .roles = assembly.roles(),
                         .problem = assembly.problem(),
                         .queries = marked,
                         .emulator = assembly.emulator(),
                         .messenger = assembly.messenger(),
                         .ahead = settings.ahead},
                        queries.limits, std::chrono::steady_clock::now());
  controller.run();

  const std::array<std::int64_t, 2> mine = {marked.fewest().allocations, marked.fewest().locks};
  std::vector<std::array<std::int64_t, 2>> all(static_cast<std::size_t>(world.size()));
  AILOOP_MPI(MPI_Gather(mine.data(), 2, MPI_INT64_T, all.data(), 2, MPI_INT64_T, 0, world.get()));
  if (world.rank() == 0) {
    for (const auto& [allocations, locks] : all) {
      fmt::print("{} {}\n", allocations, locks);
    }
  }
}

}  // namespace
}  // namespace ailoop

int main(int argc, char** argv) {
  const ailoop::MpiSession mpi(argc, argv);
  try {
    ailoop::run(argc, argv);
    return 0;
  } catch (const std::exception& error) {
    fmt::print(stderr, "check_costs: {}\n", error.what());
    MPI_Abort(MPI_COMM_WORLD, 1);
  }
}
