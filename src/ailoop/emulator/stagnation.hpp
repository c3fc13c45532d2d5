// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <ailoop/core/array.hpp>
#include <ailoop/emulator/next_action.hpp>
#include <ailoop/problem/tolerance.hpp>
#include <ailoop/storage/archive.hpp>
#include <ailoop/training/trainer.hpp>

#include <cstdint>
#include <limits>
#include <span>

namespace ailoop {

/// How far a prediction that was not accepted must move at least before it can be.
struct Excess {
  double beyond =
      0.0;  ///< what it is off beyond bound and tolerance, in the component where that is most; NaN where no
            ///< movement helps, for the approximation is not finite; 0 where the prediction itself is not
  double allowed = 0.0;  ///< the tolerance there
};

/// \param[in] target (outputs) the approximation, or the truth where it has decided
/// \param[in] bound  (outputs) of |target - truth|; empty: 0
[[nodiscard]] Excess excess_of(const Tolerance& tolerance, std::span<const double> surrogate,
                               std::span<const double> target, std::span<const double> bound);

/// The least error of the queries that a training may help: excess and tolerance; infinite where there is none.
[[nodiscard]] double least_error(std::span<const Excess> excesses);

/// What retrainings for the same queries have brought: nothing, where for a hundred retrainings in a row none of them
/// was answered and neither the loss nor the least error fell by a hundredth.
class Stagnation {
 public:
  static constexpr std::int64_t patience = 100;
  static constexpr double least_gain = 0.01;  ///< of the smallest loss or error so far

  /// Other queries are pending.
  void forget() noexcept { *this = Stagnation(); }
  /// After a retraining and the check that followed.
  /// \param[in] loss    of the training
  /// \param[in] error   the least of the pending queries
  /// \param[in] pending how many these are
  void add(double loss, double error, std::int64_t pending);

  [[nodiscard]] bool is_reached() const noexcept { return m_in_vain >= patience; }

  void state(StateArchive& archive);

 private:
  double m_loss = std::numeric_limits<double>::infinity();
  double m_error = std::numeric_limits<double>::infinity();
  std::int64_t m_pending = 0;
  std::int64_t m_in_vain = 0;  // retrainings since one of them fell
};

/// Whether no further retraining is expected to help any of the pending queries: each of them has a prediction that
/// must go further than its trainer's reach, which for most trainers is infinite, or the retrainings for them brought
/// nothing. With OnStagnation::go_on only where no movement helps.
/// \param[in] x        (n, dimension) of the pending queries
/// \param[in] excesses (n) of each
[[nodiscard]] bool is_stagnation(OnStagnation mode, const Stagnation& stagnation, const Trainer& trainer, ConstArray x,
                                 std::span<const Excess> excesses);

}  // namespace ailoop
