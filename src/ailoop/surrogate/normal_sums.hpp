#pragma once

#include <ailoop/core/index_range.hpp>
#include <ailoop/kernels/execution.hpp>
#include <ailoop/kernels/normal_equations.hpp>

#include <Kokkos_Core.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

namespace ailoop {

/// Sums of blocks that are kept until they are combined: a mebibyte of them.
inline constexpr std::int64_t most_partial_sums = 1 << 17;

/// The sums over all n samples: blocks are added up side by side and combined in index order, so that the bits do not
/// depend on how many run at once. Waits for the result.
/// \param[in]  execution where blocks are added up; on the calling thread where there is one only
/// \param[in]  sums_of   kernels::OneVariableSums or kernels::ColumnSums
/// \param[out] sums      (sums_of.layout().length())
template <class SumsOf>
void sum_over_blocks(const Execution& execution, const SumsOf& sums_of, std::int64_t n, std::span<double> sums) {
  const std::int64_t n_blocks = kernels::normal_blocks(n);
  AILOOP_REQUIRE(std::ssize(sums) == sums_of.layout().length(), "sum_over_blocks: sums must have the layout's length");
  std::ranges::fill(sums, 0.0);
  const auto add = [&](const double* partial) {
    std::transform(sums.begin(), sums.end(), partial, sums.begin(), std::plus<>());
  };
  const int threads = concurrency(execution);
  if (n_blocks <= 1 || threads == 1) {
    std::vector<kernels::Lanes> workspace(as_size(sums_of.workspace()));
    std::vector<double> partial(sums.size());
    for (std::int64_t block = 0; block < n_blocks; ++block) {
      sums_of(kernels::normal_block(block, n), workspace.data(), partial.data());
      add(partial.data());
    }
    return;
  }
  const std::int64_t n_tasks = std::min<std::int64_t>(n_blocks, std::int64_t{8} * threads);
  const std::int64_t at_once = std::clamp(most_partial_sums / std::ssize(sums), n_tasks, n_blocks);
  using Host = Kokkos::HostSpace;
  const Kokkos::View<kernels::Lanes**, Kokkos::LayoutRight, Host> workspace(
      Kokkos::view_alloc("ailoop::sum_over_blocks::workspace", Kokkos::WithoutInitializing), as_size(n_tasks),
      as_size(sums_of.workspace()));
  const Kokkos::View<double**, Kokkos::LayoutRight, Host> partial(
      Kokkos::view_alloc("ailoop::sum_over_blocks::partial", Kokkos::WithoutInitializing), as_size(at_once),
      sums.size());
  const auto run = [&](const auto& space) {
    for (std::int64_t first = 0; first < n_blocks; first += at_once) {
      const auto now = std::make_pair(std::int64_t{0}, std::min(at_once, n_blocks - first));
      const auto wave = Kokkos::subview(partial, now, Kokkos::ALL());
      kernels::normal_equations(space, sums_of, n, first, workspace, wave);
      space.fence();
      for (std::int64_t i = 0; i < now.second; ++i) {
        add(&wave(i, 0));
      }
    }
  };
  std::visit(
      [&](const auto& space) {
        if constexpr (is_accessible_v<std::decay_t<decltype(space)>, decltype(partial)>) {
          run(space);
        } else {
          run(Kokkos::DefaultHostExecutionSpace());
        }
      },
      execution);
}

}  // namespace ailoop
