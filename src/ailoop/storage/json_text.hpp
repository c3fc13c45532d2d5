#pragma once

#include <string>
#include <string_view>

namespace ailoop {

/// Appends `text` as a JSON string with its quotes. Source: RFC 8259, section 7.
/// Only what must be escaped is; control characters without a short form become \u00xx. A byte that is not part of
/// well-formed UTF-8 becomes U+FFFD, so that the result is always valid. Allocates only if `out` has to grow.
void append_json_string(std::string& out, std::string_view text);

/// The text of append_json_string.
[[nodiscard]] std::string json_string(std::string_view text);

/// The same for one line of a message, however long the text is that a file hands in: cut after about 60 bytes.
[[nodiscard]] std::string json_excerpt(std::string_view text);

}  // namespace ailoop
