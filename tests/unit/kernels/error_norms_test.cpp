#include <ailoop/kernels/error_norms.hpp>

#include <ailoop/core/error.hpp>
#include <ailoop/kernels/counter_random.hpp>
#include <ailoop/test/execution_spaces.hpp>

#include "views.hpp"
#include <gmock/gmock.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <vector>

namespace ailoop::kernels {
namespace {

using test::Vector;
using test::vector_on;

constexpr double infinity = std::numeric_limits<double>::infinity();
constexpr double nan = std::numeric_limits<double>::quiet_NaN();

template <class Space>
class ErrorNorms : public ::testing::Test {};
TYPED_TEST_SUITE(ErrorNorms, test::ExecutionSpaces, test::SpaceNames);

template <class Space, class A, class B>
double max_of(const std::vector<A>& a, const std::vector<B>& b) {
  const Kokkos::View<double, Space> result("result");
  Kokkos::deep_copy(result, -7.0);
  max_error(Space(), vector_on<Space>(a), vector_on<Space>(b), result);
  return test::number_of(result);
}

template <class Space, class A, class B>
double rms_of(const std::vector<A>& a, const std::vector<B>& b) {
  const Vector<Space, double> partial("partial",
                                      static_cast<std::size_t>(error_blocks(static_cast<std::int64_t>(a.size()))));
  const Kokkos::View<double, Space> result("result");
  Kokkos::deep_copy(result, -7.0);
  rms_error(Space(), vector_on<Space>(a), vector_on<Space>(b), partial, result);
  return test::number_of(result);
}

template <class Space, class A>
std::int64_t non_finite_in(const std::vector<A>& a) {
  const Kokkos::View<std::int64_t, Space> count("count");
  Kokkos::deep_copy(count, std::int64_t{-7});
  count_non_finite(Space(), vector_on<Space>(a), count);
  return test::number_of(count);
}

std::vector<double> random_numbers(std::size_t n, std::uint64_t seed) {
  std::vector<double> numbers;
  for (std::uint64_t i = 0; i < n; ++i) {
    auto random = generator<Kokkos::DefaultHostExecutionSpace>(seed, Purpose::sample, i);
    numbers.push_back(uniform<double>(random, -1.0, 1.0) * std::exp2(uniform<double>(random, -20.0, 20.0)));
  }
  return numbers;
}

TYPED_TEST(ErrorNorms, MaxIsTheLargestDifferenceInSize) {
  EXPECT_EQ((max_of<TypeParam>(std::vector<double>{1, 2, 3}, std::vector<double>{1.5, -2, 3})), 4.0);
  EXPECT_EQ((max_of<TypeParam>(std::vector<float>{1, 2}, std::vector<double>{1, 2.25})), 0.25);
  EXPECT_EQ((max_of<TypeParam>(std::vector<double>{1}, std::vector<double>{1})), 0.0);
}

TYPED_TEST(ErrorNorms, MaxFindsTheLargestWhereverItStands) {
  for (const std::size_t place : {0U, 1U, 499U, 500U, 998U, 999U}) {
    std::vector<double> a(1000, 0.5);
    const std::vector<double> b(1000, 0.25);
    a[place] = -4.0;
    EXPECT_EQ(max_of<TypeParam>(a, b), 4.25) << "place " << place;
  }
}

TYPED_TEST(ErrorNorms, MaxIsInfiniteIfAnyDifferenceIsNotFinite) {
  for (const double bad : {nan, -nan, infinity, -infinity}) {
    EXPECT_EQ((max_of<TypeParam>(std::vector<double>{1, bad, 9}, std::vector<double>{1, 2, 3})), infinity);
    EXPECT_EQ((max_of<TypeParam>(std::vector<double>{1, 2, 9}, std::vector<double>{bad, 2, 3})), infinity);
  }
  EXPECT_EQ((max_of<TypeParam>(std::vector<double>{infinity}, std::vector<double>{infinity})), infinity);
}

TYPED_TEST(ErrorNorms, RmsIsTheRootOfTheMeanSquare) {
  EXPECT_EQ((rms_of<TypeParam>(std::vector<double>{4, 0, 0, 0}, std::vector<double>{0, 0, 0, 0})), 2.0);
  EXPECT_EQ((rms_of<TypeParam>(std::vector<float>{1, 2}, std::vector<float>{4, 6})), std::sqrt(12.5));
  EXPECT_TRUE(std::isnan(rms_of<TypeParam>(std::vector<double>{nan, 1}, std::vector<double>{0, 0})));
  EXPECT_EQ((rms_of<TypeParam>(std::vector<double>{1e200}, std::vector<double>{0})), infinity);
}

TYPED_TEST(ErrorNorms, RmsAddsBlocksInIndexOrderForEveryLength) {
  for (const std::size_t n : {1U, 1023U, 1024U, 1025U, 2048U, 100001U}) {
    const auto a = random_numbers(n, 1);
    const auto b = random_numbers(n, 2);
    double total = 0.0;
    for (std::size_t begin = 0; begin < n; begin += 1024) {
      double sum = 0.0;
      for (std::size_t i = begin; i < std::min(begin + 1024, n); ++i) sum += (a[i] - b[i]) * (a[i] - b[i]);
      total += sum;
    }
    EXPECT_EQ(rms_of<TypeParam>(a, b), std::sqrt(total / static_cast<double>(n))) << n << " numbers";
  }
}

TYPED_TEST(ErrorNorms, RepeatWithTheSameBits) {
  const auto a = random_numbers(200000, 3);
  const auto b = random_numbers(200000, 4);
  const double first = rms_of<TypeParam>(a, b);
  for (int repeat = 0; repeat < 5; ++repeat) EXPECT_EQ(rms_of<TypeParam>(a, b), first);
  EXPECT_EQ(first, rms_of<Kokkos::DefaultHostExecutionSpace>(a, b));
}

TYPED_TEST(ErrorNorms, CountEachNumberThatIsNotFinite) {
  EXPECT_EQ((non_finite_in<TypeParam>(std::vector<double>{0, nan, 1e308, infinity, -infinity, -1})), 3);
  EXPECT_EQ((non_finite_in<TypeParam>(std::vector<float>{0, std::numeric_limits<float>::max(), -1e-45F})), 0);
  EXPECT_EQ((non_finite_in<TypeParam>(std::vector<float>(3000, std::numeric_limits<float>::infinity()))), 3000);
}

TYPED_TEST(ErrorNorms, OfNothingAreZero) {
  const std::vector<double> none;
  EXPECT_EQ(max_of<TypeParam>(none, none), 0.0);
  EXPECT_EQ(rms_of<TypeParam>(none, none), 0.0);
  EXPECT_EQ(non_finite_in<TypeParam>(none), 0);
}

TYPED_TEST(ErrorNorms, RefuseUnequalLengthsAndTheWrongWorkspace) {
  const TypeParam space;
  const Vector<TypeParam, double> a("a", 1025);
  const Vector<TypeParam, double> b("b", 1024);
  const Vector<TypeParam, double> one_block("one_block", 1);
  const Vector<TypeParam, double> two_blocks("two_blocks", 2);
  const Kokkos::View<double, TypeParam> result("result");
  EXPECT_THROW(max_error(space, a, b, result), UsageError);
  EXPECT_THROW(rms_error(space, a, b, two_blocks, result), UsageError);
  EXPECT_THROW(rms_error(space, a, a, one_block, result), UsageError);
  EXPECT_THROW(rms_error(space, b, b, two_blocks, result), UsageError);
}

}  // namespace
}  // namespace ailoop::kernels
