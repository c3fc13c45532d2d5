// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <ailoop/core/error.hpp>
#include <ailoop/core/index_range.hpp>
#include <ailoop/parallel/block_sum.hpp>
#include <ailoop/training/optimizer.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <optional>
#include <span>
#include <vector>

namespace ailoop {

namespace {

constexpr std::size_t width = Surrogate::block_points;
constexpr std::int64_t block = SharedSamples::gradient_block;

/// A number for each point of a block.
template <class T>
using Lanes = std::array<T, width>;

/// Halves again and again, so that the order is the same however many lanes the machine takes at once.
template <class T>
T sum_of(Lanes<T> lanes) {
  for (std::size_t n = width / 2; n > 0; n /= 2) {
    for (std::size_t i = 0; i < n; ++i) {
      lanes[i] += lanes[i + n];
    }
  }
  return lanes[0];
}

/// A parameter of that type with the optimizer's memory of it.
template <class T>
struct TypedArray {
  explicit TypedArray(const TrainedArray& array)
      : values(static_cast<T*>(array.values)),
        first_moment(static_cast<T*>(array.first_moment)),
        second_moment(static_cast<T*>(array.second_moment)) {}

  T* values;
  T* first_moment;
  T* second_moment;
};

/// What an optimizer of these settings does at a step.
template <class T, class Settings>
class UpdateRule;

/// Adam's factors at one step. Powers of the decays are multiplied up from those of the steps before.
template <class T>
class UpdateRule<T, AdamSettings> {
 public:
  UpdateRule(const AdamSettings& settings, std::int64_t steps)
      : m_settings(settings),
        m_power_1(std::pow(settings.beta_1, steps)),
        m_power_2(std::pow(settings.beta_2, steps)) {}

  void begin_step() {
    m_power_1 *= m_settings.beta_1;
    m_power_2 *= m_settings.beta_2;
    m_step = T(-m_settings.learning_rate / (1.0 - m_power_1));
    m_root_correction = T(std::sqrt(1.0 - m_power_2));
  }

  /// Takes the step of `n` parameters; the operations are in the order of LibTorch's.
  void apply(std::size_t n, const T* gradient, const TypedArray<T>& array) const {
    const auto [values, mean, square] = array;
    const auto keep_1 = T(m_settings.beta_1);
    const auto keep_2 = T(m_settings.beta_2);
    const auto take_1 = T(1.0 - m_settings.beta_1);
    const auto take_2 = T(1.0 - m_settings.beta_2);
    const auto epsilon = T(m_settings.epsilon);
    for (std::size_t k = 0; k < n; ++k) {
      mean[k] = mean[k] * keep_1 + gradient[k] * take_1;
      square[k] = square[k] * keep_2 + take_2 * gradient[k] * gradient[k];
      values[k] += m_step * mean[k] / (std::sqrt(square[k]) / m_root_correction + epsilon);
    }
  }

 private:
  AdamSettings m_settings;
  double m_power_1;
  double m_power_2;
  T m_step = 0;
  T m_root_correction = 1;
};

/// Gradient descent with momentum; the first buffer is the first gradient, since it starts at zero.
template <class T>
class UpdateRule<T, SgdSettings> {
 public:
  UpdateRule(const SgdSettings& settings, std::int64_t /*steps*/) : m_settings(settings) {}

  void begin_step() {}

  void apply(std::size_t n, const T* gradient, const TypedArray<T>& array) const {
    const auto rate = T(-m_settings.learning_rate);
    const auto momentum = T(m_settings.momentum);
    for (std::size_t k = 0; k < n; ++k) {
      if (m_settings.momentum == 0.0) {
        array.values[k] += rate * gradient[k];
      } else {
        array.first_moment[k] = array.first_moment[k] * momentum + gradient[k];
        array.values[k] += rate * array.first_moment[k];
      }
    }
  }

