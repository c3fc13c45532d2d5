#pragma once

#include <cstdint>

namespace ailoop {

/// What happens with a query whose retrainings are used up.
enum class OnExhausted {
  stop,   ///< the run gives up
  truth,  ///< the truth answers it
};

/// What happens with queries that retraining cannot help; an approximation that is not finite is never retrained for.
enum class OnStagnation {
  go_on,      ///< the model is retrained until retrainings are used up
  set_aside,  ///< as if its retrainings were used up, and where the run would then give up, it goes on with others
  stop,       ///< the run gives up
};

/// How queries are answered, and answers looked at.
struct EmulatorSettings {
  std::int64_t retrainings_per_query = 1000;         ///< of evaluate
  OnExhausted on_exhausted = OnExhausted::stop;      ///< of evaluate
  OnStagnation on_stagnation = OnStagnation::go_on;  ///< of evaluate
  std::int64_t audit = 0;  ///< the truth is computed at 1 of so many accepted answers; 0: none
  std::uint64_t seed = 0;  ///< of the choice of these
};

}  // namespace ailoop
