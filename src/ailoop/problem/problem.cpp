#include <ailoop/problem/problem.hpp>

#include <ailoop/core/index_range.hpp>

#include <algorithm>
#include <functional>

namespace ailoop {

void Problem::approximation_sum(const Execution& execution, ConstArray x, Array y) const {
  if (facts().shares == 0) {
    return;
  }
  approximation(execution, 0, x, y);
  std::vector<double> share_values(as_size(facts().shares > 1 ? y.rows * y.cols : 0));
  for (std::int64_t share = 1; share < facts().shares; ++share) {
    approximation(execution, share, x, {share_values.data(), y.rows, y.cols});
    std::transform(share_values.begin(), share_values.end(), y.data, y.data, std::plus<>());
  }
}

}  // namespace ailoop
