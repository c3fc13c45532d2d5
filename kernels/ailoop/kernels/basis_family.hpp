// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

namespace ailoop::kernels {

/// Families of polynomials phi_0, phi_1, ... of one variable.
enum class Basis {
  monomial,   ///< x^k
  chebyshev,  ///< T_k, first kind
  legendre,   ///< P_k
  hermite,    ///< H_k, physicists'
};

}  // namespace ailoop::kernels
