#pragma once

#include <ailoop/loop/next_action.hpp>
#include <ailoop/parallel/communicator.hpp>
#include <ailoop/parallel/roles.hpp>
#include <ailoop/parallel/waiting.hpp>

#include <cstdint>
#include <vector>

namespace ailoop {

/// What the model rank tells the others to do.
struct Decision {
  enum class Kind : std::int64_t { check, retrain, stop, fail };

  Kind kind = Kind::stop;
  std::int64_t query = 0;    ///< of a check
  End end = End::converged;  ///< of a stop
};

/// Carries decisions from the model rank to the ranks they concern, point to point: a check to the approximation ranks,
/// everything else to all.
class DecisionChannel {
 public:
  DecisionChannel(const Communicator& comm, const RoleLayout& roles, Waiting waiting);

  /// On the model rank.
  void announce(const Decision& decision) const;

  /// On any other rank: the next decision that concerns it.
  [[nodiscard]] Decision receive() const;

 private:
  const Communicator& m_comm;
  Waiting m_waiting;
  std::vector<int> m_checking;  // the ranks that a check concerns, without the model rank
  std::vector<int> m_all;       // those first, then the others
};

}  // namespace ailoop
