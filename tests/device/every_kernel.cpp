// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <ailoop/kernels/execution.hpp>
#include <ailoop/kernels/features.hpp>
#include <ailoop/kernels/normal_products.hpp>
#include <ailoop/kernels/polynomial.hpp>
#include <ailoop/kernels/sine.hpp>
#include <ailoop/kernels/taylor_sine.hpp>
#include <ailoop/kernels/uniform_box.hpp>

#include <Kokkos_Core.hpp>

#include <cstdint>
#include <span>

/// \file
/// Every kernel in float and in double, for Kokkos' default space: the device of a build that has one. Compiled, and
/// called by nobody. tests/layers looks that none is missing.

namespace ailoop {

namespace {

using Space = Kokkos::DefaultExecutionSpace;
template <class T>
using Vector = Kokkos::View<T*, Space>;
template <class T>
using Matrix = Kokkos::View<T**, Kokkos::LayoutRight, Space>;

}  // namespace

template <class T>  // NOLINTNEXTLINE(misc-use-internal-linkage): what nobody can call is not compiled
void every_kernel(const Space& space, const Matrix<double>& x, const Vector<double>& angles, const Vector<double>& y,
                  const Vector<double>& bound, const Matrix<double>& values, const Matrix<T>& rows,
                  const Matrix<T>& weights, const Vector<T>& bias, const Vector<std::int64_t>& order) {
  const std::span indices(order.data(), order.size());
  const kernels::PolynomialInputs inputs{.count = static_cast<int>(x.extent(1))};
  kernels::feature_rows(space, kernels::Basis::legendre, inputs, 3, rows, indices, weights);
  const kernels::NormalProducts products{.layout = {kernels::length(weights, 1), 1}, .neighbours = true};
  kernels::normal_columns(space, kernels::Basis::hermite, inputs, 3, products, rows, 0, 1, values.data());
  kernels::normal_products(space, products, 1, values.data(), y.data());
  kernels::polynomial(space, kernels::Basis::chebyshev, inputs, 3, weights, bias, x, values);
  kernels::sine(space, angles, y);
  kernels::taylor_sine(space, 5, angles, y);
  kernels::taylor_sine_error(space, 5, angles, bound);
  kernels::taylor_sine_term(space, 5, angles, y);
  kernels::taylor_sine_with_error(space, 5, angles, y, bound);
  kernels::uniform_box<T>(space, 1, kernels::Purpose::query, 0, 1, angles.data(), bound.data(), kernels::length(x),
                          x.data());
}

template void every_kernel<float>(const Space&, const Matrix<double>&, const Vector<double>&, const Vector<double>&,
                                  const Vector<double>&, const Matrix<double>&, const Matrix<float>&,
                                  const Matrix<float>&, const Vector<float>&, const Vector<std::int64_t>&);
template void every_kernel<double>(const Space&, const Matrix<double>&, const Vector<double>&, const Vector<double>&,
                                   const Vector<double>&, const Matrix<double>&, const Matrix<double>&,
                                   const Matrix<double>&, const Vector<double>&, const Vector<std::int64_t>&);

}  // namespace ailoop
