// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <ailoop/surrogate/polynomial_surrogate.hpp>
#include <ailoop/test/counted_allocations.hpp>
#include <ailoop/training/least_squares_trainer.hpp>

#include "byte_counter.hpp"
#include <gmock/gmock.h>

#include <memory>
#include <vector>

namespace ailoop {
namespace {

using test::ByteCounter;
using test::peak_bytes;

class LeastSquaresBytes : public ::testing::TestWithParam<FitHistory> {
 protected:
  LeastSquaresBytes() {
    m_facts.lower = {-1.0};
    m_facts.upper = {1.0};
    m_model = make_polynomial({kernels::Basis::chebyshev, 500, Precision::float64}, m_facts);
  }

  Facts m_facts;
  LeastSquaresSettings m_settings{.history = GetParam()};
  std::unique_ptr<LinearSurrogate> m_model;  // its sums are 1 MB
};

TEST_P(LeastSquaresBytes, OfTheStateAreWhatItShows) {
  LeastSquaresTrainer trainer(m_settings, {Execution::calling_thread, 1}, *m_model);
  ByteCounter counter;
  trainer.state(counter);
  EXPECT_EQ(counter.bytes, LeastSquaresTrainer::state_bytes(m_settings, *m_model));
}

TEST_P(LeastSquaresBytes, OfWhatIsKeptAreTwiceTheSums) {
  const double sums = LeastSquaresTrainer::state_bytes({.history = FitHistory::all}, *m_model);
  EXPECT_THAT(
      peak_bytes([&] { const LeastSquaresTrainer trainer(m_settings, {Execution::calling_thread, 1}, *m_model); }),
      test::are_bytes(2.0 * sums));
}

TEST_P(LeastSquaresBytes, BoundAFitAndWhatReachHolds) {
  constexpr std::int64_t count = 20'000;
  SampleSet samples(Precision::float64, count, 1, 1);
  const auto& rows = std::get<ArrayOf<double>>(samples.rows());
  for (std::int64_t i = 0; i < count; ++i) {
    rows(i, 0) = -1.0 + 2.0 * static_cast<double>(i) / static_cast<double>(count);
    rows(i, 1) = rows(i, 0);
  }
  for (Execution execution : {Execution::calling_thread, Execution::host_threads}) {
    const double said = LeastSquaresTrainer::bytes(*m_model, count);
    const double peak = peak_bytes([&] {
      LeastSquaresTrainer trainer(m_settings, {execution, 1}, *m_model);
      trainer.fit(samples);
      const std::vector<double> x(1024);
      std::vector<double> reach(x.size());
      trainer.reach({x.data(), std::ssize(x), 1}, x, reach);
    });
    EXPECT_LE(peak, said);
    EXPECT_GE(peak, 0.1 * said);
  }
}

INSTANTIATE_TEST_SUITE_P(, LeastSquaresBytes, ::testing::Values(FitHistory::all, FitHistory::fresh));

}  // namespace
}  // namespace ailoop
