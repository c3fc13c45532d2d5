#pragma once

#include <ailoop/storage/tensor.hpp>

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace ailoop::detail {

/// What a safetensors header tells about a tensor.
struct TensorEntry {
  std::string name;
  std::string dtype_name;
  std::vector<std::int64_t> shape;
  std::uint64_t begin = 0;  ///< [bytes] from the end of the header
  std::uint64_t end = 0;    ///< [bytes]
};

struct SafetensorsHeader {
  std::map<std::string, std::string> metadata;
  std::vector<TensorEntry> entries;  ///< by offset; they cover the data without holes and overlaps
};

/// Length of the header from the first 8 bytes of a file.
/// \param file_size [bytes]
/// \throws InputOutputError unless a header of that length can be there
[[nodiscard]] std::uint64_t checked_header_length(std::string_view first_bytes, std::uint64_t file_size,
                                                  const std::string& source);

/// Parses and checks a header. \param data_size [bytes] of the file behind the header
/// \throws InputOutputError `source: what was found; what is allowed`
[[nodiscard]] SafetensorsHeader parse_header(std::string_view text, std::uint64_t data_size, const std::string& source);

/// The element type of that name; DType::other for all that ailoop does not interpret.
[[nodiscard]] DType dtype_from_name(std::string_view name) noexcept;

}  // namespace ailoop::detail
