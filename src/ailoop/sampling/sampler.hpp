#pragma once

#include <ailoop/core/execution.hpp>
#include <ailoop/parallel/agreement.hpp>
#include <ailoop/parallel/communicator.hpp>
#include <ailoop/parallel/messenger.hpp>
#include <ailoop/parallel/roles.hpp>
#include <ailoop/problem/checked_truth.hpp>
#include <ailoop/problem/problem.hpp>
#include <ailoop/sampling/sample_set.hpp>
#include <ailoop/sampling/sampling_settings.hpp>

#include <cstdint>
#include <limits>
#include <optional>
#include <vector>

namespace ailoop {

/// Seconds that this rank spent on one draw.
struct SamplingTimes {
  double sample_s = 0.0;  ///< drawing x and computing the truth
  double gather_s = 0.0;  ///< messages
};

/// Seconds of a draw by rank 0 alone and by all ranks, as far as was seen; infinite where nothing is known.
struct DrawCosts {
  double alone_s = std::numeric_limits<double>::infinity();
  double together_s = std::numeric_limits<double>::infinity();
};

/// Draws samples uniformly from the problem's box on all ranks and gathers them on rank 0. Sample i is the same whoever
/// draws it: x is a function of (seed, i). Collective objects: every rank of the communicator makes the same calls.
class Sampler {
 public:
  /// Samples that are drawn at once, for each thread: their points and truth stay in a core's second-level cache, and
  /// for as few as two threads they are worth starting these (kernels/launch.hpp).
  static constexpr std::int64_t piece_of_a_thread = 16'384;
  /// The same where each thread draws pieces of its own: so few that the processor computes the next ones while the
  /// rows of the last go to memory.
  static constexpr std::int64_t piece_of_own = 256;

  /// Bytes of its arrays.
  /// \param[in] samples that this rank has room for: of a draw on rank 0, of its own part on another
  /// \param[in] threads of the execution
  [[nodiscard]] static double bytes(Precision precision, std::int64_t samples, std::int64_t dimension,
                                    std::int64_t outputs, int threads);

  /// \param[in] comm      ranks that share the work; must outlive the sampler, as must `messenger` and `problem`
  /// \param[in] messenger of the same ranks, with rank 0 as its root
  /// \param[in] samples   samples of one draw, >= 1
  /// \param[in] seed      of the run
  Sampler(const Communicator& comm, Messenger& messenger, const Problem& problem, Execution execution,
          Precision precision, std::int64_t samples, std::uint64_t seed, OnFailure on_failure = OnFailure::stop,
          DrawnBy drawn_by = DrawnBy::all);

  /// Finds out what messages cost, and where the truth is free what a sample costs, so that already the first draw is
  /// the faster one; any other truth is first drawn by all ranks. Collective.
  void measure();

  /// Samples of one draw.
  [[nodiscard]] std::int64_t samples() const noexcept { return m_samples; }

  /// Draws the samples with global indices first_sample ... first_sample + samples() - 1. Collective: each rank sends
  /// one message to rank 0.
  /// \return on rank 0: whether all samples are there; on another rank: whether its own are
  bool draw(std::int64_t first_sample);

  /// On rank 0: draws the same samples without the other ranks.
  /// \return whether they are there
  bool draw_alone(std::int64_t first_sample);

  /// Why the last draw has no result, on the ranks where it failed: the truth threw, or failed at a point and failures
  /// are not skipped.
  [[nodiscard]] const std::optional<LocalFailure>& failure() const noexcept { return m_failure; }
  /// Of the last draw that has a result.
  [[nodiscard]] const SamplingTimes& times() const noexcept { return m_times; }

  /// On rank 0: whether drawing all samples itself takes less time than its part and a gathering do.
  [[nodiscard]] bool prefers_to_draw_alone() const noexcept;
  [[nodiscard]] DrawCosts costs() const noexcept;

  /// On rank 0: all samples of the last draw whose truth did not fail, in index order. On other ranks: their own block.
  [[nodiscard]] SampleSet& drawn() noexcept { return m_drawn; }

 private:
  /// Draws the samples from `first_sample` on into the first `count` rows.
  void draw_rows(std::int64_t first_sample, std::int64_t count);
  /// Draws these rows, one piece after the other; `first_sample` is that of row 0.
  /// \param[in] room of the work memory, for a piece
  void draw_pieces(Execution execution, std::int64_t first_sample, IndexRange rows, IndexRange room);
  /// \param[in] room where in the work memory it begins
  void draw_piece(Execution execution, std::int64_t first_sample, IndexRange rows, std::int64_t room);
  /// For the points, the truth and the statuses of a piece, once.
  void make_room();
  /// Brings the rows of all ranks to rank 0.
  /// \return on rank 0: whether every other rank has drawn them
  bool gather();
  /// A short message from rank 0 to each other rank, and one back.
  void send_round();
  void remove_failed();
  void learn_sample_s(double seconds, std::int64_t samples);

  const Communicator& m_comm;
  Messenger& m_messenger;
  const Problem& m_problem;
  Execution m_execution;
  std::int64_t m_samples;
  std::uint64_t m_seed;
  OnFailure m_on_failure;
  DrawnBy m_drawn_by;
  IndexRange m_block;  // of this rank, relative to the first sample of a draw
  SampleSet m_drawn;
  SamplingTimes m_times;
  std::optional<LocalFailure> m_failure;
  std::int64_t m_piece;  // most samples that are drawn at once
  // work, for which there is room from the first draw on
  OwnedBlock m_points;                                          // of a piece
  OwnedBlock m_values;                                          // the truth there
  std::vector<PointStatus> m_statuses;                          // what became of the truth
  double m_sample_s = std::numeric_limits<double>::infinity();  // of one sample on one rank, the least that was seen
  double m_gather_s = std::numeric_limits<double>::infinity();  // of taking in the others' samples, likewise
  double m_round_s = std::numeric_limits<double>::infinity();   // of short messages to all and back, likewise
};

}  // namespace ailoop
