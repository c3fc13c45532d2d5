// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <ailoop/test/mpi.hpp>

#include "rank_listeners.hpp"
#include <gtest/gtest.h>
#include <mpi.h>

#include <chrono>
#include <cstdio>
#include <memory>
#include <string>
#include <thread>

namespace ailoop::test {
namespace {

/// Prints failures at once, with the rank: the case may never end if the other ranks wait for this one.
class FailurePrinter : public ::testing::EmptyTestEventListener {
  void OnTestPartResult(const ::testing::TestPartResult& part) override {
    if (!part.failed()) {
      return;
    }
    const std::string file = part.file_name() == nullptr ? "unknown file" : part.file_name();
    const std::string text = "[rank " + std::to_string(rank()) + "] " + file + ":" +
                             std::to_string(part.line_number()) + ": Failure\n" + part.message() + "\n";
    std::fputs(text.c_str(), stderr);  // one call, so that ranks do not mix within a message
    std::fflush(stderr);
  }
};

class Agreement : public ::testing::EmptyTestEventListener {
 public:
  Agreement() { MPI_Comm_dup(MPI_COMM_WORLD, &m_comm); }

 private:
  // Not in the destructor: GoogleTest deletes its listeners after MPI has been finalised.
  void OnTestProgramEnd(const ::testing::UnitTest& /*unit_test*/) override { MPI_Comm_free(&m_comm); }

  void OnTestEnd(const ::testing::TestInfo& info) override {
    const int failed_here = info.result()->Failed() ? 1 : 0;
    int failures = 0;
    MPI_Request request = MPI_REQUEST_NULL;
    MPI_Iallreduce(&failed_here, &failures, 1, MPI_INT, MPI_SUM, m_comm, &request);
    if (failed_here == 0) {
      MPI_Wait(&request, MPI_STATUS_IGNORE);  // CTest's timeout ends a case in which nobody fails and somebody hangs
      if (failures > 0) {
        ADD_FAILURE() << "failed on " << failures << " other rank(s)";
      }
      return;
    }
    // Another rank may be stuck in a call that this one left by its failure.
    constexpr auto patience = std::chrono::seconds(5);
    const auto deadline = std::chrono::steady_clock::now() + patience;
    int done = 0;
    for (MPI_Test(&request, &done, MPI_STATUS_IGNORE); done == 0; MPI_Test(&request, &done, MPI_STATUS_IGNORE)) {
      if (std::chrono::steady_clock::now() > deadline) {
        std::fprintf(stderr, "[rank %d] failed, and not every rank came to the end of the case: abort\n", rank());
        MPI_Abort(MPI_COMM_WORLD, 1);
      }
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
  }

  MPI_Comm m_comm = MPI_COMM_NULL;
};

}  // namespace

void install_rank_listeners() {
  auto& listeners = ::testing::UnitTest::GetInstance()->listeners();
  if (rank() != 0) {
    const std::unique_ptr<::testing::TestEventListener> silenced(listeners.Release(listeners.default_result_printer()));
    listeners.Append(new FailurePrinter);  // NOLINT(cppcoreguidelines-owning-memory): GoogleTest owns it
  }
  listeners.Append(new Agreement);  // NOLINT(cppcoreguidelines-owning-memory): GoogleTest owns it
}

}  // namespace ailoop::test
