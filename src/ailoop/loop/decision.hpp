// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <ailoop/emulator/next_action.hpp>
#include <ailoop/parallel/communicator.hpp>
#include <ailoop/parallel/messenger.hpp>
#include <ailoop/parallel/roles.hpp>

#include <cstdint>
#include <vector>

namespace ailoop {

/// What the model rank tells the others to do.
struct Decision {
  enum class Kind : std::int64_t { approximate, truth, audit, retrain, stop, fail };

  Kind kind = Kind::stop;
  End end = End::converged;  ///< of a stop
  IndexRange range;          ///< of approximate: queries; of retrain: samples
};

/// Carries decisions from the model rank to the ranks they concern: `approximate` to the approximation ranks,
/// everything else to all, down a tree, so that no rank sends more than a few messages. The model rank tells the
/// approximation ranks and those that share memory with it; each rank passes on what concerns others before it is
/// received here.
class DecisionChannel {
 public:
  /// Most ranks that one rank tells beside those. A message takes several times as long as sending the next one, so
  /// that a wide tree is soon at its leaves.
  static constexpr std::size_t relayed = 4;

  DecisionChannel(const Communicator& comm, const RoleLayout& roles, Messenger& messenger);

  /// On the model rank.
  void announce(const Decision& decision);

  /// On any other rank: the next decision that concerns it.
  [[nodiscard]] Decision receive();

 private:
  const Communicator& m_comm;
  Messenger& m_messenger;
  std::vector<int> m_approximating;  // the approximation ranks, without the model rank
  int m_parent = RoleLayout::model_rank;
  std::vector<int> m_children;  // whom this rank tells what concerns all
};

}  // namespace ailoop
