// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <ailoop/core/error.hpp>
#include <ailoop/kernels/basis.hpp>
#include <ailoop/kernels/concepts.hpp>
#include <ailoop/kernels/scaling.hpp>

#include <Kokkos_Core.hpp>

#include <concepts>
#include <cstdint>

namespace ailoop::kernels {

/// Most variables that a polynomial may have.
inline constexpr int max_polynomial_inputs = 8;

/// Most features that a polynomial may have.
inline constexpr int max_polynomial_features = 1'000'000;

/// Most factors phi_k(t_j) of all features of a point that a thread of this space keeps, where a polynomial has several
/// variables. A device keeps room for every thread that it can run at the same time.
template <ExecutionSpace Space>
inline constexpr int most_polynomial_factors = is_host_space_v<Space> ? 2048 : 128;

/// Number of products phi_a(x_0) phi_b(x_1) ... with a + b + ... <= degree: the binomial coefficient of
/// (inputs + degree, inputs). Exact below 2^53.
[[nodiscard]] constexpr double total_degree_features(int inputs, int degree) {
  double count = 1.0;
  for (int k = 1; k <= inputs; ++k) count = count * (degree + k) / k;
  return count;
}

/// Walks the exponents of products of total degree 0, 1, 2, ... in graded lexicographic order: within a total degree
/// those with the higher exponent of the first variable come first, then of the second, and so on. For two variables
/// (0,0); (1,0), (0,1); (2,0), (1,1), (0,2); ... For one variable it is 0, 1, 2, ...
class MultiIndex {
 public:
  /// \param[in] inputs 1 ... max_polynomial_inputs
  KOKKOS_INLINE_FUNCTION explicit MultiIndex(int inputs) : m_inputs(inputs) {}

  /// Exponent of variable j.
  [[nodiscard]] KOKKOS_INLINE_FUNCTION int operator[](int j) const { return m_exponents[j]; }

  KOKKOS_INLINE_FUNCTION void advance() {
    const int last = m_exponents[m_inputs - 1];
    m_exponents[m_inputs - 1] = 0;
    int j = m_inputs - 2;
    while (j >= 0 && m_exponents[j] == 0) --j;
    if (j >= 0) {
      m_exponents[j] -= 1;
      m_exponents[j + 1] = last + 1;
    } else {
      m_exponents[0] = last + 1;
    }
  }

 private:
  int m_inputs;
  int m_exponents[max_polynomial_inputs] = {};  // std::array has no device functions
};

/// The variables of a polynomial: t_j is column j of the points, rounded to the precision of the polynomial first,
/// scaled in double, and rounded again.
struct PolynomialInputs {
  int count = 1;                             ///< how many variables, 1 ... max_polynomial_inputs
  Scaling maps[max_polynomial_inputs] = {};  ///< of the first `count` columns; without any they stay as they are

  /// t_j of the point in row i.
  template <std::floating_point Real, class X>
  [[nodiscard]] KOKKOS_INLINE_FUNCTION Real value(const X& x, std::int64_t i, int j) const {
    return maps[j](static_cast<Real>(x(i, j)));
  }
};

namespace detail {

inline constexpr int few_factors = 64;

/// Calls f(k, feature k of the point in row i) for k = 0 ... features - 1. One variable needs no room for factors.
template <Basis kind, int room, std::floating_point Real, class X, class Function>
KOKKOS_INLINE_FUNCTION void feature_values(const PolynomialInputs& inputs, int degree, [[maybe_unused]] int features,
                                           const X& x, std::int64_t i, const Function& f) {
  if constexpr (room == 0) {
    basis_values<kind>(degree, inputs.value<Real>(x, i, 0), f);
  } else {
    Real factors[room];
    for (int j = 0; j < inputs.count; ++j) {
      Real* const of_input = factors + j * (degree + 1);
      basis_values<kind>(degree, inputs.value<Real>(x, i, j),
                         [&](const int k, const Real value) { of_input[k] = value; });
    }
    MultiIndex exponents(inputs.count);
    for (int k = 0; k < features; ++k, exponents.advance()) {
      Real product = factors[exponents[0]];
      for (int j = 1; j < inputs.count; ++j) product *= factors[j * (degree + 1) + exponents[j]];
      f(k, product);
    }
  }
}

/// \throws UsageError unless `features` is the number of features of such a polynomial
inline void require_features(const PolynomialInputs& inputs, int degree, std::int64_t features) {
  AILOOP_REQUIRE(inputs.count >= 1 && inputs.count <= max_polynomial_inputs, "a polynomial has 1 to 8 variables");
  AILOOP_REQUIRE(degree >= 0, "the degree of a polynomial must not be negative");
  AILOOP_REQUIRE(features <= max_polynomial_features &&
                     (inputs.count == 1 ? features == std::int64_t{1} + degree
                                        : static_cast<double>(features) == total_degree_features(inputs.count, degree)),
                 "there must be as many features as products of total degree 0 ... degree, at most 1000000");
}

/// Calls `launch` with the basis as a constant, its template parameter.
template <class Launch>
void with_basis(Basis basis, const Launch& launch) {
  switch (basis) {
    case Basis::monomial:
      return launch.template operator()<Basis::monomial>();
    case Basis::chebyshev:
      return launch.template operator()<Basis::chebyshev>();
    case Basis::legendre:
      return launch.template operator()<Basis::legendre>();
    case Basis::hermite:
      return launch.template operator()<Basis::hermite>();
  }
  AILOOP_REQUIRE(false, "unknown basis");
}

/// Calls `launch` with the basis and the room for factors as constants.
template <ExecutionSpace Space, class Launch>
void with_basis_and_room(Basis basis, const PolynomialInputs& inputs, int degree, const Launch& launch) {
  const std::int64_t factors = static_cast<std::int64_t>(inputs.count) * (degree + 1);
  AILOOP_REQUIRE(
      inputs.count == 1 || factors <= most_polynomial_factors<Space>,
      "a polynomial of several variables may have at most 2048 factors, variables times (degree + 1), and on "
      "a device at most 128");
  with_basis(basis, [&]<Basis kind>() {
    if (inputs.count == 1) return launch.template operator()<kind, 0>();
    if (factors <= few_factors) return launch.template operator()<kind, few_factors>();
    return launch.template operator()<kind, most_polynomial_factors<Space>>();
  });
}

}  // namespace detail

}  // namespace ailoop::kernels
