#include <ailoop/loop/check_log.hpp>

#include <ailoop/core/error.hpp>
#include <ailoop/test/check_records.hpp>

#include <gmock/gmock.h>

#include <algorithm>
#include <iterator>
#include <vector>

namespace ailoop {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

CheckRecord record(std::int64_t query, const std::vector<double>& x, const std::vector<double>& s,
                   const std::vector<double>& a) {
  CheckRecord out;
  out.query = query;
  out.attempt = query + 1;
  out.seconds = 0.5;
  out.judgement = {Verdict::accepted, 0.25};
  out.x = x;
  out.surrogate = s;
  out.approximation = a;
  return out;
}

TEST(CheckLog, GivesBackWhatItWasGiven) {
  CheckLog log(3, 2, 1);
  const std::vector<double> x = {1.0, 2.0};
  test::add(log, record(7, x, {3.0}, {4.0}));
  test::add(log, record(8, {5.0, 6.0}, {7.0}, {8.0}));
  ASSERT_EQ(log.size(), 2);
  EXPECT_EQ(log[0].query, 7);
  EXPECT_EQ(log[0].attempt, 8);
  EXPECT_THAT(log[0].x, ElementsAre(1.0, 2.0));
  EXPECT_THAT(log[1].x, ElementsAre(5.0, 6.0));
  EXPECT_THAT(log[1].surrogate, ElementsAre(7.0));
  EXPECT_THAT(log[1].approximation, ElementsAre(8.0));
  EXPECT_EQ(log[1].judgement.error, 0.25);
  EXPECT_THAT(log.x(), ElementsAre(1.0, 2.0, 5.0, 6.0));
}

TEST(CheckLog, ShowsBoundAndTruthOnlyOnceTheyAreKnown) {
  CheckLog log(2, 1, 1);
  test::add(log, record(0, {1.0}, {2.0}, {3.0}));
  EXPECT_THAT(log[0].bound, IsEmpty());
  EXPECT_THAT(log[0].truth, IsEmpty());
  log.bound()[0] = 0.125;
  log.truth()[0] = 2.5;
  EXPECT_THAT(log[0].bound, ElementsAre(0.125));
  EXPECT_THAT(log[0].truth, ElementsAre(2.5));
}

TEST(CheckLog, HasRoomUpToItsCapacityAndIsEmptyAfterClear) {
  CheckLog log(2, 1, 1);
  test::add(log, record(0, {1.0}, {2.0}, {3.0}));
  EXPECT_TRUE(log.has_room(1));
  EXPECT_FALSE(log.has_room(2));
  test::add(log, record(1, {1.0}, {2.0}, {3.0}));
  EXPECT_FALSE(log.has_room(1));
  EXPECT_THROW(test::add(log, record(2, {1.0}, {2.0}, {3.0})), UsageError);
  log.clear();
  EXPECT_EQ(log.size(), 0);
  EXPECT_THAT(log.x(), IsEmpty());
}

TEST(CheckLog, KeepsTheTruthThatDecidedAndWhoAnswered) {
  CheckLog log(2, 1, 1);
  const std::vector<double> x = {1.0};
  const std::vector<double> s = {2.0};
  const std::vector<double> a = {3.0};
  const std::vector<double> truth = {2.25};
  CheckRecord decided = record(0, x, s, a);  // which keeps only where they are
  decided.truth = truth;
  decided.answered_by = AnsweredBy::truth;
  test::add(log, decided);
  test::add(log, record(1, {1.0}, {2.0}, {3.0}));
  EXPECT_THAT(log[0].truth, ElementsAre(2.25));
  EXPECT_THAT(log[0].answer(), ElementsAre(2.25));
  EXPECT_EQ(log[0].answered_by, AnsweredBy::truth);
  EXPECT_THAT(log[1].truth, IsEmpty());
  EXPECT_THAT(log[1].answer(), ElementsAre(2.0));
}

/// Everything that observers can read, as numbers.
std::vector<double> contents(const CheckLog& log) {
  std::vector<double> all;
  for (std::int64_t i = 0; i < log.size(); ++i) {
    const CheckRecord r = log[i];
    for (const double number :
         {static_cast<double>(r.query), static_cast<double>(r.attempt), r.seconds, r.judgement.error,
          static_cast<double>(r.judgement.verdict), static_cast<double>(r.answered_by), r.exhausted ? 1.0 : 0.0}) {
      all.push_back(number);
    }
    for (const auto numbers : {r.x, r.surrogate, r.approximation, r.bound, r.truth}) {
      all.push_back(static_cast<double>(numbers.size()));
      std::ranges::copy(numbers, std::back_inserter(all));
    }
  }
  return all;
}

TEST(CheckLog, QueriesOfACheckAreRecordedAsIfTheyWereChecksOfTheirOwn) {
  constexpr std::int64_t n = 5;
  std::vector<std::int64_t> queries;
  std::vector<Judgement> judgements;
  std::vector<double> x;
  std::vector<double> s;
  std::vector<double> a;
  std::vector<double> truth;
  for (std::int64_t i = 0; i < n; ++i) {
    const auto number = static_cast<double>(i);
    queries.push_back(3 * i);
    judgements.push_back({i % 2 == 0 ? Verdict::accepted : Verdict::inconclusive, number / 8});
    x.push_back(number);
    x.push_back(-number);
    s.push_back(number + 0.25);
    a.push_back(number + 0.5);
    truth.push_back(number + 0.75);
  }
  const std::vector<Settled> settled = {Settled::by_surrogate, Settled::by_truth, Settled::no, Settled::skipped,
                                        Settled::by_surrogate};
  const std::vector<AnsweredBy> answered_by = {AnsweredBy::surrogate, AnsweredBy::truth, AnsweredBy::nobody,
                                               AnsweredBy::nobody, AnsweredBy::surrogate};
  const std::vector<std::uint8_t> has_truth = {0, 1, 0, 1, 0};
  CheckLog together(2 * n + 1, 2, 1);
  CheckLog one_by_one(2 * n + 1, 2, 1);
  for (CheckLog* log : {&together, &one_by_one}) {  // not the first of their logs
    test::add(*log, record(100, {8.0, 9.0}, {10.0}, {11.0}));
  }
  for (const bool knows_truths : {true, false}) {
    CheckedQueries checked;
    checked.attempt = knows_truths ? 4 : 5;
    checked.seconds = knows_truths ? 0.125 : 0.375;
    checked.exhausted = knows_truths;
    checked.queries = queries;
    checked.judgements = judgements;
    checked.settled = settled;
    checked.x = x;
    checked.surrogate = s;
    checked.approximation = a;
    if (knows_truths) {
      checked.has_truth = has_truth;
      checked.truth = truth;
    }
    together.add(checked);
    for (std::size_t i = 0; i < n; ++i) {
      CheckRecord one;
      one.query = queries[i];
      one.attempt = checked.attempt;
      one.seconds = checked.seconds;
      one.exhausted = checked.exhausted;
      one.judgement = judgements[i];
      one.answered_by = answered_by[i];
      one.x = std::span(x).subspan(2 * i, 2);
      one.surrogate = std::span(s).subspan(i, 1);
      one.approximation = std::span(a).subspan(i, 1);
      if (knows_truths && has_truth[i] != 0) {
        one.truth = std::span(truth).subspan(i, 1);
      }
      test::add(one_by_one, one);
    }
  }
  EXPECT_EQ(contents(together), contents(one_by_one));
  EXPECT_TRUE(std::ranges::equal(together.x(), one_by_one.x()));
}

TEST(CheckLog, TruthsOfChecksThatAreClearedDoNotShowAgain) {
  CheckLog log(2, 1, 1);
  const std::vector<double> truth = {2.25};
  CheckRecord decided = record(0, truth, truth, truth);
  decided.truth = truth;
  test::add(log, decided);
  log.clear();
  test::add(log, record(1, {1.0}, {2.0}, {3.0}));
  EXPECT_THAT(log[0].truth, IsEmpty());
}

TEST(CheckLog, HasRoomForAFixedNumberOfChecksHoweverSmall) {
  CheckLog log(2 * CheckLog::most_checks, 1, 1);
  for (std::int64_t i = 0; i < CheckLog::most_checks; ++i) {
    ASSERT_TRUE(log.has_room(1));
    test::add(log, record(i, {1.0}, {2.0}, {3.0}));
  }
  EXPECT_FALSE(log.has_room(1));
  EXPECT_EQ(log[CheckLog::most_checks - 1].attempt, CheckLog::most_checks);
  log.clear();
  EXPECT_TRUE(log.has_room(2 * CheckLog::most_checks));
}

}  // namespace
}  // namespace ailoop
