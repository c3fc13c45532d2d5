// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <ailoop/execution/kokkos_session.hpp>

#include "loop_program.hpp"
#include "perf/process/process_facts.hpp"
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <exception>

namespace ailoop::perf {
namespace {

int parse_and_measure(int& argc, char** argv, CLI::App& app, LoopOptions& options,
                      const std::function<nlohmann::json(const LoopWorld&)>& measure, const Registries& registries) {
  CLI11_PARSE(app, argc, argv);
  const Communicator comm(MPI_COMM_WORLD);
  const NodeResources node = node_resources(comm);
  const KokkosSession kokkos(argc, argv, {node.threads_per_rank(), false});
  nlohmann::json out = measure({comm, node, registries, options});
  if (comm.rank() == RoleLayout::model_rank) {
    out["ranks"] = comm.size();
    const PrivateMemory memory = private_memory();
    out["private_dirty_kib"] = memory.dirty_kib;
    out["private_clean_kib"] = memory.clean_kib;
    fmt::print("{}\n", out.dump());
  }
  return 0;
}

}  // namespace

RunSettings LoopWorld::settings(const std::vector<std::string>& overrides) const {
  std::vector<std::string> all = options.overrides;
  all.insert(all.end(), overrides.begin(), overrides.end());
  return read_run_settings(shared_configuration(comm, options.config, all, registries), registries);
}

RepeatedLoop::RepeatedLoop(const LoopWorld& world, const std::vector<std::string>& overrides)
    : m_world(world),
      m_settings(world.settings(overrides)),
      m_assembly(world.comm, world.node, m_settings),
      m_queries(m_assembly.load_queries()) {}

Outcome RepeatedLoop::run(const std::vector<RunObserver*>& observers) {
  Controller controller({.comm = m_world.comm,
                         .roles = m_assembly.roles(),
                         .problem = m_assembly.problem(),
                         .queries = *m_queries.source,
                         .emulator = m_assembly.emulator(),
                         .messenger = m_assembly.messenger(),
                         .ahead = m_settings.ahead,
                         .observers = m_world.is_model_rank() ? observers : std::vector<RunObserver*>()},
                        m_queries.limits, std::chrono::steady_clock::now());
  MPI_Barrier(m_world.comm.get());
  return controller.run();
}

void RetrainingTimes::retrained(const RetrainingRecord& retraining, const Tally& /*tally*/) {
  exchange_s.push_back(retraining.ended_s - retraining.started_s - retraining.report.train_s);
  train_s.push_back(retraining.report.train_s);
}

int run_loop_program(int argc, char** argv, const std::string& name, const std::function<void(CLI::App&)>& describe,
                     const std::function<nlohmann::json(const LoopWorld&)>& measure, const Registries& registries) {
  const MpiSession mpi(argc, argv);
  try {
    LoopOptions options;
    CLI::App app("Times of the loop; see perf/README.md", name);
    app.add_option("CONFIG", options.config, "configuration file")->required();
    app.add_option("--set", options.overrides, "KEY=VALUE")->allow_extra_args(false);
    describe(app);
    return parse_and_measure(argc, argv, app, options, measure, registries);
  } catch (const std::exception& error) {
    fmt::print(stderr, "{}: {}\n", name, error.what());
    MPI_Abort(MPI_COMM_WORLD, 1);
    return 1;
  }
}

double median(std::vector<double> values) {
  if (values.empty()) {
    return 0.0;
  }
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::ranges::nth_element(values, middle);
  return *middle;
}

}  // namespace ailoop::perf
