// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <ailoop/execution/executions.hpp>

#include <ailoop/kernels/execution.hpp>
#include <ailoop/kernels/launch.hpp>

#include <Kokkos_Core.hpp>

#include <algorithm>

namespace ailoop {

std::string_view name(Execution execution) {
  return on_space(execution, []<class Space>(const Space& /*space*/) -> std::string_view { return Space::name(); });
}

int concurrency(Execution execution) {
  return on_space(execution, [](const auto& space) { return space.concurrency(); });
}

int independent_threads() {
  constexpr bool has_calling_thread = !std::is_same_v<CallingThreadSpace, HostThreadsSpace>;
  return has_calling_thread && !kernels::detail::has_tools() ? concurrency(Execution::host_threads) : 1;
}

void for_each_thread(const char* label, std::int64_t n, FunctionRef<void(std::int64_t)> work) {
  kernels::for_each_point(label, HostThreadsSpace(), n, work);
}

std::int64_t sum_over_stretches(const char* label, std::int64_t n,
                                FunctionRef<std::int64_t(std::int64_t, std::int64_t)> body) {
  if (kernels::detail::runs_in_place<HostThreadsSpace>(n)) {
    return n > 0 ? body(0, n) : 0;
  }
  constexpr std::int64_t stretch = 4096;
  std::int64_t sum = 0;
  Kokkos::parallel_reduce(
      label, kernels::range(HostThreadsSpace(), (n + stretch - 1) / stretch),
      [=](const std::int64_t s, std::int64_t& partial) {  // on the host alone
        partial += body(s * stretch, std::min(stretch, n - s * stretch));
      },
      sum);
  return sum;
}

}  // namespace ailoop
