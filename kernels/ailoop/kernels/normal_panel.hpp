// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <ailoop/kernels/basis.hpp>
#include <ailoop/kernels/normal_layout.hpp>

#include <cmath>
#include <cstdint>
#include <cstring>

/// \file
/// The innermost sums of least-squares fits: over 32 points, the products of columns with each other and with targets.

#if defined(__GNUC__)
#define AILOOP_ALWAYS_INLINE [[gnu::always_inline]] inline
#else
#define AILOOP_ALWAYS_INLINE inline
#endif

namespace ailoop::kernels {

/// Eight numbers that are computed with at once.
struct alignas(64) Lanes {
  double values[sum_lanes];
};

namespace detail {

// As many numbers as the registers of the instruction set that is built for (AILOOP_ARCH) hold; with compilers of
// device code, which have no vector types, each lane is a number by itself.
#if !defined(__GNUC__) || defined(__CUDACC__) || defined(__HIPCC__) || defined(__SYCL_COMPILER_VERSION)
inline constexpr int vector_width = 1;
using Vector = double;
#else
#if defined(__AVX512F__)
inline constexpr int vector_width = 8;
#elif defined(__AVX2__)
inline constexpr int vector_width = 4;
#else
inline constexpr int vector_width = 2;
#endif
using Vector [[gnu::vector_size(vector_width * sizeof(double))]] = double;
#endif

AILOOP_ALWAYS_INLINE void load(const double* from, Vector& v) { std::memcpy(&v, from, sizeof v); }
AILOOP_ALWAYS_INLINE void store(double* to, const Vector& v) { std::memcpy(to, &v, sizeof v); }

/// sum += a b, rounded once where the instruction set can.
template <class V>
AILOOP_ALWAYS_INLINE void multiply_add(const V& a, const V& b, V& sum) {
#if defined(__FMA__) || defined(__ARM_FEATURE_FMA)
  if constexpr (vector_width > 1) {
    for (int i = 0; i < vector_width; ++i) sum[i] = __builtin_fma(a[i], b[i], sum[i]);
  } else {
    sum = std::fma(a, b, sum);
  }
#else
  sum += a * b;
#endif
}

/// A panel: for each column, then for each target, its numbers at 32 points. Behind the last point stand zeros.
struct Panel {
  std::int64_t columns = 0;
  std::int64_t outputs = 0;
  Lanes* numbers = nullptr;  // (columns + outputs, panel_groups)

  [[nodiscard]] Lanes* column(std::int64_t k) const { return numbers + k * panel_groups; }
  [[nodiscard]] Lanes* target(std::int64_t output) const { return column(columns + output); }
};

/// sum += products of a and b, group after group.
AILOOP_ALWAYS_INLINE void add_products(const Lanes* a, const Lanes* b, Lanes& sum) {
  for (int lane = 0; lane < sum_lanes; lane += vector_width) {
    Vector total;
    detail::load(sum.values + lane, total);
    for (int g = 0; g < panel_groups; ++g) {
      Vector of_a;
      Vector of_b;
      detail::load(a[g].values + lane, of_a);
      detail::load(b[g].values + lane, of_b);
      multiply_add(of_a, of_b, total);
    }
    detail::store(sum.values + lane, total);
  }
}

/// sum += numbers, group after group.
AILOOP_ALWAYS_INLINE void add_numbers(const Lanes* numbers, Lanes& sum) {
  for (int lane = 0; lane < sum_lanes; lane += vector_width) {
    Vector total;
    detail::load(sum.values + lane, total);
    for (int g = 0; g < panel_groups; ++g) {
      Vector more;
      detail::load(numbers[g].values + lane, more);
      total += more;
    }
    detail::store(sum.values + lane, total);
  }
}

/// Right sides and squares of the targets.
/// \param[in,out] sums (outputs * (columns + 1)) in the order of NormalLayout
AILOOP_ALWAYS_INLINE void add_targets(const Panel& panel, Lanes* sums) {
  for (std::int64_t o = 0; o < panel.outputs; ++o) {
    for (std::int64_t k = 0; k < panel.columns; ++k) {
      add_products(panel.target(o), panel.column(k), sums[o * panel.columns + k]);
    }
    add_products(panel.target(o), panel.target(o), sums[panel.outputs * panel.columns + o]);
  }
}

/// All that a fit needs.
/// \param[in,out] sums (NormalLayout::length())
AILOOP_ALWAYS_INLINE void add_triangle(const Panel& panel, Lanes* sums) {
  Lanes* sum = sums;
  for (std::int64_t j = 0; j < panel.columns; ++j) {
    for (std::int64_t k = 0; k <= j; ++k) {
      add_products(panel.column(j), panel.column(k), *sum++);
    }
  }
  add_targets(panel, sum);
}

/// The same lanes of all groups of a panel, as members rather than an array, so that they stay in registers.
struct PanelVectors {
  static_assert(panel_groups == 4);
  Vector a, b, c, d;

