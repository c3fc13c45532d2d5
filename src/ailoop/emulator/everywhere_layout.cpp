// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <ailoop/emulator/everywhere_layout.hpp>

#include <ailoop/core/execution.hpp>
#include <ailoop/execution/executions.hpp>
#include <ailoop/parallel/mpi_call.hpp>

#include <algorithm>
#include <chrono>
#include <limits>

namespace ailoop {

namespace {

/// Queries of a block: several threads have enough of them to be worth waking.
std::int64_t block_of_threads(int threads) { return threads == 1 ? cached_queries : 4 * cached_queries * threads; }

using Clock = std::chrono::steady_clock;

}  // namespace

EverywhereLayout::EverywhereLayout(const Communicator& comm, const Problem& problem, const Gate& gate,
                                   Executions executions)
    : m_comm(comm),
      m_problem(problem),
      m_needs(gate.needs()),
      m_executions(executions),
      m_block(block_of_threads(concurrency(Execution::host_threads))) {}

IndexRange EverywhereLayout::mine(IndexRange batch) const {
  if (m_brought) {
    return *m_brought;
  }
  const IndexRange mine = part(batch.size());
  return {batch.first + mine.first, batch.first + mine.last};
}

int EverywhereLayout::threads() const { return m_problem.facts().thread_safe ? independent_threads() : 1; }

Approximated EverywhereLayout::approximate(IndexRange queries, const ConstArray& x, const Array& approximation,
                                           const Array& bound) {
  const auto start = Clock::now();
  const Execution execution = x.where == Memory::device ? Execution::device : execution_for(queries.size());
  if (m_problem.facts().shares == 0 && x.where == Memory::host) {
    std::fill_n(approximation.data, approximation.size(), std::numeric_limits<double>::quiet_NaN());
  }
  auto failure = failure_of("approximating", [&] {
    if (m_needs.approximation && m_needs.bound) {
      m_problem.bounded_approximation(execution, x, approximation, bound);
    } else if (m_needs.approximation) {
      m_problem.approximation_sum(execution, x, approximation);
    } else if (m_needs.bound) {
      m_problem.approximation_error(execution, x, bound);
    }
  });
  const double seconds = std::chrono::duration<double>(Clock::now() - start).count();
  return {.failed = failure.has_value(), .failure = std::move(failure), .seconds = seconds};
}

void EverywhereLayout::agree(LoopCounts& counts, const std::optional<LocalFailure>& failure) {
  static_assert(sizeof(LoopCounts) % sizeof(std::int64_t) == 0);
  constexpr int n = sizeof(LoopCounts) / sizeof(std::int64_t);
  AILOOP_MPI(MPI_Allreduce(MPI_IN_PLACE, &counts, n, MPI_INT64_T, MPI_SUM, m_comm.get()));
  if (counts.failed > 0) {
    agree_or_throw(m_comm, failure);
  }
}

std::vector<double> EverywhereLayout::gathered(std::vector<double> numbers) const {
  return ailoop::gathered(m_comm, numbers, RoleLayout::model_rank);
}

std::vector<std::int64_t> EverywhereLayout::gathered(std::vector<std::int64_t> numbers) const {
  return ailoop::gathered(m_comm, numbers, RoleLayout::model_rank);
}

SafetensorsFile EverywhereLayout::shared_state(const SafetensorsFile* of_model_rank) const {
  std::string bytes;
  const auto failure = failure_of({}, [&] {
    if (of_model_rank != nullptr) {
      bytes = serialize_safetensors(*of_model_rank);
    }
  });
  broadcast(m_comm, bytes, RoleLayout::model_rank);  // whatever failed, for the others wait
  agree_or_throw(m_comm, failure);
  return parse_safetensors(bytes, "the saved state");
}

bool EverywhereLayout::shared(bool decision, const std::optional<LocalFailure>& failure) {
  constexpr int failed = 2;
  int message = failure ? failed : decision ? 1 : 0;
  AILOOP_MPI(MPI_Bcast(&message, 1, MPI_INT, RoleLayout::model_rank, m_comm.get()));
  if (message == failed) {
    agree_or_throw(m_comm, failure);
  }
  return message != 0;
}

}  // namespace ailoop
