// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "hand_loop.hpp"

#include <algorithm>
#include <array>
#include <cmath>

namespace ailoop::perf {
namespace {

constexpr int terms = 6;
constexpr int degree = 5;
constexpr std::int64_t block = 1024;

/// 1 / (2k (2k+1))
constexpr std::array<double, terms + 1> factors = [] {
  std::array<double, terms + 1> all{};
  for (int k = 1; k <= terms; ++k) all[static_cast<std::size_t>(k)] = 1.0 / (2.0 * k * (2.0 * k + 1.0));
  return all;
}();

struct Coefficients {
  std::array<float, degree> weights;
  float bias;
};

/// Of one block; -1 as in HandLoop.
std::int64_t judge_block(const HandLoop& loop, const Coefficients& c, std::int64_t n, const double* __restrict x,
                         double* __restrict y, std::int8_t* __restrict verdicts) {
  double bounds[block];
  double sums[block];
  bool is_inside = true;
  for (std::int64_t i = 0; i < n; ++i) is_inside &= (x[i] >= loop.lower) & (x[i] < loop.upper);
  if (!is_inside) return -1;
  for (std::int64_t i = 0; i < n; ++i) {
    const auto t = static_cast<float>(x[i]);
    const float p = ((((c.weights[4] * t + c.weights[3]) * t + c.weights[2]) * t + c.weights[1]) * t + c.weights[0]);
    y[i] = static_cast<double>(p * t + c.bias);
  }
  for (std::int64_t i = 0; i < n; ++i) {
    const double square = x[i] * x[i];
    double term = x[i];
    double sum = x[i];
    double size = std::abs(x[i]);
    term *= square * -factors[1], sum += term, size += std::abs(term);
    term *= square * -factors[2], sum += term, size += std::abs(term);
    term *= square * -factors[3], sum += term, size += std::abs(term);
    term *= square * -factors[4], sum += term, size += std::abs(term);
    term *= square * -factors[5], sum += term, size += std::abs(term);
    term *= square * factors[6];
    constexpr double rounding = 40.0 * 0x1p-53;
    sums[i] = sum;
    bounds[i] = (std::abs(term) + rounding * size + 0x1p-51) * (1.0 + rounding);
  }
  std::int64_t accepted = 0;
  for (std::int64_t i = 0; i < n; ++i) {
    const bool is_accepted = (std::abs(y[i] - sums[i]) + bounds[i]) * (1.0 + 0x1p-50) <= loop.tolerance;
    verdicts[i] = static_cast<std::int8_t>(is_accepted ? 0 : 2);
    accepted += is_accepted ? 1 : 0;
  }
  return accepted;
}

}  // namespace

std::int64_t HandLoop::operator()(int threads, std::int64_t n, const double* x, double* y,
                                  std::int8_t* verdicts) const {
  Coefficients c{};
  std::copy_n(weights.begin(), degree, c.weights.begin());
  c.bias = bias;
  std::int64_t accepted = 0;
  bool is_inside = true;
  const std::int64_t blocks = (n + block - 1) / block;
#pragma omp parallel for num_threads(threads) reduction(+ : accepted) reduction(&& : is_inside) if (threads > 1)
  for (std::int64_t b = 0; b < blocks; ++b) {
    const std::int64_t first = b * block;
    const std::int64_t found =
        judge_block(*this, c, std::min(block, n - first), x + first, y + first, verdicts + first);
    accepted += std::max<std::int64_t>(found, 0);
    is_inside = is_inside && found >= 0;
  }
  return is_inside ? accepted : -1;
}

}  // namespace ailoop::perf
