// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <ailoop/training/gradient_trainer.hpp>

#include <ailoop/config/visitor.hpp>
#include <ailoop/core/index_range.hpp>
#include <ailoop/parallel/block_sum.hpp>
#include <ailoop/training/sample_error.hpp>
#include <ailoop/training/sample_order.hpp>
#include <ailoop/training/torch_optimizer.hpp>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <string>
#include <utility>

namespace ailoop {

namespace {

constexpr std::int64_t is_at_work = -1;

#if defined(AILOOP_HAVE_TORCH)
constexpr const char* lacks_torch = "";
#else
constexpr const char* lacks_torch =
    "which was made with AILOOP_TORCH=OFF; `engine: fused` takes the same steps without LibTorch";
#endif

/// Products of samples and parameters of a step that cost a millisecond.
constexpr double worth_ranks = 1 << 22;

constexpr double most = 1e9;  // a number that no training survives, and that float32 holds

template <class Settings>
class GradientKind final : public TrainerKind {
 public:
  void describe(Visitor& v) override {
    ailoop::describe(v, m_optimizer);
    ailoop::describe(v, m_settings);
  }

  [[nodiscard]] std::unique_ptr<Trainer> make(const TrainerContext& context, Surrogate& surrogate) const override {
    if (m_settings.engine == TrainingEngine::fused && surrogate.linear() == nullptr) {
      throw ConfigurationError("training.engine: fused trains surrogates that are linear in their parameters");
    }
    if (m_settings.engine == TrainingEngine::libtorch && m_settings.placement == TrainedBy::all_ranks) {
      throw ConfigurationError(
          "training.placement: all_ranks needs engine: fused; LibTorch trains on the model rank, as auto and "
          "model_rank "
          "say");
    }
    return std::make_unique<GradientTrainer>(m_optimizer, m_settings, context, surrogate);
  }

  [[nodiscard]] bool takes_steps() const override { return true; }

  [[nodiscard]] std::int64_t most_dealt(std::int64_t samples, std::int64_t ranks) const override {
    const std::int64_t batch = std::min(m_settings.batch_size, samples);
    const auto of_rank_0 = [&](std::int64_t size) {
      return SampleDealer::rows_of(size, SharedSamples::gradient_block, ranks, 0).size();
    };
    return samples / batch * of_rank_0(batch) + of_rank_0(samples % batch);
  }

  [[nodiscard]] std::int64_t shared_block(const Surrogate& surrogate, std::int64_t samples) const override {
    const std::int64_t batch = std::min(m_settings.batch_size, samples);
    const std::int64_t parameters = surrogate.network().outputs() * (surrogate.features() + 1);
    const bool can_be_shared = m_settings.engine == TrainingEngine::fused && batch > SharedSamples::gradient_block;
    const bool is_worth_it = static_cast<double>(batch) * static_cast<double>(parameters) >= worth_ranks;
    const bool is_shared = can_be_shared && (m_settings.placement == TrainedBy::all_ranks ||
                                             (m_settings.placement == TrainedBy::automatic && is_worth_it));
    return is_shared ? SharedSamples::gradient_block : 0;
  }

  void require_libraries(bool load) const override {
    if (m_settings.engine == TrainingEngine::libtorch) {
      require_torch(load);
    }
  }

  [[nodiscard]] double bytes(Surrogate& surrogate, std::int64_t samples) const override {
    const std::int64_t sums = surrogate.network().outputs() * (surrogate.features() + 1) + 1;
    const double shared = BlockSum::bytes(sums, 1) + static_cast<double>(sums) * sizeof(double);
    return GradientTrainer::bytes(m_settings, surrogate, samples) + (shared_block(surrogate, samples) > 0 ? shared : 0);
  }

  [[nodiscard]] double state_bytes(Surrogate& surrogate) const override {
    return GradientTrainer::state_bytes(m_optimizer, surrogate);
  }

