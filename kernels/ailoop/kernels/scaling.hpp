// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <ailoop/kernels/kokkos_compat.hpp>

#include <Kokkos_Core.hpp>

#include <concepts>
#include <cstdint>

namespace ailoop::kernels {

/// What is done to a number before it is shifted and stretched.
enum class Transform : std::uint8_t {
  identity,
  log,           ///< of numbers above 0
  signed_power,  ///< sign(x) |x|^0.1: like a logarithm over many decades, with both signs and 0
};

/// How one number is scaled for a network: t = (g(x) - centre) factor, and back, g being the transform. Computed in
/// double. With centre 0, factor 1 and no transform numbers stay exactly what they are; with factor 0 everything is
/// scaled to 0, and 0 back to g^-1(centre).
struct Scaling {
  double centre = 0.0;
  double factor = 1.0;
  Transform transform = Transform::identity;

  /// Whether t is x.
  [[nodiscard]] KOKKOS_INLINE_FUNCTION bool is_identity() const {
    return centre == 0.0 && factor == 1.0 && transform == Transform::identity;
  }

  /// t of a number that is already rounded.
  template <std::floating_point Real>
  [[nodiscard]] KOKKOS_INLINE_FUNCTION Real operator()(Real rounded) const {
    return static_cast<Real>((transformed(static_cast<double>(rounded)) - centre) * factor);
  }

  /// x of t.
  [[nodiscard]] KOKKOS_INLINE_FUNCTION double inverse(double t) const {
    const double value = factor == 0.0 ? centre : t / factor + centre;
    if (transform == Transform::identity) return value;
    if (transform == Transform::log) return exp(value);
    return value < 0.0 ? -pow(-value, 1.0 / exponent) : pow(value, 1.0 / exponent);
  }

  /// g(x).
  [[nodiscard]] KOKKOS_INLINE_FUNCTION double transformed(double x) const {
    if (transform == Transform::identity) return x;
    if (transform == Transform::log) return log(x);
    return x < 0.0 ? -pow(-x, exponent) : pow(x, exponent);
  }

 private:
  static constexpr double exponent = 0.1;
};

}  // namespace ailoop::kernels
