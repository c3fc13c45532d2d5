// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "multiply_adds.hpp"
#include <benchmark/benchmark.h>

#include <cstring>
#include <utility>

namespace ailoop::perf {
namespace {

#if defined(__AVX512F__)
constexpr int width = 8;
#elif defined(__AVX2__)
constexpr int width = 4;
#else
constexpr int width = 2;
#endif
using Vector [[gnu::vector_size(width * sizeof(double))]] = double;
#if defined(__FMA__) || defined(__ARM_FEATURE_FMA)
constexpr bool is_fused = true;
#else
constexpr bool is_fused = false;
#endif

/// Chains of operations that do not wait for each other: two units of a latency of four or five, and registers for the
/// two constants.
constexpr int chains = 10;

}  // namespace

double multiply_adds(std::int64_t n, int operations) {
  double factors[width];
  double terms[width];
  for (int lane = 0; lane < width; ++lane) {
    factors[lane] = 0.5;
    terms[lane] = 0.25 + lane;
  }
  benchmark::DoNotOptimize(factors);  // so that they are not known
  benchmark::DoNotOptimize(terms);
  Vector factor;
  Vector term;
  std::memcpy(&factor, factors, sizeof factor);
  std::memcpy(&term, terms, sizeof term);
  Vector values[chains];
  for (auto& value : values) value = term;
  constexpr int at_once = is_fused ? 1 : 2;
  const std::int64_t steps = n * operations / (std::int64_t{width} * chains * at_once);
  const auto advance = [&](Vector& value) { value = value * factor + term; };
  for (std::int64_t step = 0; step < steps; ++step) {
    // no loop: the values would then go through memory
    [&]<int... chain>(std::integer_sequence<int, chain...>) {
      (advance(values[chain]), ...);
    }(std::make_integer_sequence<int, chains>());
  }
  Vector sum = term;
  for (const auto& value : values) sum += value;
  double all[width];
  std::memcpy(all, &sum, sizeof sum);
  double result = 0.0;
  for (const double number : all) result += number;
  return result;
}

}  // namespace ailoop::perf
