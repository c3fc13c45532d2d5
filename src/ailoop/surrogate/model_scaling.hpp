// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <ailoop/core/array.hpp>
#include <ailoop/core/execution.hpp>
#include <ailoop/problem/problem.hpp>
#include <ailoop/sampling/sample_set.hpp>
#include <ailoop/sampling/shared_samples.hpp>

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace ailoop {

/// How one component of x or y is scaled for the network.
enum class ComponentScaling : std::uint8_t {
  raw,           ///< as it is
  scaled,        ///< the box to [-1, 1]; inputs only
  standardized,  ///< mean 0 and standard deviation 1 over the first samples
  log,           ///< its logarithm, then as the box (inputs) or the first samples (outputs) tell
  signed_power,  ///< sign(x) |x|^0.1, then likewise
};

/// The scaling of all inputs, or of all outputs, of a model. What is learned of the first samples belongs to the model
/// and its file; until then everything is scaled to 0.
class ModelScaling {
 public:
  enum class Of : std::uint8_t { inputs, outputs };

  /// \param[in] kinds one for all components, or one for each
  /// \throws ConfigurationError if there are others, or a logarithm is asked for where the box holds numbers <= 0
  ModelScaling(Of of, const std::vector<ComponentScaling>& kinds, const Facts& facts);

  /// Whether nothing is scaled.
  [[nodiscard]] bool is_raw() const { return m_is_raw; }
  /// Whether something is learned of the first samples.
  [[nodiscard]] bool is_learned() const { return m_is_learned; }
  [[nodiscard]] std::int64_t components() const { return std::ssize(m_kinds); }

  /// Of component i: t = (g(x) - centre) factor, as kernels::Scaling computes it.
  [[nodiscard]] ComponentScaling kind(std::int64_t i) const { return m_kinds[as_size(i)]; }
  [[nodiscard]] double centre(std::int64_t i) const { return m_numbers[as_size(2 * i)]; }
  [[nodiscard]] double factor(std::int64_t i) const { return m_numbers[as_size(2 * i + 1)]; }

  /// (components, 2) centre and factor of each: what a model file keeps where they are learned.
  [[nodiscard]] std::span<double> numbers() { return m_numbers; }

  /// Learns what there is to learn, once. Collective.
  /// \throws NumericalError if the samples do not tell: one alone, a constant component, or numbers without a logarithm
  void learn(const SharedSamples& samples);

  /// Scales all outputs of samples, or of an array; for scaling of outputs.
  /// \throws NumericalError if a number of a sample has no logarithm
  void apply(const SampleSet& samples) const;
  void apply(Execution execution, Array y) const;
  /// Scales them back.
  void invert(Execution execution, Array y) const;

  /// Least and most that a component changes by where its scaled number changes by one.
  struct Units {
    double least = 1.0;
    double most = 1.0;
    bool are_known = true;  ///< unless a component goes through a function
  };
  [[nodiscard]] Units units() const;

  /// `standardized`, or `[log, raw]`.
  [[nodiscard]] std::string text() const;

 private:
  Of m_of;
  std::vector<ComponentScaling> m_kinds;
  std::vector<double> m_numbers;
  bool m_names_all = true;  // one kind was named for all
  bool m_is_raw = true;
  bool m_is_learned = false;
};

/// Name of a scaling in YAML.
[[nodiscard]] std::string_view name(ComponentScaling scaling);

}  // namespace ailoop
