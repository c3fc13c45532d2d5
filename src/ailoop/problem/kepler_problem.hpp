#pragma once

#include <ailoop/problem/problem.hpp>

namespace ailoop {

/// Settings of KeplerProblem.
struct KeplerSettings {
  double eccentricity_max = 0.5;
  std::int64_t terms = 8;
};

void describe(Visitor& v, KeplerSettings& settings);

/// Kepler's equation M = E - e sin E: x = (M, e), mean anomaly in [-pi, pi) and eccentricity in [0, eccentricity_max);
/// y = E, the eccentric anomaly. Truth: Newton's method between bounds. Approximation: Fourier series in M with Bessel
/// functions as coefficients (Watson 1944, section 17.2); each term is a share, and M belongs to the first.
/// Bound: a sharper form of Kapteyn's inequality (NIST DLMF 10.14.2, 10.14.8) for what is left out, plus rounding; see
/// kernels/kepler_series.hpp.
class KeplerProblem final : public Problem {
 public:
  explicit KeplerProblem(const KeplerSettings& settings);

  [[nodiscard]] const Facts& facts() const override { return m_facts; }
  void truth(const TruthContext& context, ConstArray x, Array y, Statuses statuses) const override;
  void approximation(const Execution& execution, std::int64_t share, ConstArray x, Array y) const override;
  void approximation_sum(const Execution& execution, ConstArray x, Array y) const override;
  void approximation_error(const Execution& execution, ConstArray x, Array e) const override;

 private:
  Facts m_facts;
};

/// Registry entry "kepler".
[[nodiscard]] RegistryEntry<ProblemKind> kepler_entry();

}  // namespace ailoop
