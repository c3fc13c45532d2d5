#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>

namespace ailoop {

/// SHA-256 of `bytes`, 64 lower-case hexadecimal digits. Source: NIST FIPS 180-4.
[[nodiscard]] std::string sha256_hex(std::span<const std::byte> bytes);

/// The same for text.
[[nodiscard]] std::string sha256_hex(std::string_view text);

}  // namespace ailoop
