// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <ailoop/app/assembly.hpp>

#include <ailoop/core/error.hpp>
#include <ailoop/parallel/agreement.hpp>
#include <ailoop/test/scripted_problem.hpp>

#include <gmock/gmock.h>

#include <limits>

namespace ailoop {
namespace {

using ::testing::HasSubstr;

/// f(x) = x, exactly approximated, without a bound, on the box that a test wants.
class UnboundedKind final : public ProblemKind {
 public:
  void describe(Visitor& v) override {
    v.field("width", m_width, greater_than(0.0), Affects::result, "of the domain [1]");
  }
  [[nodiscard]] std::unique_ptr<Problem> make() const override {
    auto problem = std::make_unique<test::ScriptedProblem>();
    problem->set_box(just_above_1, just_above_1 + m_width);
    return problem;
  }

 private:
  static constexpr double just_above_1 = 1.0 + 1e-12;
  double m_width = 1.0;
};

Registries registries() {
  Registries all = builtin_registries();
  all.problems.add({"unbounded", "has no bound", [] { return std::make_unique<UnboundedKind>(); }});
  return all;
}

/// What every rank is told of a configuration that cannot be assembled.
std::string refusal(const std::string& text, ErrorKind kind = ErrorKind::configuration) {
  const Registries all = registries();
  const Communicator comm(MPI_COMM_WORLD);
  const RunSettings settings = read_run_settings({"c.yaml", "schema: 1\n" + text, {"training.trainer=adam"}}, all);
  try {
    const Assembly assembly(comm, node_resources(comm), settings);
  } catch (const AgreedError& error) {
    EXPECT_EQ(error.kind(), kind);
    return error.what();
  }
  return "";
}

TEST(Assembly, RefusesTheGateCertifiedWithoutABound) {
  EXPECT_EQ(refusal("problem: {name: unbounded}\n"), "");
  EXPECT_THAT(refusal("problem: {name: unbounded}\nloop: {gate: certified}\n"),
              HasSubstr("c.yaml:3:14: loop.gate: certified needs an approximation with an error bound"));
}

TEST(Assembly, RefusesSamplesThatDoNotFitIntoMemory) {
  const std::string large = "problem: {name: sine}\nsurrogate: {degree: 1000}\n";
  const std::string one_batch =
      "training: {trainer: adam, batch_size: 1000000000}\n";  // whose features cannot be cut into pieces
  EXPECT_THAT(refusal(large + "sampling: {total: 1000000000}\n" + one_batch),
              HasSubstr("c.yaml:4:19: sampling.total: needs "));
  EXPECT_THAT(refusal(large + "sampling: {per_rank: 500000000}\n" + one_batch),
              HasSubstr("c.yaml:4:22: sampling.per_rank: needs"));
}

TEST(Assembly, RefusesWhatExceedsTheMemoryThatARankMayUse) {
  const std::string small = "problem: {name: sine}\nsampling: {total: 1000}\nlimits: {memory_bytes: ";
  EXPECT_THAT(refusal(small + "1000}\n"), HasSubstr("c.yaml:4:24: limits.memory_bytes: 1000 is too little"));
  EXPECT_EQ(refusal(small + "1000000000}\n"), "");
  EXPECT_EQ(refusal(small + "0}\n"), "");
}

TEST(Assembly, RefusesMoreSamplesThanMpiCanCount) {
  const Communicator comm(MPI_COMM_WORLD);
  const std::string text = refusal("problem: {name: sine}\nsampling: {per_rank: 1000000000}\n");
  if (comm.size() > 2) {
    EXPECT_THAT(text, HasSubstr("at most 2147483647 samples in a retraining"));
  }
}

TEST(Assembly, RefusesABoxThatCannotBeSampledInTheSurrogatesPrecision) {
  const std::string narrow = "problem: {name: unbounded, width: 1.0e-12}\n";
  EXPECT_THAT(refusal(narrow), ::testing::HasSubstr("surrogate.precision: float32 has no number in the problem's box"));
  EXPECT_EQ(refusal(narrow + "surrogate: {precision: float64}\n"), "");
}

TEST(Assembly, KnowsHowManyAnswersAreWanted) {
  const Registries all = registries();
  const Communicator comm(MPI_COMM_WORLD);
  const auto wanted = [&](const std::string& text) {
    const RunSettings settings =
        read_run_settings({"c.yaml", "schema: 1\nproblem: {name: sine}\n" + text, {"training.trainer=adam"}}, all);
    Assembly assembly(comm, node_resources(comm), settings);
    return assembly.load_queries().limits.accepted;
  };
  EXPECT_EQ(wanted(""), 5);
  EXPECT_EQ(wanted("queries: {source: grid, points: 17}\n"), 17);
  EXPECT_EQ(wanted("queries: {source: grid, points: 17}\nloop: {accepted: 3}\n"), 3);
  EXPECT_EQ(wanted("queries: {source: grid, points: 17}\nloop: {accepted: 30}\n"), 17);
  EXPECT_EQ(wanted("loop: {accepted: 30}\n"), 30);
}

TEST(Assembly, KnowsTheMemoryOfAnswersThatAreKeptUntilAPartIsWritten) {
  const Registries all = registries();
  const Communicator comm(MPI_COMM_WORLD);
  const auto bytes = [&](const std::string& answers) {
    const RunSettings settings =
        read_run_settings({"c.yaml",
                           "schema: 1\nproblem: {name: sine}\nloop: {accepted: 100000000}\n",
                           {"training.trainer=adam", "output.checks=none", "output.answers=" + answers}},
                          all);
    Assembly assembly(comm, node_resources(comm), settings);
    static_cast<void>(assembly.load_queries());
    return assembly.memory().model_rank.total();
  };
  EXPECT_EQ(bytes("auto"), bytes("safetensors"));
  EXPECT_LT(bytes("none"), bytes("safetensors"));
}

}  // namespace
}  // namespace ailoop
