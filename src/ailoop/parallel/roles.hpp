// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <ailoop/core/index_range.hpp>

#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace ailoop {

/// Which rank does what during a check. The model rank is always rank 0; it approximates, too, where it is alone.
struct RoleLayout {
  static constexpr int model_rank = 0;

  std::vector<int> approximation_ranks;  ///< in share order; {0} in a world of one rank
  std::vector<IndexRange> shares;        ///< shares of each approximation rank
  std::string note;                      ///< why this is not what was asked for; empty where it is

  /// Shares that `rank` computes; empty where it does not approximate.
  [[nodiscard]] IndexRange shares_of(int rank) const;

  /// Whether `rank` takes part in checks.
  [[nodiscard]] bool checks(int rank) const { return rank == model_rank || shares_of(rank).size() > 0; }
};

/// Picks the approximation ranks: after the model rank, those on its node first, then the others, both in rank order.
/// A world too small for `asked` folds roles together; more ranks than shares are not used.
/// \param[in] on_model_node for each rank of the world, whether it shares a node with rank 0
/// \param[in] asked   approximation ranks wanted, >= 1
/// \param[in] n_shares shares that the problem's approximation is cut into; 0: there is none
[[nodiscard]] RoleLayout assign_roles(std::span<const int> on_model_node, std::int64_t asked, std::int64_t n_shares);

}  // namespace ailoop
