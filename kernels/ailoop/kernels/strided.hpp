#pragma once

#include <Kokkos_Core.hpp>

#include <cstdint>

namespace ailoop::kernels {

/// Numbers in the memory of a View of rank 1, for a kernel's body: unlike a View it counts no references and stays in
/// registers on the way to a single point.
template <class T>
struct StridedVector {
  T* data;
  std::int64_t stride;

  template <class View>
  [[nodiscard]] static StridedVector of(const View& view) {
    return {view.data(), static_cast<std::int64_t>(view.stride(0))};
  }

  /// What begins with number i.
  [[nodiscard]] KOKKOS_INLINE_FUNCTION StridedVector from(std::int64_t i) const { return {data + i * stride, stride}; }

  [[nodiscard]] KOKKOS_INLINE_FUNCTION T& operator()(std::int64_t i) const { return data[i * stride]; }
};

/// Numbers in the memory of a View of rank 2.
template <class T>
struct StridedMatrix {
  T* data;
  std::int64_t row_stride;
  std::int64_t column_stride;

  template <class View>
  [[nodiscard]] static StridedMatrix of(const View& view) {
    return {view.data(), static_cast<std::int64_t>(view.stride(0)), static_cast<std::int64_t>(view.stride(1))};
  }

  [[nodiscard]] KOKKOS_INLINE_FUNCTION T& operator()(std::int64_t i, std::int64_t j) const {
    return data[i * row_stride + j * column_stride];
  }
};

}  // namespace ailoop::kernels
