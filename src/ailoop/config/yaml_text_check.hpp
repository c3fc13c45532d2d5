// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <ailoop/config/node.hpp>

#include <cstddef>
#include <string>
#include <string_view>

namespace ailoop::detail {

/// Marks of the places in a text, counted in lines and characters. Counts on from the place before, since counting each
/// from the start would take quadratic time.
class Places {
 public:
  /// \param start mark of the first character; one without a line stands for every place
  Places(std::string_view text, Mark start) : m_text(text), m_mark(std::move(start)) {}

  /// Mark of a byte of the text; of its end for all that is behind it.
  [[nodiscard]] Mark at(std::size_t offset);

 private:
  std::string_view m_text;
  Mark m_mark;
  std::size_t m_offset = 0;  ///< of m_mark
};

/// Refuses what a YAML parser must not even see: too many bytes, other encodings, bytes that are not UTF-8, control
/// characters, tabs in the indentation, directives, and more brackets than YamlLimits::events.
/// \throws ConfigurationError
void check_yaml_text(std::string_view text, Places& places, const std::string& path);

}  // namespace ailoop::detail
