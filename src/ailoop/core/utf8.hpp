// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace ailoop {

/// Bytes of the UTF-8 sequence at the start of `text`: 1 to 4, or 0 where it is none (RFC 3629: no overlong form, no
/// surrogate, nothing above U+10FFFF). \pre text is not empty
[[nodiscard]] std::size_t utf8_length(std::string_view text) noexcept;

[[nodiscard]] bool is_utf8(std::string_view text) noexcept;

/// Characters in valid UTF-8 text.
[[nodiscard]] std::size_t count_characters(std::string_view text) noexcept;

/// Code point of the valid UTF-8 sequence that is `text`.
[[nodiscard]] unsigned code_point(std::string_view text) noexcept;

/// Name, such as `U+00A0`, of the first character of valid UTF-8 text that shows as a space or as nothing, and is not
/// the space, tab or line break that it looks like; empty where there is none.
[[nodiscard]] std::string hidden_character(std::string_view text);

/// `text` fit for one line of a message: cut after about 60 bytes, control characters and invalid bytes as `\xNN`,
/// hidden characters as `<U+NNNN>`.
[[nodiscard]] std::string excerpt(std::string_view text);

}  // namespace ailoop
