#include <ailoop/training/gradient_trainer.hpp>

#include <ailoop/config/visitor.hpp>
#include <ailoop/core/index_range.hpp>
#include <ailoop/kernels/counter_random.hpp>
#include <ailoop/training/sample_error.hpp>
#include <ailoop/training/torch_library.hpp>
#include <ailoop/training/torch_linear_engine.hpp>

#include <cmath>
#include <limits>
#include <numeric>
#include <string>
#include <utility>

namespace ailoop {

namespace {

constexpr std::int64_t engine_is_at_work = -1;

#if defined(AILOOP_HAVE_TORCH)
constexpr const char* lacks_torch = "";
#else
constexpr const char* lacks_torch =
    "which was made with AILOOP_TORCH=OFF; `engine: fused` takes the same steps without LibTorch";
#endif

constexpr double most = 1e9;  // a number that no training survives, and that float32 holds

/// Uniform in 0 ... bound - 1; draws again where the plain remainder would favour small numbers.
template <class Generator>
std::uint64_t uniform_below(Generator& generator, std::uint64_t bound) {
  constexpr std::uint64_t largest = std::numeric_limits<std::uint64_t>::max();
  std::uint64_t bits = generator.urand64();
  // the division that finds the exact limit is needed once in 2^64 / bound draws
  while (bits >= largest - bound && bits >= largest / bound * bound) {
    bits = generator.urand64();
  }
  return bits % bound;
}

template <class Optimizer>
class OptimizerKind final : public TrainerKind {
 public:
  void describe(Visitor& v) override {
    ailoop::describe(v, m_optimizer);
    ailoop::describe(v, m_settings);
  }

  [[nodiscard]] std::unique_ptr<Trainer> make(const TrainerContext& context, Surrogate& surrogate) const override {
    LinearSurrogate* const linear = surrogate.linear();
    if (linear == nullptr) {
      throw ConfigurationError("adam and sgd train surrogates that are linear in their parameters");
    }
    return std::make_unique<GradientTrainer>(m_optimizer, m_settings, context, *linear);
  }

  [[nodiscard]] bool takes_steps() const override { return true; }

  void require_libraries(bool load) const override {
    if (m_settings.engine == TrainingEngine::libtorch) {
      require_torch(load);
    }
  }

  [[nodiscard]] double bytes(Surrogate& surrogate, std::int64_t samples, std::int64_t outputs) const override {
    LinearSurrogate* const linear = surrogate.linear();
    return linear == nullptr ? 0.0 : GradientTrainer::bytes(m_settings, *linear, samples, outputs);
  }

  [[nodiscard]] double state_bytes(Surrogate& surrogate, std::int64_t /*outputs*/) const override {
    return GradientTrainer::state_bytes(m_optimizer, surrogate);
  }

