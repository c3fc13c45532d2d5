// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <ailoop/core/execution.hpp>
#include <ailoop/execution/memory.hpp>
#include <ailoop/problem/checked_truth.hpp>
#include <ailoop/problem/problem.hpp>
#include <ailoop/sampling/sample_set.hpp>

#include <cstdint>
#include <vector>

namespace ailoop {

/// Draws samples uniformly from the problem's box and computes the truth there. Sample i is the same whoever draws it:
/// x is a function of (seed, i).
class Sampler {
 public:
  /// Samples that are drawn at once, for each thread: their points and truth stay in a core's second-level cache, and
  /// for as few as two threads they are worth starting these (kernels/launch.hpp).
  static constexpr std::int64_t piece_of_a_thread = 16'384;
  /// The same where each thread draws pieces of its own: so few that the processor computes the next ones while the
  /// rows of the last go to memory.
  static constexpr std::int64_t piece_of_own = 256;

  /// Most samples that are drawn at once on a device.
  static constexpr std::int64_t piece_of_device = std::int64_t{1} << 22;

  /// Bytes of its work arrays on the host.
  /// \param[in] samples most of a draw
  /// \param[in] threads of the execution
  [[nodiscard]] static double bytes(std::int64_t samples, std::int64_t dimension, std::int64_t outputs, int threads);

  /// \param[in] problem must outlive the sampler
  /// \param[in] samples most of a draw
  /// \param[in] seed    of the run
  Sampler(const Problem& problem, Execution execution, std::int64_t samples, std::uint64_t seed, OnFailure on_failure);

  /// Draws the samples from `first_sample` on into the first `count` rows.
  /// \param[out] rows of which there are as many, in the memory of the execution
  /// \throws NumericalError if the truth failed at a point, where failures are not skipped; its first output is NaN
  /// there
  ///         otherwise
  void draw(std::int64_t first_sample, std::int64_t count, SampleSet& rows);

 private:
  /// Draws these rows, one piece after the other; `first_sample` is that of row 0.
  /// \param[in] room of the work memory, for a piece
  void draw_pieces(Execution execution, std::int64_t first_sample, IndexRange rows, IndexRange room,
                   SampleSet& samples);
  /// \param[in] room where in the work memory it begins
  void draw_piece(Execution execution, std::int64_t first_sample, IndexRange rows, std::int64_t room,
                  SampleSet& samples);
  /// For the points, the truth and the statuses of a piece, once.
  void make_room();

  const Problem& m_problem;
  Execution m_execution;
  std::uint64_t m_seed;
  OnFailure m_on_failure;
  std::int64_t m_piece;  // most samples that are drawn at once
  // work, for which there is room from the first draw on
  OwnedRows<double> m_points;         // of a piece
  OwnedRows<double> m_values;         // the truth there
  OwnedRows<PointStatus> m_statuses;  // what became of the truth
};

}  // namespace ailoop
