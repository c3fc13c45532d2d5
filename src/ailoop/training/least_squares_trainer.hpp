// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <ailoop/surrogate/surrogate.hpp>
#include <ailoop/training/trainer.hpp>

#include <cstdint>
#include <vector>

namespace ailoop {

/// Which samples a fit is to.
enum class FitHistory {
  all,    ///< of all retrainings so far
  fresh,  ///< of this retraining alone, as those of a gradient trainer
};

/// Settings of the least-squares trainer.
struct LeastSquaresSettings {
  double ridge = 0.0;  ///< times the mean square of a feature: weight of its squared coefficient
  FitHistory history = FitHistory::all;
  TrainedBy placement = TrainedBy::automatic;
};

void describe(Visitor& v, LeastSquaresSettings& settings);

/// Fits a LinearSurrogate by the normal equations, in double whatever its precision. Where a feature is constant the
/// bias becomes zero and that feature's weight does its work; else the bias is fitted. Constants get no ridge.
///
/// Where samples are shared each rank adds up its blocks, and the model rank solves.
///
/// What is kept from fit to fit is the sums of the samples, not the samples: with FitHistory::all they belong to the
/// saved state.
class LeastSquaresTrainer final : public Trainer {
 public:
  /// Most features, for the equations are kept and solved as a dense matrix.
  static constexpr std::int64_t most_features = 2048;

  /// \param[in] surrogate must outlive the trainer
  /// \throws ConfigurationError if it has more than most_features
  LeastSquaresTrainer(const LeastSquaresSettings& settings, const TrainerContext& context, LinearSurrogate& surrogate);

  /// Bytes of its arrays and of all that a fit works with, at most.
  [[nodiscard]] static double bytes(const LinearSurrogate& surrogate, std::int64_t samples, bool is_shared = false);
  /// Bytes of what `state` shows.
  [[nodiscard]] static double state_bytes(const LeastSquaresSettings& settings, const LinearSurrogate& surrogate);

  /// The losses of the report are mean squared errors over all samples that were fitted to, before and after, its
  /// errors those over the samples at hand, all as the sums tell them: rounding leaves up to some 1e-15 of the targets'
  /// mean square in them.
  /// \throws DivergenceError if the sums or a parameter are not finite
  TrainingReport fit(const SharedSamples& samples) override;
  /// With FitHistory::all three standard errors of the fit, from the residual of all samples so far and their Gram
  /// matrix; infinite below ten samples for each coefficient, or where these do not determine the coefficients. Where
  /// the prediction is off by more than the residual it is taken for the residual: what a polynomial cannot follow lies
  /// close together, and the samples there are those that move the prediction.
  /// Source: Seber and Lee, Linear Regression Analysis, section 5.1.
  void reach(ConstArray x, std::span<const double> off, std::span<double> reach) const override;
  void state(Archive& archive) override;
  [[nodiscard]] std::string_view state_prefix() const override;

 private:
  /// In double, with a last column of ones where the layout has one: (n, columns).
  [[nodiscard]] std::vector<double> features(ConstArray x) const;
  /// As the parameters have them now, (outputs, columns).
  [[nodiscard]] std::vector<double> coefficients() const;
  /// Gives them to the parameters, rounded.
  void set(const std::vector<double>& coefficients);
  /// Mean squared error over the samples in `sums`.
  [[nodiscard]] double loss(const std::vector<double>& sums, std::int64_t samples) const;

  LeastSquaresSettings m_settings;
  TrainerContext m_context;
  LinearSurrogate& m_surrogate;
  Parameter m_weight;
  Parameter m_bias;
  kernels::NormalLayout m_layout;
  std::vector<double> m_sums;
  std::vector<double> m_fresh;  // work: the sums of the samples at hand
  std::int64_t m_samples = 0;   // in the sums
};

/// Registry entry "least_squares": the closed-form fit of surrogates that are linear in their parameters.
[[nodiscard]] RegistryEntry<TrainerKind> least_squares_entry();

}  // namespace ailoop
