#include <ailoop/training/gradient_trainer.hpp>

#include <ailoop/core/index_range.hpp>
#include <ailoop/training/fused_engine.hpp>
#include <ailoop/training/sample_error.hpp>
#include <ailoop/training/sample_order.hpp>
#include <ailoop/training/torch_linear_engine.hpp>

#include <cmath>
#include <string>
#include <utility>

namespace ailoop {

namespace {

constexpr std::string_view adam_prefix = "adam";
constexpr std::string_view sgd_prefix = "sgd";

constexpr std::int64_t engine_is_at_work = -1;

using Numbers = std::variant<std::vector<float>, std::vector<double>>;

}  // namespace

/// What the optimizer remembers: zeros before the first step, in the surrogate's precision.
struct GradientTrainer::Memory {
  struct OfParameter {
    Parameter parameter;
    Numbers first_moment;
    Numbers second_moment;
  };

  explicit Memory(LinearSurrogate& surrogate) {
    for (Parameter& parameter : surrogate.parameters()) {
      const auto zeros = std::visit(
          []<class T>(std::span<T> values) -> Numbers { return std::vector<T>(values.size()); }, parameter.values);
      of_parameters.push_back({std::move(parameter), zeros, zeros});
    }
  }

  [[nodiscard]] TrainedArray array(std::size_t index) {
    OfParameter& of = of_parameters[index];
    const auto data = [](auto& values) -> void* { return values.data(); };
    return {std::visit(data, of.parameter.values), std::visit(data, of.first_moment),
            std::visit(data, of.second_moment)};
  }

  std::vector<OfParameter> of_parameters;  // fc.weight, fc.bias
  std::int64_t steps = 0;
};

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
    : m_optimizer(optimizer),
      m_settings(settings),
      m_context(context),
      m_surrogate(surrogate),
      m_memory(std::make_unique<Memory>(surrogate)) {}

GradientTrainer::~GradientTrainer() = default;

TrainingReport GradientTrainer::fit(const SampleSet& samples) {
  if (!m_engine || m_engine_steps != m_memory->steps) {  // the state may have been restored, which an engine cannot see
    m_engine = make_engine(samples.outputs());
  }
  m_engine_steps = engine_is_at_work;  // should this fit fail, the engine is not used again
  const auto count = as_size(samples.count());
  if (m_order.extent(0) != count) {
    m_order = {};
    m_order =
        SampleSet::Order(Kokkos::view_alloc("ailoop::GradientTrainer::order", Kokkos::WithoutInitializing), count);
  }
  const std::int64_t steps_before = m_memory->steps;
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
      throw DivergenceError("the loss or a parameter is no longer finite after " + std::to_string(m_memory->steps) +
                            " steps");
    }
  }
  report.error_after = mean_squared_error(m_surrogate, samples);
  report.steps = m_memory->steps - steps_before;
  m_epochs += m_settings.epochs;  // not before: a fit that fails never was
  m_engine_steps = m_memory->steps;
  return report;
}

BatchLosses GradientTrainer::run_epoch(std::int64_t epoch, const SampleSet& samples) {
  const std::span<std::int64_t> order(m_order.data(), m_order.extent(0));
  if (m_settings.shuffle) {
    shuffled_order(m_context.seed, epoch, order);
  } else {
    identity_order(order);
  }
  return m_engine->train(samples, m_order, m_settings.batch_size);
}

std::unique_ptr<LinearEngine> GradientTrainer::make_engine(std::int64_t outputs) {
  LinearTraining training;
  training.precision = m_surrogate.precision();
  training.features = m_surrogate.features();
  training.outputs = outputs;
  training.weight = m_memory->array(0);
  training.bias = m_memory->array(1);
  training.steps = &m_memory->steps;
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
  for (Memory::OfParameter& of : m_memory->of_parameters) {
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
  archive.tensor(prefix + ".step", {}, std::span<std::int64_t>(&m_memory->steps, 1));
}

void GradientTrainer::run_state(StateArchive& archive) { archive.number("training.epochs", m_epochs); }

std::string_view GradientTrainer::state_prefix() const {
  return std::holds_alternative<AdamSettings>(m_optimizer) ? adam_prefix : sgd_prefix;
}

}  // namespace ailoop
