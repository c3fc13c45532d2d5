#include <ailoop/sampling/sample_set.hpp>

#include <ailoop/core/error.hpp>
#include <ailoop/test/execution_spaces.hpp>

#include <gmock/gmock.h>

#include <algorithm>
#include <vector>

namespace ailoop {
namespace {

using ::testing::ElementsAre;

template <class Space>
class SampleSetOn : public ::testing::Test {};
TYPED_TEST_SUITE(SampleSetOn, test::ExecutionSpaces, test::SpaceNames);

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

SampleSet::Order order_of(const std::vector<std::int64_t>& rows) {
  const SampleSet::Order order("order", rows.size());
  std::ranges::copy(rows, order.data());
  return order;
}

TYPED_TEST(SampleSetOn, GivesOutputsInTheOrderAskedForAndInItsPrecision) {
  const SampleSet set = samples(Precision::float32, 3);
  const SampleRows<float> targets("targets", 3, 2);
  set.ordered_outputs(Execution(TypeParam()), order_of({2, 0, 1}), targets);
  EXPECT_THAT(std::vector(targets.data(), targets.data() + targets.size()),
              ElementsAre(2.1F, 12.0F, 0.1F, 10.0F, 1.1F, 11.0F));
}

TYPED_TEST(SampleSetOn, RefusesTargetsOfAnotherShape) {
  const Execution execution = TypeParam();
  const SampleSet set = samples(Precision::float64, 3);
  const auto ask = [&](std::size_t rows, std::size_t columns) {
    set.ordered_outputs(execution, order_of({1, 0}), SampleRows<double>("targets", rows, columns));
  };
  EXPECT_NO_THROW(ask(2, 2));
  EXPECT_THROW(ask(3, 2), UsageError);
  EXPECT_THROW(ask(2, 1), UsageError);
  EXPECT_NO_THROW(set.ordered_outputs(execution, order_of({}), SampleRows<double>("targets", 0, 2)));
}

}  // namespace
}  // namespace ailoop
