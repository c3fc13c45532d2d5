#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace ailoop {

/// Type of a tensor's elements; `other` for what a file may hold but ailoop neither writes nor interprets.
enum class DType { f32, f64, i64, u8, other };

/// Named array as it stands in a file: row-major, little-endian.
struct Tensor {
  std::string name;
  DType dtype = DType::f32;
  std::string dtype_name = "F32";   ///< as the file spells it; tells what `other` is
  std::vector<std::int64_t> shape;  ///< [] for a scalar
  std::vector<std::byte> bytes;
};

/// Type that an element of a tensor can have.
template <class T>
concept TensorElement =
    std::same_as<T, float> || std::same_as<T, double> || std::same_as<T, std::int64_t> || std::same_as<T, std::uint8_t>;

/// The element type that belongs to a C++ type.
template <TensorElement T>
inline constexpr DType dtype_of = std::same_as<T, float>          ? DType::f32
                                  : std::same_as<T, double>       ? DType::f64
                                  : std::same_as<T, std::int64_t> ? DType::i64
                                                                  : DType::u8;

/// Name of an element type in a file: `F32`, `F64`, `I64`, `U8`. \throws UsageError for DType::other
[[nodiscard]] std::string_view dtype_name(DType dtype);

/// Size of an element [bytes]. \throws UsageError for DType::other
[[nodiscard]] std::size_t element_size(DType dtype);

/// `[1, 6]`; what follows the eighth extent is left out.
[[nodiscard]] std::string shape_text(std::span<const std::int64_t> shape);

/// A tensor with a copy of `values`.
/// \param shape  extents, each >= 0; [] for a scalar
/// \param values row-major, as many as the product of the extents
/// \throws UsageError if the numbers of values and elements differ
template <TensorElement T>
[[nodiscard]] Tensor make_tensor(std::string name, std::vector<std::int64_t> shape, std::span<const T> values);

/// The same for one value, with shape [].
template <TensorElement T>
[[nodiscard]] Tensor make_scalar(std::string name, T value) {
  return make_tensor<T>(std::move(name), {}, std::span<const T>(&value, 1));
}

}  // namespace ailoop
