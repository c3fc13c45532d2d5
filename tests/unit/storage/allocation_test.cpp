#include <ailoop/storage/csv_writer.hpp>
#include <ailoop/storage/json_lines_writer.hpp>
#include <ailoop/test/counted_allocations.hpp>
#include <ailoop/test/temporary_folder.hpp>

#include <gmock/gmock.h>

#include <array>
#include <memory>
#include <string>
#include <vector>

namespace ailoop {
namespace {

TEST(Allocation, IsCounted) {
  const long before = test::allocations_so_far();
  const auto memory = std::make_unique<std::string>(100, 'x');
  EXPECT_GT(test::allocations_so_far(), before);
}

TEST(CsvWriter, AllocatesNothingForRowsAndFlushes) {
  const test::TemporaryFolder folder;
  CsvWriter table(folder.path() / "table.csv", std::vector<std::string>{"i", "x", "verdict", "none"});
  const long before = test::allocations_so_far();
  for (int i = 0; i < 100000; ++i) {
    table.row().add(i).add(1.0 / (i + 1)).add("accepted, \"at last\"").add_empty().end();
    if (i % 1000 == 0) table.flush();
  }
  EXPECT_EQ(test::allocations_so_far(), before);
}

TEST(JsonLinesWriter, AllocatesNothingForLinesAndFlushes) {
  const test::TemporaryFolder folder;
  JsonLinesWriter log(folder.path() / "run.jsonl");
  const std::array<double, 3> x = {0.1, 0.2, 1.0 / 3.0};
  const long before = test::allocations_so_far();
  for (int i = 0; i < 50000; ++i) {  // more than the buffer holds
    log.line().add("schema", 1).add("event", "checked\n").add("i", i).add("x", x).add("ok", true).end();
  }
  log.flush();
  EXPECT_EQ(test::allocations_so_far(), before);
}

}  // namespace
}  // namespace ailoop
