// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <ailoop/core/array.hpp>
#include <ailoop/core/precision.hpp>
#include <ailoop/parallel/communicator.hpp>
#include <ailoop/parallel/roles.hpp>
#include <ailoop/problem/checked_truth.hpp>
#include <ailoop/problem/problem.hpp>

#include <cstdint>
#include <vector>

namespace ailoop {

/// The truth at points that may lie on few ranks, computed by all where that is worth the messages. The points of all
/// ranks, in rank order, are dealt out one by one in turn, since points that lie next to each other often cost about
/// the same. The values do not depend on who computes them.
class SharedTruth {
 public:
  /// \param[in] comm      ranks that share the work; must outlive this object, as must `problem`
  /// \param[in] precision of the numbers that values must be able to become; see compute_truth
  SharedTruth(const Communicator& comm, const Problem& problem, Precision precision, OnFailure on_failure);

  /// Bytes of its arrays on a rank that brings some points, where they are dealt out.
  [[nodiscard]] static double bytes(std::int64_t brought, std::int64_t computed, std::int64_t dimension,
                                    std::int64_t outputs) {
    const auto rows = static_cast<double>(brought + computed);
    return rows * sizeof(double) * static_cast<double>(dimension + outputs) +
           static_cast<double>(computed) * sizeof(PointStatus);
  }

  /// Collective; each rank brings as many points as it has, or none.
  /// \param[in]  x        (n, dimension) this rank's points
  /// \param[out] y        (n, outputs) the truth there; NaN where it failed
  /// \return points of all ranks together
  /// \throws AgreedError  on all ranks if the truth threw on one, or failed at a point and failures are not skipped
  std::int64_t compute(ConstArray x, Array y);

 private:
  /// What a rank brings, and has measured.
  struct Bid {
    std::int64_t points = 0;
    double seconds_a_point = 0.0;  ///< 0 while nothing is known
  };
  /// Whether each rank computes the truth of its own points: what all would save is less than what messages cost.
  [[nodiscard]] bool is_not_worth_dealing(const std::vector<Bid>& bids, std::int64_t total) const;
  void deal_out(const std::vector<Bid>& bids, ConstArray x, Array y);
  void compute_here(ConstArray x, Array y);

  const Communicator& m_comm;
  const Problem& m_problem;
  Precision m_precision;
  OnFailure m_on_failure;
  double m_seconds_a_point = 0.0;  // of this rank, as last measured
};

}  // namespace ailoop
