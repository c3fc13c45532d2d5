// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

namespace ailoop::perf {

/// Samples of a function of one variable as BareTorch takes them: 1, x, x^2, ..., and the target.
class MonomialRows {
 public:
  /// \param[in] features powers of x, the first of them 1
  explicit MonomialRows(std::int64_t features) : m_n_features(features) {}

  void add(float x, float target);

  [[nodiscard]] std::int64_t count() const { return static_cast<std::int64_t>(m_targets.size()); }
  /// (count, features), row-major
  [[nodiscard]] float* features() { return m_features.data(); }
  /// (count, 1)
  [[nodiscard]] float* targets() { return m_targets.data(); }

 private:
  std::int64_t m_n_features;
  std::vector<float> m_features;
  std::vector<float> m_targets;
};

/// A linear layer trained and asked directly through LibTorch's C++ interface, as its tutorial does: the baseline of
/// ailoop's engines and of a check.
class BareTorch {
 public:
  /// \param[in] features inputs of the layer; it has one output
  explicit BareTorch(std::int64_t features);
  BareTorch(const BareTorch&) = delete;
  BareTorch& operator=(const BareTorch&) = delete;
  ~BareTorch();

  /// A step of Adam on smooth L1 for each batch of consecutive rows.
  /// \param[in] rows with as many features as the layer
  void train(MonomialRows& rows, std::int64_t batch_size);

  /// One forward pass under inference mode.
  /// \param[in] features (features) of one point
  [[nodiscard]] float predict(float* features) const;

 private:
  struct Model;
  std::unique_ptr<Model> m_model;
};

}  // namespace ailoop::perf
