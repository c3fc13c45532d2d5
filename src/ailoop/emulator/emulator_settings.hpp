#pragma once

#include <ailoop/emulator/gate.hpp>

#include <cstdint>

namespace ailoop {

/// What happens with a query whose retrainings are used up.
enum class OnExhausted {
  stop,   ///< the run gives up
  truth,  ///< the truth answers it
};

/// How queries are judged and answered.
struct EmulatorSettings {
  GateMode gate = GateMode::difference;
  double tolerance = 0.05;
  std::int64_t retrainings_per_query = 1000;     ///< of evaluate
  OnExhausted on_exhausted = OnExhausted::stop;  ///< of evaluate
};

}  // namespace ailoop
