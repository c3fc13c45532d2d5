// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <ailoop/emulator/audit.hpp>

#include <gmock/gmock.h>

#include <cmath>
#include <vector>

namespace ailoop {
namespace {

using ::testing::ElementsAreArray;

/// Queries first ... first + count - 1, each at x = query, all of them accepted but for the last of each `except`.
std::vector<double> chosen(std::int64_t every, std::int64_t first, std::int64_t count, std::int64_t except) {
  const auto gate = difference_entry().create()->make({}, {});
  QueryTable table(1, 1, true, count, 1);
  const IndexRange rows = table.append(first, count);
  for (std::int64_t row = rows.first; row < rows.last; ++row) {
    const IndexRange one{row, row + 1};
    table.x(one).data[0] = static_cast<double>(table.query(row));
    const bool is_rejected = table.query(row) % except == except - 1;
    table.judgements(one).verdicts[0] = is_rejected ? Verdict::rejected : Verdict::accepted;
    table.settled(one)[0] = is_rejected ? Settled::by_surrogate : Settled::no;
  }
  Audit audit(*gate, every, 42, false);
  const auto choose = [&](IndexRange range) {
    const ConstArray y = table.surrogate(range);
    audit.choose(table, range, table.x(range), {y, y, y});
    const ConstArray x = audit.x(1);
    std::vector<double> queries(x.data, x.data + x.rows);
    audit.forget();
    return queries;
  };
  const std::vector<double> of_all = choose(rows);
  table.keep_unsettled(rows.first, count);  // now rows have gaps
  EXPECT_THAT(choose(table.pending()), ElementsAreArray(of_all));
  return of_all;
}

TEST(Audit, ChoosesOneOfEachGroupOfConsecutiveQueriesWhereItIsAccepted) {
  for (const std::int64_t every : {1, 2, 10, 1000}) {
    const std::vector<double> all = chosen(every, 0, 3000, 1'000'000);
    ASSERT_EQ(std::ssize(all), 3000 / every);
    for (std::size_t group = 0; group < all.size(); ++group) {
      EXPECT_EQ(std::floor(all[group] / static_cast<double>(every)), static_cast<double>(group));
    }
    std::vector<double> accepted = all;
    std::erase_if(accepted, [](double query) { return std::fmod(query, 3.0) == 2.0; });
    EXPECT_THAT(chosen(every, 0, 3000, 3), ElementsAreArray(accepted));
  }
}

TEST(Audit, ChoosesTheSameQueriesHoweverTheyAreCut) {
  const std::vector<double> whole = chosen(7, 0, 1000, 5);
  for (const std::int64_t size : {1, 3, 7, 8, 400}) {
    std::vector<double> in_parts;
    for (std::int64_t first = 0; first < 1000; first += size) {
      const std::vector<double> part = chosen(7, first, std::min<std::int64_t>(size, 1000 - first), 5);
      in_parts.insert(in_parts.end(), part.begin(), part.end());
    }
    EXPECT_THAT(in_parts, ElementsAreArray(whole));
  }
}

}  // namespace
}  // namespace ailoop
