// How a loop checks queries: new ones, block by block, and pending ones again.
#include <ailoop/core/index_range.hpp>
#include <ailoop/emulator/loop.hpp>
#include <ailoop/kernels/execution.hpp>
#include <ailoop/kernels/launch.hpp>

#include <algorithm>
#include <cmath>
#include <utility>

namespace ailoop {

void Loop::ask(const Action& action) {
  const IndexRange batch{m_progress.next_query, m_progress.next_query + action.queries};
  const IndexRange mine = m_parts.layout.mine(batch);
  const std::int64_t block = m_parts.layout.block();
  if (m_parts.store != nullptr) {
    attempt("answers", [&] { m_answers = m_parts.store->room(mine); });
  }
  for (std::int64_t first = mine.first; first < mine.last; first += block) {
    check_new({first, std::min(first + block, mine.last)});
  }
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
  const IndexRange rows = m_table.append(queries.first, queries.size());
  Layout& layout = m_parts.layout;
  layout.begin(queries);
  attempt({}, [&] { m_parts.queries.queries(queries.first, m_table.x(rows)); });
  predict(rows);
  bool is_approximated = true;
  attempt("approximating", [&] {
    is_approximated = layout.approximate(queries, m_table.x(rows), m_table.approximation(rows), m_table.bound(rows));
  });
  if (!is_approximated) {
    m_failed = true;
    m_failure = layout.failure();
  }
  const std::int64_t accepted = judge(rows);
  if (m_parts.kept != KeptChecks::all && !m_failed) {
    m_table.keep_unsettled(rows.first, rows.size() - accepted);
  }
}

void Loop::check_again() {
  const IndexRange pending = m_table.pending();
  const std::int64_t block = m_parts.layout.block();
  for (std::int64_t first = pending.first; first < pending.last; first += block) {
    const IndexRange rows{first, std::min(first + block, pending.last)};
    predict(rows);
    judge(rows);
  }
  agree_on_check();
  end_check();
}

void Loop::predict(IndexRange rows) {
  attempt("predicting", [&] {
    m_parts.emulator.surrogate().predict(execution_for(rows.size()), m_table.x(rows), m_table.surrogate(rows));
  });
}

std::int64_t Loop::judge(IndexRange rows) {
  if (m_failed) {
    return 0;
  }
  const JudgementColumns judgements = m_table.judgements(rows);
  const auto settled = m_table.settled(rows);
  const JudgedColumns columns{m_table.surrogate(rows), m_table.approximation(rows), m_table.bound(rows)};
  const auto queries = m_table.queries(rows);
  const bool in_one_piece = rows.size() > 0 && queries.back() - queries.front() == rows.size() - 1;
  const std::int64_t accepted =
      kernels::sum_over_stretches("ailoop::Loop::judge", rows.size(), [&](std::int64_t first, std::int64_t count) {
        const IndexRange range{first, first + count};
        const JudgementColumns of_part = judgements.part(range);
        m_gate.judge({columns.surrogate.part(range), columns.approximation.part(range), columns.bound.part(range)},
                     of_part);
        std::int64_t n_accepted = 0;
        for (std::size_t i = 0; i < of_part.verdicts.size(); ++i) {
          const bool is_accepted = of_part.verdicts[i] == Verdict::accepted;
          settled[as_size(first) + i] = is_accepted ? Settled::by_surrogate : Settled::no;
          n_accepted += is_accepted ? 1 : 0;
        }
        if (m_answers) {
          put_answers({rows.first + range.first, rows.first + range.last}, in_one_piece);
        }
        return n_accepted;
      });
  m_counts.asked += rows.size();
  m_counts.accepted += accepted;
  attempt("audit", [&] { m_counts.audited += m_audit.choose(m_table, rows, m_parts.kept == KeptChecks::all); });
  for (std::int64_t row = rows.first; row < rows.last && accepted < rows.size(); ++row) {
    if (is_open(row)) {
      ++m_counts.inconclusive;
      if (m_table.knows_truth(row)) {
        settle_by_truth(row);
      } else {
        ++m_counts.undecided;
      }
    }
  }
  return accepted;
}

void Loop::put_answers(IndexRange rows, bool in_one_piece) {
  const AnswerColumns& answers = *m_answers;
  const auto verdicts = m_table.judgements(rows).verdicts;
  if (!in_one_piece) {
    for (std::int64_t row = rows.first; row < rows.last; ++row) {
      const Verdict verdict = m_table.judgement(row).verdict;
      put_verdict(row, verdict);
      put_answer(row, m_table.surrogate(row), verdict == Verdict::accepted ? AnsweredBy::surrogate : AnsweredBy::open);
    }
    return;
  }
  const std::int64_t first = m_table.query(rows.first) - answers.first;
  std::copy_n(m_table.surrogate(rows).data, rows.size() * m_facts.outputs, answers.y.data + first * m_facts.outputs);
  if (!answers.verdicts.empty()) {
    std::ranges::copy(verdicts, answers.verdicts.begin() + first);
  }
  if (!answers.answered_by.empty()) {
    std::copy_n(m_table.x(rows).data, rows.size() * m_facts.dimension, answers.x.data + first * m_facts.dimension);
    std::ranges::transform(verdicts, answers.answered_by.begin() + first, [](Verdict verdict) {
      return verdict == Verdict::accepted ? AnsweredBy::surrogate : AnsweredBy::open;
    });
  }
}

void Loop::settle_by_truth(std::int64_t row) {
  const auto truth = m_table.truth(row);
  Settled& settled = m_table.settled({row, row + 1}).front();
  if (std::isnan(truth[0])) {
    settled = Settled::skipped;
    ++m_counts.skipped;
  } else if (m_gate.tolerance().contains(m_table.surrogate(row), truth)) {
    settled = Settled::by_truth;
    ++m_counts.by_truth;
  } else {
    settled = Settled::no;
    put_verdict(row, Verdict::rejected);
    return;
  }
  put_answer(row, truth, settled == Settled::by_truth ? AnsweredBy::truth : AnsweredBy::nobody);
}

void Loop::put_answer(std::int64_t row, std::span<const double> y, AnsweredBy who) {
  if (!m_answers) {
    return;
  }
  const std::size_t place = place_of(row);
  std::ranges::copy(y, m_answers->y.data + place * y.size());
  if (!m_answers->answered_by.empty()) {
    std::ranges::copy(m_table.x(row), m_answers->x.data + place * as_size(m_facts.dimension));
    m_answers->answered_by[place] = who;
  }
}

void Loop::put_verdict(std::int64_t row, Verdict verdict) {
  if (m_answers && !m_answers->verdicts.empty()) {
    m_answers->verdicts[place_of(row)] = verdict;
  }
}

std::size_t Loop::place_of(std::int64_t row) const { return as_size(m_table.query(row) - m_answers->first); }

void Loop::agree_on_check() {
  try {
    agree();
    m_checked_s = elapsed_s();
    if (m_counts.audited > 0) {
      audit();
    }
  } catch (...) {
    m_audit.forget();
    throw;
  }
}

void Loop::audit() {
  const ConstArray x = m_audit.x();
  std::vector<double> truth(as_size(x.rows * m_facts.outputs));
  const Array y{truth.data(), x.rows, m_facts.outputs};
  m_parts.layout.begin_audit();
  m_parts.emulator.audit({x.data, x.rows, m_facts.dimension}, y);  // which a rank without any does not know
  LoopCounts counts;
  attempt({}, [&] {
    const Audit::Found found = m_audit.finish(m_table, y);
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
  m_outcome.tally = with_check(m_outcome.tally, counts);
  if (m_counts.undecided == 0) {
    record(false);
  }
}

}  // namespace ailoop
