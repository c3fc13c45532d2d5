#pragma once

#include <array>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace ailoop {

/// Names of the element types that ailoop writes and interprets, in the order in which a file holds their tensors.
inline constexpr std::array<std::string_view, 4> known_dtypes = {"I64", "F64", "F32", "U8"};

/// Named array as it stands in a file: row-major, little-endian.
struct Tensor {
  std::string name;
  std::string dtype;                ///< element type as a file spells it; a file may hold others than the known ones
  std::vector<std::int64_t> shape;  ///< [] for a scalar
  std::vector<std::byte> bytes;
};

/// Type that an element of a tensor can have.
template <class T>
concept TensorElement =
    std::same_as<T, float> || std::same_as<T, double> || std::same_as<T, std::int64_t> || std::same_as<T, std::uint8_t>;

/// The element type that belongs to a C++ type.
template <TensorElement T>
inline constexpr std::string_view dtype_of = std::same_as<T, float>          ? "F32"
                                             : std::same_as<T, double>       ? "F64"
                                             : std::same_as<T, std::int64_t> ? "I64"
                                                                             : "U8";

/// Whether ailoop writes and interprets elements of this type.
[[nodiscard]] bool is_known_dtype(std::string_view dtype) noexcept;

/// Size of an element [bytes]; nothing for a type that the format does not have.
[[nodiscard]] std::optional<std::uint64_t> element_size(std::string_view dtype) noexcept;

/// Size of so many elements [bytes]; nothing where an extent is negative or 64 bits are too few.
[[nodiscard]] std::optional<std::uint64_t> size_of(std::span<const std::int64_t> shape,
                                                   std::uint64_t element_size) noexcept;

/// `[1, 6]`; what follows the eighth extent is left out.
[[nodiscard]] std::string shape_text(std::span<const std::int64_t> shape);

/// A tensor with a copy of `bytes`. \throws UsageError if they do not fill the shape
[[nodiscard]] Tensor make_tensor(std::string name, std::string_view dtype, std::vector<std::int64_t> shape,
                                 std::span<const std::byte> bytes);

/// A tensor with a copy of `values`.
/// \param shape  extents, each >= 0; [] for a scalar
/// \param values row-major, as many as the product of the extents
/// \throws UsageError if the numbers of values and elements differ
template <TensorElement T>
[[nodiscard]] Tensor make_tensor(std::string name, std::vector<std::int64_t> shape, std::span<const T> values) {
  return make_tensor(std::move(name), dtype_of<T>, std::move(shape), std::as_bytes(values));
}

/// The same for one value, with shape [].
template <TensorElement T>
[[nodiscard]] Tensor make_scalar(std::string name, T value) {
  return make_tensor<T>(std::move(name), {}, std::span<const T>(&value, 1));
}

}  // namespace ailoop
