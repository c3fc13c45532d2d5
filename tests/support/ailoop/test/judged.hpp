// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <ailoop/emulator/gate.hpp>

#include <cstdint>
#include <span>

namespace ailoop::test {

/// Judgement of one query. \param bound empty where the gate needs none
[[nodiscard]] inline Judgement judged(const Gate& gate, std::span<const double> surrogate,
                                      std::span<const double> approximation, std::span<const double> bound) {
  const auto row = [](std::span<const double> numbers) {
    return ConstArray{numbers.data(), 1, static_cast<std::int64_t>(numbers.size())};
  };
  Judgement judgement;
  gate.judge({row(surrogate), row(approximation), row(bound)},
             {std::span(&judgement.verdict, 1), std::span(&judgement.error, 1), std::span(&judgement.allowed, 1)});
  return judgement;
}

}  // namespace ailoop::test
