// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <ailoop/sampling/shared_truth.hpp>

#include <ailoop/core/error.hpp>
#include <ailoop/parallel/agreement.hpp>
#include <ailoop/test/mpi.hpp>
#include <ailoop/test/scripted_problem.hpp>

#include <gmock/gmock.h>

#include <cmath>
#include <numeric>

namespace ailoop {
namespace {

using ::testing::HasSubstr;

/// Points of this rank: as many as `counts` says, numbered through all ranks.
std::vector<double> points_of(const Communicator& comm, const std::vector<std::int64_t>& counts) {
  std::int64_t first = 0;
  for (int rank = 0; rank < comm.rank(); ++rank) {
    first += counts[static_cast<std::size_t>(rank)];
  }
  std::vector<double> x;
  for (std::int64_t i = 0; i < counts[static_cast<std::size_t>(comm.rank())]; ++i) {
    x.push_back(static_cast<double>(first + i + 1) / 1024.0);
  }
  return x;
}

/// Counts for each rank: uneven, with zeros in every place.
std::vector<std::vector<std::int64_t>> uneven_counts(int ranks) {
  std::vector<std::vector<std::int64_t>> cases;
  for (int busy = 0; busy < ranks; ++busy) {
    std::vector<std::int64_t> counts(static_cast<std::size_t>(ranks), 0);
    counts[static_cast<std::size_t>(busy)] = 7;
    cases.push_back(counts);
    counts[0] += 1;
    cases.push_back(counts);
  }
  std::vector<std::int64_t> rising;
  for (int rank = 0; rank < ranks; ++rank) {
    rising.push_back(std::int64_t{3} * rank);
  }
  cases.push_back(rising);
  cases.emplace_back(static_cast<std::size_t>(ranks), 1);
  return cases;
}

struct TruthCase {
  Communicator comm{MPI_COMM_WORLD};
  test::ScriptedProblem problem;

  std::vector<double> compute(const std::vector<double>& x, OnFailure on_failure = OnFailure::stop) {
    SharedTruth truth(comm, problem, Precision::float64, on_failure);
    std::vector<double> y(x.size());
    const auto n = static_cast<std::int64_t>(x.size());
    total = truth.compute({x.data(), n, 1}, {y.data(), n, 1});
    return y;
  }
  std::int64_t total = 0;
};

TEST(SharedTruth, GivesEachRankTheTruthAtItsOwnPoints) {
  TruthCase work;
  work.problem.truth_of = [](double x, std::int64_t /*sample*/) { return std::exp(x); };
  for (const auto& counts : uneven_counts(work.comm.size())) {
    const std::vector<double> x = points_of(work.comm, counts);
    const std::vector<double> y = work.compute(x);
    for (std::size_t i = 0; i < x.size(); ++i) {
      EXPECT_EQ(y[i], std::exp(x[i]));
    }
    EXPECT_EQ(work.total, std::accumulate(counts.begin(), counts.end(), std::int64_t{0}));
  }
}

TEST(SharedTruth, SharesTheWorkEvenlyWhoeverBringsThePoints) {
  TruthCase work;
  for (const auto& counts : uneven_counts(work.comm.size())) {
    std::int64_t calls = 0;
    work.problem.truth_of = [&](double x, std::int64_t /*sample*/) {
      ++calls;
      return x;
    };
    work.compute(points_of(work.comm, counts));
    EXPECT_LE(calls, work.total / work.comm.size() + 1);
    EXPECT_GE(calls, work.total / work.comm.size());
  }
}

TEST(SharedTruth, SkipsPointsWhereItFailsOrIsNotFinite) {
  TruthCase work;
  work.problem.fails_at = [](double x) { return x == 2.0 / 1024.0; };
  work.problem.truth_of = [](double x, std::int64_t /*sample*/) { return x == 3.0 / 1024.0 ? INFINITY : x; };
  std::vector<std::int64_t> counts(static_cast<std::size_t>(work.comm.size()), 0);
  counts.back() = 5;
  const std::vector<double> x = points_of(work.comm, counts);
  const std::vector<double> y = work.compute(x, OnFailure::skip);
  for (std::size_t i = 0; i < y.size(); ++i) {
    EXPECT_EQ(std::isnan(y[i]), i == 1 || i == 2) << i;
  }
}

TEST(SharedTruth, EveryRankHearsOfAFailureThatIsNotSkipped) {
  TruthCase work;
  work.problem.fails_at = [](double x) { return x == 2.0 / 1024.0; };
  std::vector<std::int64_t> counts(static_cast<std::size_t>(work.comm.size()), 0);
  counts.back() = 5;
  try {
    work.compute(points_of(work.comm, counts));
    FAIL() << "the failure was not told";
  } catch (const AgreedError& error) {
    EXPECT_EQ(error.kind(), ErrorKind::numerical);
    EXPECT_THAT(error.what(), HasSubstr("the truth of a query at x = 0.001953125 failed"));
  }
}

}  // namespace
}  // namespace ailoop
