#include <ailoop/app/assembly.hpp>

#include <ailoop/kernels/execution.hpp>
#include <ailoop/parallel/agreement.hpp>

#include <limits>
#include <string>

namespace ailoop {

namespace {

/// How ranks of a check wait for each other.
Waiting waiting_in_check(RankWaiting wanted, const NodeResources& node) {
  const bool share_cores =
      wanted == RankWaiting::back_off || (wanted == RankWaiting::automatic && node.oversubscribed());
  return share_cores ? Waiting::yield : Waiting::spin;
}

}  // namespace

Assembly::Assembly(const Communicator& comm, const NodeResources& node, const RunSettings& settings)
    : m_problem_name(settings.problem.name) {
  const Waiting in_check = waiting_in_check(settings.wait, node);
  agreed(comm, [&] {
    m_problem = settings.problem.kind->make();
    const Facts& facts = m_problem->facts();
    m_roles = assign_roles(node.on_model_node, settings.approximation_ranks, facts.shares);
    const Precision precision = settings.surrogate.kind->precision();
    m_queries = std::make_unique<UniformQueries>(facts, precision, settings.seed);
    const std::int64_t samples = settings.sampling.samples(comm.size());
    if (samples > std::numeric_limits<int>::max()) {
      throw settings.error_at("sampling.per_rank", std::to_string(samples) + " samples on " +
                                                       std::to_string(comm.size()) +
                                                       " ranks; at most 2147483647 samples in a retraining");
    }
    // a truth that costs something is worth all threads even for a few points
    const Execution execution = facts.free_reference ? execution_for(samples / comm.size()) : host_execution();
    m_sampler = std::make_unique<Sampler>(comm, *m_problem, execution, precision, samples, settings.seed);
    if (comm.rank() == RoleLayout::model_rank) {
      make_model(settings);
    }
    m_emulator = std::make_unique<Emulator>(
        EmulatorParts{comm, m_roles, *m_problem, *m_sampler, m_surrogate.get(), m_trainer.get()},
        EmulatorSettings{settings.gate, settings.tolerance, in_check});
  });
  const bool may_sleep = in_check == Waiting::yield && !m_emulator->checks();
  m_waiting = may_sleep ? Waiting::back_off : in_check;
}

void Assembly::make_model(const RunSettings& settings) {
  at_setting(settings, "surrogate.type", [&] { m_surrogate = settings.surrogate.kind->make(m_problem->facts()); });
  at_setting(settings, "training.trainer", [&] {
    const TrainerContext context{execution_for(m_sampler->samples()), settings.seed};
    m_trainer = settings.trainer.kind->make(settings.training, context, *m_surrogate);
  });
  if (settings.initial_model) {
    at_setting(settings, "surrogate.initial", [&] { m_initial_model = load_model(*settings.initial_model, model()); });
  }
}

TrainedModel Assembly::model() const {
  AILOOP_REQUIRE(m_surrogate != nullptr, "Assembly: the model lives on the model rank");
  return {m_problem_name, m_problem->facts(), *m_surrogate, *m_trainer};
}

}  // namespace ailoop
