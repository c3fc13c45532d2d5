// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <ailoop/execution/thread_wishes.hpp>
#include <ailoop/parallel/communicator.hpp>
#include <ailoop/parallel/node_resources.hpp>

#include <string>
#include <vector>

namespace ailoop {

/// What one rank's threads came to.
struct RankThreads : RankCores {
  int threads = 1;  ///< that the rank has
  int wished = 0;   ///< that the user wanted it to have; 0: nothing was said
};

/// The threads of all ranks, in rank order, on rank 0; nothing on the others. Collective.
[[nodiscard]] std::vector<RankThreads> gathered_threads(const Communicator& comm, const NodeResources& node,
                                                        const std::vector<ThreadWish>& wishes, int threads);

/// `2`, or `1-2` where ranks differ.
[[nodiscard]] std::string threads_text(const std::vector<RankThreads>& ranks);

/// What a user should know: wishes that contradict each other, or were not or not everywhere fulfilled, and threads
/// that have to take turns on cores. Ranks of one thread each are no reason for a warning, however many they are,
/// unless they have to share cores while others are left.
/// \param[in] wishes of the rank that speaks
[[nodiscard]] std::vector<std::string> thread_warnings(const std::vector<RankThreads>& ranks,
                                                       const std::vector<ThreadWish>& wishes);

}  // namespace ailoop
