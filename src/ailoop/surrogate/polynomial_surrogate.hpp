// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <ailoop/kernels/basis_family.hpp>
#include <ailoop/surrogate/model_scaling.hpp>
#include <ailoop/surrogate/surrogate.hpp>

#include <memory>
#include <vector>

namespace ailoop {

/// Settings of the polynomial surrogate.
struct PolynomialSettings {
  kernels::Basis basis = kernels::Basis::monomial;
  std::int64_t degree = 5;
  Precision precision = Precision::float32;
  std::vector<ComponentScaling> inputs = {ComponentScaling::raw};   ///< one for all, or one for each
  std::vector<ComponentScaling> outputs = {ComponentScaling::raw};  ///< likewise
};

void describe(Visitor& v, PolynomialSettings& settings);

/// y_o = b_o + sum over a with |a| <= degree of w_oa phi_a1(x_1) phi_a2(x_2) ..., phi one of four polynomial bases; the
/// columns of `fc.weight` stand in graded lexicographic order of a (kernels/polynomial_inputs.hpp). Starts with zero
/// parameters.
/// \throws ConfigurationError if the problem has more than 8 inputs, or there would be more than 1,000,000 features
[[nodiscard]] std::unique_ptr<LinearSurrogate> make_polynomial(const PolynomialSettings& settings, const Facts& facts);

/// Registry entry "polynomial".
[[nodiscard]] RegistryEntry<SurrogateKind> polynomial_entry();

}  // namespace ailoop
