// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What a loop records of its checks.
#include <ailoop/core/error.hpp>
#include <ailoop/core/execution.hpp>
#include <ailoop/core/index_range.hpp>
#include <ailoop/emulator/loop.hpp>
#include <ailoop/problem/checked_truth.hpp>

#include <algorithm>
#include <exception>
#include <iterator>
#include <limits>
#include <span>
#include <utility>

namespace ailoop {

void Loop::record(bool exhausted) {
  if (m_counts.flush != 0) {
    flush();
    m_began_s = exhausted ? -1.0 : elapsed_s();  // settling and recording belong to checks, flushing does not
  }
  const IndexRange pending = m_table.pending();
  if (m_counts.skipped + m_counts.set_aside > 0) {
    const auto settled = m_table.settled(pending);
    for (std::int64_t row = pending.first; row < pending.last; ++row) {
      const Settled how = settled[as_size(row - pending.first)];
      if (how == Settled::skipped || how == Settled::set_aside) {
        m_skipped.push_back(m_table.query(row));
      }
    }
  }
  m_table.end_check(
      {.attempt = m_progress.attempts, .seconds = exhausted ? elapsed_s() : m_checked_s, .exhausted = exhausted},
      m_parts.kept != KeptChecks::none);
  Tally& tally = m_outcome.tally;
  tally.by_surrogate += m_progress.accepted;
  tally.by_truth += m_counts.by_truth;
  tally.skipped += m_counts.skipped;
  tally.set_aside += m_counts.set_aside;
  m_progress =
      after_settling(m_progress, m_progress.accepted + m_counts.by_truth + m_counts.skipped + m_counts.set_aside);
  m_progress.vain = is_vain();
  if (m_parts.store != nullptr && m_progress.pending == 0) {
    attempt({}, [&] { m_parts.store->completed(m_progress.next_query, false); });
    agree_on_failure();
  }
}

void Loop::flush() {
  m_began_s = -1.0;
  m_last_flush_s = elapsed_s();
  const IndexRange rows{0, m_table.pending().first};
  if (m_table.checks().empty()) {
    return;  // on all ranks: they have had the same checks
  }
  attempt({}, [&] {
    const Problem& problem = m_parts.emulator.problem();
    const Execution execution = execution_for(rows.size());
    if (m_facts.shares > 0 && !m_gate.needs().approximation) {
      problem.approximation_sum(execution, m_table.x(rows), m_table.approximation(rows));
    }
    if (m_facts.has_bound && !m_gate.needs().bound) {
      problem.approximation_error(execution, m_table.x(rows), m_table.bound(rows));
    }
    if (m_facts.free_reference) {
      std::vector<PointStatus> statuses(as_size(rows.size()));
      compute_truth(problem, {execution, {}}, Precision::float64, OnFailure::skip, m_table.x(rows), m_table.truth(rows),
                    {statuses.data(), std::ssize(statuses)});
      m_table.know_truths(rows);
    }
  });
  const std::optional<QueryTable> of_all = gathered_checks();  // on all ranks, whatever failed here
  attempt({}, [&] { tell([&](RunObserver& observer) { observer.checked(of_all ? *of_all : m_table, total()); }); });
  m_table.forget_checks();  // what was told once is not told again
}

void Loop::tell(const std::function<void(RunObserver&)>& news) {
  std::exception_ptr first_failure;
  for (RunObserver* observer : m_parts.observers) {
    try {
      news(*observer);
    } catch (...) {
      first_failure = first_failure ? first_failure : std::current_exception();
    }
  }
  if (first_failure) {
    m_files_are_whole = false;
    std::rethrow_exception(first_failure);
  }
}

std::optional<QueryTable> Loop::gathered_checks() {
  Layout& layout = m_parts.layout;
  if (layout.asks_alone()) {
    return std::nullopt;
  }
  const std::size_t n_checks = m_table.checks().size();
  std::vector<std::int64_t> lasts;  // of this rank's checks, then of all ranks'
  std::ranges::transform(m_table.checks(), std::back_inserter(lasts), &QueryTable::Check::last);
  lasts = layout.gathered(lasts);
  const std::vector<double> numbers = layout.gathered(m_table.packed({0, m_table.pending().first}));
  if (!m_parts.emulator.is_model_rank()) {
    return std::nullopt;
  }
  const std::size_t ranks = lasts.size() / n_checks;
  std::vector<std::int64_t> next;  // for each rank, where its rows of the next check begin
  std::int64_t rows = 0;
  for (std::size_t rank = 0; rank < ranks; ++rank) {
    next.push_back(rows);
    rows += lasts[(rank + 1) * n_checks - 1];
  }
  const std::vector<std::int64_t> begin = next;
  const auto width = as_size(m_table.packed_width());
  QueryTable of_all(m_facts.dimension, m_facts.outputs, m_facts.has_bound, rows, std::ssize(m_table.checks()));
  for (std::size_t check = 0; check < n_checks; ++check) {
    for (std::size_t rank = 0; rank < ranks; ++rank) {
      const std::int64_t last = begin[rank] + lasts[rank * n_checks + check];
      of_all.append_packed(std::span(numbers).subspan(as_size(next[rank]) * width, as_size(last - next[rank]) * width));
      next[rank] = last;
    }
    of_all.end_told_check(m_table.checks()[check]);
  }
  return of_all;
}

void Loop::end_answers() {
  if (m_parts.store == nullptr) {
    return;
  }
  attempt({}, [&] {
    leave_unanswered(m_table.pending());
    m_parts.store->completed(m_progress.next_query, true);
  });
  agree_on_failure();
}

void Loop::leave_unanswered(IndexRange rows) {
  const std::vector<double> none(as_size(m_facts.outputs), std::numeric_limits<double>::quiet_NaN());
  for (std::int64_t row = rows.first; m_parts.store != nullptr && row < rows.last; ++row) {
    m_checker.put_answer(row, none, AnsweredBy::nobody);
  }
}

void Loop::put_settled(std::int64_t row) {
  const Settled how = m_table.settled({row, row + 1}).front();
  if (how == Settled::by_surrogate) {
    m_checker.put_answer(row, m_table.surrogate(row), AnsweredBy::surrogate);
  } else if (how == Settled::by_truth) {
    m_checker.put_answer(row, m_table.truth(row), AnsweredBy::truth);
  } else if (how != Settled::no) {
    leave_unanswered({row, row + 1});
  }
}

void Loop::collect() {
  flush();
  Layout& layout = m_parts.layout;
  m_all_skipped = layout.gathered(m_skipped);
  m_all_audited = layout.gathered(m_checker.audit().errors().packed());
  if (m_parts.store != nullptr) {
    // what a check that failed answered is pending still; of the others the table knows how they were settled
    const IndexRange pending = m_table.pending();
    for (std::int64_t row = pending.first; row < pending.last; ++row) {
      m_checker.put_answer(row, m_table.surrogate(row), AnsweredBy::open);
    }
    m_all_answers = layout.gathered(m_parts.store->packed(m_progress.next_query));
  }
  if (layout.asks_alone()) {
    return;
  }
  const std::vector<double> pending = layout.gathered(m_table.packed(m_table.pending()));
  m_collected.emplace(m_facts.dimension, m_facts.outputs, m_facts.has_bound, 0, 0);
  m_collected->append_packed(pending);
}

std::int64_t Loop::first_open_query() const {
  std::vector<std::int64_t> firsts;
  if (m_table.n_pending() > 0) {
    firsts.push_back(m_table.query(m_table.pending().first));
  }
  firsts = m_parts.layout.gathered(std::move(firsts));  // of each rank, ascending
  return firsts.empty() ? m_progress.next_query : firsts.front();
}

std::vector<std::int64_t> Loop::unanswered(bool with_pending) const {
  std::vector<std::int64_t> queries = m_all_skipped;
  if (with_pending) {
    const QueryTable& table = pending_of_all();
    const auto pending = table.queries(table.pending());
    queries.insert(queries.end(), pending.begin(), pending.end());
  }
  std::ranges::sort(queries);
  return queries;
}

std::optional<Judgement> Loop::worst_pending() const {
  std::optional<Judgement> worst;
  const QueryTable& table = pending_of_all();
  const IndexRange pending = table.pending();
  for (std::int64_t row = pending.first; row < pending.last; ++row) {
    const Judgement judgement = table.judgement(row);
    if (!worst || !(judgement.error * worst->allowed <= worst->error * judgement.allowed)) {
      worst = judgement;
    }
  }
  return worst;
}

AuditedErrors Loop::audited_errors() const {
  AuditedErrors errors;
  errors.add_packed(m_all_audited);
  return errors;
}

double Loop::elapsed_s() const { return std::chrono::duration<double>(Clock::now() - m_start).count(); }

PhaseTimes Loop::times() const {
  PhaseTimes times = m_parts.emulator.times();
  times.approximate_s = m_parts.layout.approximate_s() + m_checker.approximate_s();
  times.wait_s = m_parts.layout.wait_s();
  times.predict_s = m_checks_s - times.approximate_s - times.wait_s;
  return times;
}

void Loop::sum_up(bool with_pending) {
  m_outcome.unanswered = unanswered(with_pending);
  m_outcome.worst_pending = worst_pending();
  m_outcome.audit = m_parts.emulator.settings().audit;
  m_outcome.audited_errors = audited_errors();
  m_outcome.ended_s = elapsed_s();
}

}  // namespace ailoop
