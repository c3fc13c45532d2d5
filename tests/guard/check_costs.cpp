// Runs a configuration without files and says, for each rank, what its checks between query 1,000 and query 3,000 cost
// beside time: calls that allocate, and locks. `--no-system-calls` instead ends with a
// signal if one of them makes a system call; one rank only. tests/guard/guard_test.py starts it.
#include <ailoop/app/assembly.hpp>
#include <ailoop/app/configuration_file.hpp>
#include <ailoop/app/run_queries.hpp>
#include <ailoop/app/run_settings.hpp>
#include <ailoop/app/sessions.hpp>
#include <ailoop/loop/controller.hpp>
#include <ailoop/parallel/mpi_call.hpp>

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
constexpr std::int64_t last_query = 3000;

/// Queries of the run, of which two mark where counting begins and ends when they are first asked for.
class MarkedQueries final : public QuerySource {
 public:
  MarkedQueries(const QuerySource& queries, bool forbid_system_calls)
      : m_queries(queries), m_forbid_system_calls(forbid_system_calls) {}

  void query(std::int64_t index, std::span<double> x) const override {
    if (index == first_query && !m_has_begun) {
      m_has_begun = true;
      m_before = test::call_counts();
      if (m_forbid_system_calls) {
        test::forbid_system_calls();
      }
    }
    if (index == last_query && m_counted.allocations < 0) {
      m_counted = test::call_counts() - m_before;
      if (m_forbid_system_calls) {
        test::end_without_system_calls();
      }
    }
    m_queries.query(index, x);
  }
  [[nodiscard]] std::optional<std::int64_t> count() const override { return m_queries.count(); }

  [[nodiscard]] const test::CallCounts& counted() const noexcept { return m_counted; }

 private:
  const QuerySource& m_queries;
  bool m_forbid_system_calls;
  mutable bool m_has_begun = false;
  mutable test::CallCounts m_before;
  mutable test::CallCounts m_counted{-1, -1};
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
  const RunQueries queries = load_queries(world, settings, assembly.problem().facts());
  const MarkedQueries marked(*queries.source, forbid_system_calls);
  Controller controller({.comm = world,
                         .roles = assembly.roles(),
                         .problem = assembly.problem(),
                         .queries = marked,
                         .emulator = assembly.emulator(),
                         .waiting = assembly.waiting(),
                         .ahead = settings.ahead},
                        queries.limits, std::chrono::steady_clock::now());
  controller.run();

  const std::array<std::int64_t, 2> mine = {marked.counted().allocations, marked.counted().locks};
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
