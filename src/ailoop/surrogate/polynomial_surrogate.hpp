#pragma once

#include <ailoop/kernels/feature_rows.hpp>
#include <ailoop/surrogate/surrogate.hpp>

namespace ailoop {

/// Settings of the polynomial surrogate.
struct PolynomialSettings {
  kernels::Basis basis = kernels::Basis::monomial;
  std::int64_t degree = 5;
  Precision precision = Precision::float32;
};

void describe(Visitor& v, PolynomialSettings& settings);

/// y = b + sum_k w_k phi_k(x), phi one of four polynomial bases, of one variable; starts with zero parameters.
/// \throws ConfigurationError if the problem has more than one input or output
[[nodiscard]] std::unique_ptr<LinearSurrogate> make_polynomial(const PolynomialSettings& settings, const Facts& facts);

/// Registry entry "polynomial".
[[nodiscard]] RegistryEntry<SurrogateKind> polynomial_entry();

}  // namespace ailoop