 private:
  Optimizer m_optimizer;
  TrainingSettings m_settings;
};

}  // namespace

void shuffled_order(std::uint64_t seed, std::int64_t epoch, std::span<std::int64_t> order) {
  std::iota(order.begin(), order.end(), 0);
  auto generator = kernels::generator<Kokkos::DefaultHostExecutionSpace>(seed, kernels::Purpose::shuffle,
                                                                         static_cast<std::uint64_t>(epoch));
  for (std::size_t i = order.size(); i > 1; --i) {
    std::swap(order[i - 1], order[uniform_below(generator, i)]);
  }
}

double GradientTrainer::bytes(const TrainingSettings& settings, LinearSurrogate& surrogate, std::int64_t samples,
                              std::int64_t outputs) {
  constexpr double moments = 2.0;
  const double order = static_cast<double>(samples) * sizeof(std::int64_t);
  const double engine = settings.engine == TrainingEngine::fused
                            ? fused_engine_bytes(surrogate, outputs)
                            : TorchLinearEngine::bytes(surrogate, samples, outputs, settings.batch_size);
  return moments * parameter_bytes(surrogate) + order + engine;
}

double GradientTrainer::state_bytes(const OptimizerSettings& optimizer, Surrogate& surrogate) {
  const double moments = std::holds_alternative<AdamSettings>(optimizer) ? 2.0 : 1.0;
  return moments * parameter_bytes(surrogate) + sizeof(std::int64_t);
}

GradientTrainer::GradientTrainer(const OptimizerSettings& optimizer, const TrainingSettings& settings,
                                 const TrainerContext& context, LinearSurrogate& surrogate)
    : m_optimizer(optimizer), m_settings(settings), m_context(context), m_surrogate(surrogate) {
  for (const Parameter& parameter : surrogate.parameters()) {
    const auto zeros = std::visit([]<class T>(std::span<T> values) -> Numbers { return std::vector<T>(values.size()); },
                                  parameter.values);
    m_parameters.push_back({parameter, zeros, zeros});
  }
}

TrainingReport GradientTrainer::fit(const SampleSet& samples) {
  if (!m_engine || m_engine_steps != m_steps) {  // the state may have been restored, which an engine cannot see
    m_engine = make_engine(samples.outputs());
  }
  m_engine_steps = engine_is_at_work;  // should this fit fail, the engine is not used again
  const auto count = as_size(samples.count());
  if (m_order.extent(0) != count) {
    m_order = {};
    m_order =
        SampleSet::Order(Kokkos::view_alloc("ailoop::GradientTrainer::order", Kokkos::WithoutInitializing), count);
  }
  const std::int64_t steps_before = m_steps;
  TrainingReport report;
  report.samples = samples.count();
  report.error_before = mean_squared_error(m_surrogate, samples);
  for (std::int64_t epoch = 0; epoch < m_settings.epochs; ++epoch) {
    const BatchLosses losses = run_epoch(m_epochs + epoch, samples);
    report.last_loss = losses.sum / static_cast<double>(samples.count());
    if (epoch == 0) {
      report.first_loss = report.last_loss;
    }
    if (!std::isfinite(losses.largest) || !parameters_are_finite(m_surrogate)) {
      throw DivergenceError("the loss or a parameter is no longer finite after " + std::to_string(m_steps) + " steps");
    }
  }
  report.error_after = mean_squared_error(m_surrogate, samples);
  report.steps = m_steps - steps_before;
  m_epochs += m_settings.epochs;  // not before: a fit that fails never was
  m_engine_steps = m_steps;
  return report;
}

BatchLosses GradientTrainer::run_epoch(std::int64_t epoch, const SampleSet& samples) {
  const std::span<std::int64_t> order(m_order.data(), m_order.extent(0));
  if (m_settings.shuffle) {
    shuffled_order(m_context.seed, epoch, order);
  } else {
    std::iota(order.begin(), order.end(), 0);
  }
  return m_engine->train(samples, m_order, m_settings.batch_size);
}

std::unique_ptr<LinearEngine> GradientTrainer::make_engine(std::int64_t outputs) {
  const auto array = [](Trained& of) -> TrainedArray {
    const auto data = [](auto& values) -> void* { return values.data(); };
    return {std::visit(data, of.parameter.values), std::visit(data, of.first_moment),
            std::visit(data, of.second_moment)};
  };
  LinearTraining training;
  training.precision = m_surrogate.precision();
  training.features = m_surrogate.features();
  training.outputs = outputs;
  training.weight = array(m_parameters.at(0));
  training.bias = array(m_parameters.at(1));
  training.steps = &m_steps;
  training.loss = m_settings.loss;
  training.optimizer = m_optimizer;
  if (m_settings.engine == TrainingEngine::fused) {
    return make_fused_engine(training, m_surrogate);
  }
  return std::make_unique<TorchLinearEngine>(training, m_context.execution.value(), m_surrogate);
}

void GradientTrainer::state(Archive& archive) {
  const bool adam = std::holds_alternative<AdamSettings>(m_optimizer);
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
  return std::holds_alternative<AdamSettings>(m_optimizer) ? "adam" : "sgd";
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
}

RegistryEntry<TrainerKind> adam_entry() {
  return {"adam", "Adam, for surrogates that are linear in their parameters",
          [] { return std::make_unique<OptimizerKind<AdamSettings>>(); }};
}

RegistryEntry<TrainerKind> sgd_entry() {
  return {"sgd", "stochastic gradient descent with momentum, for surrogates that are linear in their parameters",
          [] { return std::make_unique<OptimizerKind<SgdSettings>>(); }};
}

}  // namespace ailoop
