// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <ailoop/core/number_text.hpp>

#include <concepts>
#include <span>
#include <string>
#include <string_view>

namespace ailoop {

/// `text` as a JSON string with its quotes. Source: RFC 8259, section 7.
/// Only what must be escaped is; control characters without a short form become \u00xx. What is not well-formed UTF-8
/// becomes U+FFFD, so that the result is always valid.
[[nodiscard]] std::string json_string(std::string_view text);

/// The same for one line of a message, however long the text is that a file hands in: cut after about 60 bytes.
[[nodiscard]] std::string json_excerpt(std::string_view text);

/// The text of a JSON object on one line, key by key in the order of the calls (the caller sees to it that they
/// differ): numbers in their shortest round-trip form, what is not finite as `null`. One object after the other
/// allocates only where the text has to grow.
class JsonObject {
 public:
  /// Begins an object, whatever became of the one before.
  JsonObject& begin() {
    m_text = "{";
    return *this;
  }

  template <Number T>
  JsonObject& add(std::string_view key, T value) {
    append_json_number(next_value(key), value);
    return *this;
  }
  JsonObject& add(std::string_view key, std::string_view text);
  JsonObject& add(std::string_view key, std::span<const double> values);

  /// Completes the object. \return valid until the next one begins
  [[nodiscard]] std::string_view end() { return m_text += '}'; }

 private:
  [[nodiscard]] std::string& next_value(std::string_view key);

  std::string m_text;
};

}  // namespace ailoop
