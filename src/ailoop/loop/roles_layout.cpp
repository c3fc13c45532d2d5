// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <ailoop/loop/roles_layout.hpp>

#include <ailoop/core/index_range.hpp>

namespace ailoop {

RolesLayout::RolesLayout(const ApproximationParts& parts, const StreamLimits& limits)
    : m_comm(parts.comm),
      m_batch(limits.batch),
      m_with_bound(limits.with_bound),
      m_channel(parts.comm, parts.roles, parts.messenger),
      m_stream(parts, m_channel, limits) {}

Approximated RolesLayout::approximate(IndexRange queries, const ConstArray& x, const Array& approximation,
                                      const Array& bound) {
  const auto numbers = as_size(m_with_bound ? bound.rows * bound.cols : 0);
  if (m_stream.take(queries, x, approximation, {bound.data, numbers})) {
    return {};
  }
  return {.failed = true, .failure = m_stream.failure()};
}

void RolesLayout::agree(LoopCounts& counts, const std::optional<LocalFailure>& failure) {
  if (counts.failed > 0) {
    announce({.kind = Decision::Kind::fail});
    agree_or_throw(m_comm, failure);
  }
}

bool RolesLayout::shared(bool decision, const std::optional<LocalFailure>& failure) {
  if (failure) {
    LoopCounts counts{.failed = 1};
    agree(counts, failure);
  }
  return decision;
}

End RolesLayout::follow(Emulator& emulator) {
  const Facts& facts = emulator.problem().facts();
  for (;;) {
    const Decision decision = m_channel.receive();
    switch (decision.kind) {
      case Decision::Kind::approximate:
        m_stream.compute(decision.range);
        break;
      case Decision::Kind::truth:
        emulator.truth({nullptr, 0, facts.dimension}, {nullptr, 0, facts.outputs});
        break;
      case Decision::Kind::audit:
        emulator.audit({nullptr, 0, facts.dimension}, {nullptr, 0, facts.outputs});
        break;
      case Decision::Kind::retrain:
        emulator.go_on_with_sample(decision.range.first);
        emulator.retrain();
        break;
      case Decision::Kind::stop:
        return decision.end;
      case Decision::Kind::fail: {
        const auto of_retraining = emulator.take_failure();
        agree_or_throw(m_comm, of_retraining ? of_retraining : m_stream.failure());
      }
    }
  }
}

void RolesLayout::announce(const Decision& decision) {
  m_stream.finish();
  m_channel.announce(decision);
}

}  // namespace ailoop
