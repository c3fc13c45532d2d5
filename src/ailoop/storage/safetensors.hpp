// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <algorithm>
#include <array>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <map>
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

/// Content of a safetensors file: 8 bytes with the length of the header (little-endian), a JSON header, the data.
/// Source: the format description of the safetensors library, https://huggingface.co/docs/safetensors
struct SafetensorsFile {
  std::string source;                           ///< where it came from; the start of every message
  std::map<std::string, std::string> metadata;  ///< the header's `__metadata__`
  std::vector<Tensor> tensors;                  ///< in the order of their data

  /// The tensor of that name, or nullptr.
  [[nodiscard]] const Tensor* find(std::string_view name) const noexcept;

  /// The tensor of that name. \throws InputOutputError if there is none; the message tells those that there are
  [[nodiscard]] const Tensor& tensor(std::string_view name) const;

  /// Elements of a tensor, row-major; nothing is converted.
  /// \throws InputOutputError if there is no such tensor or its elements are of another type
  template <TensorElement T>
  [[nodiscard]] std::vector<T> values(std::string_view name) const {
    const std::span<const std::byte> bytes = bytes_of(name, dtype_of<T>);
    std::vector<T> values(bytes.size() / sizeof(T));
    std::ranges::copy(bytes, std::as_writable_bytes(std::span(values)).begin());
    return values;
  }

  /// The same for a tensor that must have a certain shape; [] for a scalar.
  /// \throws InputOutputError also if the shape differs
  template <TensorElement T>
  [[nodiscard]] std::vector<T> values(std::string_view name, std::span<const std::int64_t> shape) const {
    require_shape(name, shape);
    return values<T>(name);
  }

  /// Metadata value. \throws InputOutputError if there is no such key
  [[nodiscard]] const std::string& metadata_value(const std::string& key) const;

 private:
  [[nodiscard]] std::span<const std::byte> bytes_of(std::string_view name, std::string_view dtype) const;
  void require_shape(std::string_view name, std::span<const std::int64_t> shape) const;
};

/// Largest header that is read [bytes], as in the safetensors library.
inline constexpr std::uint64_t safetensors_header_limit = 100'000'000;

/// Reads the bytes of a file strictly: everything in it is accounted for, or it is refused. Tensors of element types
/// that ailoop does not know are read as bytes and refused only when their values are asked for.
/// \param source start of every message, as a rule the path
/// \throws InputOutputError `FILE: what was found; what is allowed`
[[nodiscard]] SafetensorsFile parse_safetensors(std::string_view bytes, std::string source);

/// Bytes of a file with this content, the same for the same content whatever the order of the tensors: I64, F64, F32,
/// U8 (so that every tensor is aligned), then by name; metadata by key; compact JSON padded with spaces to 8 bytes.
/// Python's safetensors writes the same order.
/// \throws UsageError if a name occurs twice or is `__metadata__`, a text is not UTF-8, a tensor is of
///         another type than these, or its bytes do not fill its shape
[[nodiscard]] std::string serialize_safetensors(const SafetensorsFile& file);

/// The first of these bytes, up to the data; of the tensors only names, types and shapes count.
[[nodiscard]] std::string safetensors_head(const SafetensorsFile& file);

}  // namespace ailoop
