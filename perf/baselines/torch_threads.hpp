// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

namespace ailoop::perf {

/// Threads that LibTorch would use. Whoever calls this is linked with LibTorch.
[[nodiscard]] int torch_threads();

}  // namespace ailoop::perf
