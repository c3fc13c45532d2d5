#include <ailoop/kernels/convert.hpp>

#include <ailoop/core/error.hpp>
#include <ailoop/test/execution_spaces.hpp>

#include "views.hpp"
#include <gmock/gmock.h>

#include <cstdint>
#include <limits>
#include <vector>

namespace ailoop::kernels {
namespace {

using test::Matrix;
using test::matrix_on;
using test::Vector;
using test::vector_on;
using ::testing::ElementsAre;

template <class Space>
class Convert : public ::testing::Test {};
TYPED_TEST_SUITE(Convert, test::ExecutionSpaces, test::SpaceNames);

TYPED_TEST(Convert, RoundsToNearestEven) {
  const auto in = matrix_on<TypeParam>(
      std::vector<double>{0.1, 1.0 + 0x1p-24, 1.0 + 0x1.8p-23, 1.0 + 0x1.000002p-24, -1.0 - 0x1p-25, 16777217.0}, 2);
  const Matrix<TypeParam, float> out("out", 3, 2);
  convert(TypeParam(), in, out);
  EXPECT_THAT(test::numbers_of(out), ElementsAre(0.1F, 1.0F, 1.0F + 0x1p-22F, 1.0F + 0x1p-23F, -1.0F, 16777216.0F));
}

TYPED_TEST(Convert, WidensWithoutChange) {
  const std::vector<float> numbers{
      0.1F, -0.0F, 1e-45F, std::numeric_limits<float>::max(), std::numeric_limits<float>::infinity(), 3.0F};
  const Matrix<TypeParam, double> out("out", 2, 3);
  convert(TypeParam(), matrix_on<TypeParam>(numbers, 3), out);
  EXPECT_EQ(test::numbers_of(out), std::vector<double>(numbers.begin(), numbers.end()));
}

TYPED_TEST(Convert, KeepsPlacesBetweenLayouts) {
  const std::vector<double> numbers{1, 2, 3, 4, 5, 6};
  const Kokkos::View<double**, Kokkos::LayoutLeft, TypeParam> out("out", 2, 3);
  convert(TypeParam(), matrix_on<TypeParam>(numbers, 3), out);
  const auto mirror = test::on_host(out);
  EXPECT_EQ(mirror(0, 2), 3.0);
  EXPECT_EQ(mirror(1, 0), 4.0);
}

TYPED_TEST(Convert, AcceptsEmptyMatricesAndRefusesUnequalOnes) {
  const TypeParam space;
  const Matrix<TypeParam, double> none("none", 0, 3);
  const Matrix<TypeParam, double> flat("flat", 3, 0);
  EXPECT_NO_THROW(convert(space, none, none));
  EXPECT_NO_THROW(convert(space, flat, flat));
  EXPECT_THROW(convert(space, none, flat), UsageError);
  EXPECT_THROW(convert(space, Matrix<TypeParam, double>("a", 2, 3), Matrix<TypeParam, double>("b", 2, 2)), UsageError);
}

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
