// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <ailoop/problem/problem.hpp>

namespace ailoop {

/// Settings of SineProblem.
struct SineSettings {
  std::int64_t terms = 4;
};

void describe(Visitor& v, SineSettings& settings);

/// sin(x) on [-pi, pi), approximated by its Maclaurin series; each term is a share.
/// Bound: Lagrange's remainder |x|^(2 terms + 1) / (2 terms + 1)! plus rounding (NIST DLMF 4.19.1; Higham 2002, 3.1).
class SineProblem final : public Problem {
 public:
  explicit SineProblem(const SineSettings& settings);

  [[nodiscard]] const Facts& facts() const override { return m_facts; }
  void truth(const TruthContext& context, ConstArray x, Array y, Statuses statuses) const override;
  void approximation(Execution execution, std::int64_t share, ConstArray x, Array y) const override;
  void approximation_sum(Execution execution, ConstArray x, Array y) const override;
  void approximation_error(Execution execution, ConstArray x, Array e) const override;
  void bounded_approximation(Execution execution, ConstArray x, Array y, Array e) const override;

 private:
  [[nodiscard]] int n_terms() const { return static_cast<int>(m_facts.shares); }

  Facts m_facts;
};

}  // namespace ailoop
