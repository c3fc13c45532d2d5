#pragma once

#include <ailoop/storage/tensor.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace ailoop {

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
[[nodiscard]] SafetensorsFile parse_safetensors(std::span<const std::byte> bytes, std::string source);

/// The same for a file. \param size_limit [bytes] largest file that is read
[[nodiscard]] SafetensorsFile read_safetensors(const std::filesystem::path& path,
                                               std::uint64_t size_limit = std::uint64_t{1} << 40);

/// Bytes of a file with this content, the same for the same content whatever the order of the tensors: I64, F64, F32,
/// U8 (so that every tensor is aligned), then by name; metadata by key; compact JSON padded with spaces to 8 bytes.
/// Python's safetensors writes the same order.
/// \throws UsageError if a name occurs twice or is `__metadata__`, a text is not UTF-8, a tensor is of
///         another type than these, or its bytes do not fill its shape
[[nodiscard]] std::vector<std::byte> serialize_safetensors(const SafetensorsFile& file);

/// The first of these bytes, up to the data; of the tensors only names, types and shapes count.
[[nodiscard]] std::string safetensors_head(const SafetensorsFile& file);

/// Writes those bytes atomically. \throws UsageError as serialize_safetensors \throws InputOutputError with path,
/// reason
void write_safetensors(const std::filesystem::path& path, const SafetensorsFile& file);

}  // namespace ailoop
