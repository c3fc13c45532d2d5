// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace ailoop::test {

/// A file of the format from its parts, right or wrong; `length` is what its first 8 bytes tell.
[[nodiscard]] inline std::string safetensors_bytes(std::uint64_t length, std::string_view header,
                                                   std::string_view data) {
  std::string bytes;
  for (int i = 0; i < 8; ++i) bytes += static_cast<char>(static_cast<std::uint8_t>(length >> (8 * i)));
  return bytes.append(header).append(data);
}

[[nodiscard]] inline std::string safetensors_bytes(std::string_view header, std::string_view data) {
  return safetensors_bytes(header.size(), header, data);
}

}  // namespace ailoop::test
