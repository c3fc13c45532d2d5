// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <ailoop/kernels/uniform_box.hpp>

#include <ailoop/core/error.hpp>
#include <ailoop/test/execution_spaces.hpp>

#include "views.hpp"
#include <gmock/gmock.h>

#include <array>
#include <cmath>
#include <cstdint>
#include <numbers>
#include <vector>

namespace ailoop::kernels {
namespace {

using std::numbers::pi;

template <class Space>
class UniformBox : public ::testing::Test {};
TYPED_TEST_SUITE(UniformBox, test::ExecutionSpaces, test::SpaceNames);

constexpr std::array lower_ends{-pi, 0.0, 1.0};
constexpr std::array upper_ends{pi, 1e-3, 1.0 + 0x1p-20};

template <class Space>
test::Vector<Space, double> on_space(const std::array<double, 3>& ends) {
  return test::vector_on<Space>(std::vector<double>(ends.begin(), ends.end()));
}

template <class Real, class Stored, class Space>
std::vector<Stored> draw(std::int64_t first_index, std::size_t n, std::uint64_t seed = 42) {
  const Space space;
  test::Matrix<Space, Stored> x("x", n, 3);
  const auto lower = on_space<Space>(lower_ends);
  const auto upper = on_space<Space>(upper_ends);
  uniform_box<Real>(space, seed, Purpose::sample, first_index, 3, lower.data(), upper.data(),
                    static_cast<std::int64_t>(n), x.data());
  space.fence();
  return test::numbers_of(x);
}

template <class Real, class Space>
void test_scalar_definition() {
  constexpr std::int64_t first = 1'000'000'000'000;
  const std::vector<Real> x = draw<Real, Real, Space>(first, 1000);
  for (std::size_t i = 0; i < 1000; ++i) {
    auto random =
        generator<Kokkos::DefaultHostExecutionSpace>(42, Purpose::sample, static_cast<std::uint64_t>(first) + i);
    for (std::size_t j = 0; j < 3; ++j) {
      ASSERT_EQ(x[3 * i + j], uniform<Real>(random, lower_ends[j], upper_ends[j])) << i << ", " << j;
    }
  }
}

TYPED_TEST(UniformBox, DrawsTheComponentsOfAPointInOrderFromItsOwnGenerator) {
  test_scalar_definition<float, TypeParam>();
  test_scalar_definition<double, TypeParam>();
}

template <class Real, class Space>
void test_one_dimension(std::int64_t n) {
  const auto lower = on_space<Space>(lower_ends);
  const auto upper = on_space<Space>(upper_ends);
  const test::Matrix<Space, double> x("x", static_cast<std::size_t>(n), 1);
  uniform_box<Real>(Space(), 42, Purpose::sample, 7, 1, lower.data(), upper.data(), n, x.data());
  const std::vector<double> found = test::numbers_of(x);
  for (std::size_t i = 0; i < found.size(); ++i) {
    auto random = generator<Kokkos::DefaultHostExecutionSpace>(42, Purpose::sample, 7 + i);
    ASSERT_EQ(found[i], uniform<Real>(random, lower_ends[0], upper_ends[0])) << i;
  }
}

TYPED_TEST(UniformBox, HasTheBitsOfOnePointInOneDimensionForFewAndManyPoints) {
  for (const std::int64_t n : {1, 3, 4, 1000, 100'001}) {
    test_one_dimension<float, TypeParam>(n);
    test_one_dimension<double, TypeParam>(n);
  }
}

template <class Space>
void test_splits() {
  const std::vector<double> whole = draw<double, double, Space>(100, 257);
  for (const std::size_t n_first : {std::size_t{0}, std::size_t{1}, std::size_t{128}, std::size_t{257}}) {
    std::vector<double> parts = draw<double, double, Space>(100, n_first);
    const std::vector<double> second =
        draw<double, double, Space>(100 + static_cast<std::int64_t>(n_first), 257 - n_first);
    parts.insert(parts.end(), second.begin(), second.end());
    EXPECT_EQ(parts, whole) << "split after " << n_first;
  }
}

TYPED_TEST(UniformBox, GivesTheSameBitsForEverySplitOfTheIndices) { test_splits<TypeParam>(); }

TYPED_TEST(UniformBox, GivesTheSameBitsAsOneThreadOfTheHost) {
  const auto here = draw<double, double, TypeParam>(0, 5000);
  const auto on_host = draw<double, double, Kokkos::DefaultHostExecutionSpace>(0, 5000);
  EXPECT_EQ(here, on_host);
}

TYPED_TEST(UniformBox, StoresFloatsUnchangedInDoubles) {
  const auto wide = draw<float, double, TypeParam>(0, 1000);
  const auto narrow = draw<float, float, TypeParam>(0, 1000);
  EXPECT_EQ(wide, std::vector<double>(narrow.begin(), narrow.end()));
}

TYPED_TEST(UniformBox, StaysInTheHalfOpenBoxInThePrecisionDrawn) {
  const auto x = draw<float, double, TypeParam>(0, 100000);
  for (std::size_t i = 0; i < x.size(); ++i) {
    ASSERT_GE(x[i], lower_ends[i % 3]) << "component " << i % 3;
    ASSERT_LT(x[i], upper_ends[i % 3]) << "component " << i % 3;
  }
}

TYPED_TEST(UniformBox, HasTheMeanOfTheBox) {
  constexpr std::size_t n = 100000;
  const auto x = draw<double, double, TypeParam>(0, n);
  for (std::size_t j = 0; j < 3; ++j) {
    double mean = 0.0;
    for (std::size_t i = 0; i < n; ++i) mean += x[3 * i + j] / n;
    const double width = upper_ends[j] - lower_ends[j];
    EXPECT_NEAR(mean, (lower_ends[j] + upper_ends[j]) / 2.0, 5.0 * width / std::sqrt(12.0 * n)) << "component " << j;
  }
}

TYPED_TEST(UniformBox, DiffersFromSeedToSeed) {
  EXPECT_NE((draw<double, double, TypeParam>(0, 10, 1)), (draw<double, double, TypeParam>(0, 10, 2)));
}

TYPED_TEST(UniformBox, AcceptsNoPoints) { EXPECT_TRUE((draw<float, float, TypeParam>(0, 0).empty())); }

TYPED_TEST(UniformBox, RefusesANegativeIndex) {
  double number = 0.0;
  EXPECT_THROW(uniform_box<double>(TypeParam(), 1, Purpose::query, -1, 1, &number, &number, 1, &number), UsageError);
}

}  // namespace
}  // namespace ailoop::kernels
