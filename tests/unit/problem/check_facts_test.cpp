// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <ailoop/problem/check_facts.hpp>

#include <ailoop/core/error.hpp>
#include <ailoop/problem/uniform_points.hpp>

#include <gmock/gmock.h>

#include <limits>

namespace ailoop {
namespace {

using ::testing::HasSubstr;
using ::testing::ThrowsMessage;

constexpr double infinity = std::numeric_limits<double>::infinity();
constexpr double nan = std::numeric_limits<double>::quiet_NaN();

auto refuses(const char* words) { return ThrowsMessage<UsageError>(HasSubstr(words)); }
auto checking(const Facts& facts) {
  return [facts] { check_facts(facts); };
}

TEST(CheckFacts, AcceptsABoxOfSeveralInputs) {
  EXPECT_NO_THROW(
      check_facts({.dimension = 2, .outputs = 3, .lower = {0.0, -1.0}, .upper = {1.0, 1e300}, .shares = 9}));
}

TEST(CheckFacts, RefusesCountsBelowOne) {
  EXPECT_THAT(checking({.dimension = 0}), refuses("dimension is 0; it must be at least 1"));
  EXPECT_THAT(checking({.outputs = -1, .lower = {0.0}, .upper = {1.0}}), refuses("outputs is -1"));
  EXPECT_THAT(checking({.lower = {0.0}, .upper = {1.0}, .shares = -1}), refuses("shares is -1; it must be at least 0"));
}

TEST(CheckFacts, RefusesCornersOfAnotherDimension) {
  EXPECT_THAT(checking({.lower = {}, .upper = {1.0}}), refuses("lower has 0 numbers"));
  EXPECT_THAT(checking({.dimension = 2, .lower = {0.0, 0.0}, .upper = {1.0}}), refuses("upper has 1 numbers"));
}

TEST(CheckFacts, RefusesABoxThatIsEmptyOrNotFinite) {
  EXPECT_THAT(checking({.lower = {1.0}, .upper = {1.0}}), refuses("input 0 goes from 1 to 1"));
  EXPECT_THAT(checking({.dimension = 2, .lower = {0.0, 2.0}, .upper = {1.0, 1.0}}),
              refuses("input 1 goes from 2 to 1"));
  EXPECT_THAT(checking({.lower = {0.0}, .upper = {infinity}}), refuses("from 0 to inf"));
  EXPECT_THAT(checking({.lower = {nan}, .upper = {1.0}}), refuses("from nan to 1"));
  EXPECT_THAT(checking({.lower = {-1e308}, .upper = {1e308}}), refuses("and their difference finite"));
}

TEST(CheckFacts, RefusesABoxWithoutANumberOfThePrecision) {
  const Facts narrow{.lower = {0.1}, .upper = {0.1000000001}};
  EXPECT_NO_THROW(check_precision(narrow, Precision::float64));
  const auto lacks = [](const Facts& facts, const char* words) {
    EXPECT_THAT([&] { check_precision(facts, Precision::float32); },
                ThrowsMessage<ConfigurationError>(HasSubstr(words)));
  };
  lacks(narrow, "from 0.1 to 0.1000000001; float64 has");
  lacks({.lower = {0.0}, .upper = {1e300}}, "float32 has no number");
}

}  // namespace
}  // namespace ailoop
