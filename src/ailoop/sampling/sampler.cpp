#include <ailoop/sampling/sampler.hpp>

#include <ailoop/kernels/range.hpp>
#include <ailoop/kernels/uniform_box.hpp>
#include <ailoop/parallel/mpi_call.hpp>

#include <algorithm>
#include <array>
#include <chrono>
#include <cmath>
#include <cstddef>
#include <limits>
#include <span>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

namespace ailoop {

namespace {

using Clock = std::chrono::steady_clock;

double seconds(Clock::duration duration) { return std::chrono::duration<double>(duration).count(); }

Kokkos::View<double*, Kokkos::HostSpace> copy_of(const std::vector<double>& values, const std::string& label) {
  const Kokkos::View<double*, Kokkos::HostSpace> view(Kokkos::view_alloc(label, Kokkos::WithoutInitializing),
                                                      values.size());
  std::copy(values.begin(), values.end(), view.data());
  return view;
}

Array as_array(const Kokkos::View<double**, Kokkos::LayoutRight, Kokkos::HostSpace>& view) {
  return {view.data(), static_cast<std::int64_t>(view.extent(0)), static_cast<std::int64_t>(view.extent(1))};
}

/// rows(i, :) = [x(i, :) | y(i, :)], rounded to the precision of the rows.
template <class Space, class X, class Y, class Rows>
void pack_rows(const Space& space, const X& x, const Y& y, const Rows& rows) {
  using T = typename Rows::non_const_value_type;
  const auto dimension = static_cast<std::int64_t>(x.extent(1));
  const auto outputs = static_cast<std::int64_t>(y.extent(1));
  Kokkos::parallel_for(
      "ailoop::pack_rows", kernels::range(space, kernels::length(x)), KOKKOS_LAMBDA(const std::int64_t i) {
        for (std::int64_t j = 0; j < dimension; ++j) {
          rows(i, j) = static_cast<T>(x(i, j));
        }
        for (std::int64_t j = 0; j < outputs; ++j) {
          rows(i, dimension + j) = static_cast<T>(y(i, j));
        }
      });
}

/// These rows, without ownership.
template <class Rows>
Rows part_of(const Rows& all, IndexRange rows) {
  const std::size_t width = all.extent(1);
  return Rows(all.data() + static_cast<std::size_t>(rows.first) * width, static_cast<std::size_t>(rows.size()), width);
}

/// Whether this block was drawn: no point of the box is NaN.
template <class Rows>
bool is_drawn(const Rows& block) {
  return !std::isnan(block(0, 0));
}

template <class Rows>
void mark_as_not_drawn(const Rows& block) {
  block(0, 0) = std::numeric_limits<typename Rows::value_type>::quiet_NaN();
}

template <class Rows>
std::span<std::byte> bytes_of(const Rows& block) {
  return std::as_writable_bytes(std::span(block.data(), block.size()));
}

}  // namespace

Sampler::Sampler(const Communicator& comm, Messenger& messenger, const Problem& problem, const Execution& execution,
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
      m_lower(copy_of(problem.facts().lower, "ailoop::Sampler::lower")),
      m_upper(copy_of(problem.facts().upper, "ailoop::Sampler::upper")) {
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
      draw_rows(0, {0, n});
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
  m_failure = failure_of("sampling", [&] { draw_rows(first_sample + m_block.first, {0, m_block.size()}); });
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
    if (!draw_in_one_pass(first_sample, {0, m_samples})) {
      for (std::int64_t first = 0; first < m_samples; first += m_block.size()) {
        draw_rows(first_sample + first, {first, std::min(first + m_block.size(), m_samples)});
      }
    }
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

bool Sampler::draw_in_one_pass(std::int64_t first_sample, IndexRange rows) {
  return std::visit(
      [&](const auto& all_rows) {
        return m_problem.draw_samples(m_execution, m_seed, first_sample, part_of(all_rows, rows));
      },
      m_drawn.rows());
}

void Sampler::make_room() {
  const auto block = static_cast<std::size_t>(m_block.size());
  if (m_statuses.size() == block) {
    return;
  }
  const Facts& facts = m_problem.facts();
  m_x = Work("ailoop::Sampler::x", block, static_cast<std::size_t>(facts.dimension));
  m_y = Work("ailoop::Sampler::y", block, static_cast<std::size_t>(facts.outputs));
  m_statuses.resize(block);
}

void Sampler::draw_rows(std::int64_t first_sample, IndexRange rows) {
  if (draw_in_one_pass(first_sample, rows)) {
    return;
  }
  make_room();
  std::visit(
      [&](const auto& space, const auto& all_rows) {
        using T = typename std::decay_t<decltype(all_rows)>::value_type;
        const auto n = static_cast<std::size_t>(rows.size());
        AILOOP_REQUIRE(n <= m_x.extent(0), "Sampler: at most a block at once");
        const auto part = std::pair<std::size_t, std::size_t>(0, n);
        const auto x = Kokkos::subview(m_x, part, Kokkos::ALL);
        const auto y = Kokkos::subview(m_y, part, Kokkos::ALL);
        kernels::uniform_box<T>(space, m_seed, kernels::Purpose::sample, first_sample, m_lower, m_upper, x);
        space.fence();
        compute_truth(m_problem, {m_execution, first_sample}, precision_of<T>, m_on_failure, as_array(x), as_array(y),
                      std::span(m_statuses).first(n));
        pack_rows(space, x, y, part_of(all_rows, rows));
        space.fence();
      },
      m_execution, m_drawn.rows());
}

bool Sampler::gather() {
  return std::visit(
      [&](const auto& rows) {
        if (m_comm.rank() != 0) {
          const auto block = part_of(rows, {0, m_block.size()});
          if (block.size() > 0) {
            if (m_failure) {
              mark_as_not_drawn(block);
            }
            m_messenger.send(0, bytes_of(block));
          }
          return true;
        }
        bool all_are_drawn = true;
        for (int rank = 1; rank < m_comm.size(); ++rank) {
          const auto block = part_of(rows, block_of(m_samples, m_comm.size(), rank));
          if (block.size() > 0) {
            m_messenger.receive(rank, bytes_of(block));
            all_are_drawn = is_drawn(block) && all_are_drawn;
          }
        }
        return all_are_drawn;
      },
      m_drawn.rows());
}

}  // namespace ailoop
