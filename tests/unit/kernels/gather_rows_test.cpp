#include <ailoop/kernels/gather_rows.hpp>

#include <ailoop/core/error.hpp>
#include <ailoop/test/execution_spaces.hpp>

#include "views.hpp"
#include <gmock/gmock.h>

#include <cstdint>
#include <vector>

namespace ailoop::kernels {
namespace {

using test::Matrix;
using test::matrix_on;
using test::Vector;
using test::vector_on;
using ::testing::ElementsAre;

template <class Space>
class GatherRows : public ::testing::Test {};
TYPED_TEST_SUITE(GatherRows, test::ExecutionSpaces, test::SpaceNames);

TYPED_TEST(GatherRows, TakesTheRowsInTheOrderGiven) {
  const auto in = matrix_on<TypeParam>(std::vector<double>{0, 1, 10, 11, 20, 21}, 2);
  const auto order = vector_on<TypeParam>(std::vector<std::int64_t>{2, 0, 1, 2});
  const Matrix<TypeParam, double> out("out", 4, 2);
  gather_rows(TypeParam(), order, in, out);
  EXPECT_THAT(test::numbers_of(out), ElementsAre(20, 21, 0, 1, 10, 11, 20, 21));
}

TYPED_TEST(GatherRows, RoundsToThePrecisionOfTheResultAndTakesNarrowIndices) {
  const auto in = matrix_on<TypeParam>(std::vector<double>{0.1, 0.2, 0.3}, 1);
  const auto order = vector_on<TypeParam>(std::vector<int>{1, 2});
  const Matrix<TypeParam, float> out("out", 2, 1);
  gather_rows(TypeParam(), order, in, out);
  EXPECT_THAT(test::numbers_of(out), ElementsAre(0.2F, 0.3F));
}

TYPED_TEST(GatherRows, AcceptsNoRowsAndRefusesWrongExtents) {
  const TypeParam space;
  const Matrix<TypeParam, double> in("in", 3, 2);
  const Vector<TypeParam, std::int64_t> none("none", 0);
  const Vector<TypeParam, std::int64_t> two("two", 2);
  EXPECT_NO_THROW(gather_rows(space, none, in, Matrix<TypeParam, double>("out", 0, 2)));
  EXPECT_THROW(gather_rows(space, two, in, Matrix<TypeParam, double>("out", 3, 2)), UsageError);
  EXPECT_THROW(gather_rows(space, two, in, Matrix<TypeParam, double>("out", 2, 1)), UsageError);
}

}  // namespace
}  // namespace ailoop::kernels
