// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <ailoop/problem/problem.hpp>

#include <cstddef>
#include <cstdint>

namespace ailoop::test {

/// A problem of which only the box matters: the same interval in each dimension.
[[nodiscard]] inline Facts box(std::int64_t dimension, std::int64_t outputs, double lower = -1.0, double upper = 1.0) {
  Facts facts;
  facts.dimension = dimension;
  facts.outputs = outputs;
  facts.lower.assign(static_cast<std::size_t>(dimension), lower);
  facts.upper.assign(static_cast<std::size_t>(dimension), upper);
  return facts;
}

}  // namespace ailoop::test
