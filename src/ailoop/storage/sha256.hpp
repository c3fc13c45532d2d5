// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <string>
#include <string_view>

namespace ailoop {

/// SHA-256 of `bytes`, 64 lower-case hexadecimal digits. Source: NIST FIPS 180-4.
[[nodiscard]] std::string sha256_hex(std::string_view bytes);

}  // namespace ailoop
