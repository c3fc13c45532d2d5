// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace ailoop::detail {

/// What a safetensors header tells about a tensor.
struct TensorEntry {
  std::string name;
  std::string dtype;
  std::vector<std::int64_t> shape;
  std::uint64_t begin = 0;  ///< [bytes] from the end of the header
  std::uint64_t end = 0;    ///< [bytes]
};

struct SafetensorsHeader {
  std::map<std::string, std::string> metadata;
  std::vector<TensorEntry> entries;  ///< by offset; they cover the data without holes and overlaps
};

/// Parses and checks a header. \param data_size [bytes] of the file behind the header
/// \throws InputOutputError `source: what was found; what is allowed`
[[nodiscard]] SafetensorsHeader parse_header(std::string_view text, std::uint64_t data_size, const std::string& source);

}  // namespace ailoop::detail
