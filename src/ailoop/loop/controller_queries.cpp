// What the controller does with the pending queries: check them, decide on them, answer them.
#include <ailoop/loop/controller.hpp>

#include <algorithm>
#include <cmath>

namespace ailoop {

namespace {

CheckCounts count_verdicts(QueryBatch& batch) {
  CheckCounts counts;
  for (const Judgement& judgement : batch.judgements()) {
    counts.accepted += judgement.verdict == Verdict::accepted ? 1 : 0;
    counts.inconclusive += judgement.verdict == Verdict::inconclusive ? 1 : 0;
  }
  counts.rejected = batch.size() - counts.accepted - counts.inconclusive;
  for (std::int64_t i = 0; i < batch.size() && counts.inconclusive > 0; ++i) {
    const bool is_open = batch.judgement(i).verdict == Verdict::inconclusive && !batch.knows_truth(i);
    counts.undecided += is_open ? 1 : 0;
  }
  return counts;
}

}  // namespace

void Controller::start_clock() {
  m_check_started_s = m_checks_in_a_row ? m_settled_from_s : elapsed_s();
  m_other_s = other_s();
}

void Controller::ask(const Action& action) {
  if (action.is_cut_short && !m_before_cut) {
    m_before_cut = state_now();
    m_checks_in_a_row = false;
  }
  start_clock();
  const std::int64_t queries = action.queries;
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
  m_predict_s += m_checked_s - m_check_started_s - (other_s() - m_other_s);
  const CheckCounts counts = count_verdicts(m_batch);
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
  const auto judgements = m_batch.judgements();
  const auto settled = m_batch.settled();
  bool all_are_decided = true;
  for (std::size_t i = 0; i < settled.size(); ++i) {
    const Verdict verdict = judgements[i].verdict;
    settled[i] = verdict == Verdict::accepted ? Settled::by_surrogate : Settled::no;
    all_are_decided = all_are_decided && verdict != Verdict::inconclusive;
  }
  for (std::size_t i = 0; i < settled.size() && !all_are_decided; ++i) {
    if (judgements[i].verdict == Verdict::inconclusive) {
      settled[i] = settled_by_truth(static_cast<std::int64_t>(i));
    }
  }
  record(false);
}

Settled Controller::settled_by_truth(std::int64_t i) const {
  if (std::isnan(m_batch.truth(i)[0])) {
    return Settled::skipped;
  }
  const bool is_right = is_within(m_batch.surrogate(i), m_batch.truth(i), m_parts.emulator.settings().tolerance);
  return is_right ? Settled::by_truth : Settled::no;
}

void Controller::answer() {
  find_truth([](std::int64_t /*i*/) { return true; });
  const auto settled = m_batch.settled();
  for (std::size_t i = 0; i < settled.size(); ++i) {
    const bool is_known = !std::isnan(m_batch.truth(static_cast<std::int64_t>(i))[0]);
    settled[i] = is_known ? Settled::by_truth : Settled::skipped;
  }
  record(true);
}

void Controller::set_aside() {
  std::ranges::fill(m_batch.settled(), Settled::set_aside);
  record(true);
}

bool Controller::retraining_is_vain() {
  const EmulatorSettings& settings = m_parts.emulator.settings();
  const bool is_certified = settings.gate == GateMode::certified;
  std::vector<double> excesses;
  for (std::int64_t i = 0; i < m_batch.size(); ++i) {
    const bool decided = is_certified && m_batch.knows_truth(i);
    excesses.push_back(excess(m_batch.surrogate(i), decided ? m_batch.truth(i) : m_batch.approximation(i),
                              is_certified && !decided ? m_batch.bound(i) : std::span<const double>(),
                              settings.tolerance));
  }
  if (m_progress.retrainings == 0) {
    m_stagnation.forget();
  } else {
    m_stagnation.add(m_loss, least_error(excesses, settings.tolerance), m_batch.size());
  }
  return m_parts.emulator.is_stagnation(m_limits.on_stagnation, m_stagnation, m_batch.x(), excesses);
}

void Controller::record(bool exhausted) {
  if (!m_log.has_room(m_batch.size()) || m_checked_s - m_last_flush_s > seconds_between_flushes) {
    flush();
    m_settled_from_s = elapsed_s();  // settling and recording belong to checks, flushing does not
  }
  CheckedQueries checked = m_batch.checked();
  checked.attempt = m_progress.attempts;
  checked.seconds = exhausted ? elapsed_s() : m_checked_s;
  checked.exhausted = exhausted;
  m_log.add(checked);

  const auto count = [&](Settled how) { return static_cast<std::int64_t>(std::ranges::count(checked.settled, how)); };
  const std::int64_t by_surrogate = count(Settled::by_surrogate);
  const std::int64_t by_truth = count(Settled::by_truth);
  const std::int64_t skipped = count(Settled::skipped);
  const std::int64_t set_aside = count(Settled::set_aside);
  Tally& tally = m_outcome.tally;
  tally.by_surrogate += by_surrogate;
  tally.by_truth += by_truth;
  tally.skipped += skipped;
  tally.set_aside += set_aside;
  m_outcome.last_error.reset();
  const std::int64_t n_settled = by_surrogate + by_truth + skipped + set_aside;
  if (n_settled < m_batch.size() || skipped + set_aside > 0) {
    note_unanswered(checked);
  }
  m_batch.remove_settled();
  m_progress = after_settling(m_progress, n_settled);
  m_progress.vain = m_progress.pending > 0 && retraining_is_vain();
}

void Controller::note_unanswered(const CheckedQueries& checked) {
  std::optional<double>& worst = m_outcome.last_error;
  for (std::size_t i = 0; i < checked.settled.size(); ++i) {
    if (checked.settled[i] == Settled::skipped || checked.settled[i] == Settled::set_aside) {
      m_skipped.push_back(checked.queries[i]);
    }
    if (checked.settled[i] == Settled::no) {
      const double error = checked.judgements[i].error;
      worst = error <= worst.value_or(-1.0) ? worst : error;
    }
  }
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
