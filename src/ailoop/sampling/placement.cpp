// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <ailoop/sampling/placement.hpp>

#include <ailoop/core/error.hpp>
#include <ailoop/core/index_range.hpp>
#include <ailoop/parallel/mpi_call.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <span>
#include <variant>

namespace ailoop {

namespace {

double seconds(std::chrono::steady_clock::duration duration) { return std::chrono::duration<double>(duration).count(); }

template <class Number>
std::span<std::byte> bytes_of(ArrayOf<Number> rows) {
  return std::as_writable_bytes(std::span(rows.data, as_size(rows.size())));
}

}  // namespace

Placement::Placement(const Communicator& comm, const Drawing& drawing, std::int64_t room)
    : m_comm(comm),
      m_drawing(drawing),
      m_block(block_of(drawing.samples, comm.size(), comm.rank())),
      m_drawn(drawing.precision, room, drawing.problem.facts().dimension, drawing.problem.facts().outputs,
              memory_of(drawing.execution)),
      m_sampler(drawing.problem, drawing.execution, room, drawing.seed, drawing.on_failure) {
  AILOOP_REQUIRE(drawing.samples >= 1 && drawing.samples <= std::numeric_limits<int>::max(),
                 "Placement: the samples of one draw are counted in an int");
}

double Placement::draw_rows(std::int64_t first_sample, std::int64_t count) {
  const auto start = Clock::now();
  m_failure = failure_of("sampling", [&] {
    if (m_drawn.where() != memory_of(m_drawing.execution)) {
      m_drawn.resize(0);  // those of the last draw are done with
      m_drawn.move_to(memory_of(m_drawing.execution));
    }
    m_drawn.resize(std::max(count, m_drawn.count()));
    m_sampler.draw(first_sample, count, m_drawn);
  });
  return seconds(Clock::now() - start);
}

void Placement::remove_failed() {
  if (m_drawing.on_failure == OnFailure::skip) {
    m_drawn.remove_failed();  // looks at every row; otherwise a failure has ended the draw
  }
}

double ModelRankPlacement::bytes(Precision precision, std::int64_t samples, std::int64_t dimension,
                                 std::int64_t outputs, int threads) {
  return SampleSet::bytes(precision, samples, dimension, outputs) +
         Sampler::bytes(samples, dimension, outputs, threads);
}

ModelRankPlacement::ModelRankPlacement(const Communicator& comm, Messenger& messenger, const Drawing& drawing,
                                       DrawnBy drawn_by)
    : Placement(comm, drawing,
                comm.rank() == 0 ? drawing.samples : block_of(drawing.samples, comm.size(), comm.rank()).size()),
      m_messenger(messenger),
      m_drawn_by(drawn_by) {}

void ModelRankPlacement::measure() {
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
  if (m_comm.rank() != 0 || !m_drawing.problem.facts().free_reference) {
    return;
  }
  constexpr std::int64_t enough = 1024;
  const std::int64_t n = std::min(m_block.size(), enough);
  for (int i = 0; i < tries; ++i) {
    const double seconds = draw_rows(0, n);
    if (!m_failure) {  // where it is needed it will fail again
      learn_sample_s(seconds, n);
    }
  }
}

void ModelRankPlacement::send_round() {
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

DrawCosts ModelRankPlacement::costs() const noexcept {
  // rank 0 may find the samples there when it has drawn its own: what all have waited for is the round
  const double messages_s = std::isfinite(m_gather_s) ? std::max(m_round_s, m_gather_s) : m_round_s;
  return {m_sample_s * static_cast<double>(m_drawing.samples),
          m_sample_s * static_cast<double>(m_block.size()) + messages_s};
}

bool ModelRankPlacement::prefers_to_draw_alone() const noexcept {
  const DrawCosts known = costs();
  return m_drawn_by == DrawnBy::automatic && std::isfinite(known.alone_s) && known.alone_s <= known.together_s;
}

bool ModelRankPlacement::draw(std::int64_t first_sample, bool alone) {
  AILOOP_REQUIRE(!alone || m_comm.rank() == 0, "ModelRankPlacement: rank 0 has room for all samples");
  const IndexRange own = alone ? IndexRange{0, samples()} : m_block;
  const double sample_s = draw_rows(first_sample + own.first, own.size());
  const auto drawn = Clock::now();
  if ((!alone && !gather()) || m_failure) {
    return false;
  }
  m_drawn.resize(m_comm.rank() == 0 ? samples() : own.size());
  remove_failed();
  m_times = {sample_s, alone ? 0.0 : seconds(Clock::now() - drawn)};
  learn_sample_s(sample_s, own.size());
  if (!alone) {
    m_gather_s = std::min(m_gather_s, m_times.gather_s);
  }
  return true;
}

SharedSamples ModelRankPlacement::with(ConstArray x, ConstArray y) {
  m_drawn.append(x, y);
  return {m_drawn};
}

void ModelRankPlacement::learn_sample_s(double seconds, std::int64_t samples) {
  m_sample_s = std::min(m_sample_s, seconds / static_cast<double>(std::max<std::int64_t>(samples, 1)));
}

bool ModelRankPlacement::gather() {
  if (m_comm.size() == 1) {
    return true;
  }
  m_drawn.move_to(Memory::host);
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
          const auto block = rows.part(block_of(m_drawing.samples, m_comm.size(), rank));
          if (block.size() > 0) {
            m_messenger.receive(rank, bytes_of(block));
            all_are_drawn = all_are_drawn && !std::isnan(block(0, 0));
          }
        }
        return all_are_drawn;
      },
      m_drawn.rows());
}

