#pragma once

#include <ailoop/core/version.hpp>
#include <ailoop/kernels/kokkos_compat.hpp>

#include <Kokkos_Core.hpp>
#include <benchmark/benchmark.h>

#include <string>

/// \file
/// What a figure depends on, for the context of a Google Benchmark program.

namespace ailoop::perf {

/// Instruction set that the calling file is compiled for.
[[nodiscard]] constexpr const char* instruction_set() {
#if defined(__AVX512F__)
  return "AVX-512";
#elif defined(__AVX2__)
  return "AVX2";
#elif defined(__x86_64__)
  return "x86-64";
#else
  return "other";
#endif
}

/// Adds Kokkos, back end, threads, instruction set, compiler, flags and revision to the context of what is measured.
/// Kokkos must be initialized.
inline void add_context(int threads) {
  const BuildInfo& build = build_info();
  benchmark::AddCustomContext("ailoop", build.revision);
  benchmark::AddCustomContext("kokkos", kokkos_version());
  benchmark::AddCustomContext("back_end", Kokkos::DefaultExecutionSpace::name());
  benchmark::AddCustomContext("threads", std::to_string(threads));
  benchmark::AddCustomContext("instruction_set", instruction_set());
  benchmark::AddCustomContext("compiler", build.compiler);
  benchmark::AddCustomContext("flags", build.flags);
}

}  // namespace ailoop::perf
