#include <ailoop/training/fused_engine.hpp>

#include <ailoop/core/index_range.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <span>
#include <vector>

namespace ailoop {

namespace {

constexpr std::size_t width = LinearSurrogate::block_points;

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

/// Adam's factors at one step. Powers of the decays are multiplied up from those of the steps before.
template <class T>
class AdamSteps {
 public:
  AdamSteps(const AdamSettings& settings, std::int64_t steps)
      : m_settings(settings),
        m_power_1(std::pow(settings.beta_1, static_cast<double>(steps))),
        m_power_2(std::pow(settings.beta_2, static_cast<double>(steps))) {}

  void begin_step() {
    m_power_1 *= m_settings.beta_1;
    m_power_2 *= m_settings.beta_2;
    m_step = static_cast<T>(-m_settings.learning_rate / (1.0 - m_power_1));
    m_root_correction = static_cast<T>(std::sqrt(1.0 - m_power_2));
  }

  /// Takes the step of `n` parameters; the operations are in the order of LibTorch's.
  void apply(std::size_t n, const T* gradient, T* values, T* mean, T* square) const {
    const auto keep_1 = static_cast<T>(m_settings.beta_1);
    const auto keep_2 = static_cast<T>(m_settings.beta_2);
    const auto take_1 = static_cast<T>(1.0 - m_settings.beta_1);
    const auto take_2 = static_cast<T>(1.0 - m_settings.beta_2);
    const auto epsilon = static_cast<T>(m_settings.epsilon);
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
class SgdSteps {
 public:
  SgdSteps(const SgdSettings& settings, std::int64_t /*steps*/) : m_settings(settings) {}

  void begin_step() {}

  void apply(std::size_t n, const T* gradient, T* values, T* buffer, T* /*not used*/) const {
    const auto rate = static_cast<T>(-m_settings.learning_rate);
    if (m_settings.momentum == 0.0) {
      for (std::size_t k = 0; k < n; ++k) {
        values[k] += rate * gradient[k];
      }
      return;
    }
    const auto momentum = static_cast<T>(m_settings.momentum);
    for (std::size_t k = 0; k < n; ++k) {
      buffer[k] = buffer[k] * momentum + gradient[k];
      values[k] += rate * buffer[k];
    }
  }

 private:
  SgdSettings m_settings;
};

template <class T>
SgdSteps<T> steps_of(const SgdSettings& settings, std::int64_t steps) {
  return {settings, steps};
}

template <class T>
AdamSteps<T> steps_of(const AdamSettings& settings, std::int64_t steps) {
  return {settings, steps};
}

template <class T>
class FusedEngine final : public LinearEngine {
 public:
  FusedEngine(const LinearTraining& training, const LinearSurrogate& surrogate)
      : m_training(training),
        m_surrogate(surrogate),
        m_features(as_size(training.features)),
        m_outputs(as_size(training.outputs)),
        m_columns(m_features * width),
        m_slopes(m_outputs * (m_features + 1)),
        m_gradient(m_slopes.size()) {}

  BatchLosses train(const SampleSet& samples, const SampleSet::Order& order, std::int64_t batch_size) override {
    return std::visit(
        [&](const auto& settings) {
          auto optimizer = steps_of<T>(settings, *m_training.steps);
          return m_training.loss == Loss::smooth_l1 ? run<Loss::smooth_l1>(optimizer, samples, order, batch_size)
                                                    : run<Loss::mse>(optimizer, samples, order, batch_size);
        },
        m_training.optimizer);
  }

 private:
  template <Loss kind, class Optimizer>
  BatchLosses run(Optimizer& optimizer, const SampleSet& samples, const SampleSet::Order& order,
                  std::int64_t batch_size) {
    const std::span<const std::int64_t> all(order.data(), order.extent(0));
    BatchLosses losses;
    for (std::size_t first = 0; first < all.size();) {
      const auto batch = all.subspan(first, std::min(as_size(batch_size), all.size() - first));
      const double loss = visit_batch<kind>(samples, batch);
      losses.sum += loss * static_cast<double>(batch.size());
      losses.largest = loss <= losses.largest ? losses.largest : loss;  // NaN is the largest, and stays
      take_step(optimizer, batch.size());
      if (std::isnan(loss)) {
        break;
      }
      first += batch.size();
    }
    return losses;
  }

  /// The loss of a batch and, in m_slopes lane by lane the sums that make its gradient.
  template <Loss kind>
  double visit_batch(const SampleSet& samples, std::span<const std::int64_t> batch) {
    std::ranges::fill(m_slopes, Lanes<T>{});
    double loss = 0.0;
    for (std::size_t first = 0; first < batch.size(); first += width) {
      loss += visit_block<kind>(samples, batch.subspan(first, std::min(batch.size() - first, width)));
    }
    return loss / static_cast<double>(batch.size() * m_outputs);
  }

  template <Loss kind>
  double visit_block(const SampleSet& samples, std::span<const std::int64_t> points) {
    m_surrogate.feature_columns(samples.rows(), points, std::span<T>(m_columns));
    const auto& rows = std::get<SampleRows<T>>(samples.rows());
    double loss = 0.0;
    for (std::size_t o = 0; o < m_outputs; ++o) {
      Lanes<T> residual{};
      residual.fill(bias()[o]);
      for (std::size_t k = 0; k < m_features; ++k) {
        const T weight = weights()[o * m_features + k];
        const T* const column = &m_columns[k * width];
        for (std::size_t i = 0; i < width; ++i) {
          residual[i] += weight * column[i];
        }
      }
      for (std::size_t i = 0; i < points.size(); ++i) {
        residual[i] -= rows(points[i], samples.dimension() + static_cast<std::int64_t>(o));
      }
      std::fill(residual.begin() + static_cast<std::ptrdiff_t>(points.size()), residual.end(), T(0));
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

  template <class Optimizer>
  void take_step(Optimizer& optimizer, std::size_t rows) {
    const T share = T(1) / static_cast<T>(rows * m_outputs);
    for (std::size_t k = 0; k < m_gradient.size(); ++k) {
      m_gradient[k] = sum_of(m_slopes[k]) * share;
    }
    ++*m_training.steps;
    optimizer.begin_step();
    const std::size_t n_weights = m_outputs * m_features;
    apply(optimizer, n_weights, m_gradient.data(), m_training.weight);
    apply(optimizer, m_outputs, m_gradient.data() + n_weights, m_training.bias);
  }

  template <class Optimizer>
  static void apply(const Optimizer& optimizer, std::size_t n, const T* gradient, const TrainedArray& array) {
    optimizer.apply(n, gradient, static_cast<T*>(array.values), static_cast<T*>(array.first_moment),
                    static_cast<T*>(array.second_moment));
  }

  [[nodiscard]] const T* weights() const { return static_cast<const T*>(m_training.weight.values); }
  [[nodiscard]] const T* bias() const { return static_cast<const T*>(m_training.bias.values); }

  LinearTraining m_training;
  const LinearSurrogate& m_surrogate;
  std::size_t m_features;
  std::size_t m_outputs;
  std::vector<T> m_columns;        // (features, width) of the points at hand
  std::vector<Lanes<T>> m_slopes;  // of each weight, then of each bias
  std::vector<T> m_gradient;       // likewise
};

}  // namespace

std::unique_ptr<LinearEngine> make_fused_engine(const LinearTraining& training, const LinearSurrogate& surrogate) {
  if (training.precision == Precision::float32) {
    return std::make_unique<FusedEngine<float>>(training, surrogate);
  }
  return std::make_unique<FusedEngine<double>>(training, surrogate);
}

double fused_engine_bytes(const LinearSurrogate& surrogate, std::int64_t outputs) {
  constexpr auto lanes = static_cast<double>(width);
  const auto features = static_cast<double>(surrogate.features());
  const double parameters = static_cast<double>(outputs) * (features + 1.0);
  const double numbers = features * lanes + parameters * lanes + parameters;  // columns, slopes and gradient
  return numbers * static_cast<double>(number_bytes(surrogate.precision()));
}

}  // namespace ailoop
