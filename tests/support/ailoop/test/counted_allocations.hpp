// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <gmock/gmock.h>

#include <cstdint>
#include <functional>

/// \file
/// What is allocated, with `new` and as Views. For programs that link ailoop_test_counted_allocations.

namespace ailoop::test {

/// How often memory was allocated so far with `new`: every View and every label of a kernel needs it, too.
[[nodiscard]] long allocations_so_far();

/// Most bytes that were in use at once while `work` ran, beside those before.
[[nodiscard]] double peak_bytes(const std::function<void()>& work);

/// Room for what peak_bytes counts beside arrays: headers and labels of Views, and pages that a large array fills in
/// part. An array of a byte for each of `many` points is more.
inline constexpr double small_bytes = 80e3;
inline constexpr std::int64_t many = 100'000;

/// Whether a peak is what a class says of its arrays: none is missing, and none is counted that is not there.
inline ::testing::Matcher<double> are_bytes(double said) { return ::testing::DoubleNear(said, small_bytes); }

}  // namespace ailoop::test
