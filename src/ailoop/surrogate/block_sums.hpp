// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <ailoop/core/function_ref.hpp>
#include <ailoop/core/index_range.hpp>
#include <ailoop/execution/executions.hpp>
#include <ailoop/kernels/execution.hpp>
#include <ailoop/kernels/normal_equations.hpp>

#include <algorithm>
#include <cstdint>
#include <span>
#include <vector>

namespace ailoop {

/// Sums of blocks that are kept until they are combined: a mebibyte of them.
inline constexpr std::int64_t most_partial_sums = 1 << 17;

/// The sums over each block of n samples: blocks are added up side by side and shown in index order, so that the bits
/// do not depend on how many run at once.
/// \param[in] execution where blocks are added up; on the calling thread where there is one only
/// \param[in] sums_of   kernels::OneVariableSums or kernels::ColumnSums
/// \param[in] add_block is shown (sums_of.layout().length()) sums
template <class SumsOf>
void sum_over_blocks(Execution execution, const SumsOf& sums_of, std::int64_t n,
                     FunctionRef<void(std::span<const double>)> add_block) {
  const std::int64_t n_blocks = kernels::normal_blocks(n);
  const std::int64_t length = sums_of.layout().length();
  const int threads = concurrency(execution);
  const std::int64_t n_tasks = threads == 1 ? 1 : std::min<std::int64_t>(n_blocks, std::int64_t{8} * threads);
  const std::int64_t at_once = n_tasks <= 1 ? 1 : std::clamp(most_partial_sums / length, n_tasks, n_blocks);
  std::vector<kernels::Lanes> workspace(as_size(n_tasks * sums_of.workspace()));
  std::vector<double> partial(as_size(at_once * length));
  const auto add_up = [&](const auto& space) {
    for (std::int64_t first = 0; first < n_blocks; first += at_once) {
      const IndexRange blocks{first, std::min(first + at_once, n_blocks)};
      kernels::normal_equations(space, sums_of, n, blocks, n_tasks, workspace, partial);
      for (std::int64_t i = 0; i < blocks.size(); ++i) {
        add_block(std::span(partial).subspan(as_size(i * length), as_size(length)));
      }
    }
  };
  on_host_space(execution, add_up);
}

}  // namespace ailoop
