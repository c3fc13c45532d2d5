// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <ailoop/storage/append_file.hpp>
#include <ailoop/storage/json_text.hpp>
#include <ailoop/test/counted_allocations.hpp>
#include <ailoop/test/temporary_folder.hpp>

#include <gmock/gmock.h>

#include <array>
#include <memory>
#include <string>

namespace ailoop {
namespace {

TEST(Allocation, IsCounted) {
  const long before = test::allocations_so_far();
  const auto memory = std::make_unique<std::string>(100, 'x');
  EXPECT_GT(test::allocations_so_far(), before);
}

TEST(JsonObject, AllocatesNothingForLinesOfALogAndFlushes) {
  const test::TemporaryFolder folder;
  AppendFile log(folder.path() / "run.jsonl");
  JsonObject line;
  const std::array<double, 3> x = {0.1, 0.2, 1.0 / 3.0};
  const auto add = [&](int i) {
    log.append(line.begin().add("schema", 1).add("event", "checked").add("i", i).add("x", x).end());
  };
  add(1'000'000);  // the longest
  const long before = test::allocations_so_far();
  for (int i = 0; i < 50000; ++i) {  // more than the buffer holds
    add(i);
  }
  log.flush();
  EXPECT_EQ(test::allocations_so_far(), before);
}

}  // namespace
}  // namespace ailoop
