// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <ailoop/loop/approximation_stream.hpp>

#include <ailoop/core/error.hpp>
#include <ailoop/test/loop_case.hpp>

#include <gmock/gmock.h>

#include <algorithm>
#include <chrono>
#include <functional>
#include <thread>

namespace ailoop {
namespace {

using test::CountedQueries;
using test::ScriptedProblem;
using ::testing::HasSubstr;

/// Shares whose sum depends on the order in which they are added.
double share_value(std::int64_t share, double x) {
  constexpr double values[] = {1.0, 1e16, -1e16, 3.0, 0.1, -7e15, 7e15};
  return values[share] * x;
}

/// A stream on all ranks: the others compute what the model rank asks for.
struct StreamCase {
  explicit StreamCase(std::int64_t n_shares = 4)
      : comm(MPI_COMM_WORLD),
        roles(assign_roles(std::vector<int>(static_cast<std::size_t>(comm.size()), 1), 4, n_shares)),
        problem(n_shares) {
    problem.share_of = share_value;
    problem.set_bound([](double x) { return x / 8; });
  }

  [[nodiscard]] bool leads() const { return comm.rank() == RoleLayout::model_rank; }

  /// \param[in] work of the model rank
  void run(const StreamLimits& limits, const std::function<void(ApproximationStream&)>& work) {
    Messenger messenger(comm, RoleLayout::model_rank, leads() ? Waiting::yield : Waiting::back_off, true);
    DecisionChannel channel(comm, roles, messenger);
    ApproximationStream stream({comm, roles, problem, queries, messenger}, channel, limits);
    if (leads()) {
      work(stream);
      stream.finish();
      channel.announce({.kind = Decision::Kind::stop});
      return;
    }
    for (;;) {
      const Decision decision = channel.receive();
      if (decision.kind == Decision::Kind::stop) {
        failure = stream.failure();
        return;
      }
      stream.compute(decision.range);
      ++blocks;
    }
  }

  [[nodiscard]] double point(std::int64_t query) const {
    double x = 0.0;
    queries.queries(query, {&x, 1, 1});
    return x;
  }

  /// Takes these queries; they must be the sum of all shares in order, and the bound.
  bool expect_taken(ApproximationStream& stream, IndexRange range) const {
    const auto n = static_cast<std::size_t>(range.size());
    std::vector<double> x;
    for (std::int64_t query = range.first; query < range.last; ++query) {
      x.push_back(point(query));
    }
    std::vector<double> sum(n);
    std::vector<double> bound(n);
    stream.ask(range);
    if (!stream.take(range, {x.data(), range.size(), 1}, {sum.data(), range.size(), 1}, bound)) {
      return false;
    }
    for (std::size_t i = 0; i < n; ++i) {
      double expected = 0.0;
      for (std::int64_t share = 0; share < problem.facts().shares; ++share) {
        expected += share_value(share, x[i]);
      }
      EXPECT_EQ(sum[i], expected) << "query " << range.first + static_cast<std::int64_t>(i);
      EXPECT_EQ(bound[i], x[i] / 8);
    }
    return true;
  }

