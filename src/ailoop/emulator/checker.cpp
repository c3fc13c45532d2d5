// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <ailoop/emulator/checker.hpp>

#include <ailoop/core/execution.hpp>
#include <ailoop/core/index_range.hpp>
#include <ailoop/execution/executions.hpp>

#include <algorithm>
#include <cmath>

namespace ailoop {

Checker::Checker(const CheckerParts& parts, std::int64_t capacity, std::int64_t checks)
    : m_parts(parts),
      m_facts(parts.emulator.problem().facts()),
      m_gate(parts.emulator.gate()),
      m_table(m_facts.dimension, m_facts.outputs, m_facts.has_bound, capacity, checks),
      m_audit(m_gate, parts.emulator.settings().audit, parts.emulator.settings().seed, parts.keeps_all) {}

void Checker::check_new(IndexRange queries, std::int64_t block) {
  for (std::int64_t first = queries.first; first < queries.last && !m_failed; first += block) {
    check_block({first, std::min(first + block, queries.last)});
  }
}

void Checker::check_block(IndexRange queries) {
  const IndexRange rows = m_table.append(queries.first, queries.size());
  Layout& layout = m_parts.layout;
  layout.begin(queries);
  Block block{true, rows, m_table.x(rows), m_table.surrogate(rows)};
  attempt({}, [&] { block.x = m_parts.queries.points(queries.first, m_table.x(rows)); });
  if (m_answers) {
    block.surrogate = m_answers->y.part({queries.first - m_answers->first, queries.last - m_answers->first});
  }
  predict(block);
  if (!m_failed) {
    Approximated how = layout.approximate(queries, block.x, m_table.approximation(rows), m_table.bound(rows));
    m_approximate_s += how.seconds;
    if (how.failed) {
      fail(std::move(how.failure));
    }
  }
  const std::int64_t accepted = judge(block);
  if (!m_parts.keeps_all && !m_failed) {
    m_table.keep_unsettled(rows.first, rows.size() - accepted);
  }
}

void Checker::check_again(std::int64_t block) {
  const IndexRange pending = m_table.pending();
  for (std::int64_t first = pending.first; first < pending.last; first += block) {
    const IndexRange rows{first, std::min(first + block, pending.last)};
    const Block again{false, rows, m_table.x(rows), m_table.surrogate(rows)};
    predict(again);
    judge(again);
  }
}

void Checker::take(Checker& following) {
  if (following.m_failed && !m_failed) {
    fail(std::move(following.m_failure));
  }
  following.m_failed = false;
  m_audit.take(following.m_audit, m_table.size());
  m_table.take_pending(following.m_table);
  m_counts = m_counts + std::exchange(following.m_counts, {});
}

void Checker::predict(const Block& block) {
  attempt("predicting",
          [&] { m_parts.emulator.surrogate().predict(execution_for(block.rows.size()), block.x, block.surrogate); });
}

std::int64_t Checker::judge(const Block& block) {
  if (m_failed) {
    return 0;
  }
  const IndexRange rows = block.rows;
  const JudgementColumns judgements = m_table.judgements(rows);
  const auto settled = m_table.settled(rows);
  const JudgedColumns columns{block.surrogate, m_table.approximation(rows), m_table.bound(rows)};
  const std::int64_t accepted =
      sum_over_stretches("ailoop::Checker::judge", rows.size(), [&](std::int64_t first, std::int64_t count) {
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
        if (m_parts.keeps_all || n_accepted < count) {
          keep(block, range);
        }
        if (m_answers) {
          put_verdicts(block, range);
        }
        return n_accepted;
      });
  count_judged(rows, block.x, columns, rows.size(), accepted);
  return accepted;
}

void Checker::count_judged(IndexRange rows, ConstArray x, const JudgedColumns& columns, std::int64_t n,
                           std::int64_t accepted) {
  m_counts.asked += n;
  m_counts.accepted += accepted;
  attempt("audit", [&] { m_counts.audited += m_audit.choose(m_table, rows, x, columns); });
  for (std::int64_t row = rows.first; row < rows.last && accepted < n; ++row) {
    if (m_table.is_open(row)) {
      ++m_counts.inconclusive;
      if (m_table.knows_truth(row)) {
        settle_by_truth(row);
      } else {
        ++m_counts.undecided;
      }
    }
  }
}

void Checker::keep(const Block& block, IndexRange part) {
  const auto copy = [&](ConstArray from, Array to) {
    if (from.data != to.data) {
      std::copy_n(from.part(part).data, from.part(part).size(), to.part(part).data);
    }
  };
  copy(block.x, m_table.x(block.rows));
  copy(block.surrogate, m_table.surrogate(block.rows));
}

void Checker::put_verdicts(const Block& block, IndexRange part) {
  const IndexRange rows{block.rows.first + part.first, block.rows.first + part.last};
  if (!block.is_new) {
    for (std::int64_t row = rows.first; row < rows.last; ++row) {
      const Verdict verdict = m_table.judgement(row).verdict;
      put_verdict(row, verdict);
      put_answer(row, m_table.surrogate(row), verdict == Verdict::accepted ? AnsweredBy::surrogate : AnsweredBy::open);
    }
    return;
  }
  const AnswerColumns& answers = *m_answers;
  const auto verdicts = m_table.judgements(rows).verdicts;
  const std::int64_t first = m_table.query(rows.first) - answers.first;
  if (!answers.verdicts.empty()) {
    std::ranges::copy(verdicts, answers.verdicts.begin() + first);
  }
  if (!answers.answered_by.empty()) {
    std::copy_n(block.x.part(part).data, block.x.part(part).size(), answers.x.data + first * m_facts.dimension);
    std::ranges::transform(verdicts, answers.answered_by.begin() + first, [](Verdict verdict) {
      return verdict == Verdict::accepted ? AnsweredBy::surrogate : AnsweredBy::open;
    });
  }
}

void Checker::settle_by_truth(std::int64_t row) {
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

void Checker::put_answer(std::int64_t row, std::span<const double> y, AnsweredBy who) {
  if (!m_answers) {
    return;
  }
  const std::size_t place = place_of(row);
  if (m_answers->y.where == Memory::device) {
    m_device->put_late(place, y);
    return;
  }
  std::ranges::copy(y, m_answers->y.data + place * y.size());
  if (!m_answers->answered_by.empty()) {
    std::ranges::copy(m_table.x(row), m_answers->x.data + place * as_size(m_facts.dimension));
    m_answers->answered_by[place] = who;
  }
}

void Checker::put_verdict(std::int64_t row, Verdict verdict) {
  if (!m_answers || m_answers->verdicts.empty()) {
    return;
  }
  if (m_answers->y.where == Memory::device) {
    m_device->put_late(place_of(row), verdict);
  } else {
    m_answers->verdicts[place_of(row)] = verdict;
  }
}

std::size_t Checker::place_of(std::int64_t row) const { return as_size(m_table.query(row) - m_answers->first); }

}  // namespace ailoop
