// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <ailoop/app/assembly.hpp>

#include <ailoop/core/execution.hpp>
#include <ailoop/parallel/agreement.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <limits>
#include <optional>
#include <utility>

namespace ailoop {

namespace {

/// How ranks of a check wait for each other.
Waiting waiting_in_check(RankWaiting wanted, const NodeResources& node) {
  const bool share_cores = wanted == RankWaiting::back_off || (wanted == RankWaiting::automatic && node.oversubscribed);
  return share_cores ? Waiting::yield : Waiting::spin;
}

}  // namespace

Assembly::Assembly(const Communicator& comm, const NodeResources& node, const RunSettings& settings)
    : m_comm(comm), m_settings(settings) {
  const Waiting in_check = waiting_in_check(settings.wait, node);
  agreed(comm, "start", [&] { make_problem(node); });
  const bool may_sleep = in_check == Waiting::yield && !m_roles.checks(comm.rank());
  m_messenger = std::make_unique<Messenger>(comm, RoleLayout::model_rank, may_sleep ? Waiting::back_off : in_check,
                                            settings.shared_memory);
  agreed(comm, "start", [&] {
    const Precision precision = settings.surrogate.kind->precision();
    const std::int64_t samples = settings.sampling.samples(comm.size());
    const std::int64_t shared_block = settings.trainer.kind->shared_block(*m_parts.surrogate, samples);
    m_trains_everywhere = shared_block > 0;
    make_placement(samples, shared_block);
    m_shared_truth = std::make_unique<SharedTruth>(comm, problem(), precision, settings.sampling.on_failure);
    if (comm.rank() == RoleLayout::model_rank || shared_block > 0) {
      make_trainer(shared_block > 0 ? block_of(samples, comm.size(), 0).size() : samples);
    }
    m_emulator =
        std::make_unique<Emulator>(EmulatorParts{comm, m_roles, problem(), *m_parts.gate, *m_placement, *m_shared_truth,
                                                 *m_parts.surrogate, m_trainer.get(), m_executions},
                                   EmulatorSettings{settings.limits_of_run(), settings.audit, settings.seed});
  });
  m_placement->measure();
}

void Assembly::make_problem(const NodeResources& node) {
  m_parts = model_parts(m_settings);
  m_executions = executions_of(m_settings, m_parts);
  const Facts& facts = problem().facts();
  m_roles = assign_roles(node.on_model_node, m_settings.approximation_ranks, facts.shares);
  if (m_settings.layout == AskingRanks::roles && asks_everywhere()) {
    throw m_settings.error_at("ranks.layout", "roles, but loop.gate: " + m_settings.gate.name +
                                                  " needs no approximation that other ranks could bring; auto and "
                                                  "everywhere are allowed");
  }

  const std::int64_t samples = m_settings.sampling.samples(m_comm.size());
  const char* const sampling_key = m_settings.sampling.total ? "sampling.total" : "sampling.per_rank";
  if (samples > std::numeric_limits<int>::max()) {
    throw m_settings.error_at(sampling_key, fmt::format("{} samples on {} ranks; at most 2147483647 samples in a "
                                                        "retraining",
                                                        samples, m_comm.size()));
  }
  const std::int64_t longest_block = std::max(m_settings.limits.batch, m_settings.ahead);
  constexpr std::int64_t most_numbers = std::numeric_limits<int>::max() / std::int64_t{sizeof(double)};
  if (longest_block > most_numbers / (most_shares() * facts.outputs) - 1) {
    throw m_settings.error_at("queries.batch", fmt::format("{} queries of {} outputs and {} shares on a rank are more "
                                                           "than one message can hold",
                                                           m_settings.limits.batch, facts.outputs, most_shares()));
  }
  check_memory(0, m_settings.answers_wanted(std::nullopt));
  if (m_comm.rank() == RoleLayout::model_rank) {
    at_setting(m_settings, sampling_key, [&] { require_memory(m_memory, node); });
  }
}

void Assembly::check_memory(std::int64_t listed, std::int64_t answers_wanted) {
  const Recording recording = decided(m_settings.recording, problem().facts(), answers_wanted);
  const RunSizes sizes = {.settings = m_settings,
                          .parts = m_parts,
                          .ranks = m_comm.size(),
                          .everywhere = asks_everywhere(),
                          .most_shares = most_shares(),
                          .samples = m_settings.sampling.samples(m_comm.size()),
                          .batch = m_settings.limits.batch,
                          .listed = listed,
                          .keeps_answers = recording.answers == AnswersFormat::safetensors};
  m_memory = memory_of(sizes);
  if (m_comm.rank() == RoleLayout::model_rank) {
    at_setting(m_settings, "limits.memory_bytes", [&] { require_limit(sizes); });
  }
}

std::int64_t Assembly::most_shares() const {
  return std::max<std::int64_t>(std::ranges::max(m_roles.shares, {}, &IndexRange::size).size(), 1);
}

bool Assembly::asks_everywhere() const {
  constexpr std::int64_t worth_it = 256;
  const AskingRanks layout = m_settings.layout;
  return layout == AskingRanks::everywhere || !m_parts.gate->needs().approximation ||
         (layout == AskingRanks::automatic && m_settings.limits.batch / m_comm.size() >= worth_it);
}

RunQueries Assembly::load_queries() {
  QueryContext context{problem().facts(), m_settings.surrogate.kind->precision(), m_settings.seed, {}};
  agreed_on_rank_0(m_comm, "start", [&] { context.loaded = listed_queries(m_settings, problem().facts()); });
  broadcast(m_comm, context.loaded, RoleLayout::model_rank);
  const std::int64_t listed = std::ssize(context.loaded) / problem().facts().dimension;
  RunQueries queries{nullptr, m_settings.limits_of_run()};
  agreed(m_comm, "start", [&] {
    at_setting(m_settings, "queries.source",
               [&] { queries.source = m_settings.queries.kind->make(std::move(context)); });
    queries.limits.queries = queries.source->count();
    queries.limits.accepted = m_settings.answers_wanted(queries.limits.queries);
    check_memory(listed, queries.limits.accepted);
  });
  return queries;
}

void Assembly::make_placement(std::int64_t samples, std::int64_t shared_block) {
  const Drawing drawing{.problem = problem(),
                        .execution = execution_of_truth(problem().facts(), samples / m_comm.size(), m_executions),
                        .precision = m_settings.surrogate.kind->precision(),
                        .samples = samples,
                        .seed = m_settings.seed,
                        .on_failure = m_settings.sampling.on_failure};
  if (shared_block > 0) {
    m_placement = std::make_unique<AllRanksPlacement>(m_comm, drawing, shared_block);
  } else {
    m_placement = std::make_unique<ModelRankPlacement>(m_comm, *m_messenger, drawing, m_settings.sampling.drawn_by);
  }
}

void Assembly::make_trainer(std::int64_t samples) {
  const TrainerContext context{m_executions.of(samples), m_settings.seed};
  m_trainer = trainer_of(m_settings, context, *m_parts.surrogate);
  if (m_comm.rank() == RoleLayout::model_rank) {
    m_settings.trainer.kind->require_libraries(false);
    m_initial_model = load_initial_model(m_settings, model());
  }
}

TrainedModel Assembly::model() const {
  AILOOP_REQUIRE(m_trainer != nullptr, "Assembly: the model lives on the model rank");
  return {m_settings.problem.name, problem().facts(), *m_parts.surrogate, *m_trainer};
}

}  // namespace ailoop
