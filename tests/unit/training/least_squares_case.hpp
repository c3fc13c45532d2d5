// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <ailoop/surrogate/polynomial_surrogate.hpp>
#include <ailoop/test/box.hpp>
#include <ailoop/training/least_squares_trainer.hpp>

#include "training_case.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace ailoop::test {

/// A polynomial that is fitted in one step.
struct LeastSquaresCase {
  LeastSquaresCase(const PolynomialSettings& polynomial, const LeastSquaresSettings& settings, const Facts& facts)
      : surrogate(make_polynomial(polynomial, facts)),
        trainer(
            std::make_unique<LeastSquaresTrainer>(settings, TrainerContext{Execution::host_threads, 42}, *surrogate)) {}

  std::unique_ptr<LinearSurrogate> surrogate;
  std::unique_ptr<LeastSquaresTrainer> trainer;
};

/// Points spread over the box; targets are not set.
[[nodiscard]] inline SampleSet points_in(const Facts& facts, Precision precision, std::int64_t count) {
  constexpr double steps[] = {0.6180339887498949, 0.7548776662466927, 0.5698402909980532};  // of a low discrepancy
  SampleSet samples(precision, count, facts.dimension, facts.outputs);
  std::visit(
      [&]<class T>(const ArrayOf<T>& rows) {
        for (std::int64_t i = 0; i < count; ++i) {
          for (std::int64_t j = 0; j < facts.dimension; ++j) {
            const auto dimension = static_cast<std::size_t>(j);
            const double share = std::fmod(steps[j] * static_cast<double>(i + 1), 1.0);
            rows(i, j) =
                static_cast<T>(facts.lower[dimension] + (facts.upper[dimension] - facts.lower[dimension]) * share);
          }
        }
      },
      samples.rows());
  return samples;
}

/// Samples of the sine of the first variable.
[[nodiscard]] inline SampleSet sine_in(const Facts& facts, Precision precision, std::int64_t count) {
  SampleSet samples = points_in(facts, precision, count);
  std::visit(
      [&]<class T>(const ArrayOf<T>& rows) {
        for (std::int64_t i = 0; i < count; ++i) {
          rows(i, facts.dimension) = static_cast<T>(std::sin(static_cast<double>(rows(i, 0))));
        }
      },
      samples.rows());
  return samples;
}

/// Samples first ... first + count - 1 by themselves.
[[nodiscard]] inline SampleSet part_of(const SampleSet& whole, std::int64_t first, std::int64_t count) {
  SampleSet part(whole.precision(), count, whole.dimension(), whole.outputs());
  std::visit(
      [&]<class T>(const ArrayOf<T>& to) {
        const auto& from = std::get<ArrayOf<T>>(whole.rows());
        std::copy_n(&from(first, 0), count * from.cols, to.data);
      },
      part.rows());
  return part;
}

/// Every weight, that of feature 0 with the bias, whose work it can do; behind them the bias where it cannot.
[[nodiscard]] inline std::vector<double> joined_coefficients(LinearSurrogate& surrogate) {
  const std::vector<Parameter> parameters = surrogate.parameters();
  const auto numbers = [](const Parameter& parameter) {
    return std::visit([](auto of_type) { return std::vector<double>(of_type.begin(), of_type.end()); },
                      parameter.values);
  };
  std::vector<double> weights = numbers(parameters[0]);
  const std::vector<double> bias = numbers(parameters[1]);
  if (!surrogate.constant_feature()) {
    weights.insert(weights.end(), bias.begin(), bias.end());
    return weights;
  }
  for (std::size_t o = 0; o < bias.size(); ++o) {
    weights[o * weights.size() / bias.size()] += bias[o];
  }
  return weights;
}

/// Parameters and the trainer's state.
[[nodiscard]] inline std::map<std::string, std::vector<double>> everything_of(LeastSquaresCase& fitted) {
  ArchiveOfNumbers archive;
  show_parameters(*fitted.surrogate, archive);
  fitted.trainer->state(archive);
  return archive.numbers;
}

