#include <ailoop/surrogate/polynomial_surrogate.hpp>

#include <ailoop/config/visitor.hpp>
#include <ailoop/kernels/polynomial.hpp>
#include <ailoop/problem/array_view.hpp>

namespace ailoop {

namespace {

constexpr std::string_view name_of(kernels::Basis basis) {
  switch (basis) {
    case kernels::Basis::monomial:
      return "monomial";
    case kernels::Basis::chebyshev:
      return "chebyshev";
    case kernels::Basis::legendre:
      return "legendre";
    case kernels::Basis::hermite:
      return "hermite";
  }
  return "";
}

/// T is the precision of parameters, features and arithmetic.
template <class T>
class PolynomialSurrogate final : public LinearSurrogate {
 public:
  explicit PolynomialSurrogate(const PolynomialSettings& settings)
      : m_settings(settings),
        m_weight("ailoop::PolynomialSurrogate::weight", static_cast<std::size_t>(settings.degree + 1)),
        m_bias("ailoop::PolynomialSurrogate::bias", 1) {}

  [[nodiscard]] Precision precision() const override { return precision_of<T>; }
  [[nodiscard]] std::int64_t features() const override { return m_settings.degree + 1; }

  void predict(const Execution& execution, ConstArray x, Array y) const override {
    std::visit(
        [&](const auto& space) {
          kernels::polynomial(space, m_settings.basis, m_weight, m_bias, as_view(space, x), as_view(space, y));
          space.fence();
        },
        execution);
  }

  void feature_rows(const Execution& execution, const SampleSet::Rows& points, const SampleSet::Order& order,
                    const SampleSet::Rows& phi) const override {
    const auto& x = std::get<SampleRows<T>>(points);
    std::visit(
        [&](const auto& space) {
          kernels::feature_rows(space, m_settings.basis, Kokkos::subview(x, Kokkos::ALL(), 0), order,
                                std::get<SampleRows<T>>(phi));
          space.fence();
        },
        execution);
  }

  [[nodiscard]] std::vector<Parameter> parameters() override {
    return {{"fc.weight", {1, features()}, std::span<T>(m_weight.data(), m_weight.extent(0))},
            {"fc.bias", {1}, std::span<T>(m_bias.data(), 1)}};
  }

  [[nodiscard]] std::map<std::string, std::string> description() const override {
    return {{"type", "polynomial"},
            {"basis", std::string(name_of(m_settings.basis))},
            {"degree", std::to_string(m_settings.degree)}};
  }

 private:
  PolynomialSettings m_settings;
  Kokkos::View<T*, Kokkos::HostSpace> m_weight;
  Kokkos::View<T*, Kokkos::HostSpace> m_bias;
};

class PolynomialKind final : public SurrogateKind {
 public:
  void describe(Visitor& v) override { ailoop::describe(v, m_settings); }
  [[nodiscard]] std::unique_ptr<Surrogate> make(const Facts& facts) const override {
    return make_polynomial(m_settings, facts);
  }
  [[nodiscard]] Precision precision() const override { return m_settings.precision; }

 private:
  PolynomialSettings m_settings;
};

}  // namespace

void describe(Visitor& v, PolynomialSettings& settings) {
  using kernels::Basis;
  v.field("basis", settings.basis,
          choices<Basis>({{Basis::monomial, name_of(Basis::monomial), "powers x^n"},
                          {Basis::chebyshev, name_of(Basis::chebyshev), "Chebyshev polynomials T_n"},
                          {Basis::legendre, name_of(Basis::legendre), "Legendre polynomials P_n"},
                          {Basis::hermite, name_of(Basis::hermite), "physicists' Hermite polynomials H_n"}}),
          Affects::result, "polynomials that the surrogate is a sum of");
  v.field("degree", settings.degree, between(0, 1000), Affects::result, "highest degree [1]");
  v.field("precision", settings.precision,
          choices<Precision>({{Precision::float32, "float32", "single precision"},
                              {Precision::float64, "float64", "double precision"}}),
          Affects::result, "type of parameters, samples and arithmetic");
}

std::unique_ptr<LinearSurrogate> make_polynomial(const PolynomialSettings& settings, const Facts& facts) {
  if (facts.dimension != 1 || facts.outputs != 1) {
    throw ConfigurationError("polynomial serves problems with one input and one output; this one has " +
                             std::to_string(facts.dimension) + " and " + std::to_string(facts.outputs));
  }
  if (settings.precision == Precision::float32) {
    return std::make_unique<PolynomialSurrogate<float>>(settings);
  }
  return std::make_unique<PolynomialSurrogate<double>>(settings);
}

RegistryEntry<SurrogateKind> polynomial_entry() {
  return {"polynomial", "sum of polynomials of one variable, linear in its parameters",
          [] { return std::make_unique<PolynomialKind>(); }};
}

}  // namespace ailoop
