#pragma once

#include <ailoop/kernels/execution.hpp>
#include <ailoop/parallel/communicator.hpp>
#include <ailoop/parallel/roles.hpp>
#include <ailoop/problem/checked_truth.hpp>
#include <ailoop/problem/problem.hpp>
#include <ailoop/sampling/sample_set.hpp>

#include <cstdint>
#include <vector>

namespace ailoop {

/// Seconds that this rank spent on one draw.
struct SamplingTimes {
  double sample_s = 0.0;  ///< drawing x and computing the truth
  double gather_s = 0.0;  ///< agreement and messages
};

/// Draws samples uniformly from the problem's box on all ranks and gathers them on rank 0. Sample i is the same whoever
/// draws it: x is a function of (seed, i). Collective objects: every rank of the communicator makes the same calls.
class Sampler {
 public:
  /// \param[in] comm    ranks that share the work; must outlive the sampler, as must `problem`
  /// \param[in] samples samples of one draw, >= 1
  /// \param[in] seed    of the run
  Sampler(const Communicator& comm, const Problem& problem, const Execution& execution, Precision precision,
          std::int64_t samples, std::uint64_t seed, OnFailure on_failure = OnFailure::stop);

  /// Samples of one draw.
  [[nodiscard]] std::int64_t samples() const noexcept { return m_samples; }

  /// Draws the samples with global indices first_sample ... first_sample + samples() - 1. Collective.
  /// \throws AgreedError on all ranks if the truth threw on one, or failed at a point and failures are not skipped
  SamplingTimes draw(std::int64_t first_sample);

  /// On rank 0: all samples of the last draw whose truth did not fail, in index order. On other ranks: their own block.
  [[nodiscard]] SampleSet& drawn() noexcept { return m_drawn; }

 private:
  void draw_block(std::int64_t first_sample);
  void gather() const;

  const Communicator& m_comm;
  const Problem& m_problem;
  Execution m_execution;
  std::int64_t m_samples;
  std::uint64_t m_seed;
  OnFailure m_on_failure;
  IndexRange m_block;  // of this rank, relative to the first sample of a draw
  SampleSet m_drawn;
  Kokkos::View<double*, Kokkos::HostSpace> m_lower;
  Kokkos::View<double*, Kokkos::HostSpace> m_upper;
  Kokkos::View<double**, Kokkos::LayoutRight, Kokkos::HostSpace> m_x;  // work: this rank's points
  Kokkos::View<double**, Kokkos::LayoutRight, Kokkos::HostSpace> m_y;  // work: the truth there
  std::vector<PointStatus> m_statuses;                                 // work: what became of it
};

}  // namespace ailoop
