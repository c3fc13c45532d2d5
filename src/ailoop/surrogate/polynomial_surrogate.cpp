// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <ailoop/surrogate/polynomial_surrogate.hpp>

#include <ailoop/config/visitor.hpp>
#include <ailoop/core/index_range.hpp>
#include <ailoop/core/number_text.hpp>
#include <ailoop/execution/memory.hpp>
#include <ailoop/kernels/execution.hpp>
#include <ailoop/kernels/features.hpp>
#include <ailoop/kernels/launch.hpp>
#include <ailoop/kernels/polynomial.hpp>
#include <ailoop/problem/array_view.hpp>
#include <ailoop/surrogate/block_sums.hpp>
#include <ailoop/surrogate/device_block_sums.hpp>
#include <ailoop/surrogate/scaling_kernels.hpp>

#include <array>
#include <numeric>
#include <utility>
#include <vector>

namespace ailoop {

namespace {

const Choices<kernels::Basis>& bases() {
  using kernels::Basis;
  static const auto all = choices<Basis>({{Basis::monomial, "monomial", "powers x^n"},
                                          {Basis::chebyshev, "chebyshev", "Chebyshev polynomials T_n"},
                                          {Basis::legendre, "legendre", "Legendre polynomials P_n"},
                                          {Basis::hermite, "hermite", "physicists' Hermite polynomials H_n"}});
  return all;
}

/// Scalings of inputs, or of outputs, in the order of the enumeration.
Choices<ComponentScaling> scalings(ModelScaling::Of of) {
  using enum ComponentScaling;
  return of == ModelScaling::Of::inputs
             ? choices<ComponentScaling>(
                   {{raw, name(raw), "x as it is"},
                    {scaled, name(scaled), "the problem's box mapped to [-1, 1]"},
                    {standardized, name(standardized), "mean 0, deviation 1 over the first samples"},
                    {log, name(log), "the logarithm, its box mapped to [-1, 1]"},
                    {signed_power, name(signed_power), "sign(x) |x|^0.1, its box mapped likewise"}})
             : choices<ComponentScaling>(
                   {{raw, name(raw), "y as it is"},
                    {standardized, name(standardized), "mean 0, deviation 1 over the first samples"},
                    {log, name(log), "the logarithm, standardized"},
                    {signed_power, name(signed_power), "sign(y) |y|^0.1, standardized"}});
}

/// T is the precision of parameters, features and arithmetic.
template <class T>
class PolynomialSurrogate final : public LinearSurrogate {
 public:
  PolynomialSurrogate(const PolynomialSettings& settings, const Facts& facts, std::int64_t features)
      : m_settings(settings),
        m_network{precision_of<T>, features, {{.outputs = facts.outputs}}},
        m_inputs(ModelScaling::Of::inputs, settings.inputs, facts),
        m_outputs(ModelScaling::Of::outputs, settings.outputs, facts),
        m_fixed_variables(variables()),
        m_numbers(as_size(facts.outputs * (features + 1))),
        m_here(m_numbers.data(), m_network) {}

  [[nodiscard]] const Network& network() const override { return m_network; }
  /// A device keeps less room for factors.
  [[nodiscard]] bool on_device() const override {
    return m_inputs.components() == 1 ||
           m_inputs.components() * (m_settings.degree + 1) <= kernels::most_polynomial_factors<DeviceSpace>;
  }

  void predict(Execution execution, ConstArray x, Array y) const override {
    if (execution == Execution::device) {
      predict(execution, Arrays(m_there.of(m_numbers), m_network), x, y);
    } else {
      predict(execution, m_here, x, y);
    }
    if (!m_outputs.is_raw()) {
      m_outputs.invert(execution, y);
    }
  }

