#pragma once

#include <ailoop/loop/check_log.hpp>

#include <cstdint>
#include <span>

namespace ailoop::test {

/// Adds one query as a check of its own.
inline void add(CheckLog& log, const CheckRecord& record) {
  const Settled settled = record.answered_by == AnsweredBy::surrogate ? Settled::by_surrogate
                          : record.answered_by == AnsweredBy::truth   ? Settled::by_truth
                                                                      : Settled::no;
  const std::uint8_t has_truth = record.truth.empty() ? 0 : 1;
  CheckedQueries one;
  one.attempt = record.attempt;
  one.seconds = record.seconds;
  one.exhausted = record.exhausted;
  one.queries = std::span(&record.query, 1);
  one.judgements = std::span(&record.judgement, 1);
  one.settled = std::span(&settled, 1);
  one.x = record.x;
  one.surrogate = record.surrogate;
  one.approximation = record.approximation;
  one.has_truth = std::span(&has_truth, record.truth.empty() ? 0U : 1U);
  one.truth = record.truth;
  log.add(one);
}

}  // namespace ailoop::test
