// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The problem of examples/own_problem: everything of its file but main.
#include <ailoop/problem/check_bound.hpp>
#include <ailoop/test/execution_spaces.hpp>

#include "own_problem_without_main.inc"
#include <gtest/gtest.h>

#include <cmath>
#include <numbers>

namespace ailoop {
namespace {

template <class Space>
class OwnProblem : public ::testing::Test {};
TYPED_TEST_SUITE(OwnProblem, test::ExecutionSpaces, test::SpaceNames);

TYPED_TEST(OwnProblem, StaysWithinItsBound) {
  for (const std::int64_t terms : {1, 2, 8, 30}) {
    const auto problem = make_problem(Pendulum{.terms = terms, .amplitude_rad = 3.0});
    const BoundCheck check = check_bound(*problem, 20'000, /*seed=*/1, execution_of<TypeParam>);
    EXPECT_TRUE(check.holds()) << to_string(check);
  }
}

TEST(Pendulum, HasThePeriodOfTheEllipticIntegral) {
  const Pendulum pendulum{.length_m = 2.5};
  const double small = 2 * std::numbers::pi * std::sqrt(2.5 / 9.80665);
  for (const double amplitude : {0.0, 1e-8, 0.1, 1.0, std::numbers::pi / 2, 2.0, 3.0}) {
    const double expected = small * 2 / std::numbers::pi * std::comp_ellint_1(std::sin(amplitude / 2));
    EXPECT_NEAR(pendulum.truth(amplitude), expected, 4e-15 * expected) << amplitude;
  }
}

TEST(Pendulum, HasABoundThatIsOfUse) {
  // the configuration beside it asks for 30 ms up to 2 rad
  EXPECT_LT(Pendulum{}.approximation_error(2.0), 0.02);
  EXPECT_LT(Pendulum{}.approximation_error(0.5), 1e-10);
}

}  // namespace
}  // namespace ailoop