 private:
  SgdSettings m_settings;
};

template <class T>
class FusedOptimizer final : public Optimizer {
 public:
  FusedOptimizer(const ModelTraining& training, const Surrogate& surrogate)
      : m_training(training),
        m_surrogate(surrogate),
        m_features(as_size(training.network.inputs)),
        m_outputs(as_size(training.network.outputs())),
        m_weight(training.arrays.at(0)),
        m_bias(training.arrays.at(1)),
        m_columns(m_features * width),
        m_slopes(m_outputs * (m_features + 1)),
        m_gradient(m_slopes.size()) {}

  BatchLosses train(const Epoch& epoch) override {
    if (epoch.comm != nullptr && epoch.is_first) {
      m_sum.emplace(*epoch.comm, std::ssize(m_gradient) + 1, 1);
      m_sums.resize(m_gradient.size() + 1);
    }
    return std::visit(
        [&]<class Settings>(const Settings& settings) {
          UpdateRule<T, Settings> rule(settings, *m_training.steps);
          return m_training.loss == Loss::smooth_l1 ? run<Loss::smooth_l1>(rule, epoch) : run<Loss::mse>(rule, epoch);
        },
        m_training.optimizer);
  }

 private:
  template <Loss kind, class Rule>
  BatchLosses run(Rule& rule, const Epoch& epoch) {
    BatchLosses losses;
    std::span<const std::int64_t> rest = epoch.order;
    for (std::int64_t first = 0; first < epoch.count; first += epoch.batch_size) {
      const std::int64_t size = std::min(epoch.batch_size, epoch.count - first);
      const std::int64_t here = epoch.comm == nullptr
                                    ? size
                                    : SampleDealer::rows_of(size, block, epoch.comm->size(), epoch.comm->rank()).size();
      const auto rows = rest.first(as_size(here));
      rest = rest.subspan(rows.size());
      const double sum =
          epoch.comm == nullptr ? add_up<kind>(epoch.samples, rows) : add_up_shared<kind>(epoch.samples, rows, size);
      const double loss = sum / static_cast<double>(as_size(size) * m_outputs);
      losses.add(loss * static_cast<double>(size), loss);
      take_step(rule, as_size(size));
      if (std::isnan(loss)) {
        break;
      }
    }
    return losses;
  }

  /// The sum of the losses of samples and, in m_gradient, those that make their gradient.
  template <Loss kind>
  double add_up(const SampleSet& samples, std::span<const std::int64_t> rows) {
    std::ranges::fill(m_slopes, Lanes<T>{});
    double loss = 0.0;
    for (std::size_t first = 0; first < rows.size(); first += width) {
      loss += visit_points<kind>(samples, rows.subspan(first, std::min(rows.size() - first, width)));
    }
    std::ranges::transform(m_slopes, m_gradient.begin(), sum_of<T>);
    return loss;
  }

  /// The same of a batch, of which each rank has some blocks.
  template <Loss kind>
  double add_up_shared(const SampleSet& samples, std::span<const std::int64_t> rows, std::int64_t batch) {
    const auto partial = [&](const BlockSum::Add& add) {
      for (std::size_t first = 0; first < rows.size(); first += as_size(block)) {
        m_sums.back() = add_up<kind>(samples, rows.subspan(first, std::min(rows.size() - first, as_size(block))));
        std::ranges::copy(m_gradient, m_sums.begin());
        add(m_sums);
      }
    };
    m_sum->add_up((batch + block - 1) / block, partial, m_sums);
    std::transform(m_sums.begin(), m_sums.end() - 1, m_gradient.begin(),
                   [](double sum) { return static_cast<T>(sum); });
    return m_sums.back();
  }

