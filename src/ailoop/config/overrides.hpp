// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <ailoop/config/node.hpp>

#include <string_view>

namespace ailoop {

/// The configuration with one `--set KEY=VALUE` applied on top. KEY is a dotted path (missing sections are made), VALUE
/// one line of YAML: a scalar, a list in brackets, or `null`, which readers take as if KEY had not been given. Later
/// calls win over earlier ones and over the file.
/// \param root       a mapping
/// \param assignment `KEY=VALUE`
/// \throws ConfigurationError if it is not of that form, or KEY names a section or a part of a value; whether the
///         setting exists is the reader's to say
[[nodiscard]] Node with_override(const Node& root, std::string_view assignment);

}  // namespace ailoop