  Communicator comm;
  RoleLayout roles;
  ScriptedProblem problem;
  CountedQueries queries;
  std::optional<LocalFailure> failure;  ///< of this rank's last block
  std::int64_t blocks = 0;              ///< that this rank computed
};

TEST(ApproximationStream, AddsSharesInAscendingOrderInEveryWorldAndHoweverFarAhead) {
  for (const std::int64_t n_shares : {1, 2, 4, 7}) {
    for (const std::int64_t ahead : {0, 1, 5, 64}) {
      for (const std::int64_t batch : {1, 3, 7}) {
        StreamCase stream_case(n_shares);
        const StreamLimits limits{.batch = batch, .ahead = ahead, .queries = {}, .with_bound = true};
        stream_case.run(limits, [&](ApproximationStream& stream) {
          // the sizes that a loop asks for: batches, and fewer where fewer answers are wanted
          std::int64_t first = 2;
          for (std::int64_t i = 0; i < 40; ++i) {
            const std::int64_t n = 1 + (i * i) % batch;
            EXPECT_TRUE(stream_case.expect_taken(stream, {first, first + n}));
            first += n;
            if (i % 9 == 4) {
              stream.finish();  // as a retraining does
            }
          }
        });
      }
    }
  }
}

TEST(ApproximationStream, ACheapApproximationIsAskedForInEverLargerBlocks) {
  StreamCase stream_case;
  constexpr std::int64_t n = 2000;
  stream_case.run({.batch = 1, .ahead = 256, .queries = n, .with_bound = true}, [&](ApproximationStream& stream) {
    for (std::int64_t query = 0; query < n; ++query) {
      EXPECT_TRUE(stream_case.expect_taken(stream, {query, query + 1}));
    }
  });
  if (stream_case.roles.shares_of(stream_case.comm.rank()).size() > 0 && !stream_case.leads()) {
    EXPECT_LT(stream_case.blocks, n / 4) << "a slow moment costs a block of one query, but not more";
  }
}

TEST(ApproximationStream, AnExpensiveApproximationIsNeverComputedInVain) {
  StreamCase stream_case;
  int points = 0;
  stream_case.problem.share_of = [&](std::int64_t share, double x) {
    ++points;
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
    return share_value(share, x);
  };
  constexpr std::int64_t n = 12;
  stream_case.run({.batch = 2, .ahead = 256, .queries = {}, .with_bound = true}, [&](ApproximationStream& stream) {
    for (std::int64_t query = 0; query < n; query += 2) {
      EXPECT_TRUE(stream_case.expect_taken(stream, {query, query + 2}));
    }
  });
  EXPECT_EQ(points, n * stream_case.roles.shares_of(stream_case.comm.rank()).size());
}

TEST(ApproximationStream, ComputesNoQueryThatThereIsNot) {
  StreamCase stream_case;
  double least = 1.0;
  stream_case.problem.share_of = [&](std::int64_t share, double x) {
    least = std::min(least, x);  // points fall with their index
    return share_value(share, x);
  };
  constexpr std::int64_t n = 20;
  stream_case.run({.batch = 1, .ahead = 64, .queries = n, .with_bound = true}, [&](ApproximationStream& stream) {
    for (std::int64_t query = 0; query < n; ++query) {
      EXPECT_TRUE(stream_case.expect_taken(stream, {query, query + 1}));
    }
  });
  EXPECT_GE(least, stream_case.point(n - 1));
}

TEST(ApproximationStream, AFailureAheadOfNeedDoesNoHarmWhereItIsNeverNeeded) {
  for (const std::int64_t failing_query : {6, 11}) {
    StreamCase stream_case;
    const double failing_point = stream_case.point(failing_query);
    stream_case.problem.share_of = [failing_point](std::int64_t share, double x) {
      if (x == failing_point) {
        throw DependencyError("no licence");
      }
      return share_value(share, x);
    };
    stream_case.run({.batch = 1, .ahead = 256, .queries = {}, .with_bound = true}, [&](ApproximationStream& stream) {
      for (std::int64_t query = 0; query < failing_query; ++query) {
        EXPECT_TRUE(stream_case.expect_taken(stream, {query, query + 1})) << query;
      }
    });
  }
}

TEST(ApproximationStream, TellsTheModelRankOfAFailureOfAnyRank) {
  const RoleLayout roles = StreamCase().roles;
  for (const int failing : roles.approximation_ranks) {
    for (const std::int64_t ahead : {0, 64}) {
      StreamCase stream_case;
      const double failing_point = stream_case.point(9);
      stream_case.problem.share_of = [&](std::int64_t share, double x) {
        if (x == failing_point && stream_case.comm.rank() == failing) {
          throw DependencyError("no licence");
        }
        return share_value(share, x);
      };
      std::int64_t taken = 0;
      stream_case.run({.batch = 1, .ahead = ahead, .queries = {}, .with_bound = true},
                      [&](ApproximationStream& stream) {
                        while (taken < 20 && stream_case.expect_taken(stream, {taken, taken + 1})) {
                          ++taken;
                        }
                        stream_case.failure = stream.failure();
                      });
      if (stream_case.leads()) {
        EXPECT_EQ(taken, 9);
      }
      EXPECT_EQ(stream_case.failure.has_value(), stream_case.comm.rank() == failing);
      if (stream_case.failure) {
        EXPECT_THAT(stream_case.failure->message, HasSubstr("approximating: no licence"));
      }
    }
  }
}

TEST(ApproximationStream, TheBoundFailsAsTheApproximationDoes) {
  StreamCase stream_case;
  const double failing_point = stream_case.point(7);
  stream_case.problem.set_bound(
      [failing_point](double x) { return x == failing_point ? throw NumericalError("no bound here") : x / 8; });
  stream_case.run({.batch = 1, .ahead = 64, .queries = {}, .with_bound = true}, [&](ApproximationStream& stream) {
    std::int64_t taken = 0;
    while (taken < 20 && stream_case.expect_taken(stream, {taken, taken + 1})) {
      ++taken;
    }
    EXPECT_EQ(taken, 7);
    ASSERT_TRUE(stream.failure());
    EXPECT_EQ(stream.failure()->kind, ErrorKind::numerical);
  });
}

}  // namespace
}  // namespace ailoop