  template <Loss kind>
  double visit_points(const SampleSet& samples, std::span<const std::int64_t> points) {
    m_surrogate.feature_columns(samples.rows(), points, std::span<T>(m_columns));
    const auto& rows = std::get<ArrayOf<T>>(samples.rows());
    double loss = 0.0;
    for (std::size_t o = 0; o < m_outputs; ++o) {
      Lanes<T> residual{};
      residual.fill(m_bias.values[o]);
      for (std::size_t k = 0; k < m_features; ++k) {
        const T weight = m_weight.values[o * m_features + k];
        const T* const column = &m_columns[k * width];
        for (std::size_t i = 0; i < width; ++i) {
          residual[i] += weight * column[i];
        }
      }
      for (std::size_t i = 0; i < points.size(); ++i) {
        residual[i] -= rows(points[i], samples.dimension() + static_cast<std::int64_t>(o));
      }
      std::ranges::fill(std::span(residual).subspan(points.size()), T(0));
      Lanes<T> losses{};
      Lanes<T> slope{};
      for (std::size_t i = 0; i < width; ++i) {
        const T r = residual[i];
        if constexpr (kind == Loss::smooth_l1) {
          // |r| - 1/2 and its slope beyond 1; written so that NaN stays
          const T inner = r > T(1) ? T(1) : r < T(-1) ? T(-1) : r;
          losses[i] = inner * (r - T(0.5) * inner);
          slope[i] = inner;
        } else {
          losses[i] = r * r;
          slope[i] = T(2) * r;
        }
      }
      loss += static_cast<double>(sum_of(losses));
      add_slopes(o, slope);
    }
    return loss;
  }

  void add_slopes(std::size_t output, const Lanes<T>& slope) {
    Lanes<T>* const sums = &m_slopes[output * m_features];
    for (std::size_t k = 0; k < m_features; ++k) {
      const T* const column = &m_columns[k * width];
      for (std::size_t i = 0; i < width; ++i) {
        sums[k][i] += slope[i] * column[i];
      }
    }
    Lanes<T>& of_bias = m_slopes[m_outputs * m_features + output];
    for (std::size_t i = 0; i < width; ++i) {
      of_bias[i] += slope[i];
    }
  }

  template <class Rule>
  void take_step(Rule& rule, std::size_t rows) {
    const T share = T(1) / T(rows * m_outputs);
    for (T& slope : m_gradient) {
      slope *= share;
    }
    ++*m_training.steps;
    rule.begin_step();
    const std::size_t n_weights = m_outputs * m_features;
    rule.apply(n_weights, m_gradient.data(), m_weight);
    rule.apply(m_outputs, m_gradient.data() + n_weights, m_bias);
  }

  ModelTraining m_training;
  const Surrogate& m_surrogate;
  std::size_t m_features;
  std::size_t m_outputs;
  TypedArray<T> m_weight;
  TypedArray<T> m_bias;
  std::vector<T> m_columns;        // (features, width) of the points at hand
  std::vector<Lanes<T>> m_slopes;  // of each weight, then of each bias
  std::vector<T> m_gradient;       // likewise, of a batch
  std::optional<BlockSum> m_sum;   // where ranks share batches: of the gradient, and of the loss behind it
  std::vector<double> m_sums;
};

}  // namespace

std::unique_ptr<Optimizer> make_fused_optimizer(const ModelTraining& training, const Surrogate& surrogate) {
  AILOOP_REQUIRE(training.network.is_linear(), "make_fused_optimizer: the network must be one linear layer");
  if (training.network.precision == Precision::float32) {
    return std::make_unique<FusedOptimizer<float>>(training, surrogate);
  }
  return std::make_unique<FusedOptimizer<double>>(training, surrogate);
}

double fused_optimizer_bytes(const Network& network) {
  constexpr std::int64_t lanes = width;
  const std::int64_t parameters = network.outputs() * (network.inputs + 1);
  const std::int64_t numbers = network.inputs * lanes + parameters * lanes + parameters;  // columns, slopes, gradient
  return static_cast<double>(numbers * number_bytes(network.precision));
}

}  // namespace ailoop
