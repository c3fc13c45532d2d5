#pragma once

#include <ailoop/loop/next_action.hpp>
#include <ailoop/parallel/communicator.hpp>
#include <ailoop/parallel/roles.hpp>
#include <ailoop/parallel/waiting.hpp>

#include <cstdint>
#include <span>
#include <vector>

namespace ailoop {

/// What the model rank tells the others to do.
struct Decision {
  enum class Kind : std::int64_t { check, truth, retrain, stop, fail };

  Kind kind = Kind::stop;
  End end = End::converged;               ///< of a stop
  std::span<const std::int64_t> queries;  ///< of a check
};

/// Carries decisions from the model rank to the ranks they concern, point to point: a check to the approximation ranks,
/// everything else to all.
class DecisionChannel {
 public:
  /// \param[in] batch most queries of a check
  DecisionChannel(const Communicator& comm, const RoleLayout& roles, std::int64_t batch, Waiting waiting);

  /// On the model rank.
  void announce(const Decision& decision);

  /// On any other rank: the next decision that concerns it; its queries are valid until the next call.
  [[nodiscard]] Decision receive();

 private:
  const Communicator& m_comm;
  Waiting m_waiting;
  std::vector<std::int64_t> m_message;  // kind, end, number of queries, queries
  std::vector<int> m_checking;          // the ranks that a check concerns, without the model rank
  std::vector<int> m_all;               // those first, then the others
};

}  // namespace ailoop
