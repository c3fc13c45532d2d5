// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <ailoop/parallel/agreement.hpp>

#include <ailoop/test/mpi.hpp>

#include <gmock/gmock.h>

#include <new>
#include <stdexcept>

namespace ailoop {
namespace {

using ::testing::HasSubstr;

Communicator world() { return Communicator(MPI_COMM_WORLD); }

/// What every rank is told when `work` fails on some.
template <class Work>
AgreedError failure_of(const Communicator& comm, Work&& work) {
  try {
    agreed(comm, "", work);
  } catch (const AgreedError& error) {
    return error;
  }
  ADD_FAILURE() << "no rank failed";
  return {ErrorKind::internal, ""};
}

TEST(Agreement, SaysNothingWhenNobodyFails) {
  const Communicator comm = world();
  int done = 0;
  EXPECT_NO_THROW(agreed(comm, "", [&] { ++done; }));
  EXPECT_EQ(done, 1);
}

TEST(Agreement, FailureOfAnyRankIsThrownByAll) {
  const Communicator comm = world();
  for (int failing = 0; failing < comm.size(); ++failing) {
    const AgreedError error = failure_of(comm, [&] {
      if (comm.rank() == failing) {
        throw NumericalError("not finite");
      }
    });
    EXPECT_EQ(error.kind(), ErrorKind::numerical);
    EXPECT_THAT(error.what(), HasSubstr("not finite"));
    if (comm.size() > 1) {
      EXPECT_THAT(error.what(), HasSubstr("rank " + std::to_string(failing)));
    }
  }
}

TEST(Agreement, LowestFailingRankIsTheOneThatIsTold) {
  const Communicator comm = world();
  const AgreedError error =
      failure_of(comm, [&] { throw InputOutputError("failed on " + std::to_string(comm.rank())); });
  EXPECT_THAT(error.what(), HasSubstr("failed on 0"));
}

TEST(Agreement, MessagesOfAnyLengthTravel) {
  const Communicator comm = world();
  for (const std::size_t length : {std::size_t{0}, std::size_t{1}, std::size_t{100'000}}) {
    const AgreedError error = failure_of(comm, [&] {
      if (comm.rank() == comm.size() - 1) {
        throw ConfigurationError(std::string(length, 'x'));
      }
    });
    EXPECT_EQ(std::string(error.what()), std::string(length, 'x')) << "configuration errors name no rank";
  }
}

TEST(Agreement, UnderstandsForeignExceptions) {
  const Communicator comm = world();
  EXPECT_EQ(failure_of(comm, [] { throw std::bad_alloc(); }).kind(), ErrorKind::dependency);
  EXPECT_THAT(failure_of(comm, [] { throw std::runtime_error("foreign"); }).what(), HasSubstr("foreign"));
  EXPECT_EQ(failure_of(comm, [] { throw 7; }).kind(), ErrorKind::internal);
}

// A truth may use ailoop on a communicator of its own: what was agreed there is news here.
TEST(Agreement, AnAgreedErrorOfAnotherCommunicatorIsAFailureLikeAnyOther) {
  const Communicator comm = world();
  const Communicator self(MPI_COMM_SELF);
  try {
    agreed(comm, "sampling", [&] {
      if (comm.rank() == comm.size() - 1) {
        agreed(self, "inside", [] { throw NumericalError("no root"); });
      }
    });
    FAIL() << "the failure was not told";
  } catch (const AgreedError& error) {
    EXPECT_EQ(error.kind(), ErrorKind::numerical);
    EXPECT_THAT(error.what(), HasSubstr("sampling: inside: no root"));
  }
  EXPECT_NO_THROW(agreed(comm, "", [] {}));
}

}  // namespace
}  // namespace ailoop
