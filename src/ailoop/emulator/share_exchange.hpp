#pragma once

#include <ailoop/core/array.hpp>
#include <ailoop/parallel/communicator.hpp>
#include <ailoop/parallel/roles.hpp>
#include <ailoop/parallel/waiting.hpp>

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace ailoop {

/// Brings the shares of the approximation from the ranks that compute them to the model rank, point to point, and adds
/// them there in ascending order: neither the number of ranks nor a reduction tree can change a bit of the sum.
/// All memory is allocated at construction.
class ShareExchange {
 public:
  /// \param[in] values most numbers of one share: rows of the largest batch times outputs
  ShareExchange(const Communicator& comm, RoleLayout roles, std::int64_t n_shares, std::int64_t values,
                Waiting waiting);

  /// From now on a share has `values` numbers, at most those of the constructor. The same on all ranks of a check.
  void use(std::int64_t values);

  /// Where this rank writes share number `share`, one of its own: (values).
  [[nodiscard]] std::span<double> own_share(std::int64_t share);

  /// Sends this rank's shares to the model rank; nothing to do on the model rank itself.
  /// \param[in] failed tell the model rank that the shares are not usable
  void send(bool failed);

  /// On the model rank: waits for all shares.
  /// \return the first rank that reported a failure
  [[nodiscard]] std::optional<int> receive();

  /// On the model rank, after receive: sum(i) = share_0(i) + share_1(i) + ...
  void add_shares(std::span<double> sum) const;

 private:
  struct Message {
    int rank = 0;
    IndexRange shares;
    std::vector<double> numbers;  // room for a status (0: usable), then the shares one after the other
  };

  /// Numbers of a message at present.
  [[nodiscard]] int length(const Message& message) const;

  const Communicator& m_comm;
  std::int64_t m_most_values;
  std::int64_t m_values;
  Waiting m_waiting;
  std::vector<Message> m_messages;  // model rank: of all approximation ranks; others: of this rank
};

}  // namespace ailoop
