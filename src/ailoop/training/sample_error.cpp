#include <ailoop/training/sample_error.hpp>

#include <ailoop/training/trainer.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

namespace ailoop {

namespace {

constexpr std::int64_t most_numbers = 1 << 17;  // of a piece: a mebibyte

}  // namespace

double mean_squared_error(const Surrogate& surrogate, const SampleSet& samples) {
  const std::int64_t dimension = samples.dimension();
  const std::int64_t outputs = samples.outputs();
  const std::int64_t most_rows = std::max<std::int64_t>(1, most_numbers / (dimension + outputs));
  const std::int64_t piece = std::min(samples.count(), most_rows);
  std::vector<double> x(static_cast<std::size_t>(piece * dimension));
  std::vector<double> y(static_cast<std::size_t>(piece * outputs));
  const auto sum_over = [&](const auto& rows) {
    double sum = 0.0;
    for (std::int64_t first = 0; first < samples.count(); first += piece) {
      const std::int64_t n = std::min(piece, samples.count() - first);
      for (std::int64_t i = 0; i < n; ++i) {
        for (std::int64_t j = 0; j < dimension; ++j) {
          x[static_cast<std::size_t>(i * dimension + j)] = static_cast<double>(rows(first + i, j));
        }
      }
      surrogate.predict(execution_for(n), {x.data(), n, dimension}, {y.data(), n, outputs});
      for (std::int64_t i = 0; i < n; ++i) {
        for (std::int64_t j = 0; j < outputs; ++j) {
          const double target = static_cast<double>(rows(first + i, dimension + j));
          const double error = y[static_cast<std::size_t>(i * outputs + j)] - target;
          sum += error * error;
        }
      }
    }
    return sum;
  };
  return std::visit(sum_over, samples.rows()) / static_cast<double>(samples.count() * outputs);
}

double unresolved_error(const SampleSet& samples) {
  return std::visit(
      [&]<class T>(const SampleRows<T>& rows) {
        double sum = 0.0;
        for (std::int64_t i = 0; i < samples.count(); ++i) {
          for (std::int64_t j = 0; j < samples.outputs(); ++j) {
            const auto y = static_cast<double>(rows(i, samples.dimension() + j));
            sum += y * y;
          }
        }
        return std::numeric_limits<T>::epsilon() * sum / static_cast<double>(samples.count() * samples.outputs());
      },
      samples.rows());
}

void require_no_growth(double before, const Surrogate& surrogate, const SampleSet& samples) {
  const double after = mean_squared_error(surrogate, samples);
  if (!std::isfinite(before) || after <= largest_error_growth * before) {
    return;
  }
  if (!(after <= largest_error_growth * unresolved_error(samples))) {
    throw DivergenceError(
        fmt::format("the mean squared error over its samples grew from {:.3g} to {:.3g}", before, after));
  }
}

}  // namespace ailoop
