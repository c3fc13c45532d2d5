#pragma once

#include <ailoop/config/visitor.hpp>

#include <cstdint>
#include <optional>

namespace ailoop {

/// How many samples a retraining draws: for each rank, or in total.
struct SamplingSettings {
  std::optional<std::int64_t> per_rank = 32;  // of the original workflow
  std::optional<std::int64_t> total;

  /// Samples of one retraining in a world of `ranks` ranks.
  [[nodiscard]] std::int64_t samples(int ranks) const;
};

void describe(Visitor& v, SamplingSettings& settings);

}  // namespace ailoop
