// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <cstdint>
#include <memory>

namespace ailoop::perf {

/// A linear layer with one output under inference mode, written directly against LibTorch's C++ interface: the baseline
/// of ailoop's prediction.
class TorchForward {
 public:
  /// \param[in] threads  of LibTorch within an operation
  /// \param[in] features (rows, n_features), row-major; seen in place, must outlive this
  TorchForward(int threads, const float* features, std::int64_t rows, std::int64_t n_features);
  TorchForward(const TorchForward&) = delete;
  TorchForward& operator=(const TorchForward&) = delete;
  ~TorchForward();

  /// The layer at all rows, into a tensor that LibTorch allocates, as its users write it.
  /// \return the first number
  float forward();

  /// The same as one operation into a tensor that is there already: the least that LibTorch can take.
  void forward_in_place();

 private:
  struct Model;
  std::unique_ptr<Model> m_model;
};

}  // namespace ailoop::perf
