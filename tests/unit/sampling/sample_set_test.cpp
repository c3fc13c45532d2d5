// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <ailoop/sampling/sample_set.hpp>

#include <gmock/gmock.h>

#include <limits>
#include <variant>
#include <vector>

namespace ailoop {
namespace {

using ::testing::ElementsAre;

/// One input, two outputs: (0, 0.1, 10), (1, 1.1, 11), ...
SampleSet samples(Precision precision, std::int64_t count) {
  SampleSet set(precision, 0, 1, 2);
  for (std::int64_t i = 0; i < count; ++i) {
    const auto number = static_cast<double>(i);
    const std::vector<double> y = {number + 0.1, number + 10.0};
    set.append({&number, 1, 1}, {y.data(), 1, 2});
  }
  return set;
}

/// Its numbers, row after row.
template <class T>
std::vector<T> numbers_of(const SampleSet& set) {
  const auto& rows = std::get<ArrayOf<T>>(set.rows());
  return {rows.data, rows.data + set.count() * rows.cols};
}

TEST(SampleSet, KeepsItsNumbersInItsPrecisionWhereItGrows) {
  EXPECT_THAT(numbers_of<double>(samples(Precision::float64, 2)), ElementsAre(0.0, 0.1, 10.0, 1.0, 1.1, 11.0));
  EXPECT_THAT(numbers_of<float>(samples(Precision::float32, 2)), ElementsAre(0.0F, 0.1F, 10.0F, 1.0F, 1.1F, 11.0F));
}

TEST(SampleSet, TakesOutWhatFailedAndKeepsTheOrder) {
  SampleSet set = samples(Precision::float64, 4);
  const auto& rows = std::get<ArrayOf<double>>(set.rows());
  rows(0, 1) = rows(2, 1) = std::numeric_limits<double>::quiet_NaN();
  EXPECT_EQ(set.remove_failed(), 2);
  EXPECT_THAT(numbers_of<double>(set), ElementsAre(1.0, 1.1, 11.0, 3.0, 3.1, 13.0));
}

}  // namespace
}  // namespace ailoop
