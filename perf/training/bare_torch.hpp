#pragma once

#include <cstdint>
#include <memory>

namespace ailoop::perf {

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
  /// \param[in] features (rows, features), row-major
  /// \param[in] targets  (rows, 1)
  void train(float* features, float* targets, std::int64_t rows, std::int64_t batch_size);

  /// One forward pass under inference mode.
  /// \param[in] features (features) of one point
  [[nodiscard]] float predict(float* features) const;

 private:
  struct Model;
  std::unique_ptr<Model> m_model;
};

}  // namespace ailoop::perf
