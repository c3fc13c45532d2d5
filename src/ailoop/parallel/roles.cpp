// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <ailoop/parallel/roles.hpp>

#include <ailoop/core/error.hpp>
#include <ailoop/core/index_range.hpp>
#include <ailoop/core/number_text.hpp>

#include <algorithm>
#include <numeric>

namespace ailoop {

IndexRange RoleLayout::shares_of(int rank) const {
  const auto found = std::ranges::find(approximation_ranks, rank);
  return found == approximation_ranks.end() ? IndexRange{} : shares[as_size(found - approximation_ranks.begin())];
}

RoleLayout assign_roles(std::span<const int> on_model_node, std::int64_t asked, std::int64_t n_shares) {
  AILOOP_REQUIRE(!on_model_node.empty(), "assign_roles: a world has at least one rank");
  AILOOP_REQUIRE(asked >= 1 && n_shares >= 0, "assign_roles: at least one approximation rank");

  std::vector<int> others(on_model_node.size() - 1);
  std::iota(others.begin(), others.end(), 1);
  std::ranges::stable_partition(others, [&](int rank) { return on_model_node[as_size(rank)] != 0; });

  RoleLayout layout;
  const std::int64_t available = std::ssize(others);
  const std::int64_t used = std::min({asked, n_shares, available});
  if (used == 0) {
    layout.approximation_ranks = {RoleLayout::model_rank};
    layout.note = n_shares == 0
                      ? ""
                      : "one rank: the model rank also computes all shares of the approximation, one after the other";
  } else {
    layout.approximation_ranks.assign(others.begin(), others.begin() + used);
    if (used < asked) {
      const bool world_is_small = available < n_shares;
      layout.note =
          "approximation on " + counted(used, "rank") + " instead of " + std::to_string(asked) + ": " +
          (world_is_small ? "the world has " + counted(available + 1, "rank") : "it has " + counted(n_shares, "share"));
    }
  }
  const std::int64_t parts = std::ssize(layout.approximation_ranks);
  for (std::int64_t part = 0; part < parts; ++part) {
    layout.shares.push_back(block_of(n_shares, parts, part));
  }
  return layout;
}

}  // namespace ailoop