  void learn_scaling(const SharedSamples& samples) override {
    m_inputs.learn(samples);
    m_outputs.learn(samples);
  }
  [[nodiscard]] const ModelScaling* output_scaling() const override {
    return m_outputs.is_raw() ? nullptr : &m_outputs;
  }
  [[nodiscard]] std::vector<Parameter> scaling_arrays() override {
    std::vector<Parameter> arrays;
    for (const auto& [name, scaling] :
         {std::pair("scaling.inputs", &m_inputs), std::pair("scaling.outputs", &m_outputs)}) {
      if (scaling->is_learned()) {
        arrays.push_back({name, {scaling->components(), 2}, scaling->numbers()});
      }
    }
    return arrays;
  }

  void feature_rows(Execution execution, const Block& points, std::span<const std::int64_t> order,
                    const Block& phi) const override {
    const auto write = [&](const auto& space, std::span<const std::int64_t> indices) {
      with_inputs([&](const auto& inputs) {
        kernels::feature_rows(space, m_settings.basis, inputs, degree(), std::get<ArrayOf<T>>(points), indices,
                              std::get<ArrayOf<T>>(phi));
      });
    };
    if (execution != Execution::device) {
      on_host_space(execution, [&](const auto& space) { write(space, order); });
      return;
    }
    const OwnedRows<std::int64_t> there(std::ssize(order), 1, Memory::device);
    copy(ArrayOf<const std::int64_t>{order.data(), std::ssize(order), 1}, there.rows());
    write(DeviceSpace(), std::span(there.rows().data, order.size()));
  }

  void feature_columns(const Block& points, std::span<const std::int64_t> order,
                       const ParameterValues& columns) const override {
    with_inputs([&](const auto& inputs) {
      kernels::feature_columns<block_points>(m_settings.basis, inputs, degree(), std::get<ArrayOf<T>>(points), order,
                                             std::get<std::span<T>>(columns));
    });
  }

  [[nodiscard]] std::optional<std::int64_t> constant_feature() const override { return 0; }

  void normal_sums(Execution execution, const SampleSet& samples,
                   FunctionRef<void(std::span<const double>)> add_block) const override {
    samples.move_to(memory_of(execution));
    const kernels::PolynomialInputs inputs = variables();
    const auto rows = std::get<ArrayOf<T>>(samples.rows_there()).part({0, samples.count()});
    if (execution == Execution::device) {
      sum_over_blocks_on_device(m_settings.basis, inputs, degree(), normal_layout(*this), rows, add_block);
      return;
    }
    if (inputs.count == 1) {
      kernels::detail::with_basis(m_settings.basis, [&]<kernels::Basis kind>() {
        sum_over_blocks(execution, kernels::OneVariableSums<kind, ArrayOf<T>>(inputs, degree(), rows), samples.count(),
                        add_block);
      });
      return;
    }
    // NOLINTNEXTLINE(readability-non-const-parameter): it is filled
    const auto fill = [this, inputs, rows](std::int64_t first, std::int64_t n, double* columns) {
      std::array<std::int64_t, block_points> order{};
      std::iota(order.begin(), order.begin() + n, first);
      kernels::feature_columns<block_points>(m_settings.basis, inputs, degree(), rows,
                                             std::span(order).first(as_size(n)),
                                             std::span(columns, as_size(features()) * block_points));
    };
    sum_over_blocks(execution, kernels::ColumnSums(fill, normal_layout(*this), rows), samples.count(), add_block);
  }

  [[nodiscard]] std::vector<Parameter> parameters() override {
    const std::span numbers(m_numbers);
    const std::int64_t outputs = m_network.outputs();
    return {{"fc.weight", {outputs, features()}, numbers.first(numbers.size() - as_size(outputs))},
            {"fc.bias", {outputs}, numbers.last(as_size(outputs))}};
  }

  [[nodiscard]] std::map<std::string, std::string> description() const override {
    std::map<std::string, std::string> description{{"type", "polynomial"},
                                                   {"basis", bases().name_of(m_settings.basis)},
                                                   {"degree", std::to_string(m_settings.degree)},
                                                   {"inputs", m_inputs.text()},
                                                   {"outputs", m_outputs.text()}};
    if (m_inputs.components() > 1) {
      description["order"] = "graded lexicographic";
    }
    return description;
  }