 private:
  Settings m_optimizer;
  TrainingSettings m_settings;
};

}  // namespace

double GradientTrainer::bytes(const TrainingSettings& settings, Surrogate& surrogate, std::int64_t samples) {
  constexpr double moments = 2.0;
  const double order = static_cast<double>(samples) * sizeof(std::int64_t);
  const double optimizer = settings.engine == TrainingEngine::fused
                               ? fused_optimizer_bytes(surrogate.network())
                               : TorchOptimizer::bytes(surrogate.network(), samples, settings.batch_size);
  return moments * parameter_bytes(surrogate) + order + optimizer;
}

double GradientTrainer::state_bytes(const OptimizerSettings& optimizer, Surrogate& surrogate) {
  const double moments = std::holds_alternative<AdamSettings>(optimizer) ? 2.0 : 1.0;
  return moments * parameter_bytes(surrogate) + sizeof(std::int64_t);
}

GradientTrainer::GradientTrainer(const OptimizerSettings& optimizer, const TrainingSettings& settings,
                                 const TrainerContext& context, Surrogate& surrogate)
    : m_optimizer_settings(optimizer), m_settings(settings), m_context(context), m_surrogate(surrogate) {
  if (m_context.execution == Execution::device) {
    m_context.execution = Execution::host_threads;  // where the optimizers are
  }
  for (const Parameter& parameter : surrogate.parameters()) {
    const auto zeros = std::visit([]<class T>(std::span<T> values) -> Numbers { return std::vector<T>(values.size()); },
                                  parameter.values);
    m_parameters.push_back({parameter, zeros, zeros});
  }
}

TrainingReport GradientTrainer::fit(const SharedSamples& samples) {
  samples.here.move_to(Memory::host);
  if (!m_optimizer || m_optimizer_steps != m_steps) {  // the state may have been restored, which it cannot see
    m_optimizer = make_optimizer();
  }
  m_optimizer_steps = is_at_work;  // should this fit fail, the optimizer is not used again
  m_order.resize(as_size(samples.count));
  const std::int64_t steps_before = m_steps;
  TrainingReport report;
  report.samples = samples.count;
  report.error_before = sample_error(m_surrogate, samples).mean_square;
  for (std::int64_t epoch = 0; epoch < m_settings.epochs; ++epoch) {
    const BatchLosses losses = run_epoch(epoch, samples);
    report.last_loss = losses.sum / static_cast<double>(samples.count);
    if (epoch == 0) {
      report.first_loss = report.last_loss;
    }
    if (!std::isfinite(losses.largest) || !parameters_are_finite(m_surrogate)) {
      throw DivergenceError("the loss or a parameter is no longer finite after " + std::to_string(m_steps) + " steps");
    }
  }
  const SampleError error = sample_error(m_surrogate, samples);
  report.error_after = error.mean_square;
  report.unresolved = error.unresolved;
  report.steps = m_steps - steps_before;
  m_epochs += m_settings.epochs;  // not before: a fit that fails never was
  m_optimizer_steps = m_steps;
  return report;
}

BatchLosses GradientTrainer::run_epoch(std::int64_t epoch, const SharedSamples& samples) {
  const bool is_new_order = m_settings.shuffle || epoch == 0;
  if (m_settings.shuffle) {
    shuffled_order(m_context.seed, m_epochs + epoch, m_order);
  } else if (is_new_order) {
    std::iota(m_order.begin(), m_order.end(), 0);
  }
  const std::int64_t batch = std::min(m_settings.batch_size, samples.count);
  if (samples.comm == nullptr) {
    return m_optimizer->train({samples.here, m_order, samples.count, batch});
  }
  if (is_new_order) {
    if (!m_dealt) {
      m_dealt.emplace(samples.here.precision(), 0, samples.here.dimension(), samples.here.outputs());
    }
    m_dealer.deal(*samples.comm, samples.here, SampleHomes::of_blocks(samples), {m_order, samples.count, batch},
                  *m_dealt);
    m_rows.resize(as_size(m_dealt->count()));
    std::iota(m_rows.begin(), m_rows.end(), 0);
  }
  return m_optimizer->train({*m_dealt, m_rows, samples.count, batch, samples.comm, epoch == 0});
}

void GradientTrainer::share(Archive& everywhere) {
  state(everywhere);
  everywhere.tensor("training.epochs", {}, std::span(&m_epochs, 1));
}

std::unique_ptr<Optimizer> GradientTrainer::make_optimizer() {
  const auto data = [](auto& values) -> void* { return values.data(); };
  ModelTraining training;
  training.network = m_surrogate.network();
  for (Trained& of : m_parameters) {
    training.arrays.push_back(
        {std::visit(data, of.parameter.values), std::visit(data, of.first_moment), std::visit(data, of.second_moment)});
  }
  training.steps = &m_steps;
  training.loss = m_settings.loss;
  training.optimizer = m_optimizer_settings;
  return m_settings.engine == TrainingEngine::fused ? make_fused_optimizer(training, m_surrogate)
                                                    : make_torch_optimizer(training, m_surrogate, m_context.execution);
}

void GradientTrainer::state(Archive& archive) {
  const bool adam = std::holds_alternative<AdamSettings>(m_optimizer_settings);
  const std::string prefix(state_prefix());
  for (Trained& of : m_parameters) {
    const auto show = [&](const char* what, Numbers& numbers) {
      std::visit(
          [&]<class T>(std::vector<T>& values) {
            archive.tensor(prefix + "." + what + "." + of.parameter.name, of.parameter.shape, std::span<T>(values));
          },
          numbers);
    };
    show(adam ? "exp_avg" : "momentum_buffer", of.first_moment);
    if (adam) {
      show("exp_avg_sq", of.second_moment);
    }
  }
  archive.tensor(prefix + ".step", {}, std::span<std::int64_t>(&m_steps, 1));
}

void GradientTrainer::run_state(StateArchive& archive) { archive.number("training.epochs", m_epochs); }

std::string_view GradientTrainer::state_prefix() const {
  return std::holds_alternative<AdamSettings>(m_optimizer_settings) ? "adam" : "sgd";
}

void describe(Visitor& v, AdamSettings& settings) {
  v.field("learning_rate", settings.learning_rate, strictly_between(0.0, most), Affects::result, "step size [1]");
  v.field("beta_1", settings.beta_1, half_open(0.0, 1.0), Affects::result, "decay of the mean of the gradient [1]");
  v.field("beta_2", settings.beta_2, half_open(0.0, 1.0), Affects::result,
          "decay of the mean of the squared gradient [1]");
  v.field("epsilon", settings.epsilon, strictly_between(0.0, most), Affects::result,
          "added to the root of the squared gradient's mean [1]");
}

void describe(Visitor& v, SgdSettings& settings) {
  v.field("learning_rate", settings.learning_rate, strictly_between(0.0, most), Affects::result, "step size [1]");
  v.field("momentum", settings.momentum, half_open(0.0, 1.0), Affects::result,
          "share of the previous step that is kept [1]");
}

void describe(Visitor& v, TrainingSettings& settings) {
  v.field("engine", settings.engine,
          choices<TrainingEngine>(
              {{TrainingEngine::libtorch, "libtorch", "LibTorch's autograd and optimizers", lacks_torch},
               {TrainingEngine::fused, "fused",
                "the same steps in a loop of ailoop's own: much faster for small models, and "
                "LibTorch is not loaded"}}),
          Affects::result, "what performs the training steps");
  v.field("loss", settings.loss,
          choices<Loss>({{Loss::smooth_l1, "smooth_l1", "quadratic below an error of 1, linear above"},
                         {Loss::mse, "mse", "mean of the squared errors"}}),
          Affects::result, "what training makes small, averaged over a batch");
  v.field("batch_size", settings.batch_size, between(1, 1'000'000'000), Affects::result,
          "samples of an optimizer step; the last batch of an epoch may have fewer [1]");
  v.field("epochs", settings.epochs, between(1, 1'000'000), Affects::result,
          "passes over the samples in a retraining [1]");
  v.field("shuffle", settings.shuffle, any(), Affects::result,
          "whether each epoch takes the samples in a new random order");
  describe(v, settings.placement);
}

RegistryEntry<TrainerKind> adam_entry() {
  return {"adam", "Adam", [] { return std::make_unique<GradientKind<AdamSettings>>(); }};
}

RegistryEntry<TrainerKind> sgd_entry() {
  return {"sgd", "stochastic gradient descent with momentum",
          [] { return std::make_unique<GradientKind<SgdSettings>>(); }};
}

}  // namespace ailoop
