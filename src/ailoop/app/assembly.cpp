#include <ailoop/app/assembly.hpp>

#include <ailoop/app/model_parts.hpp>
#include <ailoop/kernels/execution.hpp>
#include <ailoop/parallel/agreement.hpp>

#include <algorithm>
#include <limits>
#include <string>

namespace ailoop {

namespace {

constexpr const char* memory_key = "limits.memory_bytes";

/// How ranks of a check wait for each other.
Waiting waiting_in_check(RankWaiting wanted, const NodeResources& node) {
  const bool share_cores = wanted == RankWaiting::back_off || (wanted == RankWaiting::automatic && node.oversubscribed);
  return share_cores ? Waiting::yield : Waiting::spin;
}

}  // namespace

Assembly::Assembly(const Communicator& comm, const NodeResources& node, const RunSettings& settings)
    : m_problem_name(settings.problem.name) {
  const Waiting in_check = waiting_in_check(settings.wait, node);
  agreed(comm, "start", [&] { make_problem(comm, node, settings); });
  const bool may_sleep = in_check == Waiting::yield && !m_roles.checks(comm.rank());
  m_messenger = std::make_unique<Messenger>(comm, RoleLayout::model_rank, may_sleep ? Waiting::back_off : in_check,
                                            settings.shared_memory);
  agreed(comm, "start", [&] {
    const Facts& facts = m_problem->facts();
    const Precision precision = settings.surrogate.kind->precision();
    const std::int64_t samples = settings.sampling.samples(comm.size());
    // a truth that costs something is worth all threads even for a few points
    const Execution execution = facts.free_reference ? execution_for(samples / comm.size()) : host_execution();
    m_sampler = std::make_unique<Sampler>(comm, *m_messenger, *m_problem, execution, precision, samples, settings.seed,
                                          settings.sampling.on_failure, settings.sampling.drawn_by);
    m_shared_truth = std::make_unique<SharedTruth>(comm, *m_problem,
                                                   facts.free_reference ? sequential_execution() : host_execution(),
                                                   precision, settings.sampling.on_failure);
    if (comm.rank() == RoleLayout::model_rank) {
      make_trainer(settings);
    }
    m_emulator = std::make_unique<Emulator>(
        EmulatorParts{comm, m_roles, *m_problem, *m_gate, *m_sampler, *m_shared_truth, *m_surrogate, m_trainer.get()},
        EmulatorSettings{settings.limits_of_run(), settings.audit, settings.seed});
  });
  m_sampler->measure();
}

void Assembly::make_problem(const Communicator& comm, const NodeResources& node, const RunSettings& settings) {
  m_problem = problem_of(settings);
  const Facts& facts = m_problem->facts();
  m_gate = gate_of(settings, facts);
  m_roles = assign_roles(node.on_model_node, settings.approximation_ranks, facts.shares);
  m_surrogate = surrogate_of(settings, facts);

  const std::int64_t samples = settings.sampling.samples(comm.size());
  const char* const sampling_key = settings.sampling.total ? "sampling.total" : "sampling.per_rank";
  if (samples > std::numeric_limits<int>::max()) {
    throw settings.error_at(sampling_key, std::to_string(samples) + " samples on " + std::to_string(comm.size()) +
                                              " ranks; at most 2147483647 samples in a retraining");
  }
  const std::int64_t most_shares = std::ranges::max(m_roles.shares, {}, &IndexRange::size).size();
  const std::int64_t longest_block = std::max(settings.limits.batch, settings.ahead);
  constexpr std::int64_t most_numbers = std::numeric_limits<int>::max() / static_cast<std::int64_t>(sizeof(double));
  if (longest_block > most_numbers / (most_shares * facts.outputs) - 1) {
    throw settings.error_at("queries.batch", std::to_string(settings.limits.batch) + " queries of " +
                                                 std::to_string(facts.outputs) + " outputs and " +
                                                 std::to_string(most_shares) +
                                                 " shares on a rank are more than one message can hold");
  }
  const RunSizes sizes = this->sizes(comm.size(), settings, std::nullopt);
  m_memory = memory_of(sizes);
  if (comm.rank() == RoleLayout::model_rank) {
    at_setting(settings, memory_key, [&] { require_limit(sizes, settings.memory_bytes, !settings.sampling.total); });
    at_setting(settings, sampling_key, [&] { require_memory(m_memory, node); });
  }
}

RunSizes Assembly::sizes(int ranks, const RunSettings& settings, std::optional<std::int64_t> listed) const {
  const std::int64_t most_shares = std::ranges::max(m_roles.shares, {}, &IndexRange::size).size();
  const Facts& facts = m_problem->facts();
  const Evidence needs = m_gate->needs();
  const Recording recording = decided(settings.recording, facts, settings.answers_wanted(listed));
  return {.facts = facts,
          .surrogate = *m_surrogate,
          .trainer = *settings.trainer.kind,
          .everywhere = settings.asks_everywhere(ranks),
          .with_bound = needs.bound,
          .computes_truth_at_queries = needs.bound || settings.limits.on_exhausted == OnExhausted::truth,
          .ranks = ranks,
          .threads = concurrency(host_execution()),
          .most_shares = most_shares,
          .samples = settings.sampling.samples(ranks),
          .batch = settings.limits.batch,
          .ahead = settings.ahead,
          .listed = listed.value_or(0),
          .keeps_answers = recording.answers == AnswersFormat::safetensors};
}

void Assembly::add_listed_queries(const Communicator& comm, const RunSettings& settings, std::int64_t count) {
  const RunSizes sizes = this->sizes(comm.size(), settings, count);
  m_memory = memory_of(sizes);
  agreed(comm, "start", [&] {
    if (comm.rank() == RoleLayout::model_rank) {
      at_setting(settings, memory_key, [&] { require_limit(sizes, settings.memory_bytes, !settings.sampling.total); });
    }
  });
}

void Assembly::make_trainer(const RunSettings& settings) {
  settings.trainer.kind->require_libraries(false);
  const TrainerContext context{execution_for(m_sampler->samples()), settings.seed};
  m_trainer = trainer_of(settings, context, *m_surrogate);
  m_initial_model = load_initial_model(settings, model());
}

TrainedModel Assembly::model() const {
  AILOOP_REQUIRE(m_trainer != nullptr, "Assembly: the model lives on the model rank");
  return {m_problem_name, m_problem->facts(), *m_surrogate, *m_trainer};
}

}  // namespace ailoop
