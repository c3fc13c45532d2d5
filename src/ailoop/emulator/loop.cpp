// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <ailoop/emulator/loop.hpp>

#include <ailoop/core/index_range.hpp>

#include <algorithm>
#include <cmath>
#include <exception>
#include <utility>

namespace ailoop {

Loop::Loop(LoopParts parts, const Limits& limits, Clock::time_point start)
    : m_parts(std::move(parts)),
      m_facts(m_parts.emulator.problem().facts()),
      m_gate(m_parts.emulator.gate()),
      m_limits(limits),
      m_device_from(m_parts.layout.executions().device_from),
      m_start(start),
      // the pending queries beside those of the last check
      m_checker(checker_parts(), m_parts.layout.asks() ? std::max(log_capacity, 2 * m_parts.layout.block()) : 0,
                log_capacity) {}

CheckerParts Loop::checker_parts() const {
  return {m_parts.emulator, m_parts.layout, m_parts.queries, m_parts.kept == KeptChecks::all};
}

void Loop::start_over(const Limits& limits, const AnswerColumns& answers, const std::optional<LocalFailure>& failure) {
  m_limits = limits;
  m_asked_earlier = asked();
  m_progress = {};
  m_earlier = total();
  m_outcome.tally = {};
  m_interruption = Interruption::none;
  m_skipped.clear();
  m_checker.start_over(answers, failure);
  m_began_s = -1.0;
}

Action Loop::next() const { return next_action(m_progress, m_outcome.tally, m_limits, m_interruption); }

void Loop::act(const Action& action) {
  m_counts = {};
  const bool is_check = action.kind == Action::Kind::ask || action.kind == Action::Kind::check;
  if (!is_check || m_began_s < 0.0) {
    m_began_s = is_check ? elapsed_s() : -1.0;
  }
  switch (action.kind) {
    case Action::Kind::ask:
      ask(action);
      break;
    case Action::Kind::check:
      check_again();
      break;
    case Action::Kind::decide:
      decide();
      break;
    case Action::Kind::retrain:
      retrain();
      break;
    case Action::Kind::answer:
      answer();
      break;
    case Action::Kind::set_aside:
      set_aside();
      break;
    case Action::Kind::stop:
      break;
  }
  if (m_checker.has_failed() && m_parts.layout.asks_alone()) {
    agree_on_failure();
  }
}

void Loop::agree(LoopCounts& counts) {
  counts.failed = m_checker.has_failed() ? 1 : 0;
  m_parts.layout.agree(counts, m_checker.take_failure());
}

void Loop::agree_on_failure() {
  LoopCounts none;
  agree(none);
}

void Loop::agree() {
  m_counts.flush = is_time_to_flush() ? 1 : 0;
  m_counts.interruption = static_cast<std::int64_t>(m_parts.interruption());
  agree(m_counts);
  m_interruption = static_cast<Interruption>(m_counts.interruption);
}

bool Loop::is_time_to_flush() {
  return m_parts.kept != KeptChecks::none &&
         (!m_table.has_room(m_table.n_pending()) || m_checked_s - m_last_flush_s > seconds_between_flushes);
}

void Loop::decide() {
  find_truth(false);
  const IndexRange pending = m_table.pending();
  for (std::int64_t row = pending.first; row < pending.last; ++row) {
    if (m_table.is_open(row)) {
      m_checker.settle_by_truth(row);
    }
  }
  agree();
  record(false);
}

void Loop::answer() {
  find_truth(true);
  const IndexRange pending = m_table.pending();
  for (std::int64_t row = pending.first; row < pending.last; ++row) {
    const auto truth = m_table.truth(row);
    const bool is_known = !std::isnan(truth[0]);
    m_table.settled({row, row + 1}).front() = is_known ? Settled::by_truth : Settled::skipped;
    ++(is_known ? m_counts.by_truth : m_counts.skipped);
    m_checker.put_answer(row, truth, is_known ? AnsweredBy::truth : AnsweredBy::nobody);
  }
  agree();
  record(true);
}

void Loop::set_aside() {
  m_counts.set_aside = m_table.n_pending();
  std::ranges::fill(m_table.settled(m_table.pending()), Settled::set_aside);
  leave_unanswered(m_table.pending());
  agree();
  record(true);
}

void Loop::find_truth(bool of_all) {
  const IndexRange pending = m_table.pending();
  std::vector<std::int64_t> wanted;
  std::vector<double> x;
  for (std::int64_t row = pending.first; row < pending.last; ++row) {
    if ((of_all || m_table.is_open(row)) && !m_table.knows_truth(row)) {
      wanted.push_back(row);
      const auto point = m_table.x(row);
      x.insert(x.end(), point.begin(), point.end());
    }
  }
  const std::int64_t n = std::ssize(wanted);
  std::vector<double> truth(as_size(n * m_facts.outputs));
  const Array y{truth.data(), n, m_facts.outputs};
  m_parts.layout.begin_truth();
  m_outcome.tally.truth_calls += m_parts.emulator.truth({x.data(), n, m_facts.dimension}, y);
  for (std::int64_t k = 0; k < n; ++k) {
    m_table.set_truth(wanted[as_size(k)], y.row(k));
  }
}

void Loop::retrain() {
  flush();
  Emulator& emulator = m_parts.emulator;
  RetrainingRecord record;
  record.query = first_open_query();
  record.pending = m_progress.pending;
  record.started_s = elapsed_s();
  attempt({},
          [&] { tell([&](RunObserver& observer) { observer.retraining_started(record.query, record.started_s); }); });
  record.costs = emulator.draw_costs();
  const bool alone = m_parts.layout.may_retrain_alone() && emulator.prefers_to_retrain_alone();
  if (!alone) {
    m_parts.layout.begin_retraining(emulator.next_sample());
  }
  record.report = emulator.retrain(alone);
  if (emulator.has_failed()) {
    m_checker.fail(emulator.take_failure());
  }
  agree();
  if (!m_parts.layout.asks_alone()) {
    emulator.update_copies();
  }
  record.ended_s = elapsed_s();
  m_progress = after_retraining(m_progress);
  m_loss = loss_of(record.report);
  Tally& tally = m_outcome.tally;
  ++tally.retrainings;
  tally.diverged += record.report.divergence ? 1 : 0;
  tally.truth_calls += record.report.drawn;
  tally.samples += record.report.training.samples;
  tally.failed_samples += record.report.failed;
  attempt({}, [&] { tell([&](RunObserver& observer) { observer.retrained(record, total()); }); });
}

void Loop::leave_pending() {
  const IndexRange pending = m_table.pending();
  for (std::int64_t row = pending.first; row < pending.last; ++row) {
    if (m_table.is_open(row)) {
      m_checker.put_verdict(row, Verdict::rejected);
    }
  }
}

bool Loop::is_vain() {
  if (m_progress.pending == 0) {
    return false;
  }
  const std::int64_t truths = total().truth_calls;
  if (m_parts.remembers_stagnation && m_truths_at_stagnation >= 0 &&
      truths < 2 * std::max<std::int64_t>(m_truths_at_stagnation, 1)) {
    return true;
  }
  const bool is_vain = retraining_is_vain();
  m_truths_at_stagnation = is_vain ? truths : -1;
  return is_vain;
}

bool Loop::retraining_is_vain() {
  const IndexRange pending = m_table.pending();
  const bool has_bound = m_gate.needs().bound;
  std::vector<double> numbers;  // of each pending query: excess, what is allowed, x
  for (std::int64_t row = pending.first; row < pending.last; ++row) {
    const bool is_decided = has_bound && m_table.knows_truth(row);
    const Excess excess = excess_of(m_gate.tolerance(), m_table.surrogate(row),
                                    is_decided ? m_table.truth(row) : m_table.approximation(row),
                                    has_bound && !is_decided ? m_table.bound(row) : std::span<const double>());
    numbers.push_back(excess.beyond);
    numbers.push_back(excess.allowed);
    const auto x = m_table.x(row);
    numbers.insert(numbers.end(), x.begin(), x.end());
  }
  numbers = m_parts.layout.gathered(std::move(numbers));
  bool is_vain = false;
  const auto failure = failure_of("judging stagnation", [&] {
    if (!m_parts.emulator.is_model_rank()) {
      return;
    }
    std::vector<Excess> excesses;
    std::vector<double> x;
    for (auto at = numbers.begin(); at != numbers.end(); at += 2 + m_facts.dimension) {
      excesses.push_back({at[0], at[1]});
      x.insert(x.end(), at + 2, at + 2 + m_facts.dimension);
    }
    if (m_progress.retrainings == 0) {
      m_stagnation.forget();
    } else {
      m_stagnation.add(m_loss, least_error(excesses), std::ssize(excesses));
    }
    is_vain = m_parts.emulator.is_stagnation(m_limits.on_stagnation, m_stagnation,
                                             {x.data(), std::ssize(excesses), m_facts.dimension}, excesses);
  });
  return m_parts.layout.shared(is_vain, failure);
}

}  // namespace ailoop
