// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <ailoop/problem/problem.hpp>

#include <ailoop/core/error.hpp>

#include <algorithm>
#include <functional>

namespace ailoop {

void Problem::approximation_sum(Execution execution, ConstArray x, Array y) const {
  if (facts().shares == 0) {
    return;
  }
  AILOOP_REQUIRE(execution != Execution::device, "Problem::approximation_sum: this one adds up on the host");
  approximation(execution, 0, x, y);
  const OwnedArray of_share(facts().shares > 1 ? y.rows : 0, y.cols);
  const Array more = of_share;
  for (std::int64_t share = 1; share < facts().shares; ++share) {
    approximation(execution, share, x, more);
    std::transform(more.data, more.data + more.size(), y.data, y.data, std::plus<>());
  }
}

void Problem::bounded_approximation(Execution execution, ConstArray x, Array y, Array e) const {
  approximation_sum(execution, x, y);
  approximation_error(execution, x, e);
}

}  // namespace ailoop
