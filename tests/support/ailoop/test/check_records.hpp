// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <ailoop/emulator/query_table.hpp>

#include <algorithm>

namespace ailoop::test {

/// Adds one query as a check of its own; it does not stay pending.
inline void add(QueryTable& table, const CheckRecord& record) {
  const IndexRange row = table.append(record.query, 1);
  const auto fill = [](std::span<const double> numbers, Array cells) {
    std::copy_n(numbers.data(), std::min(std::ssize(numbers), cells.cols), cells.data);
  };
  fill(record.x, table.x(row));
  fill(record.surrogate, table.surrogate(row));
  fill(record.approximation, table.approximation(row));
  fill(record.bound, table.bound(row));
  if (!record.truth.empty()) {
    table.set_truth(row.first, record.truth);
  }
  const JudgementColumns judgements = table.judgements(row);
  judgements.verdicts[0] = record.judgement.verdict;
  judgements.errors[0] = record.judgement.error;
  judgements.allowed[0] = record.judgement.allowed;
  table.settled(row)[0] = record.answered_by == AnsweredBy::surrogate ? Settled::by_surrogate
                          : record.answered_by == AnsweredBy::truth   ? Settled::by_truth
                                                                      : Settled::skipped;
  table.end_check({.attempt = record.attempt, .seconds = record.seconds, .exhausted = record.exhausted}, true);
}

}  // namespace ailoop::test
