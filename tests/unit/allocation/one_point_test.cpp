// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <ailoop/emulator/gate.hpp>
#include <ailoop/problem/kepler_problem.hpp>
#include <ailoop/problem/sine_problem.hpp>
#include <ailoop/surrogate/polynomial_surrogate.hpp>
#include <ailoop/test/counted_allocations.hpp>
#include <ailoop/test/judged.hpp>
#include <ailoop/test/kernel_log.hpp>

#include "point_problems.hpp"
#include <gmock/gmock.h>

#include <array>
#include <memory>
#include <vector>

namespace ailoop {
namespace {

using kernels::Basis;

constexpr std::array all_bases{Basis::monomial, Basis::chebyshev, Basis::legendre, Basis::hermite};

/// Allocations of `work`, on each host space.
template <class Work>
std::vector<long> allocations(const Work& work) {
  std::vector<long> counts;
  for (Execution execution : {Execution::calling_thread, Execution::host_threads, execution_for(1)}) {
    work(execution);  // what happens once does not count
    const long before = test::allocations_so_far();
    for (int i = 0; i < 10; ++i) work(execution);
    counts.push_back(test::allocations_so_far() - before);
  }
  return counts;
}

class OnePoint : public ::testing::Test {
 protected:
  /// Bound, if there is one, and all shares.
  void approximate(const Problem& problem, Execution execution) {
    const ConstArray x{m_x.data(), 1, problem.facts().dimension};
    const Array y{m_y.data(), 1, problem.facts().outputs};
    for (std::int64_t share = 0; share < problem.facts().shares; ++share) problem.approximation(execution, share, x, y);
    if (problem.facts().has_bound) problem.approximation_error(execution, x, y);
  }

  std::array<double, 3> m_x{0.3, 0.2, 0.1};
  std::array<double, 3> m_y{};
};

TEST_F(OnePoint, IsCountedHere) {
  int* volatile seen = nullptr;  // what nobody sees need not be allocated
  EXPECT_THAT(allocations([&](Execution /*execution*/) {
                const auto number = std::make_unique<int>(1);
                seen = number.get();
              }),
              ::testing::Each(10));
}

TEST_F(OnePoint, IsPredictedWithoutAllocations) {
  for (const Basis basis : all_bases) {
    for (const std::int64_t degree : {0, 5, 30}) {
      for (const Precision precision : {Precision::float32, Precision::float64}) {
        for (const ComponentScaling inputs : {ComponentScaling::raw, ComponentScaling::scaled}) {
          const auto model = make_polynomial({basis, degree, precision, {inputs}}, SineProblem({.terms = 4}).facts());
          EXPECT_THAT(allocations([&](Execution execution) {
                        model->predict(execution, {m_x.data(), 1, 1}, {m_y.data(), 1, 1});
                      }),
                      ::testing::Each(0));
        }
      }
    }
  }
}

TEST_F(OnePoint, OfSeveralInputsIsPredictedWithoutAllocations) {
  const auto model = make_polynomial({Basis::legendre, 5}, KeplerProblem({}).facts());
  EXPECT_THAT(
      allocations([&](Execution execution) { model->predict(execution, {m_x.data(), 1, 2}, {m_y.data(), 1, 1}); }),
      ::testing::Each(0));
}

TEST_F(OnePoint, IsApproximatedWithoutAllocations) {
  const SineProblem sine({.terms = 4});
  const KeplerProblem kepler({});
  const auto geometric = make_problem(test::Geometric{});
  const auto polar = make_problem(test::Polar{});
  for (const Problem* problem :
       {static_cast<const Problem*>(&sine), static_cast<const Problem*>(&kepler),
        static_cast<const Problem*>(geometric.get()), static_cast<const Problem*>(polar.get())}) {
    EXPECT_THAT(allocations([&](Execution execution) { approximate(*problem, execution); }), ::testing::Each(0));
  }
}

TEST_F(OnePoint, IsJudgedWithoutAllocations) {
  const double bound = 0.01;
  const Facts facts = SineProblem({.terms = 4}).facts();
  const std::array gates = {difference_entry().create()->make(facts, {}), certified_entry().create()->make(facts, {})};
  EXPECT_THAT(allocations([&](Execution /*execution*/) {
                for (const auto& gate : gates) {
                  static_cast<void>(test::judged(*gate, {m_x.data(), 1}, {m_y.data(), 1}, {&bound, 1}));
                }
              }),
              ::testing::Each(0));
}

/// The other side of the same rule: while a tool listens, it hears of every kernel.
TEST_F(OnePoint, IsAKernelForToolsThatListen) {
  const SineProblem sine({.terms = 4});
  const auto model = make_polynomial({Basis::monomial, 5}, sine.facts());
  const test::KernelLog log;
  model->predict(execution_for(1), {m_x.data(), 1, 1}, {m_y.data(), 1, 1});
  approximate(sine, execution_for(1));
  EXPECT_EQ(log.kernels().size(), 6U);
}

}  // namespace
}  // namespace ailoop
