#pragma once

#include <ailoop/kernels/vector_lanes.hpp>

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <utility>

/// \file
/// The series of taylor_sine.hpp on the host, a block of points at a time, bit for bit, without its divisions where the
/// processor has a multiply-add that rounds once.
///
/// With c = 2k (2k+1), high = 1/c rounded and low = 1/c - high rounded, fma(s, high, s low) is s / c rounded correctly:
/// before its last rounding it is off by less than 2^-50 units in the last place of the quotient. That is too little to
/// get to the other side of a number m half way between two doubles: take the unit as 1, so that the quotient is at
/// least 2^52; then s, at least c 2^52, is an integer, and so is c m, as c is even. They are not equal, for an odd
/// number of 54 bits times the odd part of c does not fit into 53; so s / c is at least 1 / c > 2^-14 away from m.
/// Idea: N. Brisebarre, J.-M. Muller, S. K. Raina, Accelerating correctly rounded floating-point division when the
/// divisor is known in advance, IEEE Transactions on Computers 53 (2004) 1069. Nothing must underflow on the way:
/// blocks with an x that is zero, tiny, infinite or NaN are divided.

namespace ailoop::kernels::detail {

/// Most terms of the series.
inline constexpr int taylor_terms = 64;

/// Points that the host takes at a time.
inline constexpr std::int64_t taylor_block = 128;

/// -1 / (2k (2k+1)) as the sum of two numbers.
struct TaylorFactor {
  double divisor = 0.0;  ///< 2k (2k+1)
  double high = 0.0;
  double low = 0.0;
};

[[nodiscard]] constexpr TaylorFactor taylor_factor(int k) {
  const double c = 2.0 * k * (2.0 * k + 1.0);
  const double high = 1.0 / c;
  const auto upper = static_cast<double>(static_cast<float>(high));  // products with c of at most 15 bits are exact
  const double rest = (1.0 - c * upper) - c * (high - upper);
  return {c, -high, -rest / c};
}

[[nodiscard]] constexpr std::array<TaylorFactor, taylor_terms> taylor_factors() {
  std::array<TaylorFactor, taylor_terms> factors{};
  for (int k = 1; k < taylor_terms; ++k) factors[static_cast<std::size_t>(k)] = taylor_factor(k);
  return factors;
}

inline constexpr std::array<TaylorFactor, taylor_terms> all_taylor_factors = taylor_factors();

/// Whether no operation of n angles underflows or leaves the range: their squares are in [2^-900, 2^124).
[[nodiscard]] inline bool are_ordinary_angles(const double* x, std::int64_t n) {
  // As integers, numbers of one sign have their order, and the larger bound is 2^62 more than the smaller one.
  constexpr auto smallest = std::bit_cast<std::uint64_t>(0x1p-900);
  static_assert(smallest + (std::uint64_t{1} << 62U) == std::bit_cast<std::uint64_t>(0x1p124));
  std::uint64_t distances = 0;
  for (std::int64_t i = 0; i < n; ++i) distances |= std::bit_cast<std::uint64_t>(x[i] * x[i]) - smallest;
  return (distances >> 62U) == 0;
}

/// `steps` ratios, one after the other, and their terms; k is the first.
template <bool is_summed, int steps>
class TaylorSteps {
 public:
  explicit TaylorSteps(int k) {
    for (int s = 0; s < steps; ++s) {
      const TaylorFactor& factor = all_taylor_factors[static_cast<std::size_t>(k) + static_cast<std::size_t>(s)];
      m_high[s] = factor.high;
      m_low[s] = factor.low;
    }
  }

  /// From term k - 1 and the sum up to it to term k + steps - 1.
  void operator()(double square, double& term, double& sum) const {
    // no loop: compilers look for several points at once in the innermost one
    [&]<int... s>(std::integer_sequence<int, s...>) {
      (advance<s>(square, term, sum), ...);
    }(std::make_integer_sequence<int, steps>());
  }

 private:
  template <int s>
  void advance(double square, double& term, double& sum) const {
    term *= std::fma(square, m_high[s], square * m_low[s]);
    if constexpr (is_summed) sum += term;
  }

