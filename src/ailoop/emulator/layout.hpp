// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <ailoop/core/array.hpp>
#include <ailoop/core/execution.hpp>
#include <ailoop/core/interface.hpp>
#include <ailoop/emulator/next_action.hpp>
#include <ailoop/parallel/agreement.hpp>
#include <ailoop/parallel/roles.hpp>
#include <ailoop/storage/safetensors.hpp>

#include <algorithm>
#include <array>
#include <bit>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <vector>

namespace ailoop {

class Emulator;

/// What the ranks that ask must agree on after an action: the sums of all counts over them.
struct LoopCounts {
  std::int64_t asked = 0;  ///< queries that were checked
  std::int64_t accepted = 0;
  std::int64_t inconclusive = 0;
  std::int64_t undecided = 0;  ///< of the inconclusive ones, those whose truth is not known
  std::int64_t by_truth = 0;   ///< queries that the truth answered
  std::int64_t skipped = 0;    ///< queries whose truth failed
  std::int64_t set_aside = 0;
  std::int64_t audited = 0;  ///< answers whose truth an audit wants, or then knows
  std::int64_t beyond = 0;   ///< of these, those that are off by more than is allowed
  std::int64_t flush = 0;    ///< not 0: some rank wants the checks to be told
  std::int64_t interruption = 0;
  std::int64_t failed = 0;  ///< ranks on which something failed
};

[[nodiscard]] inline LoopCounts operator+(const LoopCounts& a, const LoopCounts& b) {
  using Numbers = std::array<std::int64_t, sizeof(LoopCounts) / sizeof(std::int64_t)>;
  auto sum = std::bit_cast<Numbers>(a);
  std::ranges::transform(sum, std::bit_cast<Numbers>(b), sum.begin(), std::plus());
  return std::bit_cast<LoopCounts>(sum);
}

/// What is known of so many queries stays in a core's second-level cache; of twice as many not always, since it depends
/// on where their pages lie which lines they share.
inline constexpr std::int64_t cached_queries = 4096;

/// How an approximation went.
struct Approximated {
  bool failed = false;
  std::optional<LocalFailure> failure;  ///< why, unless another rank knows it
  double seconds = 0.0;                 ///< that it took, where the layout does not count them itself
};

/// Who asks which queries, and how the ranks that do so agree.
class Layout : public Interface {
 public:
  /// Whether this rank asks any.
  [[nodiscard]] virtual bool asks() const { return true; }
  /// The queries of a batch that this rank asks.
  [[nodiscard]] virtual IndexRange mine(IndexRange batch) const = 0;
  /// Most queries that are asked at once.
  [[nodiscard]] virtual std::int64_t block() const = 0;
  /// Threads that may call `begin` and `approximate` at the same time.
  [[nodiscard]] virtual int threads() const { return 1; }

  /// Where `approximate` works: on the device where its arrays are there, and it may be asked for so many queries.
  [[nodiscard]] virtual Executions executions() const { return {}; }

  /// Before `approximate` of the same new queries, so that others can begin.
  virtual void begin(IndexRange /*queries*/) {}
  /// Takes references, unlike other functions of arrays: a check of one query feels the copies.
  /// \param[in]  x             (n, dimension) the queries
  /// \param[out] approximation (n, outputs) where the gate needs it; NaN where the problem has none
  /// \param[out] bound         (n, outputs) of |approximation - truth|, where the gate needs it
  [[nodiscard]] virtual Approximated approximate(IndexRange queries, const ConstArray& x, const Array& approximation,
                                                 const Array& bound) = 0;

  /// Sums the counts over all ranks that ask. Collective among them.
  /// \throws AgreedError on all ranks if anything failed on one
  virtual void agree(LoopCounts& counts, const std::optional<LocalFailure>& failure) = 0;

  /// Before the truth of queries is computed by all ranks, to learn from it or only to look.
  virtual void begin_truth() {}
  virtual void begin_audit() {}
  /// Before a retraining by all ranks that begins with that sample.
  virtual void begin_retraining(std::int64_t /*first_sample*/) {}
  /// Whether the model rank may retrain while the other ranks take no part.
  [[nodiscard]] virtual bool may_retrain_alone() const { return false; }

  /// The numbers of all ranks that ask, in rank order, on the model rank.
  [[nodiscard]] virtual std::vector<double> gathered(std::vector<double> numbers) const = 0;
  [[nodiscard]] virtual std::vector<std::int64_t> gathered(std::vector<std::int64_t> numbers) const = 0;
  /// The part that this rank has of something that all ranks that ask share evenly, in rank order.
  [[nodiscard]] virtual IndexRange part(std::int64_t count) const = 0;

  /// What the model rank decided, on all ranks that ask.
  /// \throws AgreedError on all ranks if it failed to
  [[nodiscard]] virtual bool shared(bool decision, const std::optional<LocalFailure>& failure) = 0;

  /// Whether this rank alone asks: then what fails on it need not wait for an agreement.
  [[nodiscard]] virtual bool asks_alone() const = 0;

  /// Gives all ranks that ask the state that the model rank has.
  [[nodiscard]] virtual SafetensorsFile shared_state(const SafetensorsFile* of_model_rank) const {
    return *of_model_rank;
  }

  /// On a rank that does not ask: does what it is told, until the loop ends.
  /// \throws AgreedError on all ranks if anything failed on one
  virtual End follow(Emulator& /*emulator*/) { throw UsageError("Layout: every rank asks"); }
  /// On the ranks that ask: ends the loop on all others.
  virtual void end(End /*end*/) {}

  /// Seconds that the layout counted itself: of approximating, and of waiting for others to do so.
  [[nodiscard]] virtual double approximate_s() const { return 0.0; }
  [[nodiscard]] virtual double wait_s() const { return 0.0; }
};

}  // namespace ailoop
