// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <ailoop/training/sample_order.hpp>

#include <ailoop/kernels/counter_random.hpp>

#include <cstddef>
#include <limits>
#include <numeric>
#include <utility>

namespace ailoop {

namespace {

/// Uniform in 0 ... bound - 1; draws again where the plain remainder would favour small numbers.
template <class Generator>
std::uint64_t uniform_below(Generator& generator, std::uint64_t bound) {
  constexpr std::uint64_t largest = std::numeric_limits<std::uint64_t>::max();
  std::uint64_t bits = generator.urand64();
  // the division that finds the exact limit is needed once in 2^64 / bound draws
  while (bits >= largest - bound && bits >= largest / bound * bound) {
    bits = generator.urand64();
  }
  return bits % bound;
}

}  // namespace

void shuffled_order(std::uint64_t seed, std::int64_t epoch, std::span<std::int64_t> order) {
  std::iota(order.begin(), order.end(), 0);
  auto generator = kernels::generator<Kokkos::DefaultHostExecutionSpace>(seed, kernels::Purpose::shuffle,
                                                                         static_cast<std::uint64_t>(epoch));
  for (std::size_t i = order.size(); i > 1; --i) {
    std::swap(order[i - 1], order[uniform_below(generator, i)]);
  }
}

}  // namespace ailoop
