#include <ailoop/loop/query_source.hpp>

#include <ailoop/core/error.hpp>

#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <numbers>
#include <set>

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
  source.query(index, x);
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
    source.query(i, x);
    EXPECT_TRUE(x[0] >= 0.0 && x[0] < 1.0 && x[1] >= 10.0 && x[1] < 30.0);
    covariance += (x[0] - 0.5) * (x[1] - 20.0) / 20.0 / count;
  }
  EXPECT_NEAR(covariance, 0.0, 5.0 / 12 / std::sqrt(count));
}

TEST(UniformQueries, RefuseAPointOfAnotherDimension) {
  const UniformQueries source(sine_box(), Precision::float32, 1);
  std::array<double, 2> x{};
  EXPECT_THROW(source.query(0, x), UsageError);
}

TEST(GridQueries, AreTheCentresOfEqualCellsLastComponentFastest) {
  const GridQueries source(box({0.0, -1.0}, {4.0, 1.0}), 2);
  ASSERT_EQ(source.count(), 4);
  const std::vector<std::array<double, 2>> expected = {{1.0, -0.5}, {1.0, 0.5}, {3.0, -0.5}, {3.0, 0.5}};
  for (std::int64_t i = 0; i < 4; ++i) {
    std::array<double, 2> x{};
    source.query(i, x);
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
  source.query(1, x);
  EXPECT_EQ(x, (std::array<double, 2>{3.0, 4.0}));
  EXPECT_THROW(source.query(2, x), UsageError);
}

}  // namespace
}  // namespace ailoop
