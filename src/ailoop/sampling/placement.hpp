// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <ailoop/core/interface.hpp>
#include <ailoop/parallel/agreement.hpp>
#include <ailoop/parallel/communicator.hpp>
#include <ailoop/parallel/messenger.hpp>
#include <ailoop/sampling/sample_set.hpp>
#include <ailoop/sampling/sampler.hpp>
#include <ailoop/sampling/sampling_settings.hpp>
#include <ailoop/sampling/sampling_times.hpp>
#include <ailoop/sampling/shared_samples.hpp>

#include <chrono>
#include <cstdint>
#include <limits>
#include <optional>

namespace ailoop {

/// What a placement draws.
struct Drawing {
  const Problem& problem;  ///< must outlive the placement
  Execution execution = Execution::calling_thread;
  Precision precision = Precision::float32;
  std::int64_t samples = 1;  ///< of one draw, >= 1
  std::uint64_t seed = 0;    ///< of the run
  OnFailure on_failure = OnFailure::stop;
};

/// Draws samples on all ranks and brings them to where they are trained on. Collective objects: every rank of the
/// communicator makes the same calls.
class Placement : public Interface {
 public:
  /// Finds out what is the faster way to draw, already for the first draw. Collective.
  virtual void measure() {}
  /// On rank 0: whether it had better draw all samples itself.
  [[nodiscard]] virtual bool prefers_to_draw_alone() const noexcept { return false; }
  /// What that is decided by.
  [[nodiscard]] virtual DrawCosts costs() const noexcept { return {}; }

  /// Samples of one draw.
  [[nodiscard]] std::int64_t samples() const noexcept { return m_drawing.samples; }

  /// Draws the samples with global indices first_sample ... first_sample + samples() - 1. Collective.
  /// \param[in] alone on rank 0: without the other ranks, which take no part
  /// \return on rank 0, and where all ranks train on every rank: whether all samples are there; on another rank
  ///         whether its own are
  virtual bool draw(std::int64_t first_sample, bool alone = false) = 0;
  /// Why the last draw has no result, on the ranks where it failed: the truth threw, or failed at a point and failures
  /// are not skipped.
  [[nodiscard]] const std::optional<LocalFailure>& failure() const noexcept { return m_failure; }
  /// Of the last draw that has a result.
  [[nodiscard]] const SamplingTimes& times() const noexcept { return m_times; }
  /// Samples of the last draw whose truth did not fail; on rank 0, and on all ranks where all train.
  [[nodiscard]] virtual std::int64_t count() const noexcept = 0;

  /// The samples of the last draw where they are trained on, and behind them, on rank 0, others whose truth is known.
  /// Collective where all ranks train; else for rank 0.
  /// \param[in] x (n, dimension) of the others; none on other ranks
  /// \param[in] y (n, outputs)
  virtual SharedSamples with(ConstArray x, ConstArray y) = 0;

 protected:
  using Clock = std::chrono::steady_clock;

  /// \param[in] room samples of a draw on this rank, at most
  Placement(const Communicator& comm, const Drawing& drawing, std::int64_t room);

  /// Seconds that drawing took; what it throws is kept as a failure.
  double draw_rows(std::int64_t first_sample, std::int64_t count);
  void remove_failed();

  const Communicator& m_comm;
  Drawing m_drawing;
  IndexRange m_block;  // of this rank, relative to the first sample of a draw
  SampleSet m_drawn;
  SamplingTimes m_times;
  std::optional<LocalFailure> m_failure;

 private:
  Sampler m_sampler;
};

/// Gathers them on rank 0, in index order; or has rank 0 draw all of them, where that is faster.
class ModelRankPlacement final : public Placement {
 public:
  /// Bytes of its arrays.
  /// \param[in] samples that this rank has room for: of a draw on rank 0, of its own part on another
  [[nodiscard]] static double bytes(Precision precision, std::int64_t samples, std::int64_t dimension,
                                    std::int64_t outputs, int threads);

  /// \param[in] comm      ranks that share the work; must outlive the placement, as must `messenger`
  /// \param[in] messenger of the same ranks, with rank 0 as its root
  ModelRankPlacement(const Communicator& comm, Messenger& messenger, const Drawing& drawing,
                     DrawnBy drawn_by = DrawnBy::all);

  /// Where the truth is free, by the cost of a sample, too; any other truth is first drawn by all ranks.
  void measure() override;
  [[nodiscard]] bool prefers_to_draw_alone() const noexcept override;
  [[nodiscard]] DrawCosts costs() const noexcept override;
  /// Each rank sends one message to rank 0.
  bool draw(std::int64_t first_sample, bool alone = false) override;
  [[nodiscard]] std::int64_t count() const noexcept override { return m_drawn.count(); }
  SharedSamples with(ConstArray x, ConstArray y) override;

  /// On rank 0: all samples of the last draw whose truth did not fail. On other ranks: their own block.
  [[nodiscard]] SampleSet& drawn() noexcept { return m_drawn; }

 private:
  /// Brings the rows of all ranks to rank 0.
  /// \return on rank 0: whether every other rank has drawn them
  bool gather();
  /// A short message from rank 0 to each other rank, and one back.
  void send_round();
  void learn_sample_s(double seconds, std::int64_t samples);

  Messenger& m_messenger;
  DrawnBy m_drawn_by;
  double m_sample_s = std::numeric_limits<double>::infinity();  // of one sample on one rank, the least that was seen
  double m_gather_s = std::numeric_limits<double>::infinity();  // of taking in the others' samples, likewise
  double m_round_s = std::numeric_limits<double>::infinity();   // of short messages to all and back, likewise
};

/// Leaves them on the ranks that drew them, and then gives each rank whole blocks.
class AllRanksPlacement final : public Placement {
 public:
  /// Bytes of its arrays.
  /// \param[in] samples of a draw, and those that are added
  [[nodiscard]] static double bytes(Precision precision, std::int64_t samples, std::int64_t ranks, std::int64_t block,
                                    std::int64_t dimension, std::int64_t outputs, int threads);

  /// \param[in] comm  must outlive the placement
  /// \param[in] block samples of a block
  AllRanksPlacement(const Communicator& comm, const Drawing& drawing, std::int64_t block);

  bool draw(std::int64_t first_sample, bool alone = false) override;
  [[nodiscard]] std::int64_t count() const noexcept override { return m_homes.starts.back(); }
  SharedSamples with(ConstArray x, ConstArray y) override;

 private:
  std::int64_t m_block_points;
  SampleHomes m_homes;
  SampleDealer m_dealer;
  SampleSet m_dealt;
};

}  // namespace ailoop
