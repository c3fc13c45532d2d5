// What a loop records of its checks, and what a checkpoint holds of it.
#include <ailoop/core/error.hpp>
#include <ailoop/emulator/loop.hpp>
#include <ailoop/kernels/execution.hpp>
#include <ailoop/problem/checked_truth.hpp>

#include <algorithm>
#include <exception>

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
      const Settled how = settled[static_cast<std::size_t>(row - pending.first)];
      if (how == Settled::skipped || how == Settled::set_aside) {
        m_skipped.push_back(m_table.query(row));
      }
    }
  }
  m_table.end_check(
      {.attempt = m_progress.attempts, .seconds = exhausted ? elapsed_s() : m_checked_s, .exhausted = exhausted},
      m_parts.keeps_checks);
  Tally& tally = m_outcome.tally;
  tally.by_surrogate += m_progress.accepted;
  tally.by_truth += m_counts.by_truth;
  tally.skipped += m_counts.skipped;
  tally.set_aside += m_counts.set_aside;
  m_progress =
      after_settling(m_progress, m_progress.accepted + m_counts.by_truth + m_counts.skipped + m_counts.set_aside);
  m_progress.vain = m_progress.pending > 0 && retraining_is_vain();
}

void Loop::flush() {
  m_began_s = -1.0;
  m_last_flush_s = elapsed_s();
  const IndexRange rows{0, m_table.pending().first};
  if (rows.size() == 0) {
    return;
  }
  attempt({}, [&] {
    const Problem& problem = m_parts.emulator.problem();
    const Execution execution = execution_for(rows.size());
    if (m_facts.has_bound && !m_gate.needs().bound) {
      problem.approximation_error(execution, m_table.x(rows), m_table.bound(rows));
    }
    if (m_facts.free_reference) {
      std::vector<PointStatus> statuses(static_cast<std::size_t>(rows.size()));
      compute_truth(problem, {execution, {}}, Precision::float64, OnFailure::skip, m_table.x(rows), m_table.truth(rows),
                    statuses);
      m_table.know_truths(rows);
    }
    tell([&](RunObserver& observer) { observer.checked(m_table, m_outcome.tally); });
  });
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

std::int64_t Loop::first_open_query() const {
  return m_table.n_pending() > 0 ? m_table.query(m_table.pending().first) : m_progress.next_query;
}

std::vector<std::int64_t> Loop::unanswered(bool with_pending) const {
  std::vector<std::int64_t> queries = m_skipped;
  if (with_pending) {
    const auto pending = m_table.queries(m_table.pending());
    queries.insert(queries.end(), pending.begin(), pending.end());
  }
  std::ranges::sort(queries);
  return queries;
}

std::optional<Judgement> Loop::worst_pending() const {
  std::optional<Judgement> worst;
  const IndexRange pending = m_table.pending();
  for (std::int64_t row = pending.first; row < pending.last; ++row) {
    const Judgement judgement = m_table.judgement(row);
    if (!worst || !(judgement.error * worst->allowed <= worst->error * judgement.allowed)) {
      worst = judgement;
    }
  }
  return worst;
}

double Loop::elapsed_s() const { return std::chrono::duration<double>(Clock::now() - m_start).count(); }

double Loop::predict_s() const { return m_checks_s - m_parts.layout.approximate_s() - m_parts.layout.wait_s(); }

void Loop::state(StateArchive& archive) {
  archive.number("progress.next_query", m_progress.next_query);
  archive.number("progress.pending", m_progress.pending);
  archive.number("progress.accepted", m_progress.accepted);
  archive.number("progress.undecided", m_progress.undecided);
  archive.number("progress.attempts", m_progress.attempts);
  archive.number("progress.retrainings", m_progress.retrainings);
  std::int64_t judged = m_progress.judged ? 1 : 0;
  archive.number("progress.judged", judged);
  m_progress.judged = judged != 0;
  std::int64_t vain = m_progress.vain ? 1 : 0;
  archive.number("progress.vain", vain);
  m_progress.vain = vain != 0;
  m_stagnation.state(archive);
  archive.number("loss", m_loss);
  show(archive, "tally", m_outcome.tally);
  archive.list("skipped", &m_skipped);
  m_table.state(archive);
  if (m_progress.pending != m_table.n_pending()) {
    throw InputOutputError("the saved state counts other pending queries than it holds");
  }
  // the time of events goes on from that of the checkpoint
  const double now_s = elapsed_s();
  double saved_s = now_s;
  archive.number("elapsed_s", saved_s);
  archive.number("checked_s", m_checked_s);
  m_start -= std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double>(saved_s - now_s));
  m_parts.emulator.state(archive);
  for (RunObserver* observer : m_parts.observers) {
    observer->state(archive);
  }
}

void Loop::restore() {
  m_outcome.before = m_outcome.tally;
  const IndexRange pending = m_table.pending();
  for (std::int64_t row = pending.first; row < pending.last; ++row) {
    m_parts.queries.queries(m_table.query(row), m_table.x({row, row + 1}));
  }
  if (m_gate.needs().bound) {
    m_parts.emulator.problem().approximation_error(execution_for(pending.size()), m_table.x(pending),
                                                   m_table.bound(pending));
  }
}

}  // namespace ailoop
