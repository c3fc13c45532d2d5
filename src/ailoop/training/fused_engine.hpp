#pragma once

#include <ailoop/surrogate/surrogate.hpp>
#include <ailoop/training/linear_engine.hpp>

#include <cstdint>
#include <memory>

namespace ailoop {

/// Takes the steps that LibTorch's Adam and SGD take, in one loop over the samples where they lie: no graph, no
/// tensors, and no features but those of the few points at hand. Serial, in a fixed order of sums.
/// \param[in] surrogate must outlive the engine
[[nodiscard]] std::unique_ptr<LinearEngine> make_fused_engine(const LinearTraining& training,
                                                              const LinearSurrogate& surrogate);

/// Bytes of its arrays.
[[nodiscard]] double fused_engine_bytes(const LinearSurrogate& surrogate, std::int64_t outputs);

}  // namespace ailoop
