// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <ailoop/config/visitor.hpp>
#include <ailoop/problem/make_problem.hpp>

#include <Kokkos_Core.hpp>

#include <cmath>
#include <cstdint>

/// Structs that make_problem takes, one for each form of functions.
namespace ailoop::test {

/// 1 / (1 - x), approximated by its geometric series.
struct Geometric {
  std::int64_t terms = 3;
  bool is_free = false;
  double upper = 0.5;

  [[nodiscard]] Facts facts() const {
    return {.lower = {0.0}, .upper = {upper}, .shares = terms, .free_reference = is_free};
  }
  [[nodiscard]] KOKKOS_FUNCTION double truth(double x) const { return 1.0 / (1.0 - x); }
  [[nodiscard]] KOKKOS_FUNCTION double approximation(std::int64_t share, double x) const { return power(x, share); }
  [[nodiscard]] KOKKOS_FUNCTION double approximation_error(double x) const {
    return power(x, terms) / (1.0 - x) + 1e-13;
  }

  [[nodiscard]] static KOKKOS_FUNCTION double power(double x, std::int64_t exponent) {
    double product = 1.0;
    for (std::int64_t i = 0; i < exponent; ++i) {
      product *= x;
    }
    return product;
  }
};

inline void describe(Visitor& v, Geometric& problem) {
  v.field("terms", problem.terms, between(1, 50), Affects::result, "terms of the series, each one share [1]");
  v.field("upper", problem.upper, between(0.1, 0.9), Affects::result, "upper end of the domain [1]");
}

/// Polar coordinates of a point in the plane; there is no angle at the origin.
struct Polar {
  [[nodiscard]] static Facts facts() {
    return {.dimension = 2, .outputs = 2, .lower = {-1.0, -1.0}, .upper = {1.0, 1.0}};
  }
  KOKKOS_FUNCTION PointStatus truth(const double* x, double* y) const {
    if (x[0] == 0.0 && x[1] == 0.0) {
      return PointStatus::failed;
    }
    y[0] = std::hypot(x[0], x[1]);
    y[1] = std::atan2(x[1], x[0]);
    return PointStatus::valid;
  }
  KOKKOS_FUNCTION void approximation(std::int64_t /*share*/, const double* x, double* y) const {
    y[0] = x[0];
    y[1] = x[1];
  }
};

/// Three inputs, one output.
struct Mean {
  [[nodiscard]] static Facts facts() { return {.dimension = 3, .lower = {0.0, 0.0, 0.0}, .upper = {1.0, 2.0, 3.0}}; }
  [[nodiscard]] KOKKOS_FUNCTION double truth(const double* x) const { return (x[0] + x[1] + x[2]) / 3.0; }
  [[nodiscard]] KOKKOS_FUNCTION double approximation(std::int64_t /*share*/, const double* x) const { return x[1]; }
  [[nodiscard]] KOKKOS_FUNCTION double approximation_error(const double* x) const {
    return std::abs(x[0] - x[1]) + std::abs(x[2] - x[1]);
  }
};

}  // namespace ailoop::test
