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

/// Carries decisions from the model rank to the ranks they concern, point to point: `approximate` to the approximation
/// ranks, everything else to all.
class DecisionChannel {
 public:
  DecisionChannel(const Communicator& comm, const RoleLayout& roles, Messenger& messenger);

  /// On the model rank.
  void announce(const Decision& decision);

  /// On any other rank: the next decision that concerns it.
  [[nodiscard]] Decision receive();

 private:
  const Communicator& m_comm;
  Messenger& m_messenger;
  std::vector<int> m_approximating;  // the approximation ranks, without the model rank
  std::vector<int> m_all;            // those first, then the others
};

}  // namespace ailoop
