#include <ailoop/kernels/function_samples.hpp>

#include <ailoop/core/error.hpp>
#include <ailoop/kernels/polynomial_sine.hpp>
#include <ailoop/kernels/sine.hpp>
#include <ailoop/kernels/uniform_box.hpp>
#include <ailoop/test/execution_spaces.hpp>

#include "views.hpp"
#include <gmock/gmock.h>

#include <array>
#include <cstdint>
#include <numbers>
#include <utility>
#include <vector>

namespace ailoop::kernels {
namespace {

using std::numbers::pi;

struct SineFunction {
  KOKKOS_FUNCTION double operator()(double x) const { return polynomial_sine(x); }
};

template <class Space>
class FunctionSamples : public ::testing::Test {};
TYPED_TEST_SUITE(FunctionSamples, test::ExecutionSpaces, test::SpaceNames);

template <class Real, class Space>
std::vector<Real> in_one_pass(std::int64_t first, std::size_t n, double lower = -pi, double upper = pi) {
  const test::Matrix<Space, Real> rows("rows", n, 2);
  function_samples(Space(), 42, Purpose::sample, first, lower, upper, SineFunction{}, rows);
  return test::numbers_of(rows);
}

/// uniform_box and sine one after the other, as kernels of their own.
template <class Real, class Space>
std::vector<Real> in_two_passes(std::int64_t first, std::size_t n, double lower = -pi, double upper = pi) {
  const Space space;
  const test::Matrix<Space, double> x("x", n, 1);
  const test::Vector<Space, double> y("y", n);
  uniform_box<Real>(space, 42, Purpose::sample, first, test::vector_on<Space>(std::vector<double>{lower}),
                    test::vector_on<Space>(std::vector<double>{upper}), x);
  sine(space, Kokkos::subview(x, Kokkos::ALL(), 0), y);
  const auto x_numbers = test::numbers_of(x);
  const auto y_numbers = test::numbers_of(y);
  std::vector<Real> rows;
  rows.reserve(2 * n);
  for (std::size_t i = 0; i < n; ++i) {
    rows.insert(rows.end(), {static_cast<Real>(x_numbers[i]), static_cast<Real>(y_numbers[i])});
  }
  return rows;
}

/// From the definition, point by point on one thread.
template <class Real>
std::vector<Real> by_definition(std::int64_t first, std::size_t n) {
  std::vector<Real> rows;
  rows.reserve(2 * n);
  for (std::size_t i = 0; i < n; ++i) {
    auto random =
        generator<Kokkos::DefaultHostExecutionSpace>(42, Purpose::sample, static_cast<std::uint64_t>(first) + i);
    const Real x = uniform<Real>(random, -pi, pi);
    rows.insert(rows.end(), {x, static_cast<Real>(polynomial_sine(static_cast<double>(x)))});
  }
  return rows;
}

constexpr std::array<std::size_t, 18> sizes = {0,  1,  2,    3,    7,    8,    9,    15,   16,
                                               17, 31, 1023, 1024, 1025, 2047, 4096, 5000, 100003};

template <class Real, class Space>
void test_two_passes() {
  for (const std::size_t n : sizes) {
    for (const std::int64_t first : {std::int64_t{0}, std::int64_t{1}, std::int64_t{1'000'000'000'000}}) {
      ASSERT_EQ((in_one_pass<Real, Space>(first, n)), (in_two_passes<Real, Space>(first, n))) << n << " from " << first;
    }
  }
}

TYPED_TEST(FunctionSamples, HaveTheBitsOfPointsAndFunctionInTwoPasses) {
  test_two_passes<double, TypeParam>();
  test_two_passes<float, TypeParam>();
}

TYPED_TEST(FunctionSamples, HaveTheBitsOfTheDefinition) {
  for (const std::size_t n : sizes) {
    ASSERT_EQ((in_one_pass<double, TypeParam>(12345, n)), by_definition<double>(12345, n)) << n;
    ASSERT_EQ((in_one_pass<float, TypeParam>(12345, n)), by_definition<float>(12345, n)) << n;
  }
}

TYPED_TEST(FunctionSamples, OfIntervalsThatRoundingLeavesHaveTheBitsOfTwoPasses) {
  const double narrow = 0x1p-20;
  for (const auto& [lower, upper] : std::vector<std::pair<double, double>>{
           {1.0, 1.0 + narrow}, {-1.0 - narrow, -1.0}, {0.0, 1e-40}, {-1e-40, 0.0}, {-1e-3, 1e-30}, {0.1, 0.3}}) {
    EXPECT_EQ((in_one_pass<float, TypeParam>(0, 5000, lower, upper)),
              (in_two_passes<float, TypeParam>(0, 5000, lower, upper)))
        << lower << " to " << upper;
    EXPECT_EQ((in_one_pass<double, TypeParam>(0, 5000, lower, upper)),
              (in_two_passes<double, TypeParam>(0, 5000, lower, upper)))
        << lower << " to " << upper;
  }
}

TYPED_TEST(FunctionSamples, AreTheSameForEverySplitOfTheIndices) {
  const auto whole = in_one_pass<double, TypeParam>(100, 3000);
  for (const std::size_t n_first : {std::size_t{1}, std::size_t{1024}, std::size_t{2999}}) {
    auto parts = in_one_pass<double, TypeParam>(100, n_first);
    const auto second = in_one_pass<double, TypeParam>(100 + static_cast<std::int64_t>(n_first), 3000 - n_first);
    parts.insert(parts.end(), second.begin(), second.end());
    EXPECT_EQ(parts, whole) << "split after " << n_first;
  }
}

TYPED_TEST(FunctionSamples, RefuseANegativeIndexAndRowsOfAnotherWidth) {
  const test::Matrix<TypeParam, double> rows("rows", 4, 2);
  const test::Matrix<TypeParam, double> wide("wide", 4, 3);
  const SineFunction f;
  EXPECT_THROW(function_samples(TypeParam(), 1, Purpose::sample, -1, -1.0, 1.0, f, rows), UsageError);
  EXPECT_THROW(function_samples(TypeParam(), 1, Purpose::sample, 0, -1.0, 1.0, f, wide), UsageError);
}

}  // namespace
}  // namespace ailoop::kernels
