// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <ailoop/sampling/sampler.hpp>

#include <ailoop/core/index_range.hpp>
#include <ailoop/execution/executions.hpp>
#include <ailoop/problem/uniform_points.hpp>

#include <algorithm>
#include <exception>

namespace ailoop {

namespace {

/// Most samples that are drawn at once.
std::int64_t piece_of(std::int64_t samples, int threads) {
  return std::min(samples, Sampler::piece_of_a_thread * threads);
}

}  // namespace

double Sampler::bytes(std::int64_t samples, std::int64_t dimension, std::int64_t outputs, int threads) {
  const std::int64_t piece = piece_of(samples, threads);
  return SampleSet::bytes(Precision::float64, piece, dimension, outputs) +
         static_cast<double>(piece) * sizeof(PointStatus);
}

Sampler::Sampler(const Problem& problem, Execution execution, std::int64_t samples, std::uint64_t seed,
                 OnFailure on_failure)
    : m_problem(problem),
      m_execution(execution),
      m_seed(seed),
      m_on_failure(on_failure),
      m_piece(execution == Execution::device ? std::min(samples, piece_of_device)
                                             : piece_of(samples, concurrency(execution))) {}

void Sampler::draw(std::int64_t first_sample, std::int64_t count, SampleSet& rows) {
  make_room();
  const int threads = m_execution == Execution::device ? 1 : concurrency(m_execution);
  // else all of them share each kernel
  const bool draws_apart = m_execution != Execution::device && m_problem.facts().thread_safe &&
                           threads <= independent_threads() && (threads == 1 || count >= worth_threads);
  if (!draws_apart) {
    draw_pieces(m_execution, first_sample, {0, count}, {0, m_piece}, rows);
    return;
  }
  const auto draw_part = [&](std::int64_t thread) {
    IndexRange room = block_of(m_piece, threads, thread);
    room.last = std::min(room.last, room.first + piece_of_own);
    draw_pieces(Execution::calling_thread, first_sample, block_of(count, threads, thread), room, rows);
  };
  if (threads == 1) {
    draw_part(0);  // not in a kernel, from which it could start none
    return;
  }
  std::vector<std::exception_ptr> failures(as_size(threads));
  for_each_thread("ailoop::Sampler::draw", threads, [&](std::int64_t thread) {
    try {
      draw_part(thread);
    } catch (...) {
      failures[as_size(thread)] = std::current_exception();
    }
  });
  for (const std::exception_ptr& failure : failures) {  // of the first sample that failed
    if (failure != nullptr) {
      std::rethrow_exception(failure);
    }
  }
}

void Sampler::draw_pieces(Execution execution, std::int64_t first_sample, IndexRange rows, IndexRange room,
                          SampleSet& samples) {
  for (std::int64_t first = rows.first; first < rows.last; first += room.size()) {
    draw_piece(execution, first_sample, {first, std::min(first + room.size(), rows.last)}, room.first, samples);
  }
}

void Sampler::draw_piece(Execution execution, std::int64_t first_sample, IndexRange rows, std::int64_t room,
                         SampleSet& samples) {
  const Facts& facts = m_problem.facts();
  const std::int64_t sample = first_sample + rows.first;
  const IndexRange place{room, room + rows.size()};
  const Array x = m_points.rows().part(place);
  const Array y = m_values.rows().part(place);
  const ArrayOf<PointStatus> statuses = m_statuses.rows().part(place);
  const Precision precision = samples.precision();
  draw_uniform(execution, facts, {m_seed, kernels::Purpose::sample, precision}, sample, x);
  compute_truth(m_problem, {execution, sample}, precision, m_on_failure, x, y,
                {statuses.data, statuses.rows, statuses.where});
  samples.put(execution, rows.first, x, y);
}

void Sampler::make_room() {
  if (m_points.rows().rows == m_piece) {
    return;
  }
  const Facts& facts = m_problem.facts();
  const Memory where = memory_of(m_execution);
  m_points = {m_piece, facts.dimension, where};
  m_values = {m_piece, facts.outputs, where};
  m_statuses = {m_piece, 1, where};
}

}  // namespace ailoop
