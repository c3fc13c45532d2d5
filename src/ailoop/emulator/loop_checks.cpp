// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// How a loop checks queries: new ones, block by block, and pending ones again.
#include <ailoop/core/execution.hpp>
#include <ailoop/core/index_range.hpp>
#include <ailoop/emulator/loop.hpp>
#include <ailoop/execution/executions.hpp>

#include <algorithm>
#include <cmath>
#include <utility>

namespace ailoop {

void Loop::ask(const Action& action) {
  const IndexRange batch{m_progress.next_query, m_progress.next_query + action.queries};
  const IndexRange mine = m_parts.layout.mine(batch);
  if (m_parts.store != nullptr) {
    attempt("answers", [&] { m_checker.answer_into(m_parts.store->room(mine)); });
  }
  check_new(mine);
  try {
    agree_on_check();
  } catch (...) {
    m_table.forget_pending();  // they were never asked
    throw;
  }
  m_progress = after_asking(m_progress, m_counts.asked);
  end_check();
}

void Loop::check_new(IndexRange queries) {
  if (queries.size() >= m_device_from) {
    m_checker.check_new_on_device(queries);
    return;
  }
  const int threads = queries.size() < worth_threads ? 1 : m_parts.layout.threads();
  if (threads == 1) {
    m_checker.check_new(queries, m_parts.layout.block());
    return;
  }
  while (std::ssize(m_others) < threads - 1) {
    m_others.emplace_back(checker_parts(), cached_queries, 0);
  }
  for (std::int64_t first = queries.first; first < queries.last && !m_checker.has_failed();
       first += threads * round_of_thread) {
    const std::int64_t count = std::min(threads * round_of_thread, queries.last - first);
    for_each_thread("ailoop::Loop::check_new", threads, [&](std::int64_t thread) {
      Checker& checker = thread == 0 ? m_checker : m_others[as_size(thread - 1)];
      const IndexRange part = block_of(count, threads, thread);
      checker.answer_into(m_checker.answers());
      checker.check_new({first + part.first, first + part.last}, cached_queries);
    });
    for (Checker& other : m_others) {
      m_checker.take(other);
    }
  }
}

void Loop::check_again() {
  m_checker.check_again(m_parts.layout.block());
  agree_on_check();
  end_check();
}

void Loop::agree_on_check() {
  try {
    agree();
    m_checked_s = elapsed_s();
    if (m_counts.audited > 0) {
      audit();
    }
  } catch (...) {
    m_checker.audit().forget();
    throw;
  }
}

void Loop::audit() {
  Audit& audit = m_checker.audit();
  m_parts.layout.begin_audit();
  m_parts.emulator.audit(audit.x(m_facts.dimension), audit.truth(m_facts.outputs));
  LoopCounts counts;
  attempt({}, [&] {
    const Audit::Found found = audit.finish(m_table);
    counts = {.audited = found.audited, .beyond = found.beyond};
  });
  agree(counts);
  m_outcome.tally.audited += counts.audited;
  m_outcome.tally.beyond += counts.beyond;
}

void Loop::end_check() {
  m_outcome.check_s.add(m_checked_s - m_began_s);
  m_checks_s += m_checked_s - m_began_s;
  m_began_s = m_counts.audited > 0 ? -1.0 : m_checked_s;
  const CheckCounts counts{.accepted = m_counts.accepted,
                           .rejected = m_counts.asked - m_counts.accepted - m_counts.inconclusive,
                           .inconclusive = m_counts.inconclusive,
                           .undecided = m_counts.undecided};
  m_progress = after_check(m_progress, counts);
  add_check(m_outcome.tally, counts);
  if (m_counts.undecided == 0) {
    record(false);
  }
}

}  // namespace ailoop
