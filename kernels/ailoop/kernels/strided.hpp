// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <ailoop/core/array.hpp>
#include <ailoop/kernels/concepts.hpp>
#include <ailoop/kernels/range.hpp>

#include <Kokkos_Core.hpp>

#include <concepts>
#include <cstdint>

/// \file
/// Numbers in memory that somebody else owns, for a kernel's body: unlike a View, which takes longer to make than a
/// kernel over a single point, these count no references and stay in registers on the way to it. Kernels take both;
/// whoever makes a StridedVector or a StridedMatrix, or gives an Array, sees to it that the kernel's space can access
/// the memory.

namespace ailoop::kernels {

/// A vector.
template <class T>
struct StridedVector {
  using value_type = T;

  T* data;
  std::int64_t size;
  std::int64_t stride;

  KOKKOS_INLINE_FUNCTION StridedVector(T* numbers, std::int64_t n, std::int64_t distance = 1)
      : data(numbers), size(n), stride(distance) {}

  [[nodiscard]] KOKKOS_INLINE_FUNCTION T& operator()(std::int64_t i) const { return data[i * stride]; }

  /// Numbers first ... first + n - 1.
  [[nodiscard]] StridedVector part(std::int64_t first, std::int64_t n) const {
    return {data + first * stride, n, stride};
  }
};

/// A matrix: rows are points, columns are components.
template <class T>
struct StridedMatrix {
  using value_type = T;

  T* data;
  std::int64_t rows;
  std::int64_t columns;
  std::int64_t row_stride;
  std::int64_t column_stride;

  /// Row-major, without gaps.
  StridedMatrix(T* numbers, std::int64_t n_rows, std::int64_t n_columns)
      : StridedMatrix(numbers, n_rows, n_columns, n_columns, 1) {}
  StridedMatrix(T* numbers, std::int64_t n_rows, std::int64_t n_columns, std::int64_t row_distance,
                std::int64_t column_distance)
      : data(numbers), rows(n_rows), columns(n_columns), row_stride(row_distance), column_stride(column_distance) {}

  [[nodiscard]] KOKKOS_INLINE_FUNCTION T& operator()(std::int64_t i, std::int64_t j) const {
    return data[i * row_stride + j * column_stride];
  }
  [[nodiscard]] KOKKOS_INLINE_FUNCTION StridedVector<T> row(std::int64_t i) const {
    return {data + i * row_stride, columns, column_stride};
  }
  [[nodiscard]] KOKKOS_INLINE_FUNCTION StridedVector<T> column(std::int64_t j) const {
    return {data + j * column_stride, rows, row_stride};
  }
};

/// Its rows, or its columns.
template <class T>
[[nodiscard]] std::int64_t length(const StridedMatrix<T>& matrix, int dimension = 0) {
  return dimension == 0 ? matrix.rows : matrix.columns;
}

/// The numbers of a View, or what is strided itself.
template <RealView View>
[[nodiscard]] auto strided(const View& view) {
  const auto stride = [&](int dimension) { return static_cast<std::int64_t>(view.stride(dimension)); };
  if constexpr (view_rank_v<View> == 1) {
    return StridedVector<typename View::value_type>(view.data(), length(view), stride(0));
  } else {
    return StridedMatrix<typename View::value_type>(view.data(), length(view, 0), length(view, 1), stride(0),
                                                    stride(1));
  }
}
template <class Number>
[[nodiscard]] StridedMatrix<Number> strided(const ArrayOf<Number>& array) {
  return {array.data, array.rows, array.cols};
}
template <class Numbers>
[[nodiscard]] Numbers strided(const Numbers& numbers) {
  return numbers;
}

/// What kernels on Space take for a vector: a View whose memory it can access, or a StridedVector.
template <class V, class Space>
concept VectorOn =
    std::same_as<V, StridedVector<typename V::value_type>> || (RealView1D<V> && is_accessible_v<Space, V>);

/// The same for a matrix, which may also be an Array.
template <class V, class Space>
concept MatrixOn = std::same_as<V, StridedMatrix<typename V::value_type>> ||
                   std::same_as<V, ArrayOf<typename V::value_type>> || (RealView2D<V> && is_accessible_v<Space, V>);

/// y(i) = f(x(i)), on the host.
template <class X, class Y, class Function>
void transform(const StridedVector<X>& x, const StridedVector<Y>& y, const Function& f) {
  if (x.stride == 1 && y.stride == 1) {  // what compilers cannot know, and need for vectors
    for (std::int64_t i = 0; i < x.size; ++i) y.data[i] = static_cast<Y>(f(x.data[i]));
  } else {
    for (std::int64_t i = 0; i < x.size; ++i) y(i) = static_cast<Y>(f(x(i)));
  }
}

}  // namespace ailoop::kernels
