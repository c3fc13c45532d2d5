#include <ailoop/sampling/sampler.hpp>

#include <ailoop/core/error.hpp>
#include <ailoop/core/index_range.hpp>
#include <ailoop/execution/executions.hpp>
#include <ailoop/parallel/mpi_call.hpp>
#include <ailoop/problem/uniform_points.hpp>

#include <algorithm>
#include <array>
#include <chrono>
#include <cmath>
#include <cstddef>
#include <exception>
#include <limits>
#include <span>

namespace ailoop {

namespace {

using Clock = std::chrono::steady_clock;

double seconds(Clock::duration duration) { return std::chrono::duration<double>(duration).count(); }

template <class Number>
std::span<std::byte> bytes_of(ArrayOf<Number> rows) {
  return std::as_writable_bytes(std::span(rows.data, as_size(rows.size())));
}

/// Most samples that are drawn at once.
std::int64_t piece_of(std::int64_t samples, int threads) {
  return std::min(samples, Sampler::piece_of_a_thread * threads);
}

}  // namespace

double Sampler::bytes(Precision precision, std::int64_t samples, std::int64_t dimension, std::int64_t outputs,
                      int threads) {
  const std::int64_t piece = piece_of(samples, threads);
  return SampleSet::bytes(precision, samples, dimension, outputs) +
         SampleSet::bytes(Precision::float64, piece, dimension, outputs) +
         static_cast<double>(piece) * sizeof(PointStatus);
}

Sampler::Sampler(const Communicator& comm, Messenger& messenger, const Problem& problem, Execution execution,
                 Precision precision, std::int64_t samples, std::uint64_t seed, OnFailure on_failure, DrawnBy drawn_by)
    : m_comm(comm),
      m_messenger(messenger),
      m_problem(problem),
      m_execution(execution),
      m_samples(samples),
      m_seed(seed),
      m_on_failure(on_failure),
      m_drawn_by(drawn_by),
      m_block(block_of(samples, comm.size(), comm.rank())),
      m_drawn(precision, comm.rank() == 0 ? samples : m_block.size(), problem.facts().dimension,
              problem.facts().outputs),
      m_piece(piece_of(m_drawn.count(), concurrency(execution))) {
  AILOOP_REQUIRE(samples >= 1 && samples <= std::numeric_limits<int>::max(),
                 "Sampler: the samples of one draw are counted in an int");
}

void Sampler::measure() {
  if (m_drawn_by == DrawnBy::all || m_comm.size() == 1) {
    return;
  }
  constexpr int tries = 2;  // the first one also makes connections and touches memory
  for (int i = 0; i < tries; ++i) {
    AILOOP_MPI(MPI_Barrier(m_comm.get()));
    const auto start = Clock::now();
    send_round();
    m_round_s = std::min(m_round_s, seconds(Clock::now() - start));
  }
  if (m_comm.rank() != 0 || !m_problem.facts().free_reference) {
    return;
  }
  constexpr std::int64_t enough = 1024;
  const std::int64_t n = std::min(m_block.size(), enough);
  for (int i = 0; i < tries; ++i) {
    m_failure = failure_of("sampling", [&] {  // which is not learned: where it is needed it will fail again
      const auto start = Clock::now();
      draw_rows(0, n);
      learn_sample_s(seconds(Clock::now() - start), n);
    });
  }
}

void Sampler::send_round() {
  std::array<std::byte, 8> message{};
  if (m_comm.rank() != 0) {
    m_messenger.receive(0, message);
    m_messenger.send(0, message);
    return;
  }
  for (int rank = 1; rank < m_comm.size(); ++rank) {
    m_messenger.send(rank, message);
  }
  for (int rank = 1; rank < m_comm.size(); ++rank) {
    m_messenger.receive(rank, message);
  }
}

DrawCosts Sampler::costs() const noexcept {
  // rank 0 may find the samples there when it has drawn its own: what all have waited for is the round
  const double messages_s = std::isfinite(m_gather_s) ? std::max(m_round_s, m_gather_s) : m_round_s;
  return {m_sample_s * static_cast<double>(m_samples), m_sample_s * static_cast<double>(m_block.size()) + messages_s};
}

bool Sampler::prefers_to_draw_alone() const noexcept {
  const DrawCosts known = costs();
  return m_drawn_by == DrawnBy::automatic && std::isfinite(known.alone_s) && known.alone_s <= known.together_s;
}

bool Sampler::draw(std::int64_t first_sample) {
  const auto start = Clock::now();
  m_failure = failure_of("sampling", [&] { draw_rows(first_sample + m_block.first, m_block.size()); });
  const auto computed = Clock::now();
  const bool all_are_there = gather() && !m_failure;
  if (all_are_there) {
    m_drawn.resize(m_comm.rank() == 0 ? m_samples : m_block.size());
    remove_failed();
    m_times = {seconds(computed - start), seconds(Clock::now() - computed)};
    learn_sample_s(m_times.sample_s, m_block.size());
    m_gather_s = std::min(m_gather_s, m_times.gather_s);
  }
  return all_are_there;
}

bool Sampler::draw_alone(std::int64_t first_sample) {
  AILOOP_REQUIRE(m_comm.rank() == 0, "Sampler: rank 0 has room for all samples");
  const auto start = Clock::now();
  m_failure = failure_of("sampling", [&] {
    m_drawn.resize(m_samples);
    draw_rows(first_sample, m_samples);
  });
  if (m_failure) {
    return false;
  }
  m_times = {seconds(Clock::now() - start), 0.0};
  learn_sample_s(m_times.sample_s, m_samples);
  remove_failed();
  return true;
}

void Sampler::learn_sample_s(double seconds, std::int64_t samples) {
  m_sample_s = std::min(m_sample_s, seconds / static_cast<double>(std::max<std::int64_t>(samples, 1)));
}

void Sampler::remove_failed() {
  if (m_on_failure == OnFailure::skip) {
    m_drawn.remove_failed();  // looks at every row; otherwise a failure has ended the draw
  }
}

void Sampler::draw_rows(std::int64_t first_sample, std::int64_t count) {
  make_room();
  const int threads = concurrency(m_execution);
  // else all of them share each kernel
  const bool draws_apart =
      m_problem.facts().thread_safe && threads <= independent_threads() && (threads == 1 || count >= worth_threads);
  if (!draws_apart) {
    draw_pieces(m_execution, first_sample, {0, count}, {0, m_piece});
    return;
  }
  const auto draw_part = [&](std::int64_t thread) {
    IndexRange room = block_of(m_piece, threads, thread);
    room.last = std::min(room.last, room.first + piece_of_own);
    draw_pieces(Execution::calling_thread, first_sample, block_of(count, threads, thread), room);
  };
  if (threads == 1) {
    draw_part(0);  // not in a kernel, from which it could start none
    return;
  }
  std::vector<std::exception_ptr> failures(as_size(threads));
  for_each_thread("ailoop::Sampler::draw_rows", threads, [&](std::int64_t thread) {
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

void Sampler::draw_pieces(Execution execution, std::int64_t first_sample, IndexRange rows, IndexRange room) {
  for (std::int64_t first = rows.first; first < rows.last; first += room.size()) {
    draw_piece(execution, first_sample, {first, std::min(first + room.size(), rows.last)}, room.first);
  }
}

void Sampler::draw_piece(Execution execution, std::int64_t first_sample, IndexRange rows, std::int64_t room) {
  const Facts& facts = m_problem.facts();
  const std::int64_t sample = first_sample + rows.first;
  const IndexRange place{room, room + rows.size()};
  const Array x = std::get<Array>(part_of(m_points.block(), place));
  const Array y = std::get<Array>(part_of(m_values.block(), place));
  const Precision precision = m_drawn.precision();
  draw_uniform(execution, facts, {m_seed, kernels::Purpose::sample, precision}, sample, x);
  compute_truth(m_problem, {execution, sample}, precision, m_on_failure, x, y, part_of(m_statuses, place));
  m_drawn.put(execution, rows.first, x, y);
}

void Sampler::make_room() {
  const auto piece = as_size(m_piece);
  if (m_statuses.size() == piece) {
    return;
  }
  const Facts& facts = m_problem.facts();
  m_points = OwnedBlock(Precision::float64, m_piece, facts.dimension);
  m_values = OwnedBlock(Precision::float64, m_piece, facts.outputs);
  m_statuses.resize(piece);
}

bool Sampler::gather() {
  return std::visit(
      [&](const auto& rows) {
        if (m_comm.rank() != 0) {
          const auto block = rows.part({0, m_block.size()});
          if (block.size() > 0) {
            if (m_failure) {
              block(0, 0) = std::numeric_limits<double>::quiet_NaN();  // which no point of the box is
            }
            m_messenger.send(0, bytes_of(block));
          }
          return true;
        }
        bool all_are_drawn = true;
        for (int rank = 1; rank < m_comm.size(); ++rank) {
          const auto block = rows.part(block_of(m_samples, m_comm.size(), rank));
          if (block.size() > 0) {
            m_messenger.receive(rank, bytes_of(block));
            all_are_drawn = all_are_drawn && !std::isnan(block(0, 0));
          }
        }
        return all_are_drawn;
      },
      m_drawn.rows());
}

}  // namespace ailoop
