// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <ailoop/core/array.hpp>
#include <ailoop/loop/decision.hpp>
#include <ailoop/loop/query_kinds.hpp>
#include <ailoop/parallel/agreement.hpp>
#include <ailoop/parallel/communicator.hpp>
#include <ailoop/parallel/messenger.hpp>
#include <ailoop/parallel/roles.hpp>
#include <ailoop/problem/problem.hpp>

#include <cstdint>
#include <limits>
#include <optional>
#include <span>
#include <vector>

namespace ailoop {

/// What an ApproximationStream works with; all must outlive it.
struct ApproximationParts {
  const Communicator& comm;
  const RoleLayout& roles;
  const Problem& problem;
  const QuerySource& queries;
  Messenger& messenger;
};

/// How far an ApproximationStream may go.
struct StreamLimits {
  std::int64_t batch = 1;               ///< most queries of a check
  std::int64_t ahead = 0;               ///< most queries of a block that is computed ahead of need; 0: none is
  std::optional<std::int64_t> queries;  ///< queries that there are; none: without end
  bool with_bound = false;              ///< whether the bound of the approximation is wanted, too
};

/// The approximation at the queries of a run, in the order of their indices.
///
/// It does not depend on the model, so where it is cheap the approximation ranks compute a block of queries while the
/// model rank works on the block before: most checks then need no message. A block grows from a single query as long as
/// it costs less than a retraining would notice; what costs more is computed when it is asked for, never in vain.
/// Shares travel point to point and are added in ascending order, so that neither the number of ranks nor a reduction
/// tree nor the size of a block can change a bit of the sum. Memory is allocated at construction.
class ApproximationStream {
 public:
  /// Bytes of its arrays.
  /// \param[in] shares that this rank computes; on the model rank all
  /// \param[in] leads  whether it is the model rank
  [[nodiscard]] static double bytes(const StreamLimits& limits, const Facts& facts, std::int64_t shares, bool leads);

  ApproximationStream(const ApproximationParts& parts, DecisionChannel& channel, const StreamLimits& limits);

  /// On the model rank: lets the approximation ranks begin with those of these queries that nobody has begun.
  /// \param[in] queries at most a batch; they begin where those of the last `take` ended
  void ask(IndexRange queries);

  /// On the model rank, after `ask` for the same queries: waits for their approximation.
  /// \param[in]  x             (n, dimension) the queries
  /// \param[out] approximation (n, outputs)
  /// \param[out] bound         (n, outputs) of |approximation - truth|, or empty
  /// \return whether it is there; false: `failure` says why, here or on the rank that computed it
  [[nodiscard]] bool take(IndexRange queries, const ConstArray& x, const Array& approximation, std::span<double> bound);

  /// On the model rank, before the approximation ranks are to do anything else: waits until they are free. What was
  /// asked for and not taken is lost, unless it was begun ahead of need.
  void finish();

  /// On an approximation rank: computes its shares at the queries and sends them to the model rank.
  void compute(IndexRange queries);

  /// What failed here in the last block; a block that fails ahead of need is computed again when it is needed.
  [[nodiscard]] const std::optional<LocalFailure>& failure() const noexcept { return m_failure; }

  /// Seconds that this rank spent approximating, and waiting for others to do so.
  [[nodiscard]] double approximate_s() const noexcept { return m_approximate_s; }
  [[nodiscard]] double wait_s() const noexcept { return m_wait_s; }

 private:
  /// From one approximation rank: whether its shares are usable, the seconds they took, then one share after the other.
  struct Message {
    int rank = 0;
    IndexRange shares;
    std::vector<double> numbers;
  };

  /// Numbers at consecutive queries.
  struct Block {
    IndexRange queries;
    std::vector<double> sum;
    std::vector<double> bound;
  };

  [[nodiscard]] bool may_run_ahead() const;
  void begin(IndexRange needed);
  /// Waits for the block that was begun.
  [[nodiscard]] bool receive(ConstArray x, Array sum, std::span<double> bound);
  /// Makes the block that was begun the following one; where it failed it is forgotten, and no other runs ahead.
  [[nodiscard]] bool receive_following();
  void compute_shares(Message& message, ConstArray x);
  void add_shares(Array sum) const;
  [[nodiscard]] ConstArray points(IndexRange queries);
  [[nodiscard]] std::span<double> used(Message& message, std::int64_t n) const;

  ApproximationParts m_parts;
  DecisionChannel& m_channel;
  StreamLimits m_limits;
  bool m_is_alone;                  // the model rank computes all shares itself
  std::vector<Message> m_messages;  // model rank: of all approximation ranks; others: of this rank
  std::vector<double> m_x;          // points of a block
  Block m_current;                  // from which `take` takes
  Block m_following;                // what comes after it, if that was received already
  IndexRange m_begun;               // what comes after these, if approximation ranks work on it
  double m_cost_s = std::numeric_limits<double>::infinity();  // of a query, the least that was seen
  std::int64_t m_last_size = 0;                               // of the block begun last
  bool m_has_failed_ahead = false;
  std::optional<LocalFailure> m_failure;
  double m_approximate_s = 0.0;
  double m_wait_s = 0.0;
};

}  // namespace ailoop
