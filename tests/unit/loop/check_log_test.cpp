#include <ailoop/loop/check_log.hpp>

#include <ailoop/core/error.hpp>

#include <gmock/gmock.h>

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
  log.add(record(7, x, {3.0}, {4.0}));
  log.add(record(8, {5.0, 6.0}, {7.0}, {8.0}));
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
  log.add(record(0, {1.0}, {2.0}, {3.0}));
  EXPECT_THAT(log[0].bound, IsEmpty());
  EXPECT_THAT(log[0].truth, IsEmpty());
  log.bound()[0] = 0.125;
  log.truth()[0] = 2.5;
  EXPECT_THAT(log[0].bound, ElementsAre(0.125));
  EXPECT_THAT(log[0].truth, ElementsAre(2.5));
}

TEST(CheckLog, IsFullAtItsCapacityAndEmptyAfterClear) {
  CheckLog log(2, 1, 1);
  log.add(record(0, {1.0}, {2.0}, {3.0}));
  EXPECT_FALSE(log.is_full());
  log.add(record(1, {1.0}, {2.0}, {3.0}));
  EXPECT_TRUE(log.is_full());
  EXPECT_THROW(log.add(record(2, {1.0}, {2.0}, {3.0})), UsageError);
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
  log.add(decided);
  log.add(record(1, {1.0}, {2.0}, {3.0}));
  EXPECT_THAT(log[0].truth, ElementsAre(2.25));
  EXPECT_THAT(log[0].answer(), ElementsAre(2.25));
  EXPECT_EQ(log[0].answered_by, AnsweredBy::truth);
  EXPECT_THAT(log[1].truth, IsEmpty());
  EXPECT_THAT(log[1].answer(), ElementsAre(2.0));
}

}  // namespace
}  // namespace ailoop