  AILOOP_ALWAYS_INLINE void load(const Lanes* column, int lane) {
    detail::load(column[0].values + lane, a);
    detail::load(column[1].values + lane, b);
    detail::load(column[2].values + lane, c);
    detail::load(column[3].values + lane, d);
  }

  /// this = p q
  AILOOP_ALWAYS_INLINE void multiply(const PanelVectors& p, const PanelVectors& q) {
    a = p.a * q.a;
    b = p.b * q.b;
    c = p.c * q.c;
    d = p.d * q.d;
  }

  AILOOP_ALWAYS_INLINE void subtract(const PanelVectors& other) {
    a -= other.a;
    b -= other.b;
    c -= other.c;
    d -= other.d;
  }

  AILOOP_ALWAYS_INLINE void twice() {
    a += a;
    b += b;
    c += c;
    d += d;
  }

  /// sum += the four vectors
  AILOOP_ALWAYS_INLINE void add_to(double* sum) const {
    Vector total;
    detail::load(sum, total);
    total += (a + b) + (c + d);
    detail::store(sum, total);
  }

  /// sum += this other
  AILOOP_ALWAYS_INLINE void add_products_to(double* sum, const PanelVectors& other) const {
    Vector total;
    detail::load(sum, total);
    multiply_add(a, other.a, total);
    multiply_add(b, other.b, total);
    multiply_add(c, other.c, total);
    multiply_add(d, other.d, total);
    detail::store(sum, total);
  }
};

/// For monomials and Chebyshev polynomials of one variable: of the Gram matrix the diagonal and what stands beside it,
/// from which the rest follows. The polynomials are made on the way and never stored.
/// \param[in]     panel two columns: 1, and behind the last point 0; the variable
/// \param[in,out] sums  (2 * (degree + 1) + outputs * (degree + 2)): squares of phi_0 ... phi_degree, the first left
///                      out; phi_k phi_(k+1) for k < degree, and one that is left out; then as add_targets
template <Basis kind>
AILOOP_ALWAYS_INLINE void add_neighbours(const Panel& panel, int degree, Lanes* sums) {
  const std::int64_t n_columns = degree + 1;
  Lanes* const squares = sums;
  Lanes* const neighbours = squares + n_columns;
  Lanes* const with_target = neighbours + n_columns;
  for (int lane = 0; lane < sum_lanes; lane += vector_width) {
    PanelVectors factor{};
    factor.load(panel.column(1), lane);
    factor.add_to(neighbours[0].values + lane);
    PanelVectors value = factor;
    [[maybe_unused]] PanelVectors previous{};
    if constexpr (kind == Basis::chebyshev) {
      previous.load(panel.column(0), lane);
      factor.twice();
    }
    PanelVectors first_target{};  // of one, which is what most have, nothing is loaded twice
    first_target.load(panel.target(0), lane);
    first_target.add_products_to(with_target[panel.outputs * n_columns].values + lane, first_target);
    for (int k = 1; k <= degree; ++k) {
      value.add_products_to(squares[k].values + lane, value);
      value.add_products_to(with_target[k].values + lane, first_target);
      for (std::int64_t o = 1; o < panel.outputs; ++o) {
        PanelVectors target{};
        target.load(panel.target(o), lane);
        value.add_products_to(with_target[o * n_columns + k].values + lane, target);
      }
      if (k == degree) {
        break;
      }
      PanelVectors next{};
      next.multiply(factor, value);
      if constexpr (kind == Basis::chebyshev) {
        next.subtract(previous);
        previous = value;
      }
      value.add_products_to(neighbours[k].values + lane, next);
      value = next;
    }
  }
  for (std::int64_t o = 0; o < panel.outputs; ++o) {
    add_numbers(panel.target(o), with_target[o * n_columns]);
  }
  for (std::int64_t o = 1; o < panel.outputs; ++o) {
    add_products(panel.target(o), panel.target(o), with_target[panel.outputs * n_columns + o]);
  }
}

}  // namespace detail
}  // namespace ailoop::kernels
