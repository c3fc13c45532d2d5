// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <ailoop/surrogate/model_scaling.hpp>

#include <ailoop/core/error.hpp>
#include <ailoop/core/index_range.hpp>
#include <ailoop/core/number_text.hpp>
#include <ailoop/kernels/execution.hpp>
#include <ailoop/kernels/launch.hpp>
#include <ailoop/kernels/scaling.hpp>
#include <ailoop/surrogate/scaling_kernels.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <variant>

namespace ailoop {

namespace {

constexpr std::array<std::string_view, 5> names{"raw", "scaled", "standardized", "log", "signed_power"};

/// Whether its numbers are learned of the first samples.
bool is_learned_of(ComponentScaling kind, ModelScaling::Of of) {
  return kind == ComponentScaling::standardized || (of == ModelScaling::Of::outputs && kind != ComponentScaling::raw);
}

struct Scaled {
  KOKKOS_INLINE_FUNCTION double operator()(const kernels::Scaling& scaling, double y) const { return scaling(y); }
};

struct Unscaled {
  KOKKOS_INLINE_FUNCTION double operator()(const kernels::Scaling& scaling, double y) const {
    return scaling.inverse(y);
  }
};

/// y(i, component) = change(scaling, y(i, component)) for all i.
template <class Space, class Change>
void change_component(const Space& space, const kernels::Scaling& scaling, const Array& y, std::int64_t component,
                      const Change& change) {
  kernels::for_each_point(
      "ailoop::ModelScaling", space, y.rows, KOKKOS_LAMBDA(const std::int64_t i) {
        double& number = y.data[i * y.cols + component];
        number = change(scaling, number);
      });
}

template <class Change>
void change(Execution execution, const ModelScaling& scaling, const Array& y, const Change& of_number) {
  on_space(execution, [&](const auto& space) {
    for (std::int64_t i = 0; i < scaling.components(); ++i) {
      change_component(space, scaling_of(scaling, i), y, i, of_number);
    }
  });
}

}  // namespace

std::string_view name(ComponentScaling scaling) { return names.at(static_cast<std::size_t>(scaling)); }

ModelScaling::ModelScaling(Of of, const std::vector<ComponentScaling>& kinds, const Facts& facts)
    : m_of(of), m_kinds(kinds), m_names_all(kinds.size() == 1) {
  const std::int64_t count = of == Of::inputs ? facts.dimension : facts.outputs;
  const std::string what = of == Of::inputs ? "input" : "output";
  if (m_names_all) {
    m_kinds.resize(as_size(count), kinds.front());
  }
  if (components() != count) {
    throw ConfigurationError("surrogate." + what + "s names " + std::to_string(components()) +
                             " scalings, but the problem has " + counted(count, what) +
                             "; one for all, or one for each");
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
        throw ConfigurationError("surrogate.inputs: log needs numbers above 0; input " + std::to_string(i) +
                                 " goes from " + number_text(facts.lower[as_size(i)]) + " to " +
                                 number_text(facts.upper[as_size(i)]));
      }
      // halves first, so that nothing overflows
      scaling.centre = 0.5 * lower + 0.5 * upper;
      scaling.factor = 1.0 / (0.5 * upper - 0.5 * lower);
    }
    m_numbers.insert(m_numbers.end(), {scaling.centre, scaling.factor});
  }
}

void ModelScaling::learn(const SharedSamples& samples) {
  if (m_is_learned) {
    samples.here.move_to(Memory::host);
  }
  const std::int64_t first = m_of == Of::inputs ? 0 : samples.here.dimension();
  const std::string what = m_of == Of::inputs ? "input" : "output";
  for (std::int64_t i = 0; i < components(); ++i) {
    if (!is_learned_of(kind(i), m_of) || factor(i) != 0.0) {
      continue;
    }
    const kernels::Scaling scaling{.transform = transform_of(kind(i))};
    const auto mean_of = [&](const auto& function) {
      const auto add_block = [&](IndexRange block, std::span<double> sum) {
        std::visit(
            [&](const auto& rows) {
              for (std::int64_t row = block.first; row < block.last; ++row) {
                sum[0] += function(scaling.transformed(static_cast<double>(rows(row, first + i))));
              }
            },
            samples.here.rows());
      };
      double sum = 0.0;
      samples.sum(add_block, std::span(&sum, 1));
      return sum / static_cast<double>(samples.count);
    };
    const double mean = mean_of([](double value) { return value; });
    const double deviation = std::sqrt(mean_of([mean](double value) { return (value - mean) * (value - mean); }));
    // a constant leaves the rounding of its mean
    if (!std::isfinite(deviation) || deviation <= static_cast<double>(samples.count) * 0x1p-52 * std::abs(mean)) {
      const std::string found = std::isfinite(deviation) ? " is the same number in all of the first "
                                                         : " has no logarithm in one of the first ";
      throw NumericalError("surrogate." + what + "s: " + std::string(name(kind(i))) + ": " + what + " " +
                           std::to_string(i) + found + std::to_string(samples.count) +
                           " samples; it cannot be scaled by them");
    }
    m_numbers[as_size(2 * i)] = mean;
    m_numbers[as_size(2 * i + 1)] = 1.0 / deviation;
  }
}

void ModelScaling::apply(const SampleSet& samples) const {
  samples.move_to(Memory::host);
  std::visit(
      [&](const auto& rows) {
        for (std::int64_t i = 0; i < components(); ++i) {
          const kernels::Scaling scaling = scaling_of(*this, i);
          for (std::int64_t row = 0; row < samples.count(); ++row) {
            auto& number = rows(row, samples.dimension() + i);
            const auto scaled = scaling(number);
            if (!std::isfinite(scaled)) {
              throw NumericalError("surrogate.outputs: " + std::string(name(kind(i))) + ": output " +
                                   std::to_string(i) + " of a sample is " + number_text(static_cast<double>(number)));
            }
            number = scaled;
          }
        }
      },
      samples.rows());
}

void ModelScaling::apply(Execution execution, Array y) const { change(execution, *this, y, Scaled()); }

void ModelScaling::invert(Execution execution, Array y) const { change(execution, *this, y, Unscaled()); }

ModelScaling::Units ModelScaling::units() const {
  Units units{.least = std::numeric_limits<double>::infinity(), .most = 0.0};
  for (std::int64_t i = 0; i < components(); ++i) {
    units.are_known = units.are_known && transform_of(kind(i)) == kernels::Transform::identity;
    units.least = std::min(units.least, 1.0 / factor(i));
    units.most = std::max(units.most, 1.0 / factor(i));
  }
  return units;
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
