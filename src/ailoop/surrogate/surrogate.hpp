// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <ailoop/config/registry.hpp>
#include <ailoop/core/array.hpp>
#include <ailoop/core/execution.hpp>
#include <ailoop/core/function_ref.hpp>
#include <ailoop/core/interface.hpp>
#include <ailoop/core/precision.hpp>
#include <ailoop/kernels/normal_layout.hpp>
#include <ailoop/problem/problem.hpp>
#include <ailoop/sampling/sample_set.hpp>
#include <ailoop/sampling/shared_samples.hpp>
#include <ailoop/storage/archive.hpp>
#include <ailoop/surrogate/model_scaling.hpp>
#include <ailoop/surrogate/network.hpp>

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <variant>
#include <vector>

namespace ailoop {

/// Numbers of a trained array, in the surrogate's precision.
using ParameterValues = std::variant<std::span<float>, std::span<double>>;

/// A named trained array, row-major, in host memory that the surrogate owns.
struct Parameter {
  std::string name;
  std::vector<std::int64_t> shape;
  ParameterValues values;
};

class LinearSurrogate;

/// Trained model y = network(features(x)): an input map that has no parameters, and a network that is trained. Its own
/// `predict` defines its value; a trainer only changes its parameters.
class Surrogate : public Interface {
 public:
  [[nodiscard]] virtual const Network& network() const = 0;
  [[nodiscard]] Precision precision() const { return network().precision; }
  [[nodiscard]] std::int64_t features() const { return network().inputs; }

  /// Whether it predicts on a device, too, where one is built in.
  [[nodiscard]] virtual bool on_device() const { return false; }

  /// y(i, :) = model at x(i, :), in the surrogate's precision inside; on a device it is only begun
  /// (execution/memory.hpp). Several threads may ask at the same time.
  /// \param[in]  x (n, dimension) in the memory of the execution
  /// \param[out] y (n, outputs) likewise
  virtual void predict(Execution execution, ConstArray x, Array y) const = 0;

  /// This model as one that is linear in its parameters; null where it is not.
  [[nodiscard]] virtual LinearSurrogate* linear() noexcept { return nullptr; }

  /// Every trained array, in the order of the network's; the spans stay valid as long as the surrogate.
  [[nodiscard]] virtual std::vector<Parameter> parameters() = 0;

  /// Learns, once, what of the scaling of inputs and outputs the first samples tell. Collective.
  /// \throws NumericalError if they do not
  virtual void learn_scaling(const SharedSamples& /*samples*/) {}
  /// How outputs are scaled for the network, which trainers know in its scaling only; null where they are not.
  [[nodiscard]] virtual const ModelScaling* output_scaling() const { return nullptr; }
  /// What was learned of it: arrays that belong to the model, though no trainer changes them.
  [[nodiscard]] virtual std::vector<Parameter> scaling_arrays() { return {}; }

  /// phi(i, :) = features of the point in row order(i) of `points`, in the surrogate's precision.
  /// \param[in]  points (n, >= dimension) rows that start with x, e.g. those of a SampleSet, in the memory of the
  ///                    execution
  /// \param[in]  order  (m) rows of points, on the host
  /// \param[out] phi    (m, features) in the memory of the execution
  virtual void feature_rows(Execution execution, const Block& points, std::span<const std::int64_t> order,
                            const Block& phi) const = 0;

  /// How many points `feature_columns` takes at once.
  static constexpr std::size_t block_points = 32;

  /// The same features of 1 to `block_points` points, feature by feature, for a loop that keeps no others. This one
  /// calls feature_rows; a surrogate that has a faster way overrides it.
  /// \param[in]  order   the rows of the points
  /// \param[out] columns (features, block_points), row-major, in the surrogate's precision; behind the last point stand
  ///                     numbers that mean nothing, but are finite where its features are
  virtual void feature_columns(const Block& points, std::span<const std::int64_t> order,
                               const ParameterValues& columns) const;

  /// What a model file must say about the model, apart from its numbers: type, basis, degree, ... The type is the
  /// name of its kind, and a key that is the name of one of the kind's settings holds the value of that setting.
  [[nodiscard]] virtual std::map<std::string, std::string> description() const = 0;
};

/// Surrogate that is linear in its parameters: y = W phi(x) + b, with parameters `fc.weight` (outputs, features) and
/// `fc.bias` (outputs).
class LinearSurrogate : public Surrogate {
 public:
  [[nodiscard]] LinearSurrogate* linear() noexcept final { return this; }

  /// Which feature is 1 at every point, if there is one; then the bias adds nothing that its weight could not.
  [[nodiscard]] virtual std::optional<std::int64_t> constant_feature() const { return std::nullopt; }

  /// What a least-squares fit is made of: the sums over samples of products of features with each other and with
  /// targets, in double, in the order of kernels::NormalLayout. Without a constant feature a last column that is 1
  /// stands for the bias. The same bits for any number of threads. This one calls feature_columns; a surrogate that has
  /// a faster way overrides it.
  /// \param[in] add_block is shown the sums of each block of kernels::normal_block_points samples, (length of the
  ///            layout of `normal_layout`), one block after the other
  virtual void normal_sums(Execution execution, const SampleSet& samples,
                           FunctionRef<void(std::span<const double>)> add_block) const;
};

/// Layout of these sums: its features, and the bias where no feature is constant.
[[nodiscard]] kernels::NormalLayout normal_layout(const LinearSurrogate& surrogate);

/// All that the model consists of: its parameters, and behind them the arrays of its scaling.
[[nodiscard]] std::vector<Parameter> model_arrays(Surrogate& surrogate);

/// Bytes of all parameters.
[[nodiscard]] double parameter_bytes(Surrogate& surrogate);

/// Shows every array of the model to `archive`.
void show_parameters(Surrogate& surrogate, Archive& archive);

/// True if every parameter is a finite number.
[[nodiscard]] bool parameters_are_finite(Surrogate& surrogate);

/// A kind of surrogate: its settings, and how to make it for a problem.
class SurrogateKind : public Kind {
 public:
  /// Kokkos may not be initialized: `--validate` makes a model to judge files by.
  /// \throws ConfigurationError if this kind cannot serve a problem of these facts
  [[nodiscard]] virtual std::unique_ptr<Surrogate> make(const Facts& facts) const = 0;
  /// Known without making one: ranks without a model draw samples in this precision, too.
  [[nodiscard]] virtual Precision precision() const = 0;
};

using SurrogateRegistry = Registry<SurrogateKind>;

}  // namespace ailoop