inline void restore(LeastSquaresCase& fitted, const std::map<std::string, std::vector<double>>& numbers) {
  ArchiveOfNumbers archive;
  archive.numbers = numbers;
  archive.restore = true;
  show_parameters(*fitted.surrogate, archive);
  fitted.trainer->state(archive);
}

/// A fit in long double, with the columns it is to.
struct Reference {
  std::vector<std::vector<long double>> columns;  ///< (features, points)
  std::vector<long double> targets;
  std::vector<long double> coefficients;
};

[[nodiscard]] inline long double product(const std::vector<long double>& a, const std::vector<long double>& b,
                                         std::size_t first = 0) {
  long double sum = 0.0L;
  for (std::size_t i = first; i < a.size(); ++i) {
    sum += a[i] * b[i];
  }
  return sum;
}

/// phi_0 ... phi_degree, written out as their recurrences.
[[nodiscard]] inline std::vector<long double> polynomials(kernels::Basis basis, std::int64_t degree, long double t) {
  std::vector<long double> phi{1.0L, basis == kernels::Basis::hermite ? 2.0L * t : t};
  for (std::int64_t n = 1; n < degree; ++n) {
    const auto k = static_cast<long double>(n);
    const long double p = phi[phi.size() - 1];
    const long double q = phi[phi.size() - 2];
    switch (basis) {
      case kernels::Basis::monomial:
        phi.push_back(t * p);
        break;
      case kernels::Basis::chebyshev:
        phi.push_back(2.0L * t * p - q);
        break;
      case kernels::Basis::legendre:
        phi.push_back(((2.0L * k + 1.0L) * t * p - k * q) / (k + 1.0L));
        break;
      case kernels::Basis::hermite:
        phi.push_back(2.0L * t * p - 2.0L * k * q);
        break;
    }
  }
  phi.resize(static_cast<std::size_t>(degree + 1));
  return phi;
}

/// Least squares by Householder reflections in long double. Source: Golub and Van Loan, Matrix Computations, 5.2
/// and 5.3.
[[nodiscard]] inline Reference householder_fit(kernels::Basis basis, ComponentScaling inputs, std::int64_t degree,
                                               const SampleSet& samples, const Facts& facts) {
  Reference reference;
  reference.columns.resize(static_cast<std::size_t>(degree + 1));
  const auto& rows = std::get<ArrayOf<double>>(samples.rows());
  for (std::int64_t i = 0; i < samples.count(); ++i) {
    const long double centre = 0.5L * (facts.lower[0] + facts.upper[0]);
    const long double half_width = 0.5L * (facts.upper[0] - facts.lower[0]);
    const long double t = inputs == ComponentScaling::raw ? rows(i, 0) : (rows(i, 0) - centre) / half_width;
    const std::vector<long double> phi = polynomials(basis, degree, t);
    for (std::size_t k = 0; k < phi.size(); ++k) {
      reference.columns[k].push_back(phi[k]);
    }
    reference.targets.push_back(rows(i, 1));
  }
  auto a = reference.columns;
  auto b = reference.targets;
  const std::size_t n = a.size();
  std::vector<long double> diagonal(n);
  for (std::size_t k = 0; k < n; ++k) {
    std::vector<long double> v = a[k];
    const long double norm = std::sqrt(product(v, v, k));
    diagonal[k] = v[k] > 0.0L ? -norm : norm;
    v[k] -= diagonal[k];
    const long double square = product(v, v, k);
    const auto reflect = [&](std::vector<long double>& x) {
      const long double factor = 2.0L * product(v, x, k) / square;
      for (std::size_t i = k; i < x.size(); ++i) {
        x[i] -= factor * v[i];
      }
    };
    for (std::size_t j = k + 1; j < n; ++j) {
      reflect(a[j]);
    }
    reflect(b);
  }
  reference.coefficients.resize(n);
  for (std::size_t k = n; k-- > 0;) {
    long double sum = b[k];
    for (std::size_t j = k + 1; j < n; ++j) {
      sum -= a[j][k] * reference.coefficients[j];
    }
    reference.coefficients[k] = sum / diagonal[k];
  }
  return reference;
}

