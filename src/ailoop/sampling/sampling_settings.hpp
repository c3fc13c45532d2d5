// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <ailoop/config/visitor.hpp>
#include <ailoop/problem/checked_truth.hpp>

#include <cstdint>
#include <optional>

namespace ailoop {

/// Which ranks draw the samples of a retraining; the samples are the same.
enum class DrawnBy {
  automatic,  ///< the model rank alone, where that is faster
  all,        ///< all ranks
};

/// How many samples a retraining draws, for each rank or in total, and what follows when the truth fails.
struct SamplingSettings {
  std::optional<std::int64_t> per_rank = 32;  // of the original workflow
  std::optional<std::int64_t> total;
  OnFailure on_failure = OnFailure::stop;
  DrawnBy drawn_by = DrawnBy::automatic;

  /// Samples of one retraining in a world of `ranks` ranks.
  [[nodiscard]] std::int64_t samples(int ranks) const;
};

void describe(Visitor& v, SamplingSettings& settings);

}  // namespace ailoop
