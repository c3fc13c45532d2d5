// What the controller does with the pending queries: check them, decide on them, answer them.
#include <ailoop/loop/controller.hpp>

#include <cmath>

namespace ailoop {

void Controller::start_clock() { m_check_started_s = m_checks_in_a_row ? m_settled_from_s : elapsed_s(); }

void Controller::ask(std::int64_t queries) {
  start_clock();
  const IndexRange range{m_progress.next_query, m_progress.next_query + queries};
  m_approximations.ask(range);
  m_batch.start(m_parts.queries, range.first, queries);
  m_progress = after_asking(m_progress, queries);
  m_parts.emulator.predict(m_batch.x(), m_batch.surrogate());
  const bool has_bound = m_parts.emulator.settings().gate == GateMode::certified;
  const auto numbers = static_cast<std::size_t>(has_bound ? queries * m_parts.problem.facts().outputs : 0);
  if (!m_approximations.take(range, m_batch.x(), m_batch.approximation(), {m_batch.bound().data, numbers})) {
    m_parts.emulator.fail(m_approximations.failure());
  }
  judge();
}

void Controller::check_again() {
  start_clock();
  m_parts.emulator.predict(m_batch.x(), m_batch.surrogate());
  judge();
}

void Controller::judge() {
  if (m_parts.emulator.has_failed()) {
    return;
  }
  m_parts.emulator.judge(m_batch.surrogate(), m_batch.approximation(), m_batch.bound(), m_batch.judgements());
  m_checked_s = elapsed_s();
  m_settled_from_s = m_checked_s;
  m_checks_in_a_row = true;
  m_outcome.check_s.add(m_checked_s - m_check_started_s);
  m_checks_s += m_checked_s - m_check_started_s;
  CheckCounts counts;
  for (std::int64_t i = 0; i < m_batch.size(); ++i) {
    const Verdict verdict = m_batch.judgement(i).verdict;
    counts.accepted += verdict == Verdict::accepted ? 1 : 0;
    counts.rejected += verdict == Verdict::rejected ? 1 : 0;
    counts.inconclusive += verdict == Verdict::inconclusive ? 1 : 0;
    counts.undecided += verdict == Verdict::inconclusive && !m_batch.knows_truth(i) ? 1 : 0;
  }
  m_progress = after_check(m_progress, counts);
  m_outcome.tally = with_check(m_outcome.tally, counts);
  if (counts.undecided == 0) {
    settle();
  }
}

void Controller::decide() {
  find_truth([&](std::int64_t i) { return m_batch.judgement(i).verdict == Verdict::inconclusive; });
  settle();
}

void Controller::settle() {
  settle(false, [&](std::int64_t i) {
    const Verdict verdict = m_batch.judgement(i).verdict;
    if (verdict != Verdict::inconclusive) {
      return verdict == Verdict::accepted ? Settled::by_surrogate : Settled::no;
    }
    if (std::isnan(m_batch.truth(i)[0])) {
      return Settled::skipped;
    }
    const bool is_right = is_within(m_batch.surrogate(i), m_batch.truth(i), m_parts.emulator.settings().tolerance);
    return is_right ? Settled::by_truth : Settled::no;
  });
}

void Controller::answer() {
  find_truth([](std::int64_t /*i*/) { return true; });
  settle(true, [&](std::int64_t i) { return std::isnan(m_batch.truth(i)[0]) ? Settled::skipped : Settled::by_truth; });
}

void Controller::settle(bool exhausted, const std::function<Settled(std::int64_t)>& settled) {
  if (m_log.free() < m_batch.size() || m_checked_s - m_last_flush_s > seconds_between_flushes) {
    flush();
    m_settled_from_s = elapsed_s();  // settling and recording belong to checks, flushing does not
  }
  Tally& tally = m_outcome.tally;
  std::int64_t n_settled = 0;
  m_outcome.last_error.reset();
  for (std::int64_t i = 0; i < m_batch.size(); ++i) {
    const Settled how = settled(i);
    n_settled += how == Settled::no ? 0 : 1;
    tally.by_surrogate += how == Settled::by_surrogate ? 1 : 0;
    tally.by_truth += how == Settled::by_truth ? 1 : 0;
    tally.skipped += how == Settled::skipped ? 1 : 0;
    if (how == Settled::skipped) {
      m_skipped.push_back(m_batch.queries()[static_cast<std::size_t>(i)]);
    }
    if (how == Settled::no) {
      const double error = m_batch.judgement(i).error;
      m_outcome.last_error = error <= m_outcome.last_error.value_or(-1.0) ? m_outcome.last_error : error;
    }
    log(i, how, exhausted);
  }
  m_batch.remove([&](std::int64_t i) { return settled(i) != Settled::no; });
  m_progress = after_settling(m_progress, n_settled);
}

void Controller::log(std::int64_t i, Settled how, bool exhausted) {
  CheckRecord record;
  record.query = m_batch.queries()[static_cast<std::size_t>(i)];
  record.attempt = m_progress.attempts;
  record.seconds = exhausted ? elapsed_s() : m_checked_s;
  record.judgement = m_batch.judgement(i);
  record.answered_by = how == Settled::by_surrogate ? AnsweredBy::surrogate
                       : how == Settled::by_truth   ? AnsweredBy::truth
                                                    : AnsweredBy::nobody;
  record.exhausted = exhausted;
  record.x = m_batch.point(i);
  record.surrogate = m_batch.surrogate(i);
  record.approximation = m_batch.approximation(i);
  if (m_batch.knows_truth(i)) {
    record.truth = m_batch.truth(i);
  }
  m_log.add(record);
}

void Controller::find_truth(const std::function<bool(std::int64_t)>& is_wanted) {
  const Facts& facts = m_parts.problem.facts();
  std::vector<std::int64_t> wanted;
  std::vector<double> x;
  for (std::int64_t i = 0; i < m_batch.size(); ++i) {
    if (is_wanted(i) && !m_batch.knows_truth(i)) {
      wanted.push_back(i);
      const auto point = m_batch.point(i);
      x.insert(x.end(), point.begin(), point.end());
    }
  }
  if (wanted.empty()) {
    return;
  }
  const auto n = static_cast<std::int64_t>(wanted.size());
  const auto outputs = static_cast<std::size_t>(facts.outputs);
  std::vector<double> y(wanted.size() * outputs);
  in_collective({.kind = Decision::Kind::truth}, [&] {
    m_outcome.tally.truth_calls += m_parts.emulator.truth({x.data(), n, facts.dimension}, {y.data(), n, facts.outputs});
  });
  for (std::size_t k = 0; k < wanted.size(); ++k) {
    m_batch.set_truth(wanted[k], std::span(y).subspan(k * outputs, outputs));
  }
}

}  // namespace ailoop
