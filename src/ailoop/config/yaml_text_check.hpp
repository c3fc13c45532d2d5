#pragma once

#include <ailoop/config/node.hpp>

#include <functional>
#include <string>
#include <string_view>

namespace ailoop::detail {

/// Turns a byte offset into the text of a document into a mark.
using PlaceOf = std::function<Mark(std::size_t offset)>;

/// Marks of `text` counted in lines and characters.
[[nodiscard]] PlaceOf places_in(std::string_view text, const std::string& source);

/// Refuses what a YAML parser must not even see: too many bytes, other encodings, bytes that are not UTF-8, control
/// characters, tabs in the indentation, directives, and more brackets than YamlLimits::events.
/// \throws ConfigurationError
void check_yaml_text(std::string_view text, const PlaceOf& place_of, const std::string& path);

}  // namespace ailoop::detail
