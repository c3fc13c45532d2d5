// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <ailoop/output/provenance.hpp>

#include <benchmark/benchmark.h>

#include <string>

namespace ailoop::perf {

/// The widest vectors that the compiler was allowed to use in this file.
[[nodiscard]] inline std::string instruction_set() {
#if defined(__AVX512F__)
  return "avx512";
#elif defined(__AVX2__)
  return "avx2";
#elif defined(__x86_64__)
  return "x86-64";
#else
  return "unknown";
#endif
}

/// Says in the context of a Google Benchmark program what its times depend on. Kokkos must be initialized.
/// \param[in] threads that the benchmarks use
inline void add_context(int threads) {
  for (const auto& [key, value] : provenance()) {
    benchmark::AddCustomContext(key, value);
  }
#if defined(AILOOP_PERF_TORCH_VERSION)
  benchmark::AddCustomContext("libtorch_linked", AILOOP_PERF_TORCH_VERSION);
#endif
  benchmark::AddCustomContext("instruction_set", instruction_set());
  benchmark::AddCustomContext("threads", std::to_string(threads));
}

}  // namespace ailoop::perf
