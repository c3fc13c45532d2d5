// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What libFuzzer calls with each input that it makes.
#include "fuzz_target.hpp"

#include <cstddef>
#include <cstdint>

// NOLINTNEXTLINE(readability-identifier-naming,misc-use-internal-linkage): libFuzzer's name
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  ailoop::test::run_target({reinterpret_cast<const char*>(data), size});
  return 0;
}