double AllRanksPlacement::bytes(Precision precision, std::int64_t samples, std::int64_t ranks, std::int64_t block,
                                std::int64_t dimension, std::int64_t outputs, int threads) {
  if (ranks == 1) {
    return ModelRankPlacement::bytes(precision, samples, dimension, outputs, threads);
  }
  const std::int64_t drawn = block_of(samples, ranks, 0).size();
  const std::int64_t dealt = std::min(samples, block_of((samples + block - 1) / block, ranks, 0).size() * block);
  // drawn, dealt, sent and received; and the places of those that are sent
  return SampleSet::bytes(precision, 2 * (drawn + dealt), dimension, outputs) +
         static_cast<double>(drawn) * sizeof(std::int64_t) + Sampler::bytes(drawn, dimension, outputs, threads);
}

AllRanksPlacement::AllRanksPlacement(const Communicator& comm, const Drawing& drawing, std::int64_t block)
    : Placement(comm, drawing, block_of(drawing.samples, comm.size(), comm.rank()).size()),
      m_block_points(block),
      m_dealt(drawing.precision, 0, drawing.problem.facts().dimension, drawing.problem.facts().outputs) {}

bool AllRanksPlacement::draw(std::int64_t first_sample, bool /*alone*/) {
  const double sample_s = draw_rows(first_sample + m_block.first, m_block.size());
  const auto drawn = Clock::now();
  if (!m_failure) {
    m_drawn.resize(m_block.size());
    remove_failed();
  }
  const std::int64_t count = m_failure ? -1 : m_drawn.count();
  m_homes.starts.assign(as_size(m_comm.size()) + 1, 0);
  AILOOP_MPI(MPI_Allgather(&count, 1, MPI_INT64_T, m_homes.starts.data() + 1, 1, MPI_INT64_T, m_comm.get()));
  const bool all_are_drawn = std::ranges::min(m_homes.starts) == 0;
  for (std::size_t i = 1; i < m_homes.starts.size(); ++i) {
    m_homes.starts[i] += m_homes.starts[i - 1];
  }
  m_times = {sample_s, seconds(Clock::now() - drawn)};
  return all_are_drawn;
}

SharedSamples AllRanksPlacement::with(ConstArray x, ConstArray y) {
  const auto start = Clock::now();
  agreed(m_comm, "training", [&] { m_drawn.append(x, y); });
  std::int64_t added = x.rows;
  AILOOP_MPI(MPI_Bcast(&added, 1, MPI_INT64_T, 0, m_comm.get()));
  m_homes.starts.push_back(m_homes.starts.back() + added);
  const std::int64_t count = m_homes.starts.back();
  if (m_comm.size() == 1) {
    return {m_drawn, m_comm, count, m_block_points};
  }
  m_dealer.deal(m_comm, m_drawn, m_homes,
                {.count = count, .batch = std::max<std::int64_t>(count, 1), .block = m_block_points}, m_dealt);
  m_times.gather_s += seconds(Clock::now() - start);
  return {m_dealt, m_comm, count, m_block_points};
}

}  // namespace ailoop
