// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <ailoop/emulator/query_table.hpp>

#include <ailoop/test/check_records.hpp>

#include <gmock/gmock.h>

#include <vector>

namespace ailoop {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

/// A record that owns its numbers.
struct Kept {
  explicit Kept(const CheckRecord& r)
      : record(r),
        x(r.x.begin(), r.x.end()),
        surrogate(r.surrogate.begin(), r.surrogate.end()),
        bound(r.bound.begin(), r.bound.end()),
        truth(r.truth.begin(), r.truth.end()),
        answer(r.answer().begin(), r.answer().end()) {}

  CheckRecord record;
  std::vector<double> x, surrogate, bound, truth, answer;
};

std::vector<Kept> records(const QueryTable& table) {
  std::vector<Kept> all;
  table.each_record([&](const CheckRecord& record) { all.emplace_back(record); });
  return all;
}

/// Appends queries first ... first + count - 1 with x = (query, -query), surrogate query + 1/4, approximation + 1/2.
IndexRange append(QueryTable& table, std::int64_t first, std::int64_t count) {
  const IndexRange rows = table.append(first, count);
  for (std::int64_t row = rows.first; row < rows.last; ++row) {
    const auto number = static_cast<double>(table.query(row));
    const IndexRange one{row, row + 1};
    table.x(one).data[0] = number;
    table.x(one).data[1] = -number;
    table.surrogate(one).data[0] = number + 0.25;
    table.approximation(one).data[0] = number + 0.5;
    table.judgements(one).verdicts[0] = Verdict::rejected;
    table.judgements(one).errors[0] = number / 8.0;
    table.judgements(one).allowed[0] = number / 4.0;
    table.settled(one)[0] = Settled::no;
  }
  return rows;
}

std::vector<std::int64_t> pending(const QueryTable& table) {
  const auto queries = table.queries(table.pending());
  return {queries.begin(), queries.end()};
}

TEST(QueryTable, QueriesThatAreNotSettledStayPendingWithAllThatIsKnown) {
  QueryTable table(2, 1, false, 16, 4);
  const IndexRange rows = append(table, 7, 4);
  table.settled(rows)[1] = Settled::by_surrogate;
  table.set_truth(rows.first + 2, std::vector{1.5});
  table.end_check({.attempt = 1, .seconds = 0.5}, true);
  EXPECT_THAT(pending(table), ElementsAre(7, 9, 10));
  const std::int64_t first = table.pending().first;
  EXPECT_THAT(table.x(first + 1), ElementsAre(9.0, -9.0));
  EXPECT_THAT(table.surrogate(first + 1), ElementsAre(9.25));
  EXPECT_THAT(table.approximation(first + 1), ElementsAre(9.5));
  EXPECT_EQ(table.judgement(first + 1).error, 9.0 / 8.0);
  EXPECT_EQ(table.judgement(first + 1).allowed, 9.0 / 4.0);
  EXPECT_TRUE(table.knows_truth(first + 1));
  EXPECT_THAT(table.truth(first + 1), ElementsAre(1.5));
  EXPECT_FALSE(table.knows_truth(first));
}

TEST(QueryTable, TellsEachCheckAsItWasWhateverHappensToItsQueriesLater) {
  QueryTable table(2, 1, false, 16, 4);
  append(table, 3, 2);
  table.end_check({.attempt = 1, .seconds = 0.5}, true);
  const IndexRange again = table.pending();
  table.surrogate(again).data[0] = 100.0;
  table.settled(again)[0] = Settled::by_surrogate;
  table.settled(again)[1] = Settled::by_truth;
  table.set_truth(again.first + 1, std::vector{2.5});
  table.end_check({.attempt = 2, .seconds = 0.75, .exhausted = true}, true);
  EXPECT_THAT(pending(table), IsEmpty());

  const std::vector<Kept> all = records(table);
  ASSERT_EQ(all.size(), 4U);
  EXPECT_THAT(all[0].surrogate, ElementsAre(3.25));
  EXPECT_EQ(all[0].record.answered_by, AnsweredBy::nobody);
  EXPECT_EQ(all[0].record.attempt, 1);
  EXPECT_EQ(all[0].record.seconds, 0.5);
  EXPECT_FALSE(all[0].record.exhausted);
  EXPECT_THAT(all[1].truth, IsEmpty());
  EXPECT_THAT(all[2].answer, ElementsAre(100.0));
  EXPECT_EQ(all[2].record.attempt, 2);
  EXPECT_TRUE(all[2].record.exhausted);
  EXPECT_EQ(all[3].record.query, 4);
  EXPECT_EQ(all[3].record.answered_by, AnsweredBy::truth);
  EXPECT_THAT(all[3].answer, ElementsAre(2.5));
}

TEST(QueryTable, ForgetsChecksButNotPendingQueries) {
  QueryTable table(2, 1, false, 4, 4);
  const IndexRange rows = append(table, 0, 4);
  table.settled(rows)[0] = Settled::skipped;
  table.settled(rows)[2] = Settled::set_aside;
  table.set_truth(3, std::vector{4.0});
  table.end_check({}, true);
  table.forget_checks();
  EXPECT_THAT(records(table), IsEmpty());
  EXPECT_EQ(table.size(), 2);
  EXPECT_THAT(pending(table), ElementsAre(1, 3));
  EXPECT_THAT(table.x(1), ElementsAre(3.0, -3.0));
  EXPECT_THAT(table.truth(1), ElementsAre(4.0));
  append(table, 9, 1);
  EXPECT_FALSE(table.knows_truth(2)) << "a row that was used before";
}

TEST(QueryTable, KeepsNothingOfAChecksThatNobodyWillSee) {
  QueryTable table(2, 1, false, 4, 4);
  const IndexRange rows = append(table, 0, 4);
  table.settled(rows)[0] = Settled::by_surrogate;
  table.settled(rows)[3] = Settled::by_surrogate;
  table.end_check({}, false);
  EXPECT_EQ(table.size(), 2);
  EXPECT_THAT(table.checks(), IsEmpty());
  EXPECT_THAT(pending(table), ElementsAre(1, 2));
  EXPECT_THAT(table.x(1), ElementsAre(2.0, -2.0));
}

TEST(QueryTable, ShowsBoundsOnlyWhereTheyAreKnown) {
  for (const bool has_bounds : {false, true}) {
    QueryTable table(2, 1, has_bounds, 1, 1);
    const IndexRange rows = append(table, 0, 1);
    table.bound(rows).data[0] = 0.125;
    table.settled(rows)[0] = Settled::by_surrogate;
    table.end_check({}, true);
    EXPECT_EQ(records(table)[0].bound, has_bounds ? std::vector{0.125} : std::vector<double>());
  }
}

TEST(QueryTable, GrowsWhereItMustAndSaysBeforeWhetherItWill) {
  QueryTable table(1, 1, false, 2, 1);
  EXPECT_TRUE(table.has_room(2));
  EXPECT_FALSE(table.has_room(3));
  test::add(table, {.query = 5});
  EXPECT_FALSE(table.has_room(1)) << "one check is all there is room for";
  for (std::int64_t query = 6; query < 200; ++query) {
    test::add(table, {.query = query});
  }
  EXPECT_EQ(records(table).size(), 195U);
  EXPECT_EQ(records(table)[194].record.query, 199);
}

}  // namespace
}  // namespace ailoop