/// Largest error of a coefficient, relative to the largest coefficient, columns being scaled to unit length.
[[nodiscard]] inline double coefficient_error(const std::vector<double>& found, const Reference& reference) {
  long double error = 0.0L;
  long double largest = 0.0L;
  for (std::size_t k = 0; k < found.size(); ++k) {
    const long double scale = std::sqrt(product(reference.columns[k], reference.columns[k]));
    error = std::max(error, scale * std::abs(found[k] - reference.coefficients[k]));
    largest = std::max(largest, scale * std::abs(reference.coefficients[k]));
  }
  return static_cast<double>(error / largest);
}

/// Root mean square of the difference of the fits at the points, relative to that of the targets.
[[nodiscard]] inline double fit_error(const std::vector<double>& found, const Reference& reference) {
  std::vector<long double> difference(reference.targets.size());
  for (std::size_t k = 0; k < found.size(); ++k) {
    for (std::size_t i = 0; i < difference.size(); ++i) {
      difference[i] += (found[k] - reference.coefficients[k]) * reference.columns[k][i];
    }
  }
  return static_cast<double>(
      std::sqrt(product(difference, difference) / product(reference.targets, reference.targets)));
}

/// Cosines of the angles between the residual and the columns, times the residual's length relative to the targets'.
[[nodiscard]] inline std::vector<double> residual_products(const std::vector<double>& found,
                                                           const Reference& reference) {
  std::vector<long double> residual = reference.targets;
  for (std::size_t k = 0; k < found.size(); ++k) {
    for (std::size_t i = 0; i < residual.size(); ++i) {
      residual[i] -= found[k] * reference.columns[k][i];
    }
  }
  std::vector<double> products;
  for (const auto& column : reference.columns) {
    products.push_back(
        static_cast<double>(product(residual, column) /
                            std::sqrt(product(column, column) * product(reference.targets, reference.targets))));
  }
  return products;
}

/// w_0 sin x + w_1 cos x + b: none of its features is constant, and it has no faster way than its own rows.
class Oscillation final : public LinearSurrogate {
 public:
  [[nodiscard]] const Network& network() const override { return m_network; }
  void predict(Execution /*execution*/, ConstArray x, Array y) const override {
    for (std::int64_t i = 0; i < x.rows; ++i) {
      y.data[i] = m_weight[0] * std::sin(x.data[i]) + m_weight[1] * std::cos(x.data[i]) + m_bias[0];
    }
  }
  void feature_rows(Execution /*execution*/, const Block& points, std::span<const std::int64_t> order,
                    const Block& phi) const override {
    const auto& x = std::get<ArrayOf<double>>(points);
    const auto& rows = std::get<ArrayOf<double>>(phi);
    for (std::int64_t i = 0; i < rows.rows; ++i) {
      const double t = x(order[static_cast<std::size_t>(i)], 0);
      rows(i, 0) = std::sin(t);
      rows(i, 1) = std::cos(t);
    }
  }
  [[nodiscard]] std::vector<Parameter> parameters() override {
    return {{"fc.weight", {1, 2}, std::span<double>(m_weight)}, {"fc.bias", {1}, std::span<double>(m_bias)}};
  }
  [[nodiscard]] std::map<std::string, std::string> description() const override { return {}; }

 private:
  Network m_network{Precision::float64, 2, {{.outputs = 1}}};
  std::vector<double> m_weight = {0.0, 0.0};
  std::vector<double> m_bias = {0.0};
};

}  // namespace ailoop::test
