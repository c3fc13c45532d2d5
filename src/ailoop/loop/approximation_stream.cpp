// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <ailoop/loop/approximation_stream.hpp>

#include <ailoop/core/error.hpp>
#include <ailoop/core/execution.hpp>
#include <ailoop/core/index_range.hpp>

#include <algorithm>
#include <chrono>
#include <utility>

namespace ailoop {

namespace {

using Clock = std::chrono::steady_clock;

constexpr double usable = 0.0;
constexpr double not_usable = 1.0;
constexpr std::size_t header_length = 2;

/// What a rank may compute in vain, or a retraining may have to wait for.
constexpr double most_ahead_s = 1e-4;
constexpr std::int64_t growth = 4;

double seconds_since(Clock::time_point start) { return std::chrono::duration<double>(Clock::now() - start).count(); }

}  // namespace

double ApproximationStream::bytes(const StreamLimits& limits, const Facts& facts, std::int64_t shares, bool leads) {
  const auto longest = static_cast<double>(std::max(limits.batch, limits.ahead));
  const auto of_point = static_cast<double>(shares * facts.outputs + facts.dimension);
  const auto ahead = static_cast<double>(leads ? limits.ahead * facts.outputs : 0);
  const double blocks = limits.with_bound ? 4.0 : 2.0;               // sums, and bounds, of two
  const auto headers = static_cast<double>(shares) * header_length;  // at most as many messages as shares
  return sizeof(double) * (longest * of_point + blocks * ahead + headers);
}

ApproximationStream::ApproximationStream(const ApproximationParts& parts, DecisionChannel& channel,
                                         const StreamLimits& limits)
    : m_parts(parts), m_channel(channel), m_limits(limits), m_is_alone(parts.comm.size() == 1) {
  const Facts& facts = parts.problem.facts();
  const std::int64_t longest = std::max(limits.batch, limits.ahead);
  const bool leads = parts.comm.rank() == RoleLayout::model_rank;
  for (std::size_t i = 0; i < parts.roles.approximation_ranks.size(); ++i) {
    const int rank = parts.roles.approximation_ranks[i];
    if (leads || parts.comm.rank() == rank) {
      const IndexRange shares = parts.roles.shares[i];
      const auto numbers = as_size(shares.size() * longest * facts.outputs);
      m_messages.push_back({rank, shares, std::vector<double>(header_length + numbers)});
    }
  }
  AILOOP_REQUIRE(parts.roles.shares.back().last == facts.shares,
                 "ApproximationStream: the roles do not cover all shares");
  m_x.resize(m_messages.empty() ? 0 : as_size(longest * facts.dimension));
  const auto ahead = as_size(leads ? limits.ahead * facts.outputs : 0);
  for (Block* block : {&m_current, &m_following}) {
    block->sum.resize(ahead);
    block->bound.resize(limits.with_bound ? ahead : 0);
  }
}

bool ApproximationStream::may_run_ahead() const {
  return !m_has_failed_ahead && m_limits.batch <= m_limits.ahead &&
         m_cost_s * static_cast<double>(m_limits.batch) <= most_ahead_s;
}

void ApproximationStream::begin(IndexRange needed) {
  m_begun = needed;
  if (may_run_ahead()) {
    const double affordable = most_ahead_s / m_cost_s;
    std::int64_t size = std::min(growth * m_last_size, m_limits.ahead);
    size = static_cast<double>(size) <= affordable ? size : static_cast<std::int64_t>(affordable);
    m_begun.last = std::max(needed.last, needed.first + size);
    if (m_limits.queries) {
      m_begun.last = std::min(m_begun.last, *m_limits.queries);
    }
  }
  m_last_size = m_begun.size();
  if (m_begun.size() > 0 && !m_is_alone) {
    m_channel.announce({.kind = Decision::Kind::approximate, .range = m_begun});
  }
}

void ApproximationStream::ask(IndexRange queries) {
  if (m_current.queries.last <= queries.first && m_following.queries.last <= queries.first && m_begun.size() == 0) {
    begin(queries);
  }
}

bool ApproximationStream::take(IndexRange queries, const ConstArray& x, const Array& approximation,
                               std::span<double> bound) {
  const std::int64_t outputs = approximation.cols;
  for (std::int64_t first = queries.first; first < queries.last;) {
    if (first < m_current.queries.last) {
      AILOOP_REQUIRE(first >= m_current.queries.first, "ApproximationStream: queries are taken in order");
      const std::int64_t n = std::min(queries.last, m_current.queries.last) - first;
      const std::int64_t from = (first - m_current.queries.first) * outputs;
      const std::int64_t to = (first - queries.first) * outputs;
      std::copy_n(m_current.sum.begin() + from, n * outputs, approximation.data + to);
      if (!bound.empty()) {
        std::copy_n(m_current.bound.begin() + from, n * outputs, bound.begin() + to);
      }
      first += n;
      continue;
    }
    if (first < m_following.queries.last) {
      std::swap(m_current, m_following);
      continue;
    }
    if (m_begun.size() == 0) {
      begin({first, queries.last});
    }
    const IndexRange begun = m_begun;
    const bool is_received = begun == queries ? receive(x, approximation, bound) : receive_following();
    if (!is_received && begun.last <= queries.last) {
      return false;  // it was not computed ahead of need
    }
    first = is_received && begun == queries ? queries.last : first;
    if (is_received && may_run_ahead() && !m_is_alone) {
      begin({begun.last, begun.last});
    }
  }
  return true;
}

void ApproximationStream::finish() {
  if (m_begun.size() == 0 || m_is_alone) {
    return;
  }
  if (m_begun.size() <= m_limits.ahead) {
    static_cast<void>(receive_following());
    return;
  }
  // asked for, and not taken, because something failed
  for (Message& message : m_messages) {
    m_parts.messenger.receive(message.rank, std::as_writable_bytes(used(message, m_begun.size())));
  }
  m_begun = {};
}

bool ApproximationStream::receive_following() {
  const Facts& facts = m_parts.problem.facts();
  const IndexRange begun = m_begun;
  AILOOP_REQUIRE(begun.size() <= m_limits.ahead, "ApproximationStream: queries are taken as they were asked for");
  const bool needs_points = m_is_alone || m_limits.with_bound;
  const ConstArray x = needs_points ? points(begun) : ConstArray{nullptr, begun.size(), facts.dimension};
  if (!receive(x, {m_following.sum.data(), begun.size(), facts.outputs}, m_following.bound)) {
    m_has_failed_ahead = true;
    return false;
  }
  m_following.queries = begun;
  return true;
}

bool ApproximationStream::receive(ConstArray x, Array sum, std::span<double> bound) {
  const IndexRange begun = std::exchange(m_begun, {});
  const auto start = Clock::now();
  bool is_usable = true;
  double longest_s = 0.0;
  for (Message& message : m_messages) {
    if (m_is_alone) {
      compute_shares(message, x);
    } else {
      m_parts.messenger.receive(message.rank, std::as_writable_bytes(used(message, begun.size())));
    }
    is_usable = is_usable && message.numbers[0] == usable;
    longest_s = std::max(longest_s, message.numbers[1]);
  }
  if (!m_is_alone) {
    m_wait_s += seconds_since(start);
  }
  if (!is_usable) {
    return false;
  }
  m_cost_s = std::min(m_cost_s, longest_s / static_cast<double>(begun.size()));
  add_shares(sum);
  if (m_limits.with_bound) {
    try {
      m_parts.problem.approximation_error(execution_for(x.rows), x, {bound.data(), x.rows, sum.cols});
      m_failure.reset();
    } catch (...) {
      m_failure = current_failure("approximating");
      return false;
    }
  }
  return true;
}

void ApproximationStream::compute(IndexRange queries) {
  AILOOP_REQUIRE(m_parts.comm.rank() != RoleLayout::model_rank && m_messages.size() == 1,
                 "ApproximationStream: this rank does not approximate");
  Message& message = m_messages.front();
  compute_shares(message, points(queries));
  m_parts.messenger.send(RoleLayout::model_rank, std::as_bytes(used(message, queries.size())));
}

void ApproximationStream::compute_shares(Message& message, ConstArray x) {
  const auto start = Clock::now();
  const std::int64_t outputs = m_parts.problem.facts().outputs;
  try {
    for (std::int64_t share = 0; share < message.shares.size(); ++share) {
      double* const values = message.numbers.data() + header_length + share * x.rows * outputs;
      m_parts.problem.approximation(execution_for(x.rows), message.shares.first + share, x, {values, x.rows, outputs});
    }
    m_failure.reset();
  } catch (...) {
    m_failure = current_failure("approximating");
  }
  const double seconds = seconds_since(start);
  m_approximate_s += seconds;
  message.numbers[0] = m_failure ? not_usable : usable;
  message.numbers[1] = seconds;
}

void ApproximationStream::add_shares(Array sum) const {
  constexpr std::int64_t in_cache = 1024;
  const auto numbers = sum.rows * sum.cols;
  for (std::int64_t first = 0; first < numbers; first += in_cache) {
    const std::int64_t n = std::min(in_cache, numbers - first);
    double* const block = sum.data + first;
    bool is_first = true;
    for (const Message& message : m_messages) {  // in share order
      for (std::int64_t share = 0; share < message.shares.size(); ++share, is_first = false) {
        const double* const values = message.numbers.data() + header_length + share * numbers + first;
        for (std::int64_t i = 0; i < n; ++i) {
          block[i] = is_first ? values[i] : block[i] + values[i];
        }
      }
    }
  }
}

ConstArray ApproximationStream::points(IndexRange queries) {
  const Array x{m_x.data(), queries.size(), m_parts.problem.facts().dimension};
  m_parts.queries.queries(queries.first, x);
  return x;
}

std::span<double> ApproximationStream::used(Message& message, std::int64_t n) const {
  const auto numbers = as_size(message.shares.size() * n * m_parts.problem.facts().outputs);
  return std::span(message.numbers).first(header_length + numbers);
}

}  // namespace ailoop
