// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <ailoop/config/node.hpp>

#include <cstddef>
#include <string>
#include <string_view>

namespace ailoop {

/// Limits of what a configuration may be; each is far above what any run needs, and keeps hostile input cheap.
struct YamlLimits {
  static constexpr std::size_t bytes = std::size_t{1} << 20U;
  static constexpr int depth = 64;
  static constexpr int events = 100'000;
};

/// Reads a document of the part of YAML that configurations use: mappings, sequences and scalars in one document of
/// valid UTF-8. Refused are anchors, aliases, tags, merge keys, directives, duplicate keys, keys that are not text,
/// control characters, tabs in the indentation, and whatever exceeds YamlLimits.
/// \param text   the whole file
/// \param source what messages call it, as a rule the file's name as the user gave it
/// \return the root, a mapping
/// \throws ConfigurationError with `source:line:column: key.path: what was found; what is allowed`
[[nodiscard]] Node load_yaml(std::string_view text, const std::string& source);

/// Reads one value under the same rules, as in `--set KEY=VALUE`.
/// \param text  the value; empty text is null
/// \param place the mark that every node of the value gets, since lines and columns mean nothing on a command line
/// \param path  dotted path of the setting, for messages
[[nodiscard]] Node load_yaml_value(std::string_view text, const Mark& place, const std::string& path);

}  // namespace ailoop
