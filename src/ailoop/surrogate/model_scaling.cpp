#include <ailoop/surrogate/model_scaling.hpp>

#include <ailoop/core/error.hpp>
#include <ailoop/core/index_range.hpp>
#include <ailoop/kernels/scaling.hpp>
#include <ailoop/surrogate/scaling_kernels.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <variant>

namespace ailoop {

namespace {

constexpr std::array<std::string_view, 5> names{"raw", "scaled", "standardized", "log", "signed_power"};

/// Whether its numbers are learned of the first samples.
bool is_learned_of(ComponentScaling kind, ModelScaling::Of of) {
  return kind == ComponentScaling::standardized || (of == ModelScaling::Of::outputs && kind != ComponentScaling::raw);
}

}  // namespace

std::string_view name(ComponentScaling scaling) { return names.at(static_cast<std::size_t>(scaling)); }

ModelScaling::ModelScaling(Of of, const std::vector<ComponentScaling>& kinds, const Facts& facts)
    : m_of(of), m_kinds(kinds), m_names_all(kinds.size() == 1) {
  const std::int64_t count = of == Of::inputs ? facts.dimension : facts.outputs;
  const std::string_view what = of == Of::inputs ? "input" : "output";
  if (m_names_all) {
    m_kinds.resize(as_size(count), kinds.front());
  }
  if (components() != count) {
    throw ConfigurationError(
        fmt::format("surrogate.{}s names {} scalings, but the problem has {} {}{}; one for all, or "
                    "one for each",
                    what, components(), count, what, count == 1 ? "" : "s"));
  }
  for (std::int64_t i = 0; i < count; ++i) {
    m_is_raw = m_is_raw && kind(i) == ComponentScaling::raw;
    kernels::Scaling scaling{.centre = 0.0, .factor = 1.0, .transform = transform_of(kind(i))};
    if (is_learned_of(kind(i), of)) {
      m_is_learned = true;
      scaling.factor = 0.0;
    } else if (of == Of::inputs && kind(i) != ComponentScaling::raw) {
      const double lower = scaling.transformed(facts.lower[as_size(i)]);
      const double upper = scaling.transformed(facts.upper[as_size(i)]);
      if (!std::isfinite(lower) || !std::isfinite(upper)) {
        throw ConfigurationError(fmt::format("surrogate.inputs: log needs numbers above 0; input {} goes from {} to {}",
                                             i, facts.lower[as_size(i)], facts.upper[as_size(i)]));
      }
      // halves first, so that nothing overflows
      scaling.centre = 0.5 * lower + 0.5 * upper;
      scaling.factor = 1.0 / (0.5 * upper - 0.5 * lower);
    }
    m_numbers.insert(m_numbers.end(), {scaling.centre, scaling.factor});
  }
}

void ModelScaling::learn(const SampleSet& samples) {
  const std::int64_t first = m_of == Of::inputs ? 0 : samples.dimension();
  const std::string_view what = m_of == Of::inputs ? "input" : "output";
  for (std::int64_t i = 0; i < components(); ++i) {
    if (!is_learned_of(kind(i), m_of) || factor(i) != 0.0) {
      continue;
    }
    const kernels::Scaling scaling{.transform = transform_of(kind(i))};
    std::vector<double> values;
    std::visit(
        [&](const auto& rows) {
          for (std::int64_t row = 0; row < samples.count(); ++row) {
            values.push_back(scaling.transformed(static_cast<double>(rows(row, first + i))));
          }
        },
        samples.rows());
    const auto count = static_cast<double>(values.size());
    double sum = 0.0;
    for (const double value : values) {
      sum += value;
    }
    const double mean = sum / count;
    double squares = 0.0;
    for (const double value : values) {
      squares += (value - mean) * (value - mean);
    }
    const double deviation = std::sqrt(squares / count);
    // a constant leaves the rounding of its mean
    if (!std::isfinite(deviation) || deviation <= count * 0x1p-52 * std::abs(mean)) {
      throw NumericalError(fmt::format(
          "surrogate.{}s: {}: {} {} {}; it cannot be scaled by them", what, name(kind(i)), what, i,
          std::isfinite(deviation) ? fmt::format("is the same number in all of the first {} samples", samples.count())
                                   : fmt::format("has no logarithm in one of the first {} samples", samples.count())));
    }
    m_numbers[as_size(2 * i)] = mean;
    m_numbers[as_size(2 * i + 1)] = 1.0 / deviation;
  }
}

void ModelScaling::apply(const SampleSet& samples) const {
  std::visit(
      [&](const auto& rows) {
        for (std::int64_t i = 0; i < components(); ++i) {
          const kernels::Scaling scaling = scaling_of(*this, i);
          for (std::int64_t row = 0; row < samples.count(); ++row) {
            auto& number = rows(row, samples.dimension() + i);
            const auto scaled = scaling(number);
            if (!std::isfinite(scaled)) {
              throw NumericalError(fmt::format("surrogate.outputs: {}: output {} of a sample is {}", name(kind(i)), i,
                                               static_cast<double>(number)));
            }
            number = scaled;
          }
        }
      },
      samples.rows());
}

void ModelScaling::apply(Array y) const {
  for (std::int64_t i = 0; i < components(); ++i) {
    const kernels::Scaling scaling = scaling_of(*this, i);
    for (std::int64_t row = 0; row < y.rows; ++row) {
      y(row, i) = scaling(y(row, i));
    }
  }
}

void ModelScaling::invert(Array y) const {
  for (std::int64_t i = 0; i < components(); ++i) {
    const kernels::Scaling scaling = scaling_of(*this, i);
    for (std::int64_t row = 0; row < y.rows; ++row) {
      y(row, i) = scaling.inverse(y(row, i));
    }
  }
}

std::string ModelScaling::text() const {
  if (m_names_all) {
    return std::string(name(m_kinds.front()));
  }
  std::string list;
  for (const ComponentScaling kind : m_kinds) {
    list += (list.empty() ? "" : ", ") + std::string(name(kind));
  }
  return "[" + list + "]";
}

}  // namespace ailoop
