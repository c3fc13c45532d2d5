#pragma once

#include <ailoop/core/array.hpp>
#include <ailoop/core/precision.hpp>
#include <ailoop/kernels/execution.hpp>
#include <ailoop/parallel/communicator.hpp>
#include <ailoop/parallel/roles.hpp>
#include <ailoop/problem/checked_truth.hpp>
#include <ailoop/problem/problem.hpp>

#include <cstdint>
#include <span>
#include <vector>

namespace ailoop {

/// The truth at points that lie on few ranks, computed by all: the points of all ranks, in rank order, are cut into
/// blocks whose sizes differ by at most one, and each rank computes one. The values do not depend on the cut.
class SharedTruth {
 public:
  /// \param[in] comm      ranks that share the work; must outlive this object, as must `problem`
  /// \param[in] precision of the numbers that values must be able to become; see compute_truth
  SharedTruth(const Communicator& comm, const Problem& problem, const Execution& execution, Precision precision,
              OnFailure on_failure);

  /// Collective; each rank brings as many points as it has, or none.
  /// \param[in]  x        (n, dimension) this rank's points
  /// \param[out] y        (n, outputs) the truth there; NaN where it failed
  /// \return points of all ranks together
  /// \throws AgreedError  on all ranks if the truth threw on one, or failed at a point and failures are not skipped
  std::int64_t compute(ConstArray x, Array y);

 private:
  /// Messages between this rank and each other: how many points, and where in this rank's points they start.
  struct Traffic {
    std::vector<int> counts;
    std::vector<int> offsets;
  };
  /// What this rank's points have in common with those of each rank.
  [[nodiscard]] static Traffic overlaps(const std::vector<IndexRange>& others, IndexRange mine);

  const Communicator& m_comm;
  const Problem& m_problem;
  Execution m_execution;
  Precision m_precision;
  OnFailure m_on_failure;
};

}  // namespace ailoop