 private:
  /// Weight, and behind it the bias.
  struct Arrays {
    Arrays(const T* numbers, const Network& network)
        : weight(numbers, network.outputs(), network.inputs),
          bias(numbers + weight.rows * weight.columns, weight.rows) {}

    kernels::StridedMatrix<const T> weight;
    kernels::StridedVector<const T> bias;
  };

  void predict(Execution execution, const Arrays& arrays, const ConstArray& x, const Array& y) const {
    on_space(execution, [&](const auto& space) {
      require_accessible(space, x, y);
      with_inputs([&](const auto& inputs) {
        kernels::polynomial(space, m_settings.basis, inputs, degree(), arrays.weight, arrays.bias, x, y);
      });
    });
  }

  /// Calls `work` with the variables; making them takes as long as a prediction at a few points.
  template <class Work>
  void with_inputs(const Work& work) const {
    m_inputs.is_learned() ? work(variables()) : work(m_fixed_variables);
  }
  [[nodiscard]] kernels::PolynomialInputs variables() const {
    kernels::PolynomialInputs inputs{.count = static_cast<int>(m_inputs.components())};
    for (int j = 0; j < inputs.count; ++j) {
      inputs.maps[j] = scaling_of(m_inputs, j);
    }
    return inputs;
  }
  [[nodiscard]] int degree() const { return static_cast<int>(m_settings.degree); }

  PolynomialSettings m_settings;
  Network m_network;
  ModelScaling m_inputs;
  ModelScaling m_outputs;
  kernels::PolynomialInputs m_fixed_variables;  // where nothing of them is learned
  std::vector<T> m_numbers;
  Arrays m_here;  // over the numbers
  DeviceCopy<T> m_there;
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
  v.field("basis", settings.basis, bases(), Affects::result, "polynomials that the surrogate is a sum of");
  v.field("degree", settings.degree, between(0, 1000), Affects::result, "highest total degree [1]");
  v.field("precision", settings.precision,
          choices<Precision>({{Precision::float32, "float32", "single precision"},
                              {Precision::float64, "float64", "double precision"}}),
          Affects::result, "type of parameters, samples and arithmetic");
  v.field("inputs", settings.inputs, one_or_list(scalings(ModelScaling::Of::inputs)), Affects::result,
          "how x is scaled for the polynomials, one for all inputs or one for each");
  v.field("outputs", settings.outputs, one_or_list(scalings(ModelScaling::Of::outputs)), Affects::result,
          "how y is scaled for them, likewise");
}

std::unique_ptr<LinearSurrogate> make_polynomial(const PolynomialSettings& settings, const Facts& facts) {
  if (facts.dimension > kernels::max_polynomial_inputs) {
    throw ConfigurationError("polynomial serves problems with at most " +
                             std::to_string(kernels::max_polynomial_inputs) + " inputs; this one has " +
                             std::to_string(facts.dimension));
  }
  const double features =
      kernels::total_degree_features(static_cast<int>(facts.dimension), static_cast<int>(settings.degree));
  if (features > kernels::max_polynomial_features) {
    throw ConfigurationError("a polynomial of total degree " + std::to_string(settings.degree) + " in " +
                             std::to_string(facts.dimension) + " variables has " + number_text(features) +
                             " features; at most " + std::to_string(kernels::max_polynomial_features) + " are allowed");
  }
  const auto count = static_cast<std::int64_t>(features);
  if (settings.precision == Precision::float32) {
    return std::make_unique<PolynomialSurrogate<float>>(settings, facts, count);
  }
  return std::make_unique<PolynomialSurrogate<double>>(settings, facts, count);
}

RegistryEntry<SurrogateKind> polynomial_entry() {
  return {"polynomial", "polynomial of the inputs up to a total degree, linear in its parameters",
          [] { return std::make_unique<PolynomialKind>(); }};
}

}  // namespace ailoop
