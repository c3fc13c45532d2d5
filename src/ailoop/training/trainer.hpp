// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <ailoop/config/registry.hpp>
#include <ailoop/core/error.hpp>
#include <ailoop/core/execution.hpp>
#include <ailoop/core/interface.hpp>
#include <ailoop/sampling/shared_samples.hpp>
#include <ailoop/surrogate/surrogate.hpp>

#include <algorithm>
#include <cstdint>
#include <limits>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace ailoop {

/// Training left the range in which it makes sense; whoever trained goes back to an earlier model.
class DivergenceError : public NumericalError {
 public:
  using NumericalError::NumericalError;
};

/// What one call of Trainer::fit did.
struct TrainingReport {
  std::int64_t samples = 0;
  std::int64_t steps = 0;           ///< optimizer steps
  double first_loss = 0.0;          ///< mean loss over the first epoch, each batch before its step
  double last_loss = 0.0;           ///< the same over the last epoch
  double error_before = 0.0;        ///< mean squared error over the samples before; see SampleError
  double error_after = 0.0;         ///< the same after; what got much worse is undone by the caller
  double unresolved = 0.0;          ///< such an error below which growth says nothing; see SampleError
  std::optional<double> condition;  ///< condition number of the equations that were solved, where some were
  std::string warning;              ///< what the user should know; empty: nothing
};

/// Changes the parameters of one surrogate so that it fits samples; remembers its optimizer's state from call to call.
/// A collective object where samples are shared: every rank has one, and the model rank's counts.
class Trainer : public Interface {
 public:
  /// \param[in] samples with outputs in the scaling of the network (Surrogate::output_scaling)
  /// \throws DivergenceError if a parameter or a loss is no longer finite; the parameters are then those of the failure
  virtual TrainingReport fit(const SharedSamples& samples) = 0;

  /// Shows what every rank must have of the model rank's state, beside the surrogate, before a fit to shared samples.
  virtual void share(Archive& /*everywhere*/) {}

  /// How far further samples can be expected to move the prediction at each point, as things stand. This one knows
  /// nothing of it: infinitely far.
  /// \param[in]  x     (n, dimension)
  /// \param[in]  off   (n) by how much the prediction is off there at least, in any output
  /// \param[out] reach (n) in the unit of y, of any output
  virtual void reach(ConstArray /*x*/, std::span<const double> /*off*/, std::span<double> reach) const {
    std::ranges::fill(reach, std::numeric_limits<double>::infinity());
  }

  /// Shows the optimizer's state to `archive`.
  virtual void state(Archive& archive) = 0;
  /// Shows what is remembered within a run beside the optimizer's state; a model file does not hold it.
  virtual void run_state(StateArchive& /*archive*/) {}
  /// Name that the optimizer's saved state starts with, e.g. "adam".
  [[nodiscard]] virtual std::string_view state_prefix() const = 0;
};

/// Where training happens. Results differ in their last digits, as sums are added up in another way.
enum class TrainedBy {
  automatic,
  model_rank,
  all_ranks,  ///< each rank adds up whole blocks of samples
};

/// The setting `placement` of trainers that may be shared.
void describe(Visitor& v, TrainedBy& placement);

/// What a trainer is made for.
struct TrainerContext {
  Execution execution = Execution::calling_thread;  ///< of kernels over the samples
  std::uint64_t seed = 0;                           ///< of the run; decides the order of samples in an epoch
};

/// A kind of trainer: its settings, and how to make it.
class TrainerKind : public Kind {
 public:
  /// Kokkos may not be initialized: model files are judged without it.
  /// \param[in] surrogate what it will train; must outlive the trainer
  /// \throws ConfigurationError if this kind cannot train that surrogate
  [[nodiscard]] virtual std::unique_ptr<Trainer> make(const TrainerContext& context, Surrogate& surrogate) const = 0;

  /// Looks at the start whether a training will find the libraries that it loads when it needs them.
  /// \param[in] load whether to load them, too, which takes a while and shows what is damaged
  /// \throws DependencyError that names the file
  virtual void require_libraries(bool /*load*/) const {}

  /// Whether its trainers go step by step, by a learning rate, instead of finding the best fit at once.
  [[nodiscard]] virtual bool takes_steps() const { return false; }

  /// Samples of a block where all ranks train; 0 where the model rank does. A function of the settings, the surrogate
  /// and the samples alone, as it decides on results.
  /// \param[in] samples of a retraining
  [[nodiscard]] virtual std::int64_t shared_block(const Surrogate& /*surrogate*/, std::int64_t /*samples*/) const {
    return 0;
  }

  /// Samples that a rank trains on at once where all train, at most; see SampleDealer.
  [[nodiscard]] virtual std::int64_t most_dealt(std::int64_t /*samples*/, std::int64_t /*ranks*/) const { return 0; }

  /// Whether its trainers know their reach.
  [[nodiscard]] virtual bool knows_reach() const { return false; }

  /// Bytes of the arrays of a trainer, at most; those of LibTorch are its own.
  /// \param[in] samples most samples of a retraining
  [[nodiscard]] virtual double bytes(Surrogate& /*surrogate*/, std::int64_t /*samples*/) const { return 0.0; }

  /// Bytes of what a trainer's `state` shows.
  [[nodiscard]] virtual double state_bytes(Surrogate& /*surrogate*/) const { return 0.0; }
};

using TrainerRegistry = Registry<TrainerKind>;

}  // namespace ailoop
