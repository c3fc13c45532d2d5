// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// New queries that are checked on a device. Of those that are accepted the host learns how many there are; only others
// come to its table, unless somebody wants to see all.
#include <ailoop/core/error.hpp>
#include <ailoop/core/index_range.hpp>
#include <ailoop/emulator/checker.hpp>
#include <ailoop/problem/checked_truth.hpp>

#include <algorithm>
#include <limits>

namespace ailoop {

namespace {

template <class T>
ArrayOf<T> as_column(std::span<T> numbers, Memory where) {
  return {numbers.data(), std::ssize(numbers), 1, where};
}

/// Brings rows of a column of the device to the table.
/// \param[in] open which of them; null: all
template <class T>
void take_rows(const ArrayOf<const T>& from, const std::vector<std::int64_t>* open, const ArrayOf<T>& to) {
  if (open == nullptr) {
    copy(from, to);
  } else if (!open->empty()) {
    gather_rows<T>(from, *open, to);
  }
}

}  // namespace

void Checker::check_new_on_device(IndexRange queries) {
  attempt({}, [&] {
    if (!m_device) {
      m_device = std::make_unique<DeviceChecks>(m_facts);
    }
  });
  for (std::int64_t first = queries.first; first < queries.last && !m_failed; first += m_device->at_once()) {
    check_piece_on_device({first, std::min(first + m_device->at_once(), queries.last)});
  }
}

void Checker::check_piece_on_device(IndexRange queries) {
  DeviceChecks::Piece piece;
  attempt({}, [&] {
    Array y;
    std::span<Verdict> verdicts;
    if (m_answers) {
      const IndexRange places{queries.first - m_answers->first, queries.last - m_answers->first};
      y = m_answers->y.part(places);
      verdicts = m_answers->verdicts.empty() ? verdicts : part_of(m_answers->verdicts, places);
    }
    piece = m_device->piece(queries.size(), y, verdicts);
    const Array room = m_device->own_points(queries.size());
    if (m_parts.queries.where() == Memory::device) {
      piece.x = m_parts.queries.points(queries.first, room);
    } else {
      copy(m_parts.queries.points(queries.first, m_device->points_on_host(queries.size())), room);
    }
  });
  attempt("predicting", [&] { m_parts.emulator.surrogate().predict(Execution::device, piece.x, piece.surrogate); });
  if (!m_failed) {
    Approximated how = m_parts.layout.approximate(queries, piece.x, piece.approximation, piece.bound);
    m_approximate_s += how.seconds;
    if (how.failed) {
      fail(std::move(how.failure));
    }
  }
  attempt({}, [&] {
    m_gate.judge_on_device(piece.judged(), piece.judgements);
    m_device->find(piece);
    if (const auto outside = piece.found.outside; outside && m_parts.queries.where() == Memory::device) {
      std::vector<double> point(as_size(m_facts.dimension));
      copy(piece.x.part({*outside, *outside + 1}), Array{point.data(), 1, m_facts.dimension});
      throw UsageError(outside_text(queries.first + *outside, point));
    }
    take_piece(queries, piece);
  });
}

void Checker::take_piece(IndexRange queries, const DeviceChecks::Piece& piece) {
  const std::int64_t n_open = std::ssize(piece.found.open);
  if (m_answers && m_answers->y.where == Memory::host) {
    take_answers(queries, piece);
  }
  const bool takes_all = m_parts.keeps_all || m_audit.is_on();
  const std::vector<std::int64_t>* const open = takes_all ? nullptr : &piece.found.open;
  const IndexRange rows =
      takes_all ? m_table.append(queries.first, queries.size()) : m_table.append(queries.first, piece.found.open);
  const JudgementColumns judgements = m_table.judgements(rows);
  const JudgedColumns columns{m_table.surrogate(rows), m_table.approximation(rows), m_table.bound(rows)};
  take_rows(piece.x, open, m_table.x(rows));
  take_rows<double>(piece.surrogate, open, m_table.surrogate(rows));
  const Evidence needs = m_gate.needs();
  if (needs.approximation) {
    take_rows<double>(piece.approximation, open, m_table.approximation(rows));
  } else if (m_facts.shares == 0) {
    const Array none = m_table.approximation(rows);
    std::fill_n(none.data, none.size(), std::numeric_limits<double>::quiet_NaN());
  }
  if (needs.bound) {
    take_rows<double>(piece.bound, open, m_table.bound(rows));
  }
  const auto take_column = [&]<class T>(std::span<T> from, std::span<T> to) {
    take_rows<T>(as_column(from, Memory::device), open, as_column(to, Memory::host));
  };
  take_column(piece.judgements.verdicts, judgements.verdicts);
  take_column(piece.judgements.errors, judgements.errors);
  take_column(piece.judgements.allowed, judgements.allowed);
  std::ranges::transform(judgements.verdicts, m_table.settled(rows).begin(), [](Verdict verdict) {
    return verdict == Verdict::accepted ? Settled::by_surrogate : Settled::no;
  });
  count_judged(rows, m_table.x(rows), columns, queries.size(), queries.size() - n_open);
  if (!m_parts.keeps_all) {
    m_table.keep_unsettled(rows.first, n_open);
  }
}

void Checker::take_answers(IndexRange queries, const DeviceChecks::Piece& piece) {
  const AnswerColumns& answers = *m_answers;
  const IndexRange places{queries.first - answers.first, queries.last - answers.first};
  copy(piece.surrogate, answers.y.part(places));
  const auto verdicts_there = as_column(piece.judgements.verdicts, Memory::device);
  if (!answers.verdicts.empty()) {
    copy(verdicts_there, as_column(part_of(answers.verdicts, places), Memory::host));
  }
  if (!answers.answered_by.empty()) {
    copy(piece.x, answers.x.part(places));
    const OwnedRows<Verdict> verdicts(queries.size(), 1, Memory::host);
    copy(verdicts_there, verdicts.rows());
    std::transform(
        verdicts.rows().data, verdicts.rows().data + queries.size(), answers.answered_by.begin() + places.first,
        [](Verdict verdict) { return verdict == Verdict::accepted ? AnsweredBy::surrogate : AnsweredBy::open; });
  }
}

}  // namespace ailoop
