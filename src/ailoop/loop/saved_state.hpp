// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <ailoop/storage/safetensors.hpp>

#include <optional>

namespace ailoop {

/// What a run can go on from.
struct SavedState {
  SafetensorsFile now;
  /// The state before the first check that asked fewer queries than a batch, because no more answers were wanted; none
  /// where there was no such check. A run that wants more answers goes on from it, and asks that batch in full.
  std::optional<SafetensorsFile> before_cut;
};

}  // namespace ailoop
