// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <ailoop/training/least_squares_trainer.hpp>

#include <ailoop/config/visitor.hpp>
#include <ailoop/core/error.hpp>
#include <ailoop/core/index_range.hpp>
#include <ailoop/execution/executions.hpp>
#include <ailoop/execution/kokkos_session.hpp>
#include <ailoop/execution/memory.hpp>
#include <ailoop/kernels/normal_layout.hpp>
#include <ailoop/parallel/communicator.hpp>
#include <ailoop/training/normal_equations_solver.hpp>
#include <ailoop/training/normal_sums.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>
#include <numeric>

namespace ailoop {

namespace {

constexpr double most = 1e9;  // leaves nothing of a fit

/// Products of numbers that take some tenth of a second to add up.
constexpr double worth_ranks = 1 << 28;

double number(const ParameterValues& values, std::int64_t index) {
  return std::visit([&](auto of_type) { return static_cast<double>(of_type[as_size(index)]); }, values);
}

void set_number(const ParameterValues& values, std::int64_t index, double number) {
  std::visit([&]<class T>(std::span<T> of_type) { of_type[as_size(index)] = static_cast<T>(number); }, values);
}

class LeastSquaresKind final : public TrainerKind {
 public:
  void describe(Visitor& v) override { ailoop::describe(v, m_settings); }

  [[nodiscard]] std::unique_ptr<Trainer> make(const TrainerContext& context, Surrogate& surrogate) const override {
    LinearSurrogate* const linear = surrogate.linear();
    if (linear == nullptr) {
      throw ConfigurationError("least_squares fits surrogates that are linear in their parameters");
    }
    return std::make_unique<LeastSquaresTrainer>(m_settings, context, *linear);
  }

  [[nodiscard]] std::int64_t shared_block(const Surrogate& surrogate, std::int64_t samples) const override {
    const auto columns = static_cast<double>(surrogate.features() + surrogate.network().outputs());
    const bool is_worth_it = static_cast<double>(samples) * columns * columns >= worth_ranks;
    const bool is_shared =
        m_settings.placement == TrainedBy::all_ranks || (m_settings.placement == TrainedBy::automatic && is_worth_it);
    return is_shared ? kernels::normal_block_points : 0;
  }

  [[nodiscard]] bool knows_reach() const override { return m_settings.history == FitHistory::all; }
  [[nodiscard]] double bytes(Surrogate& surrogate, std::int64_t samples) const override {
    LinearSurrogate* const linear = surrogate.linear();
    const bool is_shared = shared_block(surrogate, samples) > 0;
    return linear == nullptr ? 0.0 : LeastSquaresTrainer::bytes(*linear, samples, is_shared);
  }

  [[nodiscard]] double state_bytes(Surrogate& surrogate) const override {
    LinearSurrogate* const linear = surrogate.linear();
    return linear == nullptr ? 0.0 : LeastSquaresTrainer::state_bytes(m_settings, *linear);
  }

