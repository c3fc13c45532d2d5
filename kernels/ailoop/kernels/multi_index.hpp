#pragma once

#include <Kokkos_Core.hpp>

namespace ailoop::kernels {

/// Most variables that a polynomial may have.
inline constexpr int max_polynomial_inputs = 8;

/// Most features that a polynomial may have.
inline constexpr int max_polynomial_features = 1'000'000;

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

}  // namespace ailoop::kernels
