// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <ailoop/core/error.hpp>
#include <ailoop/execution/executions.hpp>
#include <ailoop/execution/kokkos_session.hpp>

#include <Kokkos_Core.hpp>

#include <cstdio>
#include <cstdlib>
#include <string>

/// Starts Kokkos with AILOOP_THREADS threads as settings and tells what came of it: for kokkos_session_test.cpp, which
/// cannot start Kokkos a second time in its own process.
int main(int argc, char** argv) {
  const char* threads = std::getenv("AILOOP_THREADS");
  const char* warnings = std::getenv("AILOOP_WARNINGS");
  const ailoop::KokkosSettings settings{.threads = threads == nullptr ? 0 : std::stoi(threads),
                                        .warnings = warnings != nullptr};
  try {
    ailoop::kokkos_initialize(settings, argc, argv);
  } catch (const ailoop::Error& error) {
    std::printf("%d: %s\n", static_cast<int>(error.kind()), error.what());
    return EXIT_FAILURE;
  }
  std::printf("%d threads", ailoop::concurrency(ailoop::Execution::host_threads));
  for (int i = 1; i < argc; ++i) std::printf(" %s", argv[i]);
  std::printf("%s\n", argv[argc] == nullptr ? "" : " no null pointer at the end");
  Kokkos::finalize();
  return EXIT_SUCCESS;
}
