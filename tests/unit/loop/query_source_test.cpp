// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <ailoop/core/error.hpp>
#include <ailoop/kernels/counter_random.hpp>
#include <ailoop/loop/query_kinds.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <memory>
#include <numbers>
#include <numeric>
#include <utility>
#include <vector>

namespace ailoop {
namespace {

Facts box(std::vector<double> lower, std::vector<double> upper) {
  Facts facts;
  facts.dimension = static_cast<std::int64_t>(lower.size());
  facts.lower = std::move(lower);
  facts.upper = std::move(upper);
  return facts;
}

Facts sine_box() { return box({-std::numbers::pi}, {std::numbers::pi}); }

double query(const QuerySource& source, std::int64_t index) {
  std::array<double, 1> x{};
  source.queries(index, {x.data(), 1, 1});
  return x[0];
}

TEST(UniformQueries, AreAFunctionOfSeedAndIndex) {
  const UniformQueries once(sine_box(), Precision::float32, 42);
  const UniformQueries again(sine_box(), Precision::float32, 42);
  const UniformQueries other(sine_box(), Precision::float32, 43);
  for (const std::int64_t index : {5, 0, 1'000'000'007, 3, 5}) {
    EXPECT_EQ(query(once, index), query(again, index));
    EXPECT_NE(query(once, index), query(other, index));
  }
}

TEST(UniformQueries, AreNumbersOfTheSurrogatesPrecision) {
  const UniformQueries single(sine_box(), Precision::float32, 1);
  const UniformQueries full(sine_box(), Precision::float64, 1);
  int needs_double = 0;
  for (std::int64_t i = 0; i < 100; ++i) {
    EXPECT_EQ(query(single, i), static_cast<double>(static_cast<float>(query(single, i))));
    needs_double += query(full, i) != static_cast<double>(static_cast<float>(query(full, i))) ? 1 : 0;
  }
  EXPECT_GT(needs_double, 90);
}

TEST(UniformQueries, FillTheBoxEvenly) {
  const UniformQueries source(sine_box(), Precision::float32, 7);
  constexpr int count = 20'000;
  double mean = 0.0;
  double square = 0.0;
  for (std::int64_t i = 0; i < count; ++i) {
    const double x = query(source, i);
    EXPECT_GE(x, -std::numbers::pi);
    EXPECT_LT(x, std::numbers::pi);
    mean += x / count;
    square += x * x / count;
  }
  // five standard deviations of the mean and of the mean square of a uniform variable
  EXPECT_NEAR(mean, 0.0, 5 * std::numbers::pi / std::sqrt(3.0 * count));
  EXPECT_NEAR(square, std::numbers::pi * std::numbers::pi / 3,
              5 * std::pow(std::numbers::pi, 2) * std::sqrt(4.0 / 45 / count));
}

TEST(UniformQueries, DimensionsAreIndependent) {
  const UniformQueries source(box({0.0, 10.0}, {1.0, 30.0}), Precision::float64, 3);
  double covariance = 0.0;
  constexpr int count = 10'000;
  for (std::int64_t i = 0; i < count; ++i) {
    std::array<double, 2> x{};
    source.queries(i, {x.data(), 1, 2});
    EXPECT_TRUE(x[0] >= 0.0 && x[0] < 1.0 && x[1] >= 10.0 && x[1] < 30.0);
    covariance += (x[0] - 0.5) * (x[1] - 20.0) / 20.0 / count;
  }
  EXPECT_NEAR(covariance, 0.0, 5.0 / 12 / std::sqrt(count));
}

TEST(UniformQueries, RefuseAPointOfAnotherDimension) {
  const UniformQueries source(sine_box(), Precision::float32, 1);
  std::array<double, 2> x{};
  EXPECT_THROW(source.queries(0, {x.data(), 1, 2}), UsageError);
}

TEST(GridQueries, AreTheCentresOfEqualCellsLastComponentFastest) {
  const GridQueries source(box({0.0, -1.0}, {4.0, 1.0}), 2);
  ASSERT_EQ(source.count(), 4);
  const std::vector<std::array<double, 2>> expected = {{1.0, -0.5}, {1.0, 0.5}, {3.0, -0.5}, {3.0, 0.5}};
  for (std::int64_t i = 0; i < 4; ++i) {
    std::array<double, 2> x{};
    source.queries(i, {x.data(), 1, 2});
    EXPECT_EQ(x, expected[static_cast<std::size_t>(i)]);
  }
}

TEST(GridQueries, RefuseMoreThanCanBeCounted) {
  const Facts wide = box(std::vector<double>(8, 0.0), std::vector<double>(8, 1.0));
  EXPECT_EQ(GridQueries(wide, 100).count(), 10'000'000'000'000'000);
  EXPECT_THROW(GridQueries(wide, 1000), ConfigurationError);
}

TEST(ListedQueries, AreTheRowsOfTheList) {
  const ListedQueries source({1.0, 2.0, 3.0, 4.0}, 2);
  ASSERT_EQ(source.count(), 2);
  std::array<double, 2> x{};
  source.queries(1, {x.data(), 1, 2});
  EXPECT_EQ(x, (std::array<double, 2>{3.0, 4.0}));
  EXPECT_THROW(source.queries(2, {x.data(), 1, 2}), UsageError);
}

/// Queries 0 ... n - 1, in calls for `at_once` of them.
std::vector<double> drawn(const QuerySource& source, std::int64_t n, std::int64_t dimension, std::int64_t at_once) {
  std::vector<double> x(static_cast<std::size_t>(n * dimension));
  for (std::int64_t first = 0; first < n; first += at_once) {
    source.queries(first, {x.data() + first * dimension, std::min(at_once, n - first), dimension});
  }
  return x;
}

TEST(QuerySources, EachQueryIsTheSameHoweverManyAreDrawnAtOnce) {
  constexpr std::int64_t n = 40'000;  // more than are drawn on the calling thread
  const Facts line = sine_box();
  const Facts wide = box({0.0, 10.0, -1.0}, {1.0, 30.0, 1.0});
  std::vector<double> listed(3 * n);
  std::iota(listed.begin(), listed.end(), 0.5);
  std::vector<std::pair<std::unique_ptr<QuerySource>, std::int64_t>> sources;
  for (const Precision precision : {Precision::float32, Precision::float64}) {
    sources.emplace_back(std::make_unique<UniformQueries>(line, precision, 42), 1);
    sources.emplace_back(std::make_unique<UniformQueries>(wide, precision, 42), 3);
  }
  sources.emplace_back(std::make_unique<GridQueries>(line, n), 1);
  sources.emplace_back(std::make_unique<GridQueries>(wide, 35), 3);
  sources.emplace_back(std::make_unique<ListedQueries>(std::move(listed), 3), 3);
  for (const auto& [source, dimension] : sources) {
    const std::vector<double> one_by_one = drawn(*source, n, dimension, 1);
    for (const std::int64_t at_once : {2, 7, 64, 4097, 29'999, 40'000}) {
      EXPECT_EQ(drawn(*source, n, dimension, at_once), one_by_one) << at_once << " at once";
    }
  }
}

/// The definition in docs/design.md, written down again: a generator for each index.
TEST(UniformQueries, AreDrawnByTheGeneratorOfTheirIndex) {
  const std::vector<double> lower = {0.0, 10.0};
  const std::vector<double> upper = {1.0, 30.0};
  const UniformQueries source(box(lower, upper), Precision::float32, 5);
  const std::vector<double> x = drawn(source, 1000, 2, 1000);
  for (std::uint64_t i = 0; i < 1000; ++i) {
    auto random = kernels::generator<Kokkos::DefaultHostExecutionSpace>(5, kernels::Purpose::query, i);
    for (std::size_t j = 0; j < 2; ++j) {
      EXPECT_EQ(x[2 * i + j], static_cast<double>(kernels::uniform<float>(random, lower[j], upper[j])));
    }
  }
}

TEST(QuerySources, RefuseQueriesPastTheirEnd) {
  std::array<double, 3> x{};
  EXPECT_THROW(GridQueries(sine_box(), 10).queries(8, {x.data(), 3, 1}), UsageError);
  EXPECT_THROW(ListedQueries({1.0, 2.0, 3.0}, 1).queries(1, {x.data(), 3, 1}), UsageError);
  EXPECT_THROW(UniformQueries(sine_box(), Precision::float64, 1).queries(-1, {x.data(), 3, 1}), UsageError);
}

}  // namespace
}  // namespace ailoop
