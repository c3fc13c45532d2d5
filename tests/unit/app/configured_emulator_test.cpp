// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <ailoop/app/configured_emulator.hpp>

#include <ailoop/core/error.hpp>

#include <gmock/gmock.h>

namespace ailoop {
namespace {

TEST(ConfiguredEmulator, SaysThatMpiIsNotInitialized) {
  try {
    const ConfiguredEmulator emulator(MPI_COMM_WORLD, "none.yaml");
    FAIL() << "made without MPI";
  } catch (const UsageError& error) {
    EXPECT_THAT(error.what(), ::testing::HasSubstr("MPI must be initialized"));
  }
}

}  // namespace
}  // namespace ailoop