 private:
  LeastSquaresSettings m_settings;
};

}  // namespace

void describe(Visitor& v, LeastSquaresSettings& settings) {
  v.field("ridge", settings.ridge, half_open(0.0, most), Affects::result,
          "weight of the squared coefficients in what is made small, each times the mean square of its feature; a "
          "constant has none [1]");
  v.field("history", settings.history,
          choices<FitHistory>({{FitHistory::all, "all", "of all retrainings so far"},
                               {FitHistory::fresh, "fresh", "of this retraining alone"}}),
          Affects::result, "which samples the model is fitted to");
  describe(v, settings.placement);
}

LeastSquaresTrainer::LeastSquaresTrainer(const LeastSquaresSettings& settings, const TrainerContext& context,
                                         LinearSurrogate& surrogate)
    : m_settings(settings), m_context(context), m_surrogate(surrogate) {
  if (surrogate.features() > most_features) {
    throw ConfigurationError(fmt::format("least_squares fits at most {} features; this surrogate has {}", most_features,
                                         surrogate.features()));
  }
  std::vector<Parameter> parameters = surrogate.parameters();
  m_weight = parameters.at(0);
  m_bias = parameters.at(1);
  m_layout = normal_layout(surrogate);
  m_sums.resize(as_size(m_layout.length()));
  m_fresh.resize(m_sums.size());
}

TrainingReport LeastSquaresTrainer::fit(const SharedSamples& samples) {
  AILOOP_REQUIRE(samples.count > 0 && samples.here.outputs() == m_layout.outputs,
                 "LeastSquaresTrainer: samples of the surrogate's outputs are needed");
  add_up_normal_sums(m_surrogate, m_context.execution, samples, m_fresh);
  TrainingReport report;
  report.samples = samples.count;
  if (samples.comm != nullptr && samples.comm->rank() != 0) {
    return report;
  }
  if (m_settings.history == FitHistory::fresh) {
    std::ranges::fill(m_sums, 0.0);
    m_samples = 0;
  }
  std::ranges::transform(m_sums, m_fresh, m_sums.begin(), std::plus<>());
  m_samples += samples.count;
  report.first_loss = loss(m_sums, m_samples);
  report.error_before = loss(m_fresh, samples.count);
  const auto squares = std::span(m_fresh).last(as_size(m_layout.outputs));
  report.unresolved = epsilon_of(m_surrogate.precision()) * std::accumulate(squares.begin(), squares.end(), 0.0) /
                      static_cast<double>(samples.count * m_layout.outputs);
  const std::optional<std::int64_t> constant =
      m_surrogate.constant_feature() ? m_surrogate.constant_feature() : m_layout.columns - 1;
  const NormalSolution solution = solve_normal_equations(m_layout, m_sums, m_settings.ridge, constant);
  set(solution.coefficients);
  report.last_loss = loss(m_sums, m_samples);
  report.error_after = loss(m_fresh, samples.count);
  report.condition = solution.condition;
  if (solution.is_singular) {
    report.warning = fmt::format(
        "the samples do not determine the {} coefficients of each output to working precision; those that they leave "
        "open are kept small",
        m_layout.columns);
  }
  if (!std::isfinite(report.last_loss) || !parameters_are_finite(m_surrogate)) {
    throw DivergenceError(fmt::format("the least-squares fit to {} samples is not finite", m_samples));
  }
  return report;
}

void LeastSquaresTrainer::reach(ConstArray x, std::span<const double> off, std::span<double> reach) const {
  constexpr std::int64_t samples_of_a_coefficient = 10;
  constexpr double standard_errors = 3.0;
  std::ranges::fill(reach, std::numeric_limits<double>::infinity());
  if (m_settings.history == FitHistory::fresh || m_samples < samples_of_a_coefficient * m_layout.columns) {
    return;
  }
  const ModelScaling* const scaling = m_surrogate.output_scaling();
  const ModelScaling::Units units = scaling == nullptr ? ModelScaling::Units{} : scaling->units();
  if (!units.are_known) {
    return;
  }
  const double variance = loss(m_sums, m_samples) * static_cast<double>(m_layout.outputs * m_samples) /
                          static_cast<double>(m_samples - m_layout.columns);
  const std::vector<double> features = this->features(x);
  // the solution for features as right sides, all points at once
  const kernels::NormalLayout layout{m_layout.columns, x.rows};
  std::vector<double> sums(as_size(layout.length()));
  std::copy_n(m_sums.begin(), m_layout.triangle(), sums.begin());
  const auto column = [&](std::int64_t i, std::int64_t k) { return as_size(i * layout.columns + k); };
  for (std::int64_t i = 0; i < x.rows; ++i) {
    for (std::int64_t k = 0; k < layout.columns; ++k) {
      sums[as_size(layout.right_side(i, k))] = features[column(i, k)];
    }
  }
  const NormalSolution solution = solve_normal_equations(layout, sums, 0.0, std::nullopt);
  if (solution.is_singular) {
    return;
  }
  for (std::int64_t i = 0; i < x.rows; ++i) {
    double leverage = 0.0;
    for (std::int64_t k = 0; k < layout.columns; ++k) {
      leverage += features[column(i, k)] * solution.coefficients[column(i, k)];
    }
    const auto point = as_size(i);
    const double scaled_off = off[point] / units.least;
    reach[point] = units.most * standard_errors * std::sqrt(std::max(variance, scaled_off * scaled_off) * leverage);
  }
}

std::vector<double> LeastSquaresTrainer::features(ConstArray x) const {
  SampleSet points(m_surrogate.precision(), 0, x.cols, 0);
  points.append(x, {x.data, x.rows, 0});
  std::vector<std::int64_t> order(as_size(x.rows));
  std::iota(order.begin(), order.end(), 0);
  const OwnedBlock phi(m_surrogate.precision(), x.rows, m_surrogate.features());
  m_surrogate.feature_rows(Execution::calling_thread, points.rows(), order, phi);
  std::vector<double> features;
  std::visit(
      [&](const auto& rows) {
        for (std::int64_t i = 0; i < x.rows; ++i) {
          features.insert(features.end(), rows.row(i).begin(), rows.row(i).end());
          features.insert(features.end(), as_size(m_layout.columns - rows.cols), 1.0);
        }
      },
      phi.block());
  return features;
}

double LeastSquaresTrainer::bytes(const LinearSurrogate& surrogate, std::int64_t samples, bool is_shared) {
  const kernels::NormalLayout layout = normal_layout(surrogate);
  const std::int64_t sums = layout.length();
  // sums of all and of fresh samples; and what the solver holds
  constexpr std::int64_t copies = 2;
  constexpr std::int64_t matrices = 5;
  const std::int64_t kept = copies * sums + matrices * layout.columns * (layout.columns + layout.outputs);
  // blocks that are summed side by side, each with its lanes
  const int threads = is_kokkos_initialized() ? concurrency(Execution::host_threads) : 1;
  const std::int64_t at_once = std::min<std::int64_t>(kernels::normal_blocks(samples), std::int64_t{8} * threads);
  const std::int64_t panel = (layout.columns + layout.outputs) * kernels::panel_groups;
  const std::int64_t block = sums + kernels::sum_lanes * (sums + panel);
  // what `reach` holds of the points of a call: features, right sides, solutions and their scaled copies
  constexpr std::int64_t points = 1024;
  constexpr std::int64_t arrays = 5;
  const std::int64_t reach = points * arrays * layout.columns;
  return sizeof(double) * static_cast<double>(kept + reach + std::max<std::int64_t>(at_once, 1) * block) +
         (is_shared ? shared_normal_sums_bytes(layout) : 0.0);
}

double LeastSquaresTrainer::state_bytes(const LeastSquaresSettings& settings, const LinearSurrogate& surrogate) {
  const bool keeps_sums = settings.history == FitHistory::all;
  const std::int64_t sums = keeps_sums ? normal_layout(surrogate).length() : 0;
  return static_cast<double>(sums) * sizeof(double) + sizeof(std::int64_t);
}

std::vector<double> LeastSquaresTrainer::coefficients() const {
  const auto constant = m_surrogate.constant_feature();
  const std::int64_t features = m_surrogate.features();
  std::vector<double> all;
  all.reserve(as_size(m_layout.outputs * m_layout.columns));
  for (std::int64_t o = 0; o < m_layout.outputs; ++o) {
    const double bias = number(m_bias.values, o);
    for (std::int64_t k = 0; k < features; ++k) {
      all.push_back(number(m_weight.values, o * features + k) + (constant == k ? bias : 0.0));
    }
    if (!constant) {
      all.push_back(bias);
    }
  }
  return all;
}

void LeastSquaresTrainer::set(const std::vector<double>& coefficients) {
  const std::int64_t features = m_surrogate.features();
  for (std::int64_t o = 0; o < m_layout.outputs; ++o) {
    const double* const of_output = coefficients.data() + o * m_layout.columns;
    for (std::int64_t k = 0; k < features; ++k) {
      set_number(m_weight.values, o * features + k, of_output[k]);
    }
    set_number(m_bias.values, o, m_layout.columns > features ? of_output[features] : 0.0);
  }
}

double LeastSquaresTrainer::loss(const std::vector<double>& sums, std::int64_t samples) const {
  const std::vector<double> all = coefficients();
  const auto sum = [&](std::int64_t index) { return sums[as_size(index)]; };
  double total = 0.0;
  for (std::int64_t o = 0; o < m_layout.outputs; ++o) {
    const double* const w = all.data() + o * m_layout.columns;
    double squares = sum(m_layout.square(o));
    for (std::int64_t j = 0; j < m_layout.columns; ++j) {
      double product = 0.5 * sum(m_layout.gram(j, j)) * w[j] - sum(m_layout.right_side(o, j));
      for (std::int64_t k = 0; k < j; ++k) {
        product += sum(m_layout.gram(j, k)) * w[k];
      }
      squares += 2.0 * product * w[j];
    }
    total += squares < 0.0 ? 0.0 : squares;  // NaN stays
  }
  return total / static_cast<double>(samples * m_layout.outputs);
}

void LeastSquaresTrainer::state(Archive& archive) {
  const std::string prefix(state_prefix());
  archive.tensor(prefix + ".samples", {}, std::span<std::int64_t>(&m_samples, 1));
  if (m_settings.history == FitHistory::fresh) {
    return;
  }
  std::span<double> rest(m_sums);
  const auto show = [&](const char* name, std::initializer_list<std::int64_t> shape) {
    const std::int64_t size = std::accumulate(shape.begin(), shape.end(), std::int64_t{1}, std::multiplies<>());
    archive.tensor(prefix + name, shape, rest.first(as_size(size)));
    rest = rest.subspan(as_size(size));
  };
  show(".gram", {m_layout.triangle()});
  show(".right_side", {m_layout.outputs, m_layout.columns});
  show(".squares", {m_layout.outputs});
}

std::string_view LeastSquaresTrainer::state_prefix() const {
  return m_settings.history == FitHistory::all ? "least_squares_sums" : "least_squares";
}

RegistryEntry<TrainerKind> least_squares_entry() {
  return {"least_squares",
          "the minimum of the squared errors in one step, for surrogates that are linear in their parameters",
          [] { return std::make_unique<LeastSquaresKind>(); }};
}

}  // namespace ailoop
