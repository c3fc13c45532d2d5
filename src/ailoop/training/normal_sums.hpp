// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <ailoop/core/execution.hpp>
#include <ailoop/sampling/shared_samples.hpp>
#include <ailoop/surrogate/surrogate.hpp>

#include <span>

namespace ailoop {

/// The sums of LinearSurrogate::normal_sums over all samples: blocks in their order, or where samples are shared by one
/// message, with the same bits on any number of ranks (BlockSum, two words). Collective.
/// \param[out] sums (length of the layout of `normal_layout`); NaN, all of them, where shared numbers are not finite
/// \throws AgreedError on all ranks that share them if one failed
void add_up_normal_sums(const LinearSurrogate& surrogate, Execution execution, const SharedSamples& samples,
                        std::span<double> sums);

/// Bytes that this takes where samples are shared.
[[nodiscard]] double shared_normal_sums_bytes(const kernels::NormalLayout& layout);

}  // namespace ailoop
