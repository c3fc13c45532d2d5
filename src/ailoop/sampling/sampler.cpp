#include <ailoop/sampling/sampler.hpp>

#include <ailoop/kernels/range.hpp>
#include <ailoop/kernels/uniform_box.hpp>
#include <ailoop/parallel/agreement.hpp>
#include <ailoop/parallel/mpi_call.hpp>

#include <chrono>
#include <limits>
#include <string>
#include <type_traits>
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

template <class T>
MPI_Datatype mpi_type() {
  return std::is_same_v<T, float> ? MPI_FLOAT : MPI_DOUBLE;
}

}  // namespace

Sampler::Sampler(const Communicator& comm, const Problem& problem, const Execution& execution, Precision precision,
                 std::int64_t samples, std::uint64_t seed, OnFailure on_failure)
    : m_comm(comm),
      m_problem(problem),
      m_execution(execution),
      m_samples(samples),
      m_seed(seed),
      m_on_failure(on_failure),
      m_block(block_of(samples, comm.size(), comm.rank())),
      m_drawn(precision, comm.rank() == 0 ? samples : m_block.size(), problem.facts().dimension,
              problem.facts().outputs),
      m_lower(copy_of(problem.facts().lower, "ailoop::Sampler::lower")),
      m_upper(copy_of(problem.facts().upper, "ailoop::Sampler::upper")),
      m_x("ailoop::Sampler::x", static_cast<std::size_t>(m_block.size()),
          static_cast<std::size_t>(problem.facts().dimension)),
      m_y("ailoop::Sampler::y", static_cast<std::size_t>(m_block.size()),
          static_cast<std::size_t>(problem.facts().outputs)),
      m_statuses(static_cast<std::size_t>(m_block.size())) {
  AILOOP_REQUIRE(samples >= 1 && samples <= std::numeric_limits<int>::max(),
                 "Sampler: the samples of one draw are counted by MPI in an int");
}

SamplingTimes Sampler::draw(std::int64_t first_sample) {
  const auto start = Clock::now();
  Clock::time_point computed;
  agreed(m_comm, "sampling", [&] {
    draw_block(first_sample + m_block.first);
    computed = Clock::now();
  });
  m_drawn.resize(m_comm.rank() == 0 ? m_samples : m_block.size());
  gather();
  if (m_on_failure == OnFailure::skip) {
    m_drawn.remove_failed();  // looks at every row; otherwise a failure has ended the draw
  }
  return {seconds(computed - start), seconds(Clock::now() - computed)};
}

void Sampler::draw_block(std::int64_t first_sample) {
  std::visit(
      [&](const auto& space, const auto& rows) {
        using Rows = std::decay_t<decltype(rows)>;
        using T = typename Rows::value_type;
        const Rows block(rows.data(), m_x.extent(0), rows.extent(1));  // of this rank, without ownership
        if (m_problem.draw_samples(m_execution, m_seed, first_sample, block)) {
          return;
        }
        kernels::uniform_box<T>(space, m_seed, kernels::Purpose::sample, first_sample, m_lower, m_upper, m_x);
        space.fence();
        compute_truth(m_problem, {m_execution, first_sample}, precision_of<T>, m_on_failure, as_array(m_x),
                      as_array(m_y), m_statuses);
        pack_rows(space, m_x, m_y, block);
        space.fence();
      },
      m_execution, m_drawn.rows());
}

void Sampler::gather() const {
  const auto gather_rows = [&](const auto& rows) {
    using T = typename std::decay_t<decltype(rows)>::value_type;
    const auto width = static_cast<int>(rows.extent(1));
    MPI_Datatype row = MPI_DATATYPE_NULL;
    AILOOP_MPI(MPI_Type_contiguous(width, mpi_type<T>(), &row));
    AILOOP_MPI(MPI_Type_commit(&row));
    if (m_comm.rank() == 0) {
      std::vector<int> counts;
      std::vector<int> offsets;
      for (int rank = 0; rank < m_comm.size(); ++rank) {
        const IndexRange block = block_of(m_samples, m_comm.size(), rank);
        counts.push_back(static_cast<int>(block.size()));
        offsets.push_back(static_cast<int>(block.first));
      }
      AILOOP_MPI(MPI_Gatherv(MPI_IN_PLACE, 0, row, rows.data(), counts.data(), offsets.data(), row, 0, m_comm.get()));
    } else {
      AILOOP_MPI(MPI_Gatherv(rows.data(), static_cast<int>(m_block.size()), row, nullptr, nullptr, nullptr, row, 0,
                             m_comm.get()));
    }
    AILOOP_MPI(MPI_Type_free(&row));
  };
  std::visit(gather_rows, m_drawn.rows());
}

}  // namespace ailoop
