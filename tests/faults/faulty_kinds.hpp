// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <ailoop/app/registries.hpp>

namespace ailoop::test {

/// The kinds of ailoop and kinds that fail where AILOOP_FAULT says: problem `faulty_sine`, surrogate
/// `faulty_polynomial`, trainer `faulty_adam`.
[[nodiscard]] Registries faulty_registries();

}  // namespace ailoop::test