  double m_high[steps] = {};
  double m_low[steps] = {};
};

/// Steps that a point takes in registers.
inline constexpr int taylor_steps_at_once = 8;

/// All steps of ordinary angles, no more than taylor_steps_at_once.
template <bool is_summed, int candidate = 1>
void few_taylor_steps(int last, const double* x, double* y, std::int64_t n) {
  if constexpr (candidate <= taylor_steps_at_once) {
    if (last != candidate) return few_taylor_steps<is_summed, candidate + 1>(last, x, y, n);
    const TaylorSteps<is_summed, candidate> steps(1);
    for (std::int64_t i = 0; i < n; ++i) {
      double term = x[i];
      double sum = x[i];
      steps(x[i] * x[i], term, sum);
      y[i] = is_summed ? sum : term;
    }
  }
}

/// Points between whose steps other points take theirs.
struct TaylorBlock {
  // NOLINTNEXTLINE(cppcoreguidelines-pro-type-member-init): of each array only n numbers are used
  TaylorBlock(const double* x, std::int64_t count) : n(count) {
    for (std::int64_t i = 0; i < n; ++i) {
      squares[i] = x[i] * x[i];
      terms[i] = x[i];
      sums[i] = x[i];
    }
  }

  template <bool is_summed>
  void divide(int k) {
    const double c = all_taylor_factors[static_cast<std::size_t>(k)].divisor;
    for (std::int64_t i = 0; i < n; ++i) {
      terms[i] *= -(squares[i] / c);
      if constexpr (is_summed) sums[i] += terms[i];
    }
  }

  /// Of ordinary angles.
  template <bool is_summed, int steps>
  void multiply(int k) {
    const TaylorSteps<is_summed, steps> some(k);
    for (std::int64_t i = 0; i < n; ++i) {
      double term = terms[i];
      double sum = sums[i];
      some(squares[i], term, sum);
      terms[i] = term;
      if constexpr (is_summed) sums[i] = sum;
    }
  }

  /// Steps k ... last of ordinary angles, fewer than taylor_steps_at_once.
  template <bool is_summed, int candidate = 1>
  void multiply_rest(int k, int last) {
    if constexpr (candidate < taylor_steps_at_once) {
      if (last - k + 1 == candidate) return multiply<is_summed, candidate>(k);
      multiply_rest<is_summed, candidate + 1>(k, last);
    }
  }

  std::int64_t n;
  double squares[taylor_block];
  double terms[taylor_block];
  double sums[taylor_block];
};

/// Term `last` of n <= taylor_block angles, or the sum of the terms up to it.
template <bool is_summed>
void taylor_sine_series(int last, const double* x, double* y, std::int64_t n) {
  const bool multiplies = base_is_fused && are_ordinary_angles(x, n);
  if (multiplies && last >= 1 && last <= taylor_steps_at_once) return few_taylor_steps<is_summed>(last, x, y, n);
  TaylorBlock block(x, n);
  int k = 1;
  if (multiplies) {
    for (; k + taylor_steps_at_once - 1 <= last; k += taylor_steps_at_once) {
      block.template multiply<is_summed, taylor_steps_at_once>(k);
    }
    block.template multiply_rest<is_summed>(k, last);
    k = last + 1;
  }
  for (; k <= last; ++k) block.template divide<is_summed>(k);
  std::copy_n(is_summed ? block.sums : block.terms, n, y);
}

/// taylor_sine_term of n <= taylor_block angles.
/// \param[out] y may be x, but must not overlap it otherwise
inline void taylor_sine_terms(int k, const double* x, double* y, std::int64_t n) {
  taylor_sine_series<false>(k, x, y, n);
}

/// taylor_sine_sum of n <= taylor_block angles.
/// \param[out] y may be x, but must not overlap it otherwise
inline void taylor_sine_sums(int n_terms, const double* x, double* y, std::int64_t n) {
  taylor_sine_series<true>(n_terms - 1, x, y, n);
}

}  // namespace ailoop::kernels::detail
