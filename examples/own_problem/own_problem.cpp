// The period of a pendulum of any amplitude, as a problem of ailoop. See docs/adding_a_problem.md.
#include <ailoop/make_problem.hpp>
#include <ailoop/run_program.hpp>

#include <cmath>
#include <numbers>

/// T(amplitude) = T0 (2/pi) K(k), k = sin(amplitude / 2), T0 = 2 pi sqrt(length / g). Source: NIST DLMF 22.19(i).
struct Pendulum {
  std::int64_t terms = 8;
  double length_m = 1.0;
  double amplitude_rad = 2.0;

  ailoop::Facts facts() const { return {.lower = {0.0}, .upper = {amplitude_rad}, .shares = terms}; }
  KOKKOS_FUNCTION double small_period() const { return 2 * std::numbers::pi * std::sqrt(length_m / 9.80665); }

  /// T0 / M(1, cos(amplitude / 2)), where M is the arithmetic-geometric mean. Source: DLMF 19.8.5.
  KOKKOS_FUNCTION double truth(double amplitude) const {
    double a = 1, b = std::cos(amplitude / 2);
    for (int i = 0; i < 8; ++i) {  // doubles the number of correct digits each time
      const double mean = (a + b) / 2;
      b = std::sqrt(a * b);
      a = mean;
    }
    return small_period() / a;
  }

  /// Term n of T0 (1 + (1/2)^2 k^2 + (1/2 3/4)^2 k^4 + ...). Source: DLMF 19.5.1.
  KOKKOS_FUNCTION double approximation(std::int64_t n, double amplitude) const {
    const double k = std::sin(amplitude / 2);
    double term = small_period();
    for (std::int64_t i = 1; i <= n; ++i) {
      const double factor = (1 - 0.5 / static_cast<double>(i)) * k;
      term *= factor * factor;
    }
    return term;
  }

  /// The factors only shrink, so the terms left out are less than a geometric series: term / (1 - k^2). Beside that
  /// approximation and truth see 16 terms + 64 roundings at most, of numbers below T0 / sqrt(1 - k^2).
  KOKKOS_FUNCTION double approximation_error(double amplitude) const {
    const double c = std::cos(amplitude / 2);  // c^2 = 1 - k^2
    const double rounding = (16.0 * static_cast<double>(terms) + 64) * 0x1p-53 * small_period() / c;
    return 1.000001 * (approximation(terms, amplitude) / (c * c)) + rounding;
  }
};

void describe(ailoop::Visitor& v, Pendulum& p) {
  using ailoop::Affects, ailoop::between;
  v.field("terms", p.terms, between(1, 30), Affects::result, "terms of the series, each one share [1]");
  v.field("length_m", p.length_m, between(0.01, 100.0), Affects::result, "length of the pendulum [m]");
  v.field("amplitude_rad", p.amplitude_rad, between(0.1, 3.0), Affects::result, "upper end of the domain [rad]");
}

int main(int argc, char** argv) {
  ailoop::Registries registries = ailoop::builtin_registries();
  registries.problems.add(ailoop::problem_entry<Pendulum>("pendulum", "period of a pendulum [s] by its amplitude"));
  return ailoop::run_program(argc, argv, registries);
}
